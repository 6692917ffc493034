"""Finding where the sound ends before the tags that old tools hang behind it, or begins."""

from __future__ import annotations

from episodes.audio.source import Source

_FIRST_WINDOW, _WINDOW = 2**12, 2**20
_ZEROS = bytes(_WINDOW)


def skip_zeros(source: Source, start: int) -> int:
    """Return the place of the first byte from `start` that is not zero, or the end of the file.

    Some editors leave zeros behind a tag, and some as many as a large picture had taken.
    """
    length = _FIRST_WINDOW
    while window := source.read(start, length):
        if window != _ZEROS[: len(window)]:
            return start + len(window) - len(window.lstrip(b"\0"))
        start += len(window)
        length = min(2 * length, _WINDOW)
    return start


def strip_trailers(source: Source, start: int) -> int:
    """Return the end of the sound, before any ID3v1, APEv2, Lyrics3 or ID3v2 footer."""
    end = source.size
    for _ in range(6):
        before = _strip_one(source, start, end)
        if before == end:
            break
        end = before
    return end


def _strip_one(source: Source, start: int, end: int) -> int:
    if source.read(end - 128, 3) == b"TAG" and end - 128 >= start:
        extended = end - 128 - 227
        return extended if source.read(extended, 4) == b"TAG+" else end - 128
    if source.read(end - 32, 8) == b"APETAGEX":
        begin = _ape_begin(source, end)
        return begin if start <= begin < end else end
    if source.read(end - 9, 9) == b"LYRICS200":
        digits = source.read(end - 15, 6)
        begin = end - 15 - int(digits) if digits.isdigit() else end
        return begin if start <= begin < end else end
    closing = source.read(end - 10, 10)
    if closing[:3] == b"3DI" and not any(byte > 0x7F for byte in closing[6:10]):
        size = closing[6] << 21 | closing[7] << 14 | closing[8] << 7 | closing[9]
        begin = end - size - 20
        return begin if start <= begin < end else end
    return end


def _ape_begin(source: Source, end: int) -> int:
    footer = source.read(end - 32, 32)
    has_header = footer[23] & 0x80
    return end - int.from_bytes(footer[12:16], "little") - (32 if has_header else 0)


def find_ape(source: Source) -> tuple[int, int] | None:
    """Return beginning and end of the APEv2 tag at the end of the file, before any ID3v1."""
    for end in (source.size, source.size - 128):
        if source.read(end - 32, 8) == b"APETAGEX":
            begin = _ape_begin(source, end)
            return (begin, end) if 0 <= begin < end else None
    return None
