"""ffmpeg in its limits: found, watched, and never more than it may."""

import dataclasses
import sys
import time
from pathlib import Path

import pytest

from episodes.audio import ffmpeg
from episodes.audio.ffmpeg import Allowance, FfmpegError, find_ffmpeg, read_from, run
from tests.episodes.audio import corpus

SOUND = corpus.AUDIO / "cbr-info-stereo.mp3"
SMALL = Allowance.for_sound(4)


def test_the_system_is_asked_before_the_wheel_and_the_environment_before_both(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("FFMPEG", raising=False)
    monkeypatch.setattr(ffmpeg.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert find_ffmpeg() == "/usr/bin/ffmpeg"
    monkeypatch.setenv("FFMPEG", "other")
    assert find_ffmpeg() == "/usr/bin/other"
    monkeypatch.setattr(ffmpeg.shutil, "which", lambda _name: None)
    with pytest.raises(FfmpegError, match="FFMPEG=other is no program"):
        find_ffmpeg()


def test_without_any_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FFMPEG", raising=False)
    monkeypatch.setattr(ffmpeg.shutil, "which", lambda _name: None)
    monkeypatch.setattr(ffmpeg, "_bundled", lambda: "")

    with pytest.raises(FfmpegError, match="apt install ffmpeg"):
        find_ffmpeg()


def test_sound_is_streamed_while_the_log_is_kept():
    arguments = [*read_from(SOUND), "-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1"]
    with ffmpeg.start(arguments, SMALL, log_level="info") as running:
        size = sum(len(piece) for piece in running.pieces(1000))

    assert size == pytest.approx(4 * 8000 * 2, abs=2000)
    assert "Stream #0:0" in running.log


def test_a_failure_has_the_last_words_of_ffmpeg(tmp_path: Path):
    (tmp_path / "x").write_bytes(b"nothing")

    with pytest.raises(FfmpegError, match=r"^ffmpeg failed: .*Invalid"):
        run([*read_from(tmp_path / "x"), "-f", "null", "-"], SMALL)


def test_nothing_is_written_unless_allowed_and_no_more_than_that(tmp_path: Path):
    arguments = [*read_from(SOUND), "-f", "wav", f"file:{tmp_path / 'out'}"]

    with pytest.raises(FfmpegError):
        run(arguments, SMALL)
    assert not (tmp_path / "out").exists() or sys.platform != "linux"
    with pytest.raises(FfmpegError):
        run(arguments, dataclasses.replace(SMALL, file_size=10_000))
    assert (tmp_path / "out").stat().st_size <= 10_000
    run(arguments, dataclasses.replace(SMALL, file_size=10**6))
    assert (tmp_path / "out").stat().st_size > 700_000


def test_time_that_is_up_ends_it():
    endless = ["-re", "-stream_loop", "-1", *read_from(SOUND), "-f", "null", "-"]
    begun = time.monotonic()

    with pytest.raises(FfmpegError, match="took too long"):
        run(endless, dataclasses.replace(SMALL, wall_seconds=1))

    assert time.monotonic() - begun < 20


def test_computing_time_that_is_up_ends_it():
    endless = ["-stream_loop", "-1", *read_from(SOUND), "-f", "null", "-"]

    with pytest.raises(FfmpegError, match="computing time"):
        run(endless, dataclasses.replace(SMALL, cpu_seconds=1))


def test_a_keep_alive_that_raises_ends_it():
    calls = []

    def beat() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyError("lease")

    endless = ["-re", "-stream_loop", "-1", *read_from(SOUND), "-f", "null", "-"]
    with pytest.raises(KeyError, match="lease"):
        run(endless, SMALL, keep_alive=beat)


def test_memory_that_is_up_is_said():
    with pytest.raises(FfmpegError):
        run(
            [*read_from(SOUND), "-af", "aresample=192000,loudnorm", "-f", "null", "-"],
            dataclasses.replace(SMALL, memory=100 * 2**20),
        )
