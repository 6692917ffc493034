"""Start and stop child processes so that none can outlive the process that started it.

Every child leads a session of its own: the terminal's Ctrl-C and hang-up reach only us, and we
stop the children in the right order. If we are killed with -9, the watchdog ends the groups; on
Linux the kernel tells each child as well (leash.py).
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from config.embedded.identity import Identity

_HERE = Path(__file__).resolve().parent
_STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@dataclass(frozen=True)
class Program:
    """What to run and how it wishes to be stopped."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10
    env: Mapping[str, str] | None = None
    log: Path | None = None
    """Where its output goes; None keeps the terminal's."""
    run_as: Identity | None = None
    keep_open: tuple[int, ...] = ()
    holds_data: bool = False
    """A server that must close its files; everything else may be killed when we are."""
    cwd: Path | None = None

    @property
    def death_signal(self) -> signal.Signals:
        """What it gets when we are killed ourselves and nobody can wait for it."""
        return self.stop_signal if self.holds_data else signal.SIGKILL


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes]
    asked: bool = False
    """Whether it was told to stop."""

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log, for the message that says that it failed."""
        if self.program.log is None or not self.program.log.exists():
            return ""
        with self.program.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
            tail = log.read().decode(errors="replace")
        return "\n".join(tail.splitlines()[-lines:])


@dataclass
class Nursery:
    """The children of this process and the watchdog that survives it."""

    watchdog_lock: int | None = None
    children: list[Child] = field(default_factory=list)
    _watchdog: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._start_watchdog()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def launch(self, program: Program) -> Child:
        """Start one program; it is in the watchdog's list before this returns."""
        identity = program.run_as
        leash = [
            *(sys.executable, "-I", "-S", str(_HERE / "leash.py")),
            str(os.getpid()),
            str(int(program.death_signal)),
            *((str(identity.uid), str(identity.gid)) if identity else ("-1", "-1")),
        ]
        with contextlib.ExitStack() as stack:
            output = None
            if program.log is not None:
                program.log.parent.mkdir(parents=True, exist_ok=True)
                output = stack.enter_context(program.log.open("ab"))
            stack.enter_context(_undisturbed())
            process = subprocess.Popen(
                [*leash, *program.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=dict(program.env) if program.env is not None else None,
                cwd=program.cwd,
                start_new_session=True,
                pass_fds=program.keep_open,
            )
            child = Child(program, process)
            self.children.append(child)
            self._introduce(child)
        return child

    def run(self, program: Program) -> tuple[int, str]:
        """Run one program to its end; return its exit code and the end of its log."""
        child = self.launch(program)
        code = child.process.wait()
        self.forget(child)
        return code, child.last_words()

    def ask(self, child: Child) -> None:
        """Ask a child to stop, once: to gunicorn and Celery a second signal means haste."""
        if child.running and not child.asked:
            child.asked = True
            child.process.send_signal(child.program.stop_signal)

    def stop(self, child: Child) -> bool:
        """Ask a child to stop, wait its grace, then kill its whole group; True if it obeyed."""
        obeyed = True
        self.ask(child)
        if child.running:
            try:
                child.process.wait(timeout=child.program.grace_seconds)
            except subprocess.TimeoutExpired:
                obeyed = False
        self.kill(child)
        return obeyed

    def kill(self, child: Child) -> None:
        """End whatever is left of a child's group, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()
        self.forget(child)

    def forget(self, child: Child) -> None:
        if child in self.children:
            self.children.remove(child)
            self._tell(f"- {child.pid}")

    def close(self) -> None:
        """Stop every child, last started first, and let the watchdog go."""
        for child in reversed(self.children[:]):
            self.stop(child)
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.close()
            self._watchdog.wait()
            self._watchdog = None

    def keep_watchdog(self) -> None:
        """Start another watchdog if somebody killed the last one."""
        if self._watchdog is not None and self._watchdog.poll() is not None:
            self._start_watchdog()
            for child in self.children:
                self._introduce(child)

    def _start_watchdog(self) -> None:
        lock = self.watchdog_lock
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_HERE / "watchdog.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            pass_fds=() if lock is None else (lock,),
        )

    def _introduce(self, child: Child) -> None:
        self._tell(f"+ {child.pid} {int(child.program.death_signal)}")

    def _tell(self, line: str) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.write(line.encode() + b"\n")
                self._watchdog.stdin.flush()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no signal in between the birth of a child and its entry in the list."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
