"""Times as caption files write them, and as a sentence says them."""

import re

_TIME = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?", re.ASCII)
LATEST_MS = 359_999_999
"""99:59:59.999: SubRip has two digits for hours."""


def read_time(text: str) -> int | None:
    """Return milliseconds for `1:02:03.5`, `02:03,500` or `62:03`; None for what is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(found[n] or 0) for n in (1, 2, 3))
    if seconds > 59 or (found[1] and minutes > 59):
        return None
    fraction = int((found[4] or "0").ljust(3, "0")[:3])
    total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction
    return total if total <= LATEST_MS else None


def write_time(milliseconds: int, *, point: str = ".") -> str:
    """Return `01:02:03.500`."""
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{fraction:03}"


def say_time(milliseconds: int) -> str:
    """Return `1:02:03`, with a fraction only where there is one."""
    written = write_time(milliseconds).removesuffix(".000")
    return written.removeprefix("0")
