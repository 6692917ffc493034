"""What the database refuses, whatever the code path."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from catalog.models import Show
from episodes.models import AudioFile, Episode
from tests.factories import AudioFileFactory, EpisodeFactory, LiveEpisodeFactory, ShowFactory

pytestmark = pytest.mark.django_db


def test_guid_of_an_episode_cannot_be_changed_by_save():
    episode = EpisodeFactory()
    episode.guid = "another"

    with pytest.raises(IntegrityError, match="GUID of an episode never changes"):
        episode.save()


def test_guid_of_an_episode_cannot_be_changed_by_update_or_sql():
    episode = EpisodeFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Episode.objects.filter(pk=episode.pk).update(guid="another")
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE episodes_episode SET guid = 'x' WHERE id = %s", [episode.pk])

    assert Episode.objects.get(pk=episode.pk).guid == episode.guid


def test_an_episode_is_saved_again_with_its_own_guid():
    episode = EpisodeFactory()

    episode.title = "A better title"
    episode.save()

    assert Episode.objects.get(pk=episode.pk).title == "A better title"


def test_guid_is_unique_within_a_show_and_free_in_another():
    episode = EpisodeFactory(guid="from-the-old-host")

    EpisodeFactory(guid="from-the-old-host")
    with pytest.raises(IntegrityError), transaction.atomic():
        EpisodeFactory(show=episode.show, guid="from-the-old-host")


def test_podcast_guid_of_a_show_cannot_be_changed():
    show = ShowFactory()

    with pytest.raises(IntegrityError, match="podcast GUID"):
        Show.objects.filter(pk=show.pk).update(guid="00000000-0000-0000-0000-000000000000")


def test_podcast_guid_stays_when_the_slug_and_with_it_the_feed_address_change():
    show = ShowFactory()
    guid = show.guid

    show.slug = "another-slug"
    show.save()

    assert Show.objects.get(pk=show.pk).guid == guid


def test_slug_may_change_before_the_release_and_not_after():
    draft, live = EpisodeFactory(), LiveEpisodeFactory()

    Episode.objects.filter(pk=draft.pk).update(slug="better")
    with pytest.raises(IntegrityError, match="slug of a released episode"):
        Episode.objects.filter(pk=live.pk).update(slug="better")


def test_a_released_or_withdrawn_episode_cannot_be_deleted():
    live = LiveEpisodeFactory()

    with pytest.raises(IntegrityError, match="Withdraw it instead"), transaction.atomic():
        live.delete()
    Episode.objects.filter(pk=live.pk).update(status=Episode.Status.WITHDRAWN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Episode.objects.filter(pk=live.pk).delete()


def test_a_draft_can_be_deleted_with_its_audio():
    episode = EpisodeFactory()
    episode.audio = AudioFileFactory(episode=episode)
    episode.save()

    episode.delete()

    assert not AudioFile.objects.exists()


@pytest.mark.parametrize("field", ["sha256", "path", "size", "duration_ms"])
def test_facts_of_an_audio_version_cannot_be_changed(field):
    audio = AudioFileFactory()

    with pytest.raises(IntegrityError, match="An audio version never changes"):
        AudioFile.objects.filter(pk=audio.pk).update(
            **{field: "f" * 64 if field in {"sha256", "path"} else 1}
        )


def test_a_release_without_audio_is_refused_by_the_database():
    episode = EpisodeFactory()

    with pytest.raises(IntegrityError, match="episodes_episode_released_is_whole"):
        Episode.objects.filter(pk=episode.pk).update(status=Episode.Status.RELEASED)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": 0}, "start at 1"),
        ({"season": 0}, "start at 1"),
        ({"number": 7}, "has this number"),
        ({"slug": "taken"}, "has this slug"),
    ],
)
def test_constraints_answer_in_words(changes, sentence):
    other = EpisodeFactory(number=7, slug="taken")
    episode = EpisodeFactory(show=other.show, number=8)
    for name, value in changes.items():
        setattr(episode, name, value)

    with pytest.raises(ValidationError, match=sentence):
        episode.full_clean()


def test_a_trailer_may_share_the_number_of_its_episode():
    episode = EpisodeFactory(number=7)

    EpisodeFactory(show=episode.show, number=7, type=Episode.Type.TRAILER).full_clean()
