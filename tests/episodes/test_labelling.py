"""From the page to the tags of the file: made aside, once, and never by itself for what is out."""

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.db.models.functions import Now
from mutagen.id3 import ID3
from PIL import Image as Pillow

from catalog.artwork import store_image
from catalog.models import Partnership
from episodes import inspection, jobs, labelling, publishing, storing, tagging, versions
from episodes.audio.writing.published import write_published
from episodes.crediting import freeze_credits
from episodes.intake import receive
from episodes.models import AudioFile, AudioUpload, Chapter, Episode, Job
from episodes.readiness import check_readiness
from episodes.tasks import label, label_due, plan_labels
from episodes.waking import wake
from feeds.links import audio_url
from tests.episodes.audio import corpus
from tests.factories import (
    NOW,
    CadenceFactory,
    CreditFactory,
    EpisodeFactory,
    OrganisationFactory,
    SlotFactory,
    UserFactory,
)
from tests.processes import CeleryWorker, wait_for

MP3 = "cbr-info-stereo.mp3"


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def episode(db: None, media: Path) -> Episode:
    return EpisodeFactory.create(title="Нейтралитет", show__title="Spotlight", number=5)


def upload(episode: Episode, data: bytes, name: str = "episode.mp3") -> AudioUpload:
    sent = receive(io.BytesIO(data), episode=episode, by=None, original_name=name, now=NOW)
    inspection.inspect(sent.pk)
    episode.refresh_from_db()
    return sent


def write_due() -> None:
    """Let the quiet time after edits be over, and do what a worker would."""
    Job.objects.filter(done_at=None).update(not_before=Now() - timedelta(seconds=1))
    label_due()


def label_it(episode: Episode, data: bytes = b"") -> AudioFile:
    upload(episode, data or corpus.sound(MP3))
    write_due()
    episode.refresh_from_db()
    assert episode.audio is not None
    return episode.audio


def go_live(episode: Episode) -> None:
    owner = UserFactory.create()
    publishing.release(episode, at=NOW - timedelta(days=1), by=owner, now=NOW - timedelta(days=1))
    episode.refresh_from_db()


def stored(version: AudioFile) -> bytes:
    return storing.full_path(version.path).read_bytes()


def fetch(client, url: str) -> bytes:
    response = client.get(url)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def picture(colour: str = "teal", side: int = 700) -> io.BytesIO:
    file = io.BytesIO()
    Pillow.new("RGB", (side, side), colour).save(file, "PNG")
    file.seek(0)
    return file


# --- What the tags should say -------------------------------------------------------------------


def test_labels_say_what_the_page_says(episode: Episode):
    CadenceFactory.create(show=episode.show)
    episode.slot = SlotFactory.create(
        show=episode.show, due_at=datetime(2025, 12, 13, 20, 0, tzinfo=UTC)
    )
    episode.save()
    artwork = store_image(picture(), alt="Cover")
    episode.show.artwork = artwork
    episode.show.save()
    CreditFactory.create(episode=episode, person__name="Bruce Pannier", role="Host", order=0)
    oxus = OrganisationFactory.create(name="Oxus Society")
    frozen = CreditFactory.create(
        episode=episode, person__name="Anna Lee", title="Fellow", organisation=oxus, order=1
    )
    freeze_credits(episode, at=NOW)
    oxus.name = "Renamed since"
    oxus.save()
    Partnership.objects.create(
        show=episode.show, organisation=oxus, wording="with Oxus", ends_on=date(2025, 12, 14)
    )
    Partnership.objects.create(
        show=episode.show, organisation=oxus, wording="too late", starts_on=date(2025, 12, 15)
    )
    Chapter.objects.create(episode=episode, start_ms=0, title="Start", image=artwork)

    labels = labelling.labels_for(episode, at=NOW)

    assert (labels.title, labels.show, labels.number) == ("Нейтралитет", "Spotlight", 5)
    # The slot's day where the show is at home: it is the 14th in Almaty.
    assert labels.day == date(2025, 12, 14)
    assert [each.line for each in labels.credits] == [
        "Bruce Pannier",
        "Anna Lee, Fellow, Oxus Society",
    ]
    assert frozen.organisation == oxus
    assert labels.partners == ("with Oxus",)
    assert labels.cover == artwork.sha256
    assert labels.chapters[0].picture == artwork.sha256
    assert labels.link.endswith(episode.get_absolute_url())


