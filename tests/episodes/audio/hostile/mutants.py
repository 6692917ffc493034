"""Mutants of good files: the same number always makes the same bytes.

Most are small changes, since what is half right goes deepest into a reader: cut ends, flipped
bits, sizes that lie, pieces doubled, moved, or taken from another file.
"""

import random
import re
from collections.abc import Callable
from functools import cache

from tests.episodes.audio.hostile import attacks, foreign, odd, valid

_LARGEST = 120_000
_SIZES = [0, 1, 7, 8, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 2**24, 2**31 - 1, 2**31, 2**32 - 1]
_NAMED = re.compile(
    rb"ID3|TIT2|COMM|APIC|CHAP|CTOC|TXXX|Xing|Info|VBRI|TAG|APETAGEX|OggS|OpusHead|OpusTags|vorbis|"
    rb"fLaC|RIFF|RF64|WAVE|fmt |data|ds64|LIST|FORM|COMM|SSND|AIFF|ftyp|moov|trak|mdia|minf|stbl|"
    rb"stsd|stts|stsz|stco|stsc|mdhd|mvhd|elst|udta|chpl|meta|ilst|mdat|esds|alac"
)


@cache
def seeds() -> list[tuple[str, bytes]]:
    """Return the files that are changed: valid and odd ones, and the attacks that are small."""
    cases = [*valid.CASES, *odd.CASES, *attacks.CASES, *foreign.CASES]
    made = [(case.what, case.make()) for case in cases if "512 MB" not in case.what]
    return [(what, data) for what, data in made if 100 < len(data) < _LARGEST]


def mutant(number: int) -> tuple[str, bytes]:
    """Return what the mutant was made of, and its bytes."""
    chance = random.Random(number)
    what, data = chance.choice(seeds())
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 2, 3, 5, 12])):
        chance.choice(_CHANGES)(changed, chance)
    return what, bytes(changed)


def _place(data: bytearray, chance: random.Random) -> int:
    """Prefer the beginning and what stands behind known names, where the structure is."""
    kind = chance.random()
    if kind < 0.4:
        names = [found.end() for found in _NAMED.finditer(data)]
        if names:
            return min(len(data), max(0, chance.choice(names) + chance.randint(-8, 24)))
    if kind < 0.7:
        return chance.randint(0, min(len(data), 600))
    return chance.randint(0, len(data))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _behead(data: bytearray, chance: random.Random) -> None:
    del data[: chance.randint(0, min(len(data), 400))]


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 16)):
        at = _place(data, chance)
        if at < len(data):
            data[at] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    piece = chance.randbytes(chance.randint(1, 40))
    data[at : at + len(piece)] = piece


def _lie(data: bytearray, chance: random.Random) -> None:
    """Write a suspicious size, in either order, plain or as ID3 writes it."""
    at, size = _place(data, chance), chance.choice(_SIZES)
    width = chance.choice([1, 2, 3, 4, 4, 4, 8])
    order = chance.choice(["big", "little"])
    value = size.to_bytes(8, "big")[-width:]
    if chance.random() < 0.2:
        value = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    data[at : at + len(value)] = value if order == "big" else value[::-1]


def _insert(data: bytearray, chance: random.Random) -> None:
    at, size = _place(data, chance), chance.choice([1, 2, 4, 50, 700, 5000])
    data[at:at] = chance.choice([bytes(size), b"\xff" * size, chance.randbytes(size)])


def _remove(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.choice([1, 2, 4, 16, 300, 4000])]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    piece = bytes(data[at : at + chance.choice([4, 8, 30, 200, 2000])])
    data[at:at] = piece * chance.choice([1, 2, 10, 100])
    del data[4 * _LARGEST :]


def _splice(data: bytearray, chance: random.Random) -> None:
    """Take a piece of another file."""
    _what, other = chance.choice(seeds())
    start = chance.randrange(len(other))
    piece = other[start : start + chance.choice([16, 200, 3000, 30_000])]
    at = _place(data, chance)
    data[at : at + chance.choice([0, len(piece)])] = piece


def _swap(data: bytearray, chance: random.Random) -> None:
    """Give a part the name of another part."""
    names = [found.span() for found in _NAMED.finditer(data)]
    if len(names) > 1:
        (start, end), (other_start, other_end) = chance.sample(names, 2)
        data[start:end] = data[other_start:other_end][: end - start].ljust(end - start, b"\0")


_CHANGES: list[Callable[[bytearray, random.Random], None]] = [
    *(_cut, _behead, _flip, _flip, _flip, _overwrite, _overwrite, _lie, _lie, _lie, _lie),
    *(_insert, _remove, _repeat, _splice, _swap),
]
