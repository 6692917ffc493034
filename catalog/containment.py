"""Running a reader of strangers' files in a child that can neither hurt nor hang its parent.

The child is a bare interpreter with the code of this project and the libraries it is given. It
limits itself (`catalog.limits`), says that it is ready, and only then looks at its standard input;
no preexec_fn, which is unsafe beside threads. What happens after that word is the file's doing.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from catalog.limits import end_with_parent, limit_self

WALL_SECONDS = 20.0
SIGN_OF_LIFE = 3.0
READY = b"ready\n"
_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
"""How an operator or a kernel out of memory ends a process; no file can, within its limits."""

_CODE = Path(__file__).resolve().parents[1]
# -I and -S: no environment, no user site, no .pth files; only the folders named here.
_BOOT = "import sys; sys.path[:0] = sys.argv[{first}:]; del sys.argv[{first}:]; {entry}"


@dataclass(frozen=True)
class ChildReader:
    """A function `main` of a module, taking the arguments as they are, and what it needs.

    `main` calls `begin` before it reads standard input and writes its answer to standard output.
    """

    what: str  # for the operator who reads why it did not start
    module: str
    libraries: tuple[Path, ...]
    max_output: int
    wall_seconds: float = WALL_SECONDS

    def ask(
        self,
        file: IO[bytes],
        arguments: Sequence[str] = (),
        *,
        keep_alive: Callable[[], None] | None = None,
    ) -> bytes | None:
        """Return what the child says about the open file; `None` if it broke on it.

        To break is to crash, to run into a limit, to take too long or to say too much.
        `keep_alive` is called every few seconds meanwhile; when it raises, the child is ended and
        the exception goes on. Raise `OSError` only when the child does not even start or is killed
        from outside, which says nothing about the file.
        """
        with self._start(file, arguments) as child:
            try:
                output, code = self._collect(child, keep_alive)
            finally:
                _end(child)
        if not output.startswith(READY):
            raise OSError(f"{self.what} did not start (exit code {child.returncode})")
        if code is not None and code in _FROM_OUTSIDE:
            raise OSError(f"{self.what} was ended by signal {-code}")
        return output.removeprefix(READY) if code == 0 else None

    def _start(self, file: IO[bytes], arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        entry = f"from {self.module} import main; main(*sys.argv[1:])"
        boot = _BOOT.format(first=len(arguments) + 1, entry=entry)
        folders = [str(_CODE), *map(str, self.libraries)]
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", boot, *arguments, *folders],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C for the worker is no verdict on the file
            cwd="/",
            env={"LC_ALL": "C.UTF-8", **_linker_paths()},
        )

    def _collect(
        self, child: subprocess.Popen[bytes], keep_alive: Callable[[], None] | None
    ) -> tuple[bytes, int | None]:
        """Return what the child said and its exit code; no code when it said or took too much."""
        assert child.stdout is not None  # noqa: S101 - PIPE was asked for
        deadline = time.monotonic() + self.wall_seconds
        output = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0:
                if len(output) > len(READY) + self.max_output:
                    break
                if not selector.select(min(left, SIGN_OF_LIFE)):
                    if keep_alive:
                        keep_alive()
                    continue
                piece = os.read(child.stdout.fileno(), 64 * 1024)
                if not piece:
                    return bytes(output), _exit_code(child, max(left, 1))
                output += piece
        return bytes(output), None


def begin(*, memory: int, cpu_seconds: int) -> None:
    """Called by the child: put on the limits and say so."""
    end_with_parent()
    limit_self(memory=memory, cpu_seconds=cpu_seconds)
    os.write(1, READY)


def _linker_paths() -> dict[str, str]:
    """Return what some Pythons need to find their own library."""
    names = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in names if name in os.environ}


def _exit_code(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return child.wait(timeout=seconds)
    return None


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
