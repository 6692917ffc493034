"""Places in the audio as editors and formats write them, in milliseconds."""

import re

_CLOCK = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,3}):)?([0-9]{1,7})(?:[.,]([0-9]{1,9}))?")
_UNITS = re.compile(
    r"(?:([0-9]{1,3})\s?h)?\s?(?:([0-9]{1,4})\s?m(?:in)?)?\s?(?:([0-9]{1,7})(?:[.,]([0-9]{1,9}))?\s?s)?",
    re.IGNORECASE,
)


def parse_time(text: str) -> int | None:
    """Read `75`, `1:15`, `90:00`, `1:02:03.5` or `1h 2m 3s`; None for what is no time.

    Normal Play Time of RFC 2326 is a part of this. What is finer than a millisecond is cut off.
    """
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = found.groups()
        if minutes is not None and (len(seconds) > 2 or int(seconds) > 59):
            return None
        if hours is not None and (len(minutes) > 2 or int(minutes) > 59):
            return None
    elif text and (found := _UNITS.fullmatch(text)):
        hours, minutes, seconds, fraction = found.groups()
    else:
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "")[:3].ljust(3, "0"))


def format_time(milliseconds: int) -> str:
    """Write `1:02:03`, or `1:02:03.500` where there is more than whole seconds."""
    seconds, rest = divmod(milliseconds, 1000)
    whole = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{whole}.{rest:03}" if rest else whole


def format_full_time(milliseconds: int) -> str:
    """Write `01:02:03.500`: Normal Play Time as Podlove and WebVTT want it."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
