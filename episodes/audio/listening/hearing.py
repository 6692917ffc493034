"""One decode, two listeners: ffmpeg measures loudness and hands each sample on to the meter.

Both run in limits and end with the caller. In between is a pipe, so nothing is ever stored.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from episodes.audio import ffmpeg
from episodes.audio.listening.facts import Heard, Measured

_METER_MEMORY = 384 * 2**20
_PIECE = 256 * 1024
_ANSWER = 1024 * 1024
"""What the meter's answer may take, beside two bytes for each pair of the waveform."""

_CODE = Path(__file__).resolve().parents[3]
_BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:3]; "
    "from episodes.audio.listening.meter_process import main; "
    "main(int(sys.argv[3]), int(sys.argv[4]))"
)
# Half a second at once through the filters instead of a frame, which saves a fifth of the time.
_FILTERS = "asetnsamples=n=22050:p=0,ebur128=framelog=verbose"
_SUMMARY = re.compile(
    r"Integrated loudness:\s+I:\s+(\S+) LUFS\s+Threshold:\s+\S+ LUFS\s+"
    r"Loudness range:\s+LRA:\s+(\S+) LU\b"
)
_COMPLAINT = re.compile(r"^\[(?!Parsed_|auto_)\w+ @ \w+\] (.+)$", re.MULTILINE)
"""What a part of ffmpeg says of the file, other than its filters."""
_NOTHING = -70.0
"""What ffmpeg says when not a block is above the absolute gate."""


class NotHeard(Exception):
    """The file could not be listened to; the message says why."""


def hear(path: Path, *, seconds: float, keep_alive: ffmpeg.KeepAlive | None = None) -> Heard:
    """Listen to the file once, from beginning to end; `seconds` is about how long it lasts.

    `keep_alive` is called every second or so; when it raises, both processes are ended and the
    exception goes on. Raise `NotHeard` for whatever else went wrong.
    """
    allowance = ffmpeg.Allowance.for_sound(seconds)
    try:
        with ffmpeg.start(_arguments(path), allowance, log_level="info") as decoder:
            answer = _measure(
                decoder, allowance, most=_ANSWER + round(seconds * 400), beat=keep_alive
            )
            log = _finish(decoder, keep_alive)
    except ffmpeg.FfmpegError as error:
        raise NotHeard(str(error)) from error
    loudness = _loudness(log)
    line, _, peaks = answer.partition(b"\n")
    try:
        measured = Measured.from_json(json.loads(line))
    except (ValueError, TypeError, KeyError) as error:
        raise NotHeard("The meter gave no answer that makes sense.") from error
    if not measured.cells:
        raise NotHeard("ffmpeg found no sound in the file.")
    integrated, spread = loudness[0] if len(loudness) == 1 else (None, None)
    return Heard(measured, integrated, spread, len(loudness) > 1, peaks)


def _arguments(path: Path) -> list[str]:
    return [
        *ffmpeg.read_from(path),
        *("-map", "0:a:0", "-filter_threads", "1", "-af", _FILTERS),
        *("-c:a", "pcm_f32le", "-fflags", "+bitexact", "-f", "wav", "pipe:1"),
    ]


def _measure(
    decoder: ffmpeg.Running,
    allowance: ffmpeg.Allowance,
    *,
    most: int,
    beat: ffmpeg.KeepAlive | None,
) -> bytes:
    sound = decoder.process.stdout
    assert sound is not None  # noqa: S101 - a pipe was asked for
    ffmpeg.widen(sound)
    with _meter(sound, allowance.cpu_seconds) as meter:
        sound.close()  # ours: when the meter is gone, ffmpeg has nobody to write to and ends
        answer = _collect(decoder, meter, most, beat)
        code = meter.wait(timeout=10)
    if code != 0 and (failure := _decoder_failure(decoder, beat)):
        raise NotHeard(failure)
    if code != 0 or len(answer) > most:
        raise NotHeard(f"The meter failed (exit code {code}).")
    return answer


def _collect(
    decoder: ffmpeg.Running,
    meter: subprocess.Popen[bytes],
    most: int,
    beat: ffmpeg.KeepAlive | None,
) -> bytes:
    assert meter.stdout is not None  # noqa: S101 - a pipe was asked for
    answer = b""
    for ready in decoder.watch(meter.stdout, beat):
        if not ready:
            continue
        piece = os.read(meter.stdout.fileno(), _PIECE)
        answer += piece
        if not piece or len(answer) > most:
            break
    return answer


def _finish(decoder: ffmpeg.Running, beat: ffmpeg.KeepAlive | None) -> str:
    try:
        return decoder.wait(beat)
    except ffmpeg.FfmpegError as error:
        raise NotHeard(_unplayable(str(error), decoder.log)) from error


def _decoder_failure(decoder: ffmpeg.Running, beat: ffmpeg.KeepAlive | None) -> str:
    """Say why there was nothing for the meter to read; nothing if ffmpeg only lost its listener."""
    try:
        decoder.wait(beat)
    except ffmpeg.FfmpegError as error:
        return "" if "Broken pipe" in decoder.log else _unplayable(str(error), decoder.log)
    return ""


def _unplayable(failure: str, log: str) -> str:
    """Name the last complaint about the file; ffmpeg's own last line is "Conversion failed!"."""
    if not failure.startswith("ffmpeg failed: "):  # a limit, or a signal
        return failure
    # The path on this machine tells the editor nothing.
    reason = re.sub(r"^file:.*: (?=\S)", "", failure.removeprefix("ffmpeg failed: "))
    if reason == "Conversion failed!":
        complaints = _COMPLAINT.findall(log)
        reason = complaints[-1] if complaints else "it found no sound that it can decode"
    return f"ffmpeg could not play this file: {reason[:300].rstrip('.')}. Export it again."


@contextmanager
def _meter(sound: IO[bytes], cpu_seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    found = find_spec("numpy")
    if found is None or found.origin is None:
        raise NotHeard("numpy is not installed: run pip install -r requirements/base.txt.")
    libraries = Path(found.origin).resolve().parents[1]
    bare = [sys.executable, "-I", "-S", "-B", "-c", _BOOT]
    process = subprocess.Popen(
        [*bare, str(_CODE), str(libraries), str(_METER_MEMORY), str(cpu_seconds)],
        stdin=sound,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env={**ffmpeg.environment(), "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _loudness(log: str) -> list[tuple[float | None, float | None]]:
    """Return (integrated, range) of each part of one format; parts that hold nothing left out.

    ffmpeg starts its measurement over where rate or channels change, and writes a summary each
    time; the file's own tags come before all of them in the log.
    """
    found = [(_number(level), _number(spread)) for level, spread in _SUMMARY.findall(log)]
    heard = [each for each in found if each[0] is not None and each[0] > _NOTHING]
    return heard or [(None, None)]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1000 else None  # neither nan nor infinite
