"""Masters: made from the original, heard, and used unless a person or a newer upload says no."""

import io
from pathlib import Path

import pytest

from episodes import inspection, listening, mastering, versions
from episodes.audio import ffmpeg
from episodes.intake import receive
from episodes.mastering import Recipe
from episodes.models import AudioFile, Episode, Job
from episodes.tasks import master_due
from tests.episodes.audio import corpus
from tests.episodes.sounds import nothing, parts, sine, write_wav
from tests.factories import NOW, EpisodeFactory


@pytest.fixture
def episode(db: None, settings, tmp_path: Path) -> Episode:
    settings.MEDIA_ROOT = tmp_path / "media"
    return EpisodeFactory.create()


def uploaded(episode: Episode, data: bytes, name: str = "episode.wav") -> AudioFile:
    upload = receive(io.BytesIO(data), episode=episode, by=None, original_name=name, now=NOW)
    inspection.inspect(upload.pk)
    upload.refresh_from_db()
    episode.refresh_from_db()
    assert upload.audio is not None, upload.message
    return upload.audio


def quiet_wav(tmp_path: Path, dbfs: float = -30) -> bytes:
    seconds, wave = parts((3, sine(dbfs)), (0.5, nothing), (2, sine(dbfs - 3, 400)))
    return write_wav(tmp_path / "quiet.wav", seconds, wave, wave).read_bytes()


def test_a_lossless_original_is_encoded_to_mp3_by_itself(episode: Episode, tmp_path: Path):
    original = uploaded(episode, quiet_wav(tmp_path))
    assert (episode.audio, mastering.progress(original).recipe) == (original, "encode")

    master_due()

    episode.refresh_from_db()
    made = episode.audio
    assert (made.kind, made.source, made.extension) == ("master", original, "mp3")
    assert (made.bit_rate, made.channels, made.sample_rate) == (128_000, 2, 48_000)
    assert made.duration_ms == pytest.approx(original.duration_ms, abs=60)
    assert made.sound_report["made"] == {"recipe": "encode", "gain_db": 0.0, "evened": False}
    assert made.waveform is not None
    assert mastering.progress(original) is None


def test_a_compressed_original_is_left_as_it_is(episode: Episode):
    original = uploaded(episode, corpus.bare_mp3(), "episode.mp3")

    assert mastering.progress(original) is None
    assert not master_due()


def test_normalising_reaches_the_target_by_a_plain_gain(episode: Episode, tmp_path: Path):
    original = uploaded(episode, quiet_wav(tmp_path))
    listening.listen(original.pk)

    mastering.plan(original, Recipe.NORMALISE)
    mastering.master(f"{original.pk}:normalise")

    episode.refresh_from_db()
    made = episode.audio
    assert made.sound_report["made"]["evened"] is False
    assert made.integrated_lufs == pytest.approx(-16, abs=1)
    assert made.true_peak_dbtp <= -1.0
    assert made.sound_report["findings"] == [
        each for each in made.sound_report["findings"] if each["code"] == "same-channels"
    ]


def test_peaks_in_the_way_are_evened_out(episode: Episode, tmp_path: Path):
    seconds, wave = parts(*((1.995, sine(-34)), (0.005, sine(-2, 300))) * 4)
    loud = write_wav(tmp_path / "peaks.wav", seconds, wave, wave).read_bytes()
    original = uploaded(episode, loud)

    mastering.plan(original, Recipe.NORMALISE)
    mastering.master(f"{original.pk}:normalise")

    episode.refresh_from_db()
    assert episode.audio.sound_report["made"]["evened"] is True
    assert episode.audio.true_peak_dbtp <= -0.5


def test_m4a_stays_m4a_and_keeps_its_length(episode: Episode):
    original = uploaded(episode, corpus.sound("aac-faststart.m4a"), "episode.m4a")

    mastering.plan(original, Recipe.NORMALISE)
    mastering.master(f"{original.pk}:normalise")

    episode.refresh_from_db()
    assert (episode.audio.kind, episode.audio.extension) == ("master", "m4a")
    assert episode.audio.duration_ms == pytest.approx(original.duration_ms, abs=100)


def test_the_same_recipe_makes_the_same_bytes(episode: Episode, tmp_path: Path):
    data = quiet_wav(tmp_path)
    other = EpisodeFactory.create()
    for each in (episode, other):
        uploaded(each, data)
        master_due()
        each.refresh_from_db()

    assert episode.audio.pk != other.audio.pk
    assert episode.audio.sha256 == other.audio.sha256


def test_going_back_to_the_original_stays_and_a_master_is_not_made_twice(
    episode: Episode, tmp_path: Path
):
    original = uploaded(episode, quiet_wav(tmp_path))
    master_due()
    episode.refresh_from_db()
    made = episode.audio
    mastering.plan(original, Recipe.NORMALISE)

    versions.use(episode, original, at=NOW)
    master_due()
    episode.refresh_from_db()
    assert episode.audio == original

    mastering.plan(original, Recipe.ENCODE)
    episode.refresh_from_db()
    assert episode.audio == made
    assert AudioFile.objects.filter(kind="master").count() == 1


def test_a_newer_upload_is_not_pushed_aside_by_an_old_master(episode: Episode, tmp_path: Path):
    original = uploaded(episode, quiet_wav(tmp_path))
    newer = uploaded(episode, corpus.bare_mp3(), "newer.mp3")

    mastering.master(f"{original.pk}:encode")

    episode.refresh_from_db()
    assert episode.audio == newer
    assert original.derived.get().kind == "master"


def test_failing_five_times_is_told_and_can_be_tried_again(
    episode: Episode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    original = uploaded(episode, quiet_wav(tmp_path))
    job = Job.objects.filter(kind=mastering.KIND)
    with monkeypatch.context() as patch:
        patch.setattr(ffmpeg, "find_ffmpeg", _missing)
        for _ in range(5):
            job.update(not_before=NOW.replace(year=2000), lease_until=None)
            master_due()
    progress = mastering.progress(original)
    assert (progress.failed, progress.last_error) == (True, "FfmpegError: There is no ffmpeg.")
    assert episode.audio == original

    mastering.plan(original, Recipe.ENCODE)
    master_due()

    episode.refresh_from_db()
    assert episode.audio.kind == "master"


def _missing() -> str:
    raise ffmpeg.FfmpegError("There is no ffmpeg.")
