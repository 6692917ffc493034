"""The parts of the episode's page that act by themselves: people, audio, release."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Person, PersonName
from episodes import inspection
from episodes.models import AudioUpload, Episode, Job
from episodes.tasks import label_due
from tests.desk.conftest import page_of
from tests.factories import AffiliationFactory, LiveEpisodeFactory, PersonFactory

pytestmark = pytest.mark.django_db

EPISODES = "/admin/episodes/episode/"
MP3 = Path(__file__).parent.parent / "data" / "audio" / "cbr-info-stereo.mp3"
FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


# --- People -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["грязн", "GRYAZ"])
def test_a_person_is_found_by_any_name_with_what_they_do_on_the_day(editor, episode, text):
    person = PersonFactory(name="Daryana Gryaznova")
    PersonName.objects.create(person=person, name="Дарьяна Грязнова", script="Cyrl")
    AffiliationFactory(
        person=person, title="Student", ends_on=datetime(2020, 1, 1, tzinfo=UTC).date()
    )
    AffiliationFactory(person=person, title="Lawyer", organisation__name="Equality Now")

    answer = editor.get(f"{EPISODES}people/", {"q": text, "episode": episode.pk}).json()

    assert answer["results"] == [
        {
            "id": person.pk,
            "name": "Daryana Gryaznova",
            "names": ["Дарьяна Грязнова"],
            "title": "Lawyer",
            "organisation": "Equality Now",
        }
    ]


def test_finding_many_people_takes_as_many_queries_as_finding_one(
    editor, episode, django_assert_num_queries
):
    AffiliationFactory(person__name="Anna 1")
    path = f"{EPISODES}people/?q=anna&episode={episode.pk}"
    with django_assert_num_queries(12, exact=False) as few:
        editor.get(path)

    for number in range(29):
        AffiliationFactory(person__name=f"Anna {number}")
    with django_assert_num_queries(len(few)):
        editor.get(path)


def test_somebody_new_is_entered_for_the_page_to_credit(editor):
    answer = editor.post(
        f"{EPISODES}people/new/",
        {"name": "Anna Lee", "title": "Analyst", "organisation": "Oxus Society"},
    )

    assert answer.status_code == 201
    person = Person.objects.get()
    assert answer.json() == {
        "id": person.pk,
        "name": "Anna Lee",
        "names": [],
        "title": "Analyst",
        "organisation": "Oxus Society",
    }


@pytest.mark.parametrize(
    ("sent", "field"), [({"name": ""}, "name"), ({"name": "A", "organisation": "B"}, "title")]
)
def test_what_is_missing_is_said_at_its_field(editor, sent, field):
    answer = editor.post(f"{EPISODES}people/new/", sent)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not Person.objects.exists()


def test_without_scripts_somebody_new_is_credited_on_a_page_of_its_own(editor, episode):
    path = f"{EPISODES}{episode.pk}/credit/"

    refused = editor.post(path, {"name": "Anna Lee", "organisation": "Oxus", "role": "Guest"})
    assert "Say what Anna Lee does" in refused.content.decode()

    editor.post(
        path, {"name": "Anna Lee", "title": "Analyst", "organisation": "Oxus", "role": "Guest"}
    )
    row = episode.credits.get()
    assert (row.person.name, row.title, row.credited_organisation) == (
        "Anna Lee",
        "Analyst",
        "Oxus",
    )


# --- Audio --------------------------------------------------------------------------------------


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "no sound" * 100)
    return buffer.getvalue()


def send(client, episode, content, name="talk.mp3", **headers):
    file = SimpleUploadedFile(name, content, "audio/mpeg")
    return client.post(f"{EPISODES}{episode.pk}/audio/", {"file": file}, **headers)


def read_last():
    inspection.inspect(AudioUpload.objects.order_by("-pk").first().pk)


def test_an_upload_is_stored_then_read_then_shown(editor, episode, media):
    first = send(editor, episode, MP3.read_bytes(), "Выпуск.mp3", **FETCH).content.decode()
    assert "data-busy" in first
    assert "“Выпуск.mp3” is safely stored" in first

    read_last()

    label_due()
    panel = editor.get(f"{EPISODES}{episode.pk}/audio/", **FETCH).content.decode()
    assert 'data-state="reading"' not in panel
    assert "being written into the tags" not in panel
    for fact in ("0:04", "MP3", "96 kbit/s CBR", "Stereo", "44.1 kHz"):
        assert fact in panel
    assert "<audio" in panel


@pytest.mark.parametrize(
    ("content", "word"), [(zipped(), "ZIP"), (MP3.read_bytes()[:9000], ""), (b"", "empty")]
)
def test_what_is_no_audio_gets_a_sentence_and_the_old_audio_stays(
    editor, ready, media, content, word
):
    before = ready.audio

    answer = send(editor, ready, content, **FETCH)
    if content:
        read_last()
        answer = editor.get(f"{EPISODES}{ready.pk}/audio/", **FETCH)

    panel = answer.content.decode()
    ready.refresh_from_db()
    assert ready.audio == before
    assert word in panel
    assert "The episode keeps its previous audio." in panel


def test_the_limit_is_said_before_and_kept_to(editor, episode, media, settings):
    settings.AUDIO_UPLOAD_MAX_BYTES = 2**20

    assert "at most 1 MB" in editor.get(page_of(episode)).content.decode()
    answer = send(editor, episode, b"\xff" * (2**20 + 1), **FETCH)

    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()
    assert not AudioUpload.objects.exists()


def test_a_plain_form_works_without_scripts(editor, episode, media):
    answer = send(editor, episode, MP3.read_bytes())

    assert answer.headers["Location"] == f"{page_of(episode)}#audio"
    assert AudioUpload.objects.get().original_name == "talk.mp3"
    empty = editor.post(f"{EPISODES}{episode.pk}/audio/", follow=True)
    assert "Choose a file first." in empty.content.decode()


def test_a_failed_reading_is_retried(editor, episode, media):
    send(editor, episode, MP3.read_bytes())
    AudioUpload.objects.update(state="failed", message="The disk did not answer.")
    Job.objects.update(dead=True)
    panel = editor.get(f"{EPISODES}{episode.pk}/audio/", **FETCH).content.decode()
    assert "The disk did not answer." in panel
    assert "Retry" in panel

    assert (
        "data-busy" in editor.post(f"{EPISODES}{episode.pk}/audio/retry/", **FETCH).content.decode()
    )
    read_last()

    episode.refresh_from_db()
    assert episode.audio is not None
    assert editor.post(f"{EPISODES}{episode.pk}/audio/retry/", **FETCH).status_code == 422


def test_a_file_name_is_only_text(editor, episode, media):
    panel = send(editor, episode, MP3.read_bytes(), "<img src=x onerror=alert(1)>.mp3", **FETCH)

    assert "<img" not in panel.content.decode()


# --- Release ------------------------------------------------------------------------------------


def step(client, episode, name, **fields):
    answer = client.post(f"{EPISODES}{episode.pk}/release/", {"step": name, **fields}, follow=True)
    episode.refresh_from_db()
    return answer.content.decode()


def test_a_release_now_is_live_with_its_addresses(editor, ready):
    page = step(editor, ready, "release")

    assert ready.is_live(timezone.now())
    assert "Live on the site" in page
    for address in (
        ready.get_absolute_url(),
        "/feeds/",
        "/audio/",
        f"/api/v1/episodes/{ready.uid}",
    ):
        assert address in page


def test_what_is_missing_holds_a_release_back(editor, episode):
    page = step(editor, episode, "release")

    assert "There is no audio. Upload the file." in page
    assert episode.status == Episode.Status.DRAFT


def test_scheduling_means_the_shows_own_wall_clock(editor, ready, slot):
    ready.slot = slot
    ready.save()
    page = editor.get(page_of(ready)).context["release"]
    assert (page.zone, page.when) == ("Asia/Almaty", slot.due_at)

    step(editor, ready, "schedule", date="2030-12-01", time="12:00", zone="Asia/Almaty")

    assert ready.release_at == datetime(2030, 12, 1, 7, 0, tzinfo=UTC)
    assert ready.status_label(timezone.now()) == "Scheduled"


def test_the_prefilled_time_is_not_turned_into_the_readers_zone(as_role, ready, slot):
    ready.slot = slot
    ready.save()

    page = as_role("editor", time_zone="America/New_York").get(page_of(ready)).content.decode()

    local = slot.due_at.astimezone(timezone.zoneinfo.ZoneInfo("Asia/Almaty"))
    assert f'name="time" value="{local:%H:%M}"' in page
    assert f"{slot.due_at:%H:%M} UTC" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Say on which day"),
        ({"date": "soon", "time": "12:00", "zone": "UTC"}, "Say on which day"),
        ({"date": "2020-01-01", "time": "12:00", "zone": "UTC"}, "This time has passed"),
        ({"date": "2030-01-01", "time": "12:00", "zone": "Moon/Sea"}, "no time zone"),
        ({"date": "2030-03-31", "time": "02:30", "zone": "Europe/Berlin"}, "2030-03-31"),
    ],
)
def test_a_bad_time_is_a_sentence(editor, ready, fields, sentence):
    page = step(editor, ready, "schedule", **fields)

    assert sentence in page
    assert ready.status == Episode.Status.DRAFT


def test_a_scheduled_episode_moves_and_goes_back(editor, ready):
    soon = timezone.now() + timedelta(days=2)
    step(editor, ready, "schedule", date=f"{soon:%Y-%m-%d}", time="10:00", zone="UTC")
    step(editor, ready, "reschedule", date="2031-01-01", time="10:00", zone="UTC")
    assert ready.release_at == datetime(2031, 1, 1, 10, 0, tzinfo=UTC)

    assert "Say why" in step(editor, ready, "unschedule")
    step(editor, ready, "unschedule", reason="The guest asked for a week.")

    assert (ready.status, ready.release_at) == (Episode.Status.DRAFT, None)
    page = editor.get(page_of(ready)).content.decode()
    assert "The guest asked for a week." in page


def test_withdrawing_needs_a_reason_and_is_logged(editor, show):
    episode = LiveEpisodeFactory(show=show)

    assert "Say why" in step(editor, episode, "withdraw")
    assert episode.status == Episode.Status.RELEASED
    step(editor, episode, "withdraw", reason="Wrong name in the title")

    assert episode.status == Episode.Status.WITHDRAWN
    assert episode.transitions.get().reason == "Wrong name in the title"


def test_the_slower_of_two_people_is_told_what_happened(editor, ready):
    step(editor, ready, "release")

    page = step(editor, ready, "release")

    assert "is live and cannot become" in page
    assert ready.transitions.count() == 1


def test_a_reviewer_approves_and_returns(as_role, episode):
    reviewer = as_role("reviewer")

    step(reviewer, episode, "approve")
    assert episode.status == Episode.Status.APPROVED
    step(reviewer, episode, "return", reason="Check the name")
    assert episode.status == Episode.Status.DRAFT


@pytest.mark.parametrize(
    ("role", "steps"),
    [
        ("editor", {"submit", "approve", "release", "schedule"}),
        ("producer", {"submit"}),
        ("reviewer", {"approve"}),
        ("analyst", set()),
    ],
)
def test_the_panel_offers_what_the_role_may(as_role, episode, role, steps):
    assert as_role(role).get(page_of(episode)).context["release"].steps == steps


def test_what_came_of_a_step_is_said_in_the_panel_and_nowhere_else(editor, ready):
    sent = {"step": "schedule", "date": "2020-01-01", "time": "12:00", "zone": "UTC"}

    page = editor.post(f"{page_of(ready).removesuffix('change/')}release/", sent, follow=True)

    top, panel = page.content.decode().split('id="release"')
    assert "This time has passed." in panel
    assert "This time has passed." not in top