def test_labels_of_an_episode_without_a_date_do_not_change_from_day_to_day(episode: Episode):
    today = labelling.labels_for(episode, at=NOW)
    later = labelling.labels_for(Episode.objects.get(), at=NOW + timedelta(days=40))

    assert today.day is None
    assert today.sha256() == later.sha256()


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_credits_or_chapters(
    count: int, episode: Episode, django_assert_num_queries
):
    for number in range(count):
        CreditFactory.create(episode=episode, organisation=OrganisationFactory.create())
        Chapter.objects.create(episode=episode, start_ms=number * 10, title="C")
    fresh = Episode.objects.get()

    with django_assert_num_queries(5):
        labelling.labels_for(fresh, at=NOW)


@pytest.mark.parametrize("count", [1, 30])
def test_looking_at_thirty_drafts_costs_as_many_queries_as_at_one(
    count: int, media: Path, db: None, django_assert_num_queries
):
    data = corpus.sound(MP3)
    for _ in range(count):
        label_it(EpisodeFactory.create(), data)

    with django_assert_num_queries(5):
        plan_labels()


# --- Made by itself while nothing is out ---------------------------------------------------------


def test_an_accepted_upload_becomes_a_published_version_and_the_original_stays(
    episode: Episode, media: Path
):
    data = corpus.sound(MP3)
    upload(episode, data)
    original = episode.audio
    assert original is not None

    write_due()

    episode.refresh_from_db()
    version = episode.audio
    assert version is not None
    assert (version.kind, version.source, original.kind) == ("published", original, "original")
    assert stored(original) == data
    written = stored(version)
    assert (version.size, version.sha256) == (len(written), hashlib.sha256(written).hexdigest())
    assert (version.duration_ms, version.mime_type) == (original.duration_ms, "audio/mpeg")
    assert (version.tags["title"], version.tags["album"]) == ("Нейтралитет", "Spotlight")
    assert version.labels_sha256 == labelling.labels_for(episode, at=NOW).sha256()
    assert not list((media / "incoming").glob("*"))
    assert Job.objects.filter(kind="label", done_at=None).count() == 0


@pytest.mark.parametrize("name", ["vorbis.ogg", "aac-chapters.m4a", "flac.flac", "adts.aac"])
def test_every_container_with_tags_is_labelled(name: str, episode: Episode):
    version = label_it(episode, corpus.sound(name))

    assert (version.kind, version.tags["title"]) == ("published", "Нейтралитет")


def test_a_wav_is_left_as_it_is_and_nothing_waits_for_it(episode: Episode):
    version = label_it(episode, corpus.sound("pcm16.aiff"))

    assert version.kind == "original"
    assert not Job.objects.filter(kind="label").exists()
    assert "labels_behind" not in {each.code for each in check_readiness(episode, at=NOW)}


def test_the_cover_is_small_and_a_jpeg_whatever_the_artwork_is(episode: Episode):
    episode.artwork = store_image(picture(side=1500), alt="")
    episode.save()

    tag = ID3(io.BytesIO(stored(label_it(episode))))

    cover = tag["APIC:"]
    assert cover.mime == "image/jpeg"
    with Pillow.open(io.BytesIO(cover.data)) as found:
        assert found.size == (600, 600)


def test_what_was_heard_in_the_source_holds_for_the_copy(episode: Episode):
    upload(episode, corpus.sound(MP3))
    AudioFile.objects.update(integrated_lufs=-16.2, true_peak_dbtp=-1.4, sound_report={"a": 1})

    write_due()

    version = AudioFile.objects.get(kind="published")
    assert (version.integrated_lufs, version.true_peak_dbtp) == (-16.2, -1.4)
    assert version.sound_report == {"a": 1}


def test_an_edit_of_a_draft_makes_a_new_version_with_the_same_guid(episode: Episode):
    first = label_it(episode)
    guid = episode.guid
    episode.title = "Another title"
    episode.save()

    plan_labels()
    assert Job.objects.filter(kind="label", done_at=None).count() == 1
    write_due()

    episode.refresh_from_db()
    assert episode.audio is not None
    assert episode.audio.tags["title"] == "Another title"
    assert (episode.guid, episode.audio.source) == (guid, first.source)


def test_edits_that_follow_each_other_are_awaited_and_make_one_file(episode: Episode):
    label_it(episode)
    for title in ("One", "Two", "Three"):
        episode.title = title
        episode.save()
        labelling.follow(episode, at=NOW)
    label_due()
    assert AudioFile.objects.filter(kind="published").count() == 1

    write_due()

    titles = AudioFile.objects.filter(kind="published").values_list("tags__title", flat=True)
    assert list(titles) == ["Three"]


