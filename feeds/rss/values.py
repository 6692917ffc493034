"""How a feed spells dates, lengths of time and yes or no: exact to write, forgiving to read."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+)(?:[.,](\d+))?")


def to_second(value: datetime | None) -> datetime | None:
    """Cut to whole seconds, all that RFC 822 can say; a moment without a zone is refused."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone; a feed's dates need one.")
    return value.replace(microsecond=0)


def format_date(value: datetime) -> str:
    """RFC 822 with English names, four-digit year and numeric zone, whatever the locale."""
    return format_datetime(value.astimezone(UTC))


def parse_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_iso(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def format_clock(milliseconds: int) -> str:
    """Normal Play Time as Podlove Simple Chapters wants it: ``01:35:52.250``."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def parse_clock(value: str) -> int | None:
    """Read ``37``, ``7:48``, ``35:12.250`` or ``01:35:52`` as milliseconds; None if it is none."""
    found = _CLOCK.fullmatch(value.strip())
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "").ljust(3, "0")[:3])


def format_seconds(milliseconds: int) -> str:
    """Decimal seconds without trailing zeros: ``73.5``, ``60.0``."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{f'{rest:03}'.rstrip('0') or '0'}"


def parse_explicit(value: str) -> bool | None:
    """Map the old words too (yes, explicit, no, clean): feeds in the wild still carry them."""
    word = value.strip().lower()
    if word in {"true", "yes", "explicit"}:
        return True
    return False if word in {"false", "no", "clean"} else None


def parse_count(value: str) -> int:
    """Return a number of bytes or minutes, 0 for anything that is none."""
    value = value.strip()
    return int(value) if value.isascii() and value.isdecimal() else 0
