"""Whoever changes what a feed says, and however, the feed is due."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Cadence, Hosting, Image, Organisation, Partnership, Person, ShowLink
from episodes.models import AudioFile, Chapter, Credit, Episode, Soundbite, Transcript
from feeds.composing import compose
from feeds.models import Change, ReleasedAudio
from tests.factories import (
    NOW,
    AudioFileFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    ShowFactory,
)
from tests.feeds.shows import RELEASE, build, make_full_episode, make_full_show, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    show = make_full_show()
    make_full_episode(show)
    return show


def is_due(show):
    return Change.objects.filter(show=show).exists()


def swap_audio(show):
    episode = show.episodes.get()
    audio = AudioFileFactory.create(episode=episode)
    Episode.objects.filter(pk=episode.pk).update(audio=audio)


CHANGES = {
    "show": lambda show: type(show).objects.filter(pk=show.pk).update(author="Another"),
    "artwork": lambda show: (
        type(show).objects.filter(pk=show.pk).update(artwork=make_image("b.jpg"))
    ),
    "image": lambda _: Image.objects.update(file="images/moved.jpg"),
    "link": lambda _: ShowLink.objects.update(label="Give"),
    "link gone": lambda _: ShowLink.objects.all().delete(),
    "hosting": lambda _: Hosting.objects.update(order=7),
    "hosting gone": lambda _: Hosting.objects.first().delete(),
    "partnership": lambda _: Partnership.objects.update(wording="Other words"),
    "cadence": lambda _: Cadence.objects.update(rrule="FREQ=WEEKLY;BYDAY=SU"),
    "host renamed": lambda _: Person.objects.filter(name="Bruce Pannier").update(name="B. P."),
    "guest renamed": lambda _: Person.objects.filter(hostings=None).update(name="D. G."),
    "organisation": lambda _: Organisation.objects.update(name="Oxus", url="https://o.example"),
    "episode": lambda _: Episode.objects.update(title="Retitled"),
    "withdrawal": lambda _: Episode.objects.update(status="withdrawn"),
    "audio": swap_audio,
    "audio row": lambda _: AudioFile.objects.update(bit_rate=1),
    "chapter": lambda _: Chapter.objects.update(title="Other"),
    "chapters gone": lambda _: Chapter.objects.all().delete(),
    "credit": lambda _: Credit.objects.filter(role="Guest").update(name="As credited"),
    "credit gone": lambda _: Credit.objects.filter(role="Guest").delete(),
    "transcript": lambda _: Transcript.objects.update(language="ru"),
    "soundbite": lambda _: Soundbite.objects.update(title="Other"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_marks_the_feeds_of_the_show(show, change):
    other = ShowFactory.create()
    build(show)
    build(other)

    change(show)

    assert is_due(show)
    assert not is_due(other)


def test_build_takes_the_mark_away(show):
    build(show)

    assert not is_due(show)


def test_new_live_episode_marks_the_show(show):
    build(show)

    Episode.objects.bulk_create(
        [
            Episode(
                show=show,
                title="Imported",
                slug="imported",
                status="released",
                release_at=RELEASE,
                audio=show.episodes.get().audio,
            )
        ]
    )

    assert is_due(show)


def test_work_on_a_draft_marks_nothing(show):
    draft = EpisodeFactory.create(show=show)
    build(show)

    draft.title = "Reworded"
    draft.save()
    Chapter.objects.create(episode=draft, start_ms=0, title="Opening")

    assert not is_due(show)


def test_many_changes_at_once_leave_one_mark(show):
    build(show)

    for n in range(5):
        Chapter.objects.update(title=f"Part {n}")

    assert Change.objects.filter(show=show).count() == 1


def test_every_table_that_a_build_reads_is_watched(show):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'feeds_mark%'"
        )
        watched = {name for (name,) in cursor.fetchall()}

    with CaptureQueriesContext(connection) as captured:
        compose(show, at=NOW)

    words = {word.strip('"') for query in captured for word in query["sql"].split()}
    read = {
        word for word in words if word.startswith(("catalog_", "episodes_")) and "." not in word
    }
    assert read
    assert read <= watched


def test_deleted_show_leaves_no_mark():
    show = make_full_show()
    pk = show.pk

    show.delete()

    assert not Change.objects.filter(show_id=pk).exists()


def test_audio_that_was_out_is_remembered_when_another_takes_its_place(show):
    out = show.episodes.get().audio

    swap_audio(show)

    assert [row.audio for row in ReleasedAudio.objects.all()] == [out]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"release_at": datetime.now(UTC) + timedelta(days=1)},
        {"status": "withdrawn"},
    ],
)
def test_audio_that_was_never_out_is_not_remembered(fields):
    show = ShowFactory.create()
    LiveEpisodeFactory.create(show=show, release_at=RELEASE)
    Episode.objects.update(**fields)

    swap_audio(show)

    assert not ReleasedAudio.objects.exists()


def test_audio_of_a_show_that_is_not_public_is_not_remembered():
    show = ShowFactory.create(is_public=False)
    LiveEpisodeFactory.create(show=show, release_at=RELEASE)

    swap_audio(show)

    assert not ReleasedAudio.objects.exists()
