"""How the supervisor hears that it is to stop: Ctrl-C, SIGTERM, or a closed terminal."""

import signal
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Not an Exception, so that no `except Exception` on the way swallows it."""


class StopSignals:
    """Raises StopRequested wherever the main thread is; `hold_back` makes it wait instead."""

    def __init__(self) -> None:
        self.received = 0
        self._interrupting = True
        for number in _STOPPING:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup and `&` mean what they say
                signal.signal(number, self._on_signal)

    def hold_back(self) -> None:
        """From here on the servers close their files, which nothing may cut short."""
        self._interrupting = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.received += 1
        if self._interrupting:
            raise StopRequested
