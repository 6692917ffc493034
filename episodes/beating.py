"""Signs of life while something blocks: a disk that syncs, a library that moves gigabytes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

_EVERY = 1.0
_Result = TypeVar("_Result")


def beat_while(
    work: Callable[[], _Result], beat: Callable[[], None] | None, *, every: float = _EVERY
) -> _Result:
    """Return what `work` returns, calling `beat` every second until then.

    `work` runs in another thread and must not use the database; `beat` stays in this one, whose
    connection it uses. What `beat` raises goes on when `work` is done.
    """
    if beat is None:
        return work()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(work)
        while not wait([running], timeout=every).done:
            beat()
        return running.result()