def test_copies_that_nobody_was_promised_do_not_pile_up(
    episode: Episode, django_capture_on_commit_callbacks
):
    first = label_it(episode)
    episode.title = "Another title"
    episode.save()
    plan_labels()

    with django_capture_on_commit_callbacks(execute=True):
        write_due()

    assert not AudioFile.objects.filter(pk=first.pk).exists()
    assert not storing.full_path(first.path).exists()
    assert AudioFile.objects.filter(kind="original").count() == 1


def test_bytes_that_were_uploaded_elsewhere_and_wait_to_be_read_are_kept(
    episode: Episode, django_capture_on_commit_callbacks
):
    first = label_it(episode)
    other = EpisodeFactory.create(show=episode.show, number=6)
    sent = receive(
        io.BytesIO(stored(first)), episode=other, by=None, original_name="same.mp3", now=NOW
    )
    episode.title = "Another title"
    episode.save()
    plan_labels()

    with django_capture_on_commit_callbacks(execute=True):
        write_due()

    assert not AudioFile.objects.filter(pk=first.pk).exists()
    inspection.inspect(sent.pk)
    sent.refresh_from_db()
    assert sent.state == AudioUpload.State.ACCEPTED, sent.message


@pytest.mark.parametrize("status", ["released", "withdrawn", "draft again"])
def test_a_copy_that_was_or_will_be_out_is_kept(status: str, episode: Episode):
    first = label_it(episode)
    if status == "draft again":
        owner = UserFactory.create()
        publishing.release(episode, at=NOW + timedelta(days=9), by=owner, now=NOW)
        publishing.return_to_draft(episode, by=owner, now=NOW, reason="Not yet")
    else:
        # As an import might leave it: without a log of how it came to this.
        Episode.objects.update(status=status, release_at=NOW)
    episode.refresh_from_db()
    episode.title = "Another title"
    episode.save()

    versions.write_labels(episode, at=NOW)
    write_due()

    assert AudioFile.objects.filter(pk=first.pk).exists()
    assert AudioFile.objects.filter(kind="published").count() == 2


def test_going_back_to_the_words_of_before_is_written_too(episode: Episode):
    label_it(episode)
    for title in ("Another", "Нейтралитет", "Another"):
        episode.title = title
        episode.save()
        plan_labels()
        write_due()
        episode.refresh_from_db()
        assert episode.audio is not None
        assert episode.audio.tags["title"] == title


def test_an_edit_that_changes_no_byte_makes_no_new_version(episode: Episode):
    Chapter.objects.create(episode=episode, start_ms=0, title="Start")
    version = label_it(episode)
    # Behind the end of the sound: no file can carry it.
    Chapter.objects.create(episode=episode, start_ms=3_600_000, title="Nowhere")

    for _ in range(3):
        plan_labels()
        write_due()

    episode.refresh_from_db()
    assert episode.audio == version
    assert AudioFile.objects.count() == 2
    assert not Job.objects.filter(kind="label", done_at=None).exists()
    assert labelling.compare(episode, at=NOW).is_current


def test_a_newer_upload_wins_over_a_copy_that_is_being_made(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
):
    upload(episode, corpus.sound(MP3))

    def write_while_another_file_arrives(*args, **options):
        monkeypatch.undo()
        upload(Episode.objects.get(), corpus.sound("vbr-xing.mp3"))
        return write_published(*args, **options)

    monkeypatch.setattr(tagging, "write_published", write_while_another_file_arrives)
    write_due()

    episode.refresh_from_db()
    (version,) = AudioFile.objects.filter(kind="published")
    assert episode.audio == version
    assert version.source is not None
    assert version.source.bit_rate_mode == "vbr"


def test_our_own_published_file_uploaded_again_is_known(episode: Episode):
    version = label_it(episode)

    upload(episode, stored(version))
    write_due()

    episode.refresh_from_db()
    assert episode.audio == version
    assert AudioFile.objects.count() == 2


def test_an_upload_that_has_these_very_tags_already_is_not_copied(episode: Episode):
    """A copy of ours, sent again after it was forgotten: its labels would give the same bytes."""
    data = stored(label_it(episode))
    episode.title = "Another title"
    episode.save()
    plan_labels()
    write_due()
    upload(episode, data)
    sent = episode.audio
    assert sent is not None
    assert sent.kind == "original"

    episode.title = "Нейтралитет"
    episode.save()
    plan_labels()
    write_due()

    episode.refresh_from_db()
    assert episode.audio == sent
    assert labelling.compare(episode, at=NOW).is_current


# --- What is out ----------------------------------------------------------------------------------


