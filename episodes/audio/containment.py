"""Reading a stranger's file in a child process that can neither hurt nor hang its parent.

No preexec_fn (unsafe beside threads): the child limits itself before it looks at the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mutagen

from episodes.audio.facts import Reading
from episodes.audio.findings import refuse
from episodes.audio.text import clean_text

WALL_SECONDS = 20.0
MAX_OUTPUT = 256 * 1024 + 100
_SIGN_OF_LIFE = 3.0
_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
"""How an operator or a kernel out of memory ends a process; no file can, within its limits."""
_READY = b"ready\n"  # as probe.READY, which is not imported here

_CODE = Path(__file__).resolve().parents[2]
_LIBRARIES = Path(mutagen.__file__).resolve().parents[1]
# -I and -S: no environment, no user site, no .pth files; only the two folders named here.
_BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:3]; "
    "from episodes.audio.probe import main; main(sys.argv[3])"
)


def read_contained(
    path: Path,
    *,
    name: str = "",
    wall_seconds: float = WALL_SECONDS,
    keep_alive: Callable[[], None] | None = None,
) -> Reading:
    """Read the file at `path` in a limited child process.

    `keep_alive` is called every few seconds meanwhile; when it raises, the child is ended and the
    exception goes on.

    A crash, a limit that was hit, a timeout or an answer that makes no sense is a refusal like any
    other. Raise `OSError` only when the file cannot be opened, or the reader does not even start
    or is killed from outside, which says nothing about the file.
    """
    command = [sys.executable, "-I", "-S", "-B", "-c", _BOOT]
    with path.open("rb") as file:
        child = subprocess.Popen(
            [*command, str(_CODE), str(_LIBRARIES), clean_text(name, 300)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C for the worker is no verdict on the file
            cwd="/",
            env={"LC_ALL": "C.UTF-8", **_linker_paths()},
        )
    try:
        output, code = _collect(child, time.monotonic() + wall_seconds, keep_alive)
    finally:
        _end(child)
    if not output.startswith(_READY):
        raise OSError(f"the reader of audio did not start (exit code {child.returncode})")
    if code is not None and code in _FROM_OUTSIDE:
        raise OSError(f"the reader of audio was ended by signal {-code}")
    if code != 0:
        return _unreadable()
    try:
        return Reading.from_json(json.loads(output.removeprefix(_READY)))
    except (ValueError, TypeError, KeyError, RecursionError):
        return _unreadable()


def _linker_paths() -> dict[str, str]:
    """Return what some Pythons need to find their own library."""
    names = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in names if name in os.environ}


def _collect(
    child: subprocess.Popen[bytes], deadline: float, keep_alive: Callable[[], None] | None
) -> tuple[bytes, int | None]:
    """Return what the child said and its exit code; no code when it said or took too much."""
    assert child.stdout is not None  # noqa: S101 - PIPE was asked for
    output = b""
    while (left := deadline - time.monotonic()) > 0 and len(output) <= MAX_OUTPUT:
        if not select.select([child.stdout], [], [], min(left, _SIGN_OF_LIFE))[0]:
            if keep_alive:
                keep_alive()
            continue
        piece = os.read(child.stdout.fileno(), 64 * 1024)
        if not piece:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return output, child.wait(timeout=max(left, 1))
            break
        output += piece
    return output, None


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _unreadable() -> Reading:
    return Reading(None, (refuse("unreadable").finding,))
