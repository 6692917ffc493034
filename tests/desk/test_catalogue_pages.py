import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image as Pillow

from catalog.models import Image, Person, PersonName, Show
from desk.categories import CategoriesField
from desk.episode.fields import TimecodeField
from tests.factories import (
    AffiliationFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    PersonFactory,
    ShowFactory,
    SlotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SHOW = {
    "title": "Среда",
    "description": "What happened.",
    "author": "Us",
    "language": "ru",
    "categories_0": "News › Politics",
    "type": "episodic",
    "medium": "podcast",
}
ROWS = {
    f"{prefix}-{name}": "0"
    for prefix in ("cadences", "hostings", "partnerships", "links", "memberships")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}
CADENCE = {
    "cadences-TOTAL_FORMS": "1",
    "cadences-0-rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
    "cadences-0-starts_on": "2025-10-19",
    "cadences-0-release_time": "12:00",
    "cadences-0-time_zone": "Asia/Almaty",
    "cadences-0-skipped_dates": "",
}


@pytest.fixture
def chief(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


def picture(size):
    buffer = io.BytesIO()
    Pillow.new("RGB", (size, size), "teal").save(buffer, "PNG")
    return SimpleUploadedFile("cover.php", buffer.getvalue(), "image/png")


def test_a_show_is_made_with_address_artwork_and_slots(chief, media):
    sent = (
        SHOW
        | ROWS
        | CADENCE
        | {"picture": picture(1400), "picture_alt": "A star", "is_public": "on"}
    )

    chief.post("/admin/catalog/show/add/", sent)

    show = Show.objects.get()
    assert (show.slug, show.categories) == ("sreda", ["News › Politics"])
    assert show.artwork == Image.objects.get(alt="A star")
    assert show.artwork.file.name.endswith(".png")
    assert show.slots.upcoming(timezone.now()).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"categories_0": ""}, "This field is required"),
        ({"categories_1": "News › Politics"}, "chosen twice"),
        ({"cadences-0-rrule": "FREQ=SOMETIMES"}, "must start with FREQ="),
        ({"cadences-0-starts_on": "2025-10-20"}, "not one of the rule"),
    ],
)
def test_what_is_wrong_with_a_show_is_said(chief, change, sentence):
    page = chief.post("/admin/catalog/show/add/", SHOW | ROWS | CADENCE | change).content.decode()

    assert sentence in page
    assert not Show.objects.exists()


def test_a_description_that_is_too_long_is_refused_at_its_field(chief, media):
    sent = SHOW | ROWS | {"picture": picture(1400), "picture_alt": "x" * 256}

    page = chief.post("/admin/catalog/show/add/", sent).content.decode()

    assert "at most 255 characters" in page
    assert not Image.objects.exists()


def test_artwork_that_directories_refuse_is_refused_here(chief, media):
    sent = SHOW | ROWS | {"picture": picture(1000)}

    page = chief.post("/admin/catalog/show/add/", sent).content.decode()

    assert "1000 × 1000 pixels" in page
    assert not Show.objects.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "every 2 weeks on Sunday at 12:00 (Asia/Almaty)"),
        ({"rrule": "nonsense"}, "FREQ="),
        ({"starts_on": ""}, "Fill in rule"),
    ],
)
def test_a_cadence_is_said_in_words_while_it_is_typed(chief, query, words):
    typed = {
        "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
        "starts_on": "2025-10-19",
        "release_time": "12:00",
        "time_zone": "Asia/Almaty",
    }

    page = chief.get("/admin/catalog/show/cadence/", typed | query).content.decode()

    assert words in page
    assert page.count("<time") == (0 if query else 6)


def test_a_slot_is_skipped_with_a_reason_and_opened_again(editor, slot):
    path = f"/admin/episodes/slot/{slot.pk}/change/"

    editor.post(path, {"skipped_reason": "Nauryz"})
    slot.refresh_from_db()
    assert slot.skipped_reason == "Nauryz"
    editor.post(path, {"skipped_reason": ""})
    slot.refresh_from_db()
    assert slot.skipped_reason == ""


def test_a_slot_with_an_episode_is_not_skipped(editor, slot, show):
    EpisodeFactory(show=show, slot=slot)

    page = editor.post(f"/admin/episodes/slot/{slot.pk}/change/", {"skipped_reason": "Why not"})

    assert "The slot holds an episode" in page.content.decode()