def test_nothing_that_is_live_changes_by_itself(episode: Episode):
    version = label_it(episode)
    go_live(episode)
    episode.title = "Corrected"
    episode.save()

    plan_labels()
    assert labelling.follow(episode, at=NOW) is False
    write_due()

    episode.refresh_from_db()
    assert episode.audio == version
    assert "title" in labelling.compare(episode, at=NOW).behind


def test_a_person_may_have_the_tags_of_a_live_episode_written(episode: Episode, client):
    old = label_it(episode)
    go_live(episode)
    old_url, guid = audio_url(episode, old), episode.guid
    episode.title = "Corrected"
    episode.save()
    Chapter.objects.create(episode=episode, start_ms=0, title="One")
    Chapter.objects.create(episode=episode, start_ms=900, title="Two")
    standing = labelling.compare(episode, at=NOW)
    assert {"title", "2 chapters"} <= set(standing.behind)

    assert versions.write_labels(episode, at=NOW) is True
    write_due()

    episode.refresh_from_db()
    new = episode.audio
    assert new is not None
    assert (episode.guid, new.tags["title"]) == (guid, "Corrected")
    assert AudioFile.objects.filter(pk=old.pk).exists()
    assert fetch(client, old_url) == stored(old)
    feed = client.get(f"/feeds/{episode.show.slug}.xml").content.decode()
    assert f'url="{audio_url(episode, new)}"' in feed
    assert f'length="{len(stored(new))}"' in feed
    assert old_url not in feed
    assert guid in feed


def test_a_release_while_the_tags_are_being_written_is_fine(episode: Episode, client):
    upload(episode, corpus.sound(MP3))
    original = episode.audio
    assert original is not None

    go_live(episode)
    url = audio_url(episode, original)
    write_due()

    episode.refresh_from_db()
    assert episode.audio is not None
    assert (episode.audio.kind, episode.audio.source) == ("published", original)
    assert fetch(client, url) == stored(original)


def test_tags_that_are_behind_are_advice_and_never_hold_a_release_back(episode: Episode):
    upload(episode, corpus.sound(MP3))
    findings = {each.code: each for each in check_readiness(episode, at=NOW)}
    assert findings["labels_behind"].severity == "advice"
    assert findings["labels_behind"].message == "The tags are not in the file yet."

    write_due()
    fresh = Episode.objects.get()
    assert "labels_behind" not in {each.code for each in check_readiness(fresh, at=NOW)}

    fresh = Episode.objects.get()
    fresh.title = "Edited"
    messages = [each.message for each in check_readiness(fresh, at=NOW)]
    assert "The tags in the file are behind the page (title)." in messages


# --- Versions -------------------------------------------------------------------------------------


def test_an_older_original_can_be_used_again_and_is_labelled(episode: Episode):
    label_it(episode)
    first = AudioFile.objects.get(kind="original")
    label_it(episode, corpus.sound("vbr-xing.mp3"))

    versions.use(episode, first, at=NOW)
    write_due()

    episode.refresh_from_db()
    assert episode.audio is not None
    assert (episode.audio.kind, episode.audio.source) == ("published", first)


def test_a_version_of_another_episode_or_a_copy_cannot_be_used(episode: Episode):
    version = label_it(episode)
    other = EpisodeFactory.create()
    foreign = label_it(other)
    assert foreign.source is not None

    for wrong in (version, foreign.source):
        with pytest.raises(versions.WrongVersion):
            versions.use(episode, wrong, at=NOW)


def test_a_version_that_is_labelled_already_is_pointed_at_without_writing(episode: Episode):
    first = label_it(episode)
    go_live(episode)
    upload(episode, corpus.sound("vbr-xing.mp3"))
    write_due()
    published = AudioFile.objects.filter(kind="published").count()
    episode.refresh_from_db()
    assert first.source is not None
    written = labelling.labels_for(Episode.objects.get(), at=NOW).sha256()
    AudioFile.objects.filter(pk=first.pk).update(labels_sha256=written)

    versions.use(episode, first.source, at=NOW)

    episode.refresh_from_db()
    assert episode.audio == first
    assert AudioFile.objects.filter(kind="published").count() == published


# --- Faults ---------------------------------------------------------------------------------------


def break_and_try(episode: Episode, media: Path) -> AudioFile:
    upload(episode, corpus.sound(MP3))
    original = episode.audio
    assert original is not None
    storing.full_path(original.path).rename(media / "elsewhere")
    for _ in range(5):
        Job.objects.update(not_before=Now() - timedelta(seconds=1), lease_until=None)
        label_due()
    return original


