"""From a stored upload to an audio version: every outcome, told to the editor, once."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.db.models.functions import Now

from episodes import inspection, jobs
from episodes.audio.containment import read_contained
from episodes.intake import receive, retry
from episodes.models import AudioFile, AudioUpload, Chapter, Episode, Job
from episodes.tasks import drain, inspect_upload
from episodes.waking import wake
from tests.episodes.audio import corpus
from tests.factories import NOW, EpisodeFactory
from tests.processes import CeleryWorker, OwnBroker, wait_for


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def episode(db: None, media: Path) -> Episode:
    return EpisodeFactory.create()


def send(episode: Episode, data: bytes, name: str = "episode.mp3") -> AudioUpload:
    return receive(io.BytesIO(data), episode=episode, by=None, original_name=name, now=NOW)


def read(episode: Episode, data: bytes, name: str = "episode.mp3") -> AudioUpload:
    upload = send(episode, data, name)
    inspection.inspect(upload.pk)
    upload.refresh_from_db()
    episode.refresh_from_db()
    return upload


def let_everything_be_due() -> None:
    past = Now() - timedelta(seconds=1)
    Job.objects.filter(done_at=None).update(not_before=past, lease_until=None)


def test_an_accepted_file_becomes_the_episodes_audio_with_facts_from_its_bytes(episode: Episode):
    data = corpus.sound("cbr-info-stereo.mp3")

    upload = read(episode, data, "Выпуск.mp3")

    assert (upload.state, upload.code, upload.message) == ("accepted", "accepted", "")
    version = episode.audio
    assert version is not None
    assert upload.audio == version
    assert (version.sha256, version.path, version.size) == (upload.sha256, upload.path, len(data))
    assert (version.container, version.codec, version.mime_type) == ("MP3", "MP3", "audio/mpeg")
    assert (version.extension, version.duration_ms, version.bit_rate) == ("mp3", 4000, 96_000)
    assert (version.bit_rate_mode, version.channels, version.sample_rate) == ("cbr", 2, 44_100)
    assert version.reason == "Uploaded as “Выпуск.mp3”."
    assert Job.objects.get(kind=inspection.KIND).done_at is not None


def test_warnings_stay_with_the_version(episode: Episode):
    upload = read(episode, corpus.sound("opus.opus"), "episode.opus")

    assert upload.code == "accepted_with_warnings"
    assert upload.audio is not None
    assert [each["code"] for each in upload.audio.findings] == ["not-for-apple"]
    assert "Apple Podcasts accepts only MP3 and M4A" in upload.audio.findings[0]["message"]


REFUSED = {
    "a renamed ZIP": (corpus.zip_archive(), "archive", "This is a ZIP archive, not audio."),
    "a truncated MP3": (corpus.cut("vbr-xing.mp3", 0.5), "truncated", "breaks off at 0:0"),
    "a page": (corpus.html(), "web-page", "This is a web page"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_file_says_why_and_the_episode_keeps_its_audio(what: str, episode: Episode):
    data, code, sentence = REFUSED[what]
    read(episode, corpus.sound("cbr-info-stereo.mp3"))
    before = episode.audio

    upload = read(episode, data)

    assert (upload.state, upload.code, upload.audio) == ("refused", code, None)
    assert sentence in upload.message
    assert before is not None
    assert episode.audio == before
    assert AudioFile.objects.count() == 1


def test_a_new_version_takes_the_place_of_the_old_one_which_stays(episode: Episode):
    read(episode, corpus.bare_mp3())
    old = episode.audio
    read(episode, corpus.sound("vbr-xing.mp3"))

    assert episode.audio != old
    assert list(episode.audio_files.order_by("pk")) == [old, episode.audio]


def test_going_back_to_an_earlier_file_points_at_its_version(episode: Episode):
    read(episode, corpus.bare_mp3())
    first = episode.audio
    read(episode, corpus.sound("vbr-xing.mp3"))
    upload = read(episode, corpus.bare_mp3())

    assert (episode.audio, upload.audio) == (first, first)
    assert AudioFile.objects.count() == 2


def test_reading_twice_changes_nothing_the_second_time(episode: Episode):
    upload = read(episode, corpus.with_chapters())
    before = (
        list(AudioUpload.objects.values()),
        list(AudioFile.objects.values()),
        list(Chapter.objects.values()),
        list(Job.objects.values()),
        Episode.history.count(),
    )

    for _ in range(2):
        inspect_upload(upload.pk)
        drain()

    assert before == (
        list(AudioUpload.objects.values()),
        list(AudioFile.objects.values()),
        list(Chapter.objects.values()),
        list(Job.objects.values()),
        Episode.history.count(),
    )


def test_a_worker_that_lost_its_lease_while_reading_writes_nothing(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
):
    upload = send(episode, corpus.bare_mp3())

    def read_while_another_takes_over(path: Path, **options: object):
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert jobs.claim(inspection.KIND) is not None
        return read_contained(path)

    monkeypatch.setattr(inspection, "read_contained", read_while_another_takes_over)
    inspection.inspect(upload.pk)

    upload.refresh_from_db()
    episode.refresh_from_db()
    assert (upload.state, episode.audio, AudioFile.objects.count()) == ("reading", None, 0)
    assert Job.objects.get().done_at is None


def test_the_sweep_reads_what_no_message_reached(episode: Episode):
    for name in ("vbr-xing.mp3", "cbr-info-stereo.mp3"):
        send(episode, corpus.sound(name))

    drain()

    assert set(AudioUpload.objects.values_list("state", flat=True)) == {"accepted"}
    episode.refresh_from_db()
    assert episode.audio is not None
    assert episode.audio.bit_rate == 96_000


def test_an_older_upload_that_is_read_late_does_not_undo_the_newer(episode: Episode):
    old = send(episode, corpus.sound("vbr-xing.mp3"))
    newer = read(episode, corpus.bare_mp3())

    inspection.inspect(old.pk)

    episode.refresh_from_db()
    old.refresh_from_db()
    assert old.state == "accepted"
    assert episode.audio == newer.audio


def test_equal_bytes_are_read_once_and_their_facts_reused(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
):
    read(episode, corpus.with_chapters(), "wrong.wav")
    monkeypatch.delattr(inspection, "read_contained")
    other = EpisodeFactory.create()

    read(other, corpus.with_chapters(), "right.mp3")

    assert episode.audio is not None
    assert other.audio is not None
    assert other.audio != episode.audio
    assert other.audio.duration_ms == episode.audio.duration_ms
    assert other.chapters.count() == 3
    codes = [[each["code"] for each in audio.findings] for audio in (episode.audio, other.audio)]
    assert codes == [["bit-rate-low", "extension"], ["bit-rate-low"]]


def test_chapters_of_the_file_are_taken_over_when_there_are_none(episode: Episode):
    read(episode, corpus.with_chapters(3, listed=2))

    chapters = episode.chapters.values_list("start_ms", "title", "url", "hidden")
    assert list(chapters) == [
        (0, "Глава 1", "https://example.org/1", False),
        (1333, "Глава 2", "https://example.org/2", False),
        (2666, "Глава 3", "https://example.org/3", True),
    ]


def test_chapters_that_editors_wrote_are_left_alone(episode: Episode):
    Chapter.objects.create(episode=episode, start_ms=0, title="Ours")

    read(episode, corpus.with_chapters())

    assert list(episode.chapters.values_list("title", flat=True)) == ["Ours"]


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_chapters(
    count: int, episode: Episode, django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
):
    upload = send(episode, corpus.with_chapters(count))

    with django_assert_num_queries(41):
        inspection.inspect(upload.pk)

    assert episode.chapters.count() == count


def test_a_file_that_is_gone_is_a_failure_that_is_tried_again(episode: Episode, media: Path):
    upload = send(episode, corpus.bare_mp3())
    (media / upload.path).rename(media / "elsewhere")

    inspection.inspect(upload.pk)

    upload.refresh_from_db()
    assert (upload.state, upload.code) == ("failed", "will-retry")
    assert "kept" in upload.message
    (media / "elsewhere").rename(media / upload.path)
    let_everything_be_due()
    drain()
    upload.refresh_from_db()
    assert (upload.state, upload.message) == ("accepted", "")


def test_five_failures_are_shown_and_retry_starts_over(
    episode: Episode, media: Path, caplog: pytest.LogCaptureFixture
):
    upload = send(episode, corpus.bare_mp3())
    (media / upload.path).rename(media / "elsewhere")
    for _ in range(7):
        drain()
        let_everything_be_due()
    upload.refresh_from_db()
    assert (upload.state, upload.code) == ("failed", "gave-up")
    assert "Press Retry" in upload.message
    assert Job.objects.get().attempts == 5
    assert "FileNotFoundError" in Job.objects.get().last_error

    (media / "elsewhere").rename(media / upload.path)
    assert retry(upload) is True
    drain()

    upload.refresh_from_db()
    assert upload.state == "accepted"


def test_an_upload_whose_every_worker_died_is_shown_as_given_up(episode: Episode):
    upload = send(episode, corpus.bare_mp3())
    for _ in range(5):
        assert jobs.claim(inspection.KIND)
        let_everything_be_due()

    drain()

    upload.refresh_from_db()
    assert (upload.state, upload.code) == ("failed", "gave-up")


def test_stored_bytes_that_changed_are_not_called_the_editors_fault(episode: Episode, media: Path):
    upload = send(episode, corpus.bare_mp3())
    with (media / upload.path).open("ab") as file:
        file.write(b"x")

    inspection.inspect(upload.pk)

    upload.refresh_from_db()
    assert upload.state == "failed"
    assert "bytes" in Job.objects.get().last_error


def test_a_draft_that_was_deleted_meanwhile_ends_its_job(episode: Episode):
    send(episode, corpus.bare_mp3())
    episode.delete()

    drain()

    assert Job.objects.get(kind=inspection.KIND).done_at is not None


def test_beat_asks_the_media_workers_for_due_uploads_every_five_seconds():
    conf = current_app.conf
    entry = conf.beat_schedule["read-due-uploads"]

    assert (entry["task"], entry["schedule"], entry["options"]) == (drain.name, 5.0, {"expires": 5})
    for task in (drain, inspect_upload):
        assert current_app.amqp.router.route({}, task.name)["queue"].name == "media"


# --- Real processes ------------------------------------------------------------------------------

SLOW_MB = 24


def tick(upload: AudioUpload) -> str:
    """Do what beat does every five seconds, and look at the upload."""
    wake(drain)
    upload.refresh_from_db()
    return upload.state


def begin_a_long_read() -> tuple[Episode, AudioUpload]:
    episode = EpisodeFactory.create()
    upload = send(episode, corpus.slow_aac(SLOW_MB), "long.aac")
    wait_for(
        lambda: AudioUpload.objects.get(pk=upload.pk).state == "reading", what="the worker to read"
    )
    return episode, upload


@pytest.mark.processes
@pytest.mark.parametrize("victim", ["worker", "pool children"])
def test_an_upload_whose_worker_is_killed_while_reading_is_read_after_restart_once(
    victim: str, celery_worker: CeleryWorker
):
    episode, upload = begin_a_long_read()

    if victim == "worker":
        celery_worker.kill()
        assert AudioFile.objects.count() == 0
        celery_worker.start()
        celery_worker.wait_until_ready()
    else:
        celery_worker.kill_pool_children()
        assert AudioFile.objects.count() == 0

    wait_for(lambda: tick(upload) == "accepted", seconds=90, what="the upload to be read again")
    episode.refresh_from_db()
    assert episode.audio is not None
    assert list(AudioFile.objects.all()) == [episode.audio]
    assert Job.objects.get(kind=inspection.KIND).attempts == 2


@pytest.mark.processes
def test_an_upload_made_while_the_broker_is_down_is_kept_and_read_when_it_returns(
    broker_of_its_own: OwnBroker, worker_of_its_own: CeleryWorker
):
    episode = EpisodeFactory.create()
    broker_of_its_own.stop()

    upload = send(episode, corpus.bare_mp3())

    assert Job.objects.get(kind=inspection.KIND).done_at is None
    broker_of_its_own.start()
    wait_for(lambda: tick(upload) == "accepted", seconds=60, what="the upload to be read")
    episode.refresh_from_db()
    assert episode.audio is not None
    assert Job.objects.get(kind=inspection.KIND).attempts == 1
