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
MAX_OUTPUT = 256 * 1024
_SIGN_OF_LIFE = 3.0

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
    other. Raise `OSError` only when the file cannot be opened or no process can be started, which
    says nothing about the file.
    """
    with path.open("rb") as file:
        child = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-B",
                "-c",
                _BOOT,
                _CODE,
                _LIBRARIES,
                clean_text(name, 300),
            ],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
        )
    try:
        output = _collect(child, time.monotonic() + wall_seconds, keep_alive)
        code = child.wait(timeout=1) if output is not None else None
    except subprocess.TimeoutExpired:
        code = None
    finally:
        _end(child)
    if output is None or code != 0:
        return _unreadable()
    try:
        return Reading.from_json(json.loads(output))
    except (ValueError, TypeError, KeyError, RecursionError):
        return _unreadable()


def _collect(
    child: subprocess.Popen[bytes], deadline: float, keep_alive: Callable[[], None] | None
) -> bytes | None:
    """Return all of the child's output, or `None` when there is too much or it takes too long."""
    assert child.stdout is not None  # noqa: S101 - PIPE was asked for
    pieces: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([child.stdout], [], [], min(left, _SIGN_OF_LIFE))[0]:
            if keep_alive:
                keep_alive()
            continue
        piece = os.read(child.stdout.fileno(), 64 * 1024)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        if sum(map(len, pieces)) > MAX_OUTPUT:
            return None
    return None


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _unreadable() -> Reading:
    return Reading(None, (refuse("unreadable").finding,))
