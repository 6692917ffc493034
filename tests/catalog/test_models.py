from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Affiliation, Cadence, Person, Show, Topic
from catalog.models.shows import podcast_guid
from tests.factories import (
    AffiliationFactory,
    CadenceFactory,
    HostingFactory,
    MembershipFactory,
    PersonFactory,
    ShowFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_podcast_guid_matches_the_vectors_of_the_specification(address, guid):
    assert podcast_guid(address) == UUID(guid)


def test_a_show_gets_its_guid_from_its_first_feed_address():
    show = ShowFactory(slug="spotlight")

    assert show.guid == podcast_guid("http://localhost:8000/feeds/spotlight.xml")


def test_a_show_without_a_category_is_refused_in_words():
    with pytest.raises(ValidationError, match="at least one category"):
        ShowFactory.build(categories=[], slug="x").full_clean()


def test_a_category_outside_apples_tree_is_refused():
    with pytest.raises(ValidationError, match="not a valid choice"):
        ShowFactory.build(categories=["News & Politics"]).full_clean()


def test_hidden_shows_are_not_public():
    ShowFactory(is_public=False)
    public = ShowFactory()

    assert list(Show.objects.public()) == [public]


def test_a_user_sees_the_shows_they_are_a_member_of_and_a_superuser_all():
    membership = MembershipFactory()
    other = ShowFactory()
    root = UserFactory(is_superuser=True)

    assert list(Show.objects.visible_to(membership.user)) == [membership.show]
    assert set(Show.objects.visible_to(root)) == {membership.show, other}


@pytest.mark.parametrize("text", ["Дарьяна", "грязнова", "gryaz", "Daryana G"])
def test_a_person_is_found_by_any_name_in_any_script(text):
    person = PersonFactory(name="Daryana Gryaznova")
    person.names.create(name="Дарьяна Грязнова", script="Cyrl", is_native=True)
    PersonFactory(name="Svetlana Dzardanova")

    assert list(Person.objects.named(text)) == [person]


def test_a_person_with_several_matching_names_is_found_once():
    person = PersonFactory(name="Anna")
    person.names.create(name="Anna-Maria", script="Latn")
    person.names.create(name="Annа", script="Cyrl")

    assert Person.objects.named("Ann").count() == 1


@pytest.mark.parametrize(
    ("name", "sort_name"),
    [
        ("Daryana Gryaznova", "Gryaznova, Daryana"),
        ("Айсулуу", "Айсулуу"),
        ("Jean Luc Picard", "Picard, Jean Luc"),
    ],
)
def test_sort_name_is_made_from_the_name(name, sort_name):
    person = PersonFactory.build(name=name, slug="x")

    person.clean()

    assert person.sort_name == sort_name


def test_a_given_sort_name_stays():
    person = PersonFactory.build(name="Nursultan Abishuly", sort_name="Nursultan")

    person.clean()

    assert person.sort_name == "Nursultan"


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2025, 11, 30), False),
        (date(2025, 12, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_an_affiliation_holds_on_its_first_and_last_day(day, holds):
    AffiliationFactory(starts_on=date(2025, 12, 1), ends_on=date(2025, 12, 31))

    assert Affiliation.objects.on(day).exists() is holds


def test_an_affiliation_without_dates_always_holds():
    AffiliationFactory()

    assert Affiliation.objects.on(date(1999, 1, 1)).exists()


def test_dates_the_wrong_way_round_are_refused_in_words():
    with pytest.raises(ValidationError, match="last day lies before the first"):
        AffiliationFactory.build(
            person=PersonFactory(),
            organisation=None,
            starts_on=date(2026, 1, 2),
            ends_on=date(2026, 1, 1),
        ).full_clean()


def test_the_cadence_in_force_is_the_one_begun_last():
    first = CadenceFactory(starts_on=date(2025, 10, 19))
    second = CadenceFactory(
        show=first.show, rrule="FREQ=WEEKLY;BYDAY=WE", starts_on=date(2026, 7, 1)
    )

    assert first.show.cadence_at(datetime(2026, 6, 30, 18, tzinfo=UTC)) == first
    assert first.show.cadence_at(datetime(2026, 6, 30, 19, tzinfo=UTC)) == second
    assert first.show.cadence_at(datetime(2025, 10, 18, tzinfo=UTC)) == first


def test_a_cadence_that_has_ended_is_in_force_no_more_but_still_tells_the_zone():
    cadence = CadenceFactory(starts_on=date(2025, 10, 19), ends_on=date(2026, 1, 31))
    last_evening = datetime(2026, 1, 31, 18, 59, tzinfo=UTC)

    assert cadence.show.cadence_at(last_evening) == cadence
    assert cadence.show.cadence_at(last_evening + timedelta(minutes=1)) is None
    assert cadence.show.day_at(last_evening + timedelta(minutes=1)) == date(2026, 2, 1)


def test_a_show_without_a_rhythm_tells_its_dates_in_utc():
    assert ShowFactory().day_at(datetime(2026, 1, 31, 23, 59, tzinfo=UTC)) == date(2026, 1, 31)


def test_a_cadence_with_a_bad_rule_says_so_at_its_field():
    cadence = Cadence(
        show=ShowFactory(),
        rrule="FREQ=FORTNIGHTLY",
        starts_on=date(2025, 10, 19),
        release_time=time(12),
        time_zone="Asia/Almaty",
    )

    with pytest.raises(ValidationError) as error:
        cadence.full_clean()

    assert "must start with FREQ=DAILY" in error.value.message_dict["rrule"][0]


def test_a_cadence_in_an_unknown_zone_says_so_at_its_field():
    with pytest.raises(ValidationError) as error:
        CadenceFactory.build(show=ShowFactory(), time_zone="Almaty").full_clean()

    assert "“Almaty” is no time zone" in error.value.message_dict["time_zone"][0]


def test_a_host_may_leave_and_come_back_but_not_start_twice_on_a_day():
    hosting = HostingFactory(starts_on=date(2025, 1, 1), ends_on=date(2025, 6, 1))

    HostingFactory(show=hosting.show, person=hosting.person, starts_on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="hosts the show from this day already"):
        HostingFactory.build(
            show=hosting.show, person=hosting.person, starts_on=date(2026, 1, 1)
        ).full_clean()


@pytest.mark.parametrize(
    ("kind", "code", "valid"),
    [
        ("country", "KZ", True),
        ("country", "", False),
        ("country", "kz", False),
        ("theme", "", True),
        ("theme", "KZ", False),
    ],
)
def test_a_country_has_its_iso_code_and_a_theme_has_none(kind, code, valid):
    topic = TopicFactory.build(kind=kind, country_code=code)

    if valid:
        topic.full_clean()
    else:
        with pytest.raises(ValidationError):
            topic.full_clean()


def test_a_topic_is_named_in_the_language_of_the_reader():
    topic = Topic(name="Kazakhstan", translations={"ru": "Казахстан"})

    assert (topic.name_in("ru-KG"), topic.name_in("kk")) == ("Казахстан", "Kazakhstan")