@pytest.mark.parametrize("when", ["ahead", "missed", "past", ""])
def test_the_calendar_tells_times(editor, show, slot, when):
    missed = SlotFactory(show=show, due_at=timezone.now() - timedelta(days=1))

    rows = set(editor.get(f"/admin/episodes/slot/?when={when}").context["cl"].result_list)

    assert (slot in rows) == (when in {"ahead", ""})
    assert (missed in rows) == (when != "ahead")


def test_people_are_searched_in_any_script(editor):
    person = PersonFactory(name="Daryana Gryaznova")
    PersonName.objects.create(person=person, name="Дарьяна Грязнова", script="Cyrl")
    PersonFactory()

    rows = editor.get("/admin/catalog/person/?q=дарьяна").context["cl"].result_list

    assert list(rows) == [person]


def test_a_person_gets_a_photo_without_its_name(editor, media):
    person = PersonFactory(name="Anna Lee", slug="anna-lee")
    rows = {
        f"{prefix}-{name}": "0"
        for prefix in ("names", "affiliations", "links")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }

    editor.post(
        f"/admin/catalog/person/{person.pk}/change/",
        {"name": "Anna Lee", "slug": "", "picture": picture(400)} | rows,
    )

    person = Person.objects.get()
    assert person.slug == "anna-lee"
    assert person.photo is not None
    assert "php" not in person.photo.file.name


@pytest.mark.parametrize("path", ["person", "organisation", "topic", "show"])
def test_lists_take_as_many_queries_for_30_rows_as_for_one(chief, path, django_assert_num_queries):
    def fill(count):
        for _number in range(count):
            episode = EpisodeFactory()
            AffiliationFactory()
            SlotFactory(show=episode.show)

    fill(1)
    chief.get(f"/admin/catalog/{path}/")
    with django_assert_num_queries(15, exact=False) as few:
        chief.get(f"/admin/catalog/{path}/")
    fill(29)
    with django_assert_num_queries(len(few)):
        chief.get(f"/admin/catalog/{path}/")


def test_the_calendar_takes_as_many_queries_for_30_slots_as_for_one(
    chief, django_assert_num_queries
):
    def fill(first, count):
        for number in range(first, first + count):
            due_at = timezone.now() + timedelta(days=1, hours=number)
            filled = SlotFactory(due_at=due_at)
            EpisodeFactory(show=filled.show, slot=filled)
            SlotFactory(due_at=due_at)

    fill(0, 1)
    chief.get("/admin/episodes/slot/")
    with django_assert_num_queries(15, exact=False) as few:
        assert chief.get("/admin/episodes/slot/").status_code == 200
    fill(1, 29)
    with django_assert_num_queries(len(few)):
        page = chief.get("/admin/episodes/slot/").content.decode()

    assert page.count("<tr") == 1 + 50, "a full page of slots, half of them filled"


@pytest.mark.parametrize(
    ("typed", "milliseconds"),
    [
        ("0", 0),
        ("45", 45_000),
        ("1:02", 62_000),
        ("1:02:03", 3_723_000),
        ("0:24.884", 24_884),
        ("90", 90_000),
    ],
)
def test_a_timecode_comes_back_as_it_went_in(typed, milliseconds):
    field = TimecodeField()

    assert field.clean(typed) == milliseconds
    assert field.clean(field.prepare_value(milliseconds)) == milliseconds
    assert not field.has_changed(milliseconds, typed)


def test_categories_are_a_list_without_holes():
    assert CategoriesField().clean(["", "Arts", ""]) == ["Arts"]


def test_the_address_of_a_show_is_final_once_an_episode_came_out(chief):
    show = ShowFactory(slug="sreda", title="Sreda")
    path = f"/admin/catalog/show/{show.pk}/change/"
    assert 'name="slug"' in chief.get(path).content.decode()

    LiveEpisodeFactory(show=show)
    page = chief.get(path).content.decode()
    chief.post(path, SHOW | ROWS | {"slug": "other", "title": "Renamed"})

    show.refresh_from_db()
    assert 'name="slug"' not in page
    assert "Final since the first release" in page
    assert (show.title, show.slug) == ("Renamed", "sreda")


@pytest.mark.parametrize(("role", "offered"), [("producer", True), ("analyst", False)])
def test_the_calendar_offers_an_open_slot_to_who_may_fill_it(as_role, slot, role, offered):
    client = as_role(role)

    for path in ("/admin/episodes/slot/", f"/admin/episodes/slot/{slot.pk}/change/"):
        assert (f"slot={slot.pk}" in client.get(path).content.decode()) is offered
