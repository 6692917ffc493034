from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from episodes import crediting
from tests.factories import (
    NOW,
    AffiliationFactory,
    CadenceFactory,
    EpisodeFactory,
    HostingFactory,
    PersonFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def december():
    """A draft on the slot of 14 December 2025."""
    slot = SlotFactory(due_at=datetime(2025, 12, 14, 7, tzinfo=UTC))
    return EpisodeFactory(show=slot.show, slot=slot)


def test_a_guest_is_credited_with_what_they_did_on_the_day_of_the_episode(december):
    person = PersonFactory()
    AffiliationFactory(person=person, title="Intern", ends_on=date(2025, 12, 13))
    at_the_time = AffiliationFactory(
        person=person, title="Consultant", starts_on=date(2025, 12, 14), ends_on=date(2026, 3, 1)
    )
    AffiliationFactory(person=person, title="Director", starts_on=date(2026, 3, 2))

    credit = crediting.credit(december, person, now=NOW)

    assert (credit.title, credit.organisation) == ("Consultant", at_the_time.organisation)


def test_of_two_affiliations_the_one_begun_last_is_proposed():
    person = PersonFactory()
    AffiliationFactory(person=person, title="Since for ever", starts_on=None)
    AffiliationFactory(person=person, title="Newer", starts_on=date(2026, 1, 1))

    assert crediting.propose_affiliation(person, on=date(2026, 6, 1)).title == "Newer"


def test_the_day_is_the_local_one_of_the_slot():
    slot = SlotFactory(due_at=datetime(2025, 12, 13, 20, tzinfo=UTC), time_zone="Asia/Almaty")

    assert crediting.day_of(EpisodeFactory(show=slot.show, slot=slot), now=NOW) == date(
        2025, 12, 14
    )


def test_without_a_slot_the_day_is_that_of_the_show():
    show = CadenceFactory(time_zone="Asia/Almaty").show
    late_evening_utc = datetime(2026, 11, 22, 20, tzinfo=UTC)

    assert crediting.day_of(EpisodeFactory(show=show), now=late_evening_utc) == date(2026, 11, 23)


def test_an_explicit_title_stands_instead_of_the_proposed_one(december):
    person = AffiliationFactory(title="Analyst").person

    credit = crediting.credit(december, person, now=NOW, title="Author of the report")

    assert credit.affiliation == "Author of the report"


def test_somebody_without_an_affiliation_is_credited_by_name_alone(december):
    credit = crediting.credit(december, PersonFactory(name="Светлана Дзарданова"), now=NOW)

    assert (credit.credited_name, credit.affiliation) == ("Светлана Дзарданова", "")


def test_credits_keep_the_order_in_which_they_were_given(december):
    people = [PersonFactory() for _ in range(3)]

    for person in people:
        crediting.credit(december, person, now=NOW)

    assert [credit.person for credit in december.credits.all()] == people


def test_the_same_person_twice_in_one_role_is_refused_in_words(december):
    person = PersonFactory()
    crediting.credit(december, person, now=NOW)

    with pytest.raises(ValidationError, match="has this role on the episode already"):
        crediting.credit(december, person, now=NOW)


def test_standing_hosts_of_the_day_are_credited_once_in_the_shows_order(december):
    second = HostingFactory(show=december.show, order=1)
    first = HostingFactory(show=december.show, order=0)
    HostingFactory(show=december.show, ends_on=date(2025, 12, 1))

    crediting.credit_standing_hosts(december, now=NOW)
    crediting.credit_standing_hosts(december, now=NOW)

    assert [credit.person for credit in december.credits.all()] == [first.person, second.person]


def test_freezing_again_keeps_the_first_freezing(december):
    person = PersonFactory(name="As she was")
    credit = crediting.credit(december, person, now=NOW)
    crediting.freeze_credits(december, at=NOW)
    person.name = "As she is"
    person.save()

    crediting.freeze_credits(december, at=datetime(2027, 1, 1, tzinfo=UTC))

    credit.refresh_from_db()
    assert (credit.credited_name, credit.frozen_at) == ("As she was", NOW)