def test_a_failure_says_why_and_can_be_retried(
    episode: Episode, media: Path, caplog: pytest.LogCaptureFixture
):
    original = break_and_try(episode, media)

    standing = labelling.compare(episode, at=NOW, with_job=True)
    assert "No such file" in standing.failure
    plan_labels()  # by itself it is not begun again
    assert labelling.compare(episode, at=NOW, with_job=True).failure

    (media / "elsewhere").rename(storing.full_path(original.path))
    assert versions.write_labels(episode, at=NOW) is True
    write_due()
    episode.refresh_from_db()
    assert episode.audio is not None
    assert episode.audio.kind == "published"


def test_a_stored_file_that_changed_is_not_copied(
    episode: Episode, media: Path, caplog: pytest.LogCaptureFixture
):
    upload(episode, corpus.sound(MP3))
    assert episode.audio is not None
    with storing.full_path(episode.audio.path).open("ab") as file:
        file.write(b"x")

    write_due()

    assert not AudioFile.objects.filter(kind="published").exists()
    assert "were stored" in Job.objects.get(kind="label").last_error


def test_a_worker_that_lost_its_lease_writes_nothing(
    episode: Episode, media: Path, monkeypatch: pytest.MonkeyPatch
):
    upload(episode, corpus.sound(MP3))

    def write_while_another_takes_over(*args, **options):
        Job.objects.filter(kind="label").update(lease_until=Now() - timedelta(seconds=1))
        assert jobs.claim(labelling.KIND) is not None
        return write_published(*args, **options)

    monkeypatch.setattr(tagging, "write_published", write_while_another_takes_over)
    write_due()

    episode.refresh_from_db()
    assert episode.audio is not None
    assert episode.audio.kind == "original"
    assert not AudioFile.objects.filter(kind="published").exists()


def test_a_deleted_draft_ends_its_job(episode: Episode):
    upload(episode, corpus.sound(MP3))
    Episode.objects.all().update(audio=None)
    episode.refresh_from_db()
    episode.delete()

    write_due()

    assert Job.objects.get(kind="label").done_at is not None


def test_beat_plans_and_writes_on_the_media_queue():
    conf = current_app.conf
    assert conf.beat_schedule["label-due-audio"]["task"] == label_due.name
    assert conf.beat_schedule["plan-labels"]["task"] == plan_labels.name
    for task in (label, label_due, plan_labels):
        assert current_app.amqp.router.route({}, task.name)["queue"].name == "media"


# --- Real processes -------------------------------------------------------------------------------


def long_mp3(megabytes: int) -> bytes:
    frames = corpus.first_frames(20)
    return frames * (megabytes * 2**20 // len(frames))


def begin_to_write() -> Episode:
    """Have a worker in the middle of writing a large file."""
    episode = EpisodeFactory.create()
    left = parts_there()  # by workers that were killed in earlier tests
    upload(episode, long_mp3(60))

    def is_writing() -> bool:
        wake(label_due)
        new = parts_there() - left
        return any(part.stat().st_size > 2**20 for part in new if part.exists())

    wait_for(is_writing, seconds=60, what="the worker to write")
    return episode


def parts_there() -> set[Path]:
    return set(storing.full_path("incoming").glob("*.part"))


@pytest.mark.processes
def test_a_worker_killed_while_writing_leaves_the_original_and_no_half_file(
    celery_worker: CeleryWorker,
):
    episode = begin_to_write()
    original = AudioFile.objects.get()

    celery_worker.kill()

    assert AudioFile.objects.count() == 1
    assert hashlib.sha256(stored(original)).hexdigest() == original.sha256
    for path in storing.full_path("audio").rglob("*"):
        if path.is_file():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    celery_worker.start()
    celery_worker.wait_until_ready()

    def done() -> bool:
        wake(label_due)
        episode.refresh_from_db()
        return episode.audio != original

    wait_for(done, seconds=90, what="the tags to be written again")
    version = AudioFile.objects.get(kind="published")
    assert episode.audio == version
    assert hashlib.sha256(stored(version)).hexdigest() == version.sha256
    assert hashlib.sha256(stored(original)).hexdigest() == original.sha256
    assert Job.objects.get(kind="label").attempts == 2


@pytest.mark.processes
def test_two_workers_make_one_version(celery_worker: CeleryWorker):
    """This process is the second worker."""
    episode = EpisodeFactory.create()
    upload(episode, long_mp3(10))
    wake(label_due)
    label_due()

    def done() -> bool:
        wake(label_due)
        return not Job.objects.filter(kind="label", done_at=None).exists()

    wait_for(done, seconds=60, what="the tags to be written")
    assert AudioFile.objects.filter(kind="published").count() == 1
    assert Job.objects.get(kind="label").attempts == 1
