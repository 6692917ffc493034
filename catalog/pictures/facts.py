"""What the child tells its parent: renditions, or why there are none."""

from __future__ import annotations

import json
from dataclasses import dataclass

SIDES = (3000, 1400, 600, 300, 96)
"""Longest sides in pixels: Apple's largest and smallest artwork, a page, a list, a face."""
MAX_SIDE = 6000
MAX_BYTES = 30 * 2**20
ADVISED_BYTES = 500 * 1000
"""Apple advises at most 512 KB for artwork, so that it shows at once on a phone."""


class RefusedPicture(Exception):
    """The picture cannot be used; `code` says why, `what` names it where it is something else."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.what = what


@dataclass(frozen=True)
class Rendition:
    """One file; `side` is what its longer side was asked to be, 0 for the largest there is."""

    side: int
    content: bytes


@dataclass(frozen=True)
class Rendered:
    """The renditions of one picture, the largest first, all of one type."""

    mime_type: str
    width: int
    height: int
    renditions: tuple[Rendition, ...]


def pack(rendered: Rendered) -> bytes:
    sizes = [[each.side, len(each.content)] for each in rendered.renditions]
    head = [rendered.mime_type, rendered.width, rendered.height, sizes]
    return json.dumps(head).encode() + b"\n" + b"".join(r.content for r in rendered.renditions)


def pack_refusal(refused: RefusedPicture) -> bytes:
    return json.dumps({"code": refused.code, "what": refused.what}).encode() + b"\n"


def unpack(answer: bytes) -> Rendered:
    """Read what `pack` wrote.

    Raises RefusedPicture for a refusal, and ValueError, TypeError or KeyError for nonsense.
    """
    line, _, content = answer.partition(b"\n")
    head = json.loads(line)
    if isinstance(head, dict):
        raise RefusedPicture(str(head["code"]), str(head["what"]))
    mime_type, width, height, sizes = head
    if sum(size for _side, size in sizes) != len(content):
        raise ValueError("the answer is cut")
    renditions, start = [], 0
    for side, size in sizes:
        renditions.append(Rendition(int(side), content[start : start + size]))
        start += size
    return Rendered(str(mime_type), int(width), int(height), tuple(renditions))
