"""Listening as a job: heard once, shared by equal bytes, in nobody's way."""

import io
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now

from episodes import inspection, jobs, listening
from episodes.audio.listening.hearing import NotHeard
from episodes.intake import receive
from episodes.models import AudioFile, Episode, Job, Waveform
from episodes.tasks import listen_due, plan_listening
from tests.episodes.audio import corpus
from tests.episodes.sounds import nothing, sine, write_wav
from tests.factories import NOW, AudioFileFactory, EpisodeFactory
from tests.processes import CeleryWorker, descendants, wait_for


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def episode(db: None, media: Path) -> Episode:
    return EpisodeFactory.create()


def uploaded(episode: Episode, data: bytes, name: str = "episode.mp3") -> AudioFile:
    upload = receive(io.BytesIO(data), episode=episode, by=None, original_name=name, now=NOW)
    inspection.inspect(upload.pk)
    upload.refresh_from_db()
    assert upload.audio is not None
    return upload.audio


def heard(version: AudioFile) -> AudioFile:
    listening.listen(version.pk)
    version.refresh_from_db()
    return version


def let_everything_be_due() -> None:
    past = Now() - timedelta(seconds=1)
    Job.objects.filter(done_at=None).update(not_before=past, lease_until=None)


def test_an_accepted_upload_is_listened_to(episode: Episode):
    version = uploaded(episode, corpus.sound("cbr-info-stereo.mp3"))
    assert listening.progress(version).state == "waiting"

    heard(version)

    assert listening.progress(version).state == "heard"
    assert version.integrated_lufs == pytest.approx(-15.4, abs=1)
    assert version.true_peak_dbtp == pytest.approx(-6.0, abs=1)
    assert version.sound_report["channels"] == 2
    assert version.waveform.length == 400
    assert len(zlib.decompress(version.waveform.peaks)) == 800


def test_digital_silence_has_no_level_and_says_so(episode: Episode, tmp_path: Path):
    silence = write_wav(tmp_path / "silence.wav", 3, nothing, nothing)

    version = heard(uploaded(episode, silence.read_bytes()))

    assert (version.integrated_lufs, version.true_peak_dbtp) == (None, None)
    assert [each["code"] for each in version.sound_report["findings"]] == ["silent"]


def test_equal_bytes_are_heard_once_and_share_the_waveform(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
):
    first = uploaded(episode, corpus.bare_mp3())
    second = uploaded(EpisodeFactory.create(), corpus.bare_mp3())
    heard(first)
    monkeypatch.setattr(listening, "hear", None)

    second.refresh_from_db()
    third = heard(uploaded(EpisodeFactory.create(), corpus.bare_mp3()))

    assert {first.waveform, second.waveform, third.waveform} == set(Waveform.objects.all())
    assert first.sound_report == second.sound_report == third.sound_report


def test_a_published_version_takes_over_what_was_heard_before_or_later(episode: Episode):
    source = uploaded(episode, corpus.bare_mp3())
    early = AudioFileFactory.create(episode=episode, kind="published", source=source)
    listening.take_over(early, source)
    assert early.sound_report is None

    heard(source)
    late = AudioFileFactory.build(episode=episode, kind="published", source=source)
    listening.take_over(late, source)
    late.save()

    early.refresh_from_db()
    for version in (early, late):
        assert version.waveform == source.waveform
        assert version.integrated_lufs == source.integrated_lufs
        assert version.sound_report == source.sound_report


def test_listening_twice_changes_nothing_the_second_time(episode: Episode):
    version = heard(uploaded(episode, corpus.bare_mp3()))
    before = (list(AudioFile.objects.values()), list(Waveform.objects.values()))

    listening.listen(version.pk)
    let_everything_be_due()
    listen_due()

    assert before == (list(AudioFile.objects.values()), list(Waveform.objects.values()))


def test_a_worker_that_lost_its_lease_while_listening_writes_nothing(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
):
    version = uploaded(episode, corpus.bare_mp3())
    hear = listening.hear

    def hear_while_another_takes_over(path: Path, **options: object):
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert jobs.claim(listening.KIND) is not None
        return hear(path, **options)

    monkeypatch.setattr(listening, "hear", hear_while_another_takes_over)
    heard(version)

    assert version.sound_report is None
    assert not Waveform.objects.exists()


def test_five_failures_are_told_and_retry_begins_anew(
    episode: Episode, monkeypatch: pytest.MonkeyPatch
):
    version = uploaded(episode, corpus.bare_mp3())
    with monkeypatch.context() as patch:
        patch.setattr(listening, "hear", _fail)
        for _ in range(5):
            let_everything_be_due()
            listen_due()
    failed = listening.progress(version)
    assert (failed.state, failed.last_error) == ("failed", "NotHeard: ffmpeg is gone.")
    assert episode.audio_files.get().findings == version.findings  # the episode goes on as it was

    assert listening.retry(version)
    listen_due()

    version.refresh_from_db()
    assert listening.progress(version).state == "heard"
    assert not listening.retry(version)


def _fail(path: Path, **options: object):
    raise NotHeard("ffmpeg is gone.")


def test_versions_from_before_there_was_listening_are_found(episode: Episode):
    version = uploaded(episode, corpus.bare_mp3())
    Job.objects.filter(kind=listening.KIND).delete()
    assert listening.progress(version).state == "never"

    plan_listening()
    listen_due()

    version.refresh_from_db()
    assert version.sound_report is not None
    assert listening.plan_forgotten() == 0


def test_the_version_of_a_deleted_draft_is_let_go(episode: Episode):
    uploaded(episode, corpus.bare_mp3())
    episode.delete()

    listen_due()

    assert Job.objects.get(kind=listening.KIND).done_at is not None


@pytest.mark.processes
def test_an_upload_is_read_and_heard_through_celery(celery_worker: CeleryWorker):
    version = EpisodeFactory.create()
    receive(
        io.BytesIO(corpus.sound("48000-joint-stereo.mp3")),
        episode=version,
        by=None,
        original_name="x.mp3",
        now=NOW,
    )

    wait_for(
        lambda: AudioFile.objects.filter(kind="original", sound_report__isnull=False).exists(),
        seconds=60,
        what="the listening",
    )


@pytest.mark.processes
def test_a_worker_killed_while_it_listens_leaves_it_to_the_next(
    celery_worker: CeleryWorker, tmp_path: Path
):
    long = write_wav(tmp_path / "long.wav", 2, sine(-20, 440), sine(-20, 440))
    data = long.read_bytes()
    data = data[:40] + (len(data[44:]) * 600).to_bytes(4, "little") + data[44:] * 600
    data = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    version = EpisodeFactory.create()
    receive(io.BytesIO(data), episode=version, by=None, original_name="x.wav", now=NOW)
    job = Job.objects.filter(kind=listening.KIND)
    wait_for(lambda: job.filter(lease_until__isnull=False).exists(), what="the listening to begin")
    celery_worker.kill()
    assert descendants(celery_worker.child.pid) == []
    assert job.get().done_at is None

    celery_worker.start()
    celery_worker.wait_until_ready()
    job.update(lease_until=Now() - timedelta(seconds=1))
    listen_due.delay()

    wait_for(lambda: job.get().done_at is not None, seconds=60, what="the second listening")
    assert job.get().attempts == 2
    assert Waveform.objects.count() == 1
