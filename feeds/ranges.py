"""HTTP byte ranges (RFC 9110 §14), as far as players and directories use them. Pure."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=[ \t]*(\d*)-(\d*)[ \t]*", re.IGNORECASE)


class UnsatisfiableRange(ValueError):
    """The range lies outside the file: the answer is 416."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `first` to `last` of `size`, both included, as Content-Range counts them."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        return f"bytes {self.first}-{self.last}/{self.size}"


def parse_range(header: str, size: int) -> ByteRange | None:
    """Return the range asked for, or None where the whole file is the right answer.

    That is so for a header that is no range, another unit, or several ranges at once, which a
    server may always answer in full. Raises UnsatisfiableRange for one beyond the end.
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = min(_number(found[2]), size)
        if length == 0:
            raise UnsatisfiableRange(header)
        return ByteRange(size - length, size - 1, size)
    first, last = _number(found[1]), _number(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        raise UnsatisfiableRange(header)
    return ByteRange(first, min(last, size - 1), size)


def _number(digits: str) -> int:
    """Read a position. Longer than any file is as good as the longest, and cheap to compare."""
    return int(digits[:20]) if len(digits.lstrip("0")) <= 19 else 10**19
