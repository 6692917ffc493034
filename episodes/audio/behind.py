"""What lies behind the sound: another file hidden there, or stray bytes."""

from __future__ import annotations

from episodes.audio.facts import Finding
from episodes.audio.findings import refuse, warn
from episodes.audio.sniffing import name_foreign
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

_FOREIGN = {
    "archive": gettext_noop("An archive"),
    "image": gettext_noop("A picture"),
    "program": gettext_noop("A program"),
    "video": gettext_noop("A video"),
    "web-page": gettext_noop("A web page"),
}
"""What behind the sound is worth a refusal; stray text is only junk."""
_LONG = 65_536


def judge_behind(source: Source, position: int, end: int, *, whole: int) -> list[Finding]:
    """Judge the bytes from `position` to `end`, of a file of `whole` bytes; raise `Refused`."""
    length = end - position
    if length <= 0:
        return []
    head = source.read(position, min(length, 4096))
    foreign = name_foreign(head.lstrip(b"\0")) if length >= 64 else None
    if foreign and foreign.finding.code in _FOREIGN:
        raise refuse("foreign-data", what=_FOREIGN[foreign.finding.code])
    if head.startswith(b"%PDF-"):
        raise refuse("foreign-data", what=gettext_noop("A PDF document"))
    tail = source.read(position + max(0, length - 66_000), min(length, 66_000))
    if b"PK\x05\x06" in tail:
        raise refuse("foreign-data", what=_FOREIGN["archive"])
    if length > 0.2 * whole and length > _LONG:
        what = gettext_noop("the last {count} bytes are not audio")
        raise refuse("damaged", what=what, count=length)
    # A little padding is every editor's habit; much of it is a transfer that never came.
    if length <= _LONG and not head.strip(b"\0") and not tail.strip(b"\0"):
        return []
    return [warn("junk-after", count=length)]
