"""Running ffmpeg on strangers' files: found, limited, watched, and ended with its parent.

The arguments are the caller's; `read_from` gives those that name an input. ffmpeg opens nothing
but files, no playlist, no network, in limits of memory, computing time and what it may write.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from catalog.limits import limited_command

try:
    import imageio_ffmpeg
except ImportError:  # an installation with the system's ffmpeg needs no wheel
    imageio_ffmpeg = None

MEMORY = 384 * 2**20
FORMATS = "mp3,aac,mov,ogg,flac,wav,aiff"
PROTOCOLS = "file,pipe,fd"
_QUIET = ["-nostdin", "-hide_banner", "-nostats", "-y"]
_KEPT_LOG = 64 * 1024
_PIPE = 1024 * 1024
_SIGN_OF_LIFE = 1.0
_NO_MEMORY = "Cannot allocate memory"
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, which `fcntl` does not name everywhere

KeepAlive = Callable[[], None]


class FfmpegError(Exception):
    """ffmpeg is missing, failed, or hit a limit; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one run may take. Times in seconds, sizes in bytes."""

    cpu_seconds: int
    wall_seconds: float
    file_size: int = 0
    """Of any one file written; 0: none may be opened for writing."""
    memory: int = MEMORY

    @classmethod
    def for_sound(
        cls, seconds: float, *, cost: float = 0.05, file_size: int = 0, memory: int = MEMORY
    ) -> Allowance:
        """Scale to the length of the sound; `cost` is CPU seconds for one of its seconds.

        Decoding with EBU R128 takes 0.002, dynamic loudnorm 0.025 on a present machine.
        """
        cpu = round(30 + seconds * cost)
        return cls(cpu, 60 + 3.0 * cpu, file_size, memory)


def find_ffmpeg() -> str:
    """Return the ffmpeg to run: `FFMPEG` of the environment, the system's, or the wheel's.

    Raise `FfmpegError` when there is none.
    """
    wanted = os.environ.get("FFMPEG")
    if wanted:
        if found := shutil.which(wanted):
            return found
        raise FfmpegError(f"FFMPEG={wanted} is no program on this machine. Correct or remove it.")
    found = shutil.which("ffmpeg") or _bundled()
    if not found:
        raise FfmpegError(
            "There is no ffmpeg on this machine. Install it (apt install ffmpeg, brew install "
            "ffmpeg) or the wheel with it (pip install imageio-ffmpeg)."
        )
    return found


@cache
def _bundled() -> str:
    if imageio_ffmpeg is None:
        return ""
    with contextlib.suppress(RuntimeError):
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    return ""


def read_from(path: Path, *, formats: str = FORMATS) -> list[str]:
    """Return the arguments that open `path` as an input, by allow-list; flags apply to it alone."""
    allowed = ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", formats]
    return ["-threads", "1", *allowed, "-i", f"file:{path}"]


def run(
    arguments: Sequence[str],
    allowance: Allowance,
    *,
    log_level: str = "warning",
    keep_alive: KeepAlive | None = None,
) -> str:
    """Run ffmpeg to its end and return its log, or the last 64 KB of it.

    `keep_alive` is called every second or so; when it raises, ffmpeg is killed and the exception
    goes on. Raise `FfmpegError` for anything but success.
    """
    with start(arguments, allowance, log_level=log_level, stdout=subprocess.DEVNULL) as running:
        return running.wait(keep_alive)


@contextlib.contextmanager
def start(
    arguments: Sequence[str],
    allowance: Allowance,
    *,
    log_level: str = "warning",
    stdout: int = subprocess.PIPE,
) -> Iterator[Running]:
    """Start ffmpeg and kill it on leaving, unless it ended. `stdout` is as for `Popen`."""
    command = [find_ffmpeg(), "-loglevel", log_level, *_QUIET, *arguments]
    limited = limited_command(
        command,
        memory=allowance.memory,
        cpu_seconds=allowance.cpu_seconds,
        file_size=allowance.file_size,
    )
    process = subprocess.Popen(
        limited,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C for the worker is no fault of the file
        cwd="/",
        env=environment(),
    )
    running = Running(process, time.monotonic() + allowance.wall_seconds)
    try:
        yield running
    finally:
        running.end()


@dataclass(slots=True)
class Running:
    """An ffmpeg at work. Its log is drained while its sound is read or its end awaited."""

    process: subprocess.Popen[bytes]
    deadline: float
    _log: bytearray = field(default_factory=bytearray)

    @property
    def log(self) -> str:
        return self._log.decode("utf-8", "replace")

    def pieces(self, size: int, keep_alive: KeepAlive | None = None) -> Iterator[bytes]:
        """Yield what ffmpeg writes to its standard output as it comes, at most `size` at once.

        Raise `FfmpegError` at the end when ffmpeg did not succeed.
        """
        out = self.process.stdout
        assert out is not None  # noqa: S101 - PIPE was asked for
        widen(out)
        for ready in self.watch(out, keep_alive):
            if not ready:
                continue
            piece = os.read(out.fileno(), size)
            if not piece:
                break
            yield piece
        self.wait(keep_alive)

    def wait(self, keep_alive: KeepAlive | None = None) -> str:
        """Wait for the end and return the log; raise `FfmpegError` when it was no success."""
        for _ready in self.watch(None, keep_alive):
            pass
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(self.deadline - time.monotonic(), 1))
        if self.process.returncode != 0:
            raise FfmpegError(explain(self.process.returncode, self.log))
        if _NO_MEMORY in self.log:  # some versions leave out what did not fit and call it success
            raise FfmpegError("ffmpeg ran out of the memory that it may use.")
        return self.log

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def watch(self, out: IO[bytes] | None, keep_alive: KeepAlive | None) -> Iterator[bool]:
        """Drain the log and yield, at least every second, whether there is something in `out`.

        It goes on while either is open; whoever finds `out` at its end leaves. Raise `FfmpegError`
        when the time is up.
        """
        err = self.process.stderr
        assert err is not None  # noqa: S101 - PIPE was asked for
        with selectors.DefaultSelector() as selector:
            for pipe in (out, err):
                if pipe is not None and not pipe.closed:
                    selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map():
                left = self.deadline - time.monotonic()
                if left <= 0:
                    raise FfmpegError("ffmpeg took too long and was stopped.")
                ready = {key.fileobj for key, _ in selector.select(min(left, _SIGN_OF_LIFE))}
                if err in ready and not self._drain(err):
                    selector.unregister(err)
                if keep_alive is not None:
                    keep_alive()
                yield out in ready

    def _drain(self, err: IO[bytes]) -> bool:
        piece = os.read(err.fileno(), 64 * 1024)
        self._log += piece
        del self._log[:-_KEPT_LOG]
        return bool(piece)


def widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more (Linux): fewer turns between who writes and who reads."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIPE)


def explain(code: int | None, log: str) -> str:
    """Say how ffmpeg ended, with the last line of its log."""
    if code == -signal.SIGXCPU:
        return "ffmpeg used up its computing time and was stopped."
    if code == -signal.SIGXFSZ:
        return "ffmpeg wrote more than it may and was stopped."
    if code is None or code < 0:
        return f"ffmpeg was ended by signal {-(code or -signal.SIGKILL)}."
    if code == 255:  # ffmpeg handles these signals itself
        return "ffmpeg was stopped: from outside, or since it used up its computing time."
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    last = lines[-1][:300] if lines else f"exit code {code}"
    return f"ffmpeg failed: {last}"


def environment() -> dict[str, str]:
    # Each thread of glibc reserves 64 MB of addresses for its own heap. Under the limit on memory
    # that fails, and every buffer becomes a system call: ten times slower. One heap is enough.
    chosen = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
    # What some Pythons need to find their own library.
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return chosen | {name: os.environ[name] for name in kept if name in os.environ}
