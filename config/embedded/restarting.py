"""A child that is kept alive: started again when it dies, at once and then ever more slowly."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config.embedded.children import Child, Nursery
from config.embedded.errors import CannotStart

_SETTLED_AFTER_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass
class Service:
    name: str
    start: Callable[[], Child]
    child: Child
    _pause: float = 0
    _started_at: float = field(default_factory=time.monotonic)
    _due_at: float | None = None

    def look_after(self, nursery: Nursery, say: Callable[[str], None], *, now: float) -> None:
        """Notice its end, say so, and start it again when its pause is over."""
        if self.child.running:
            return
        if self._due_at is None:
            nursery.kill(self.child)  # what is left of its group
            self._plan_restart(now)
            say(f"{self.name} ended ({_how(self.child)}); starting it again{self._when(now)}.")
        if self._due_at is not None and now >= self._due_at:
            try:
                self.child = self.start()
            except CannotStart as reason:
                self._plan_restart(now)
                say(f"{reason}\nTrying again{self._when(now)}.")
            else:
                self._started_at, self._due_at = now, None

    def _plan_restart(self, now: float) -> None:
        if self._due_at is None and now - self._started_at > _SETTLED_AFTER_SECONDS:
            self._pause = 0
        self._due_at = now + self._pause
        self._pause = min(_LONGEST_PAUSE_SECONDS, max(1.0, self._pause * 2))

    def _when(self, now: float) -> str:
        seconds = (self._due_at or now) - now
        return f" in {seconds:.0f} s" if seconds else ""


def _how(child: Child) -> str:
    code = child.process.returncode
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    where = f", see {child.program.log}" if child.program.log else ""
    return f"exit code {code}{where}"
