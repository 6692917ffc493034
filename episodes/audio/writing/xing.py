"""A Xing header for variable bit rate without one: with it every player shows the right length.

It is an MPEG frame of silence in front, of the same version, rate and channels, in which decoders
find the number of frames and bytes and a table for jumping. Nothing is said about the encoder's
delay, which nobody knows. Layout: gabriel.mp3-tech.org/mp3infotag.html.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from episodes.audio.mpeg import parse_header

_FRAMES, _BYTES, _TABLE = 1, 2, 4
_PAYLOAD = 4 + 4 + 4 + 4 + 100
_BIT_RATES = range(1, 15)


def xing_frame(first: bytes, *, frames: int, size: int, offsets: Sequence[int]) -> bytes:
    """Return the frame to put before the one whose four header bytes are `first`.

    `size` counts the bytes of the `frames` behind it; `offsets` are the 100 positions among them
    of each hundredth of the time.
    """
    header, length, side_info = _smallest(first)
    whole = size + length
    table = bytes(min(255, 256 * (length + offset) // whole) for offset in offsets)
    claim = struct.pack(">4sIII", b"Xing", _FRAMES | _BYTES | _TABLE, frames, whole)
    frame = header + bytes(side_info) + claim + table
    return frame.ljust(length, b"\0")


def _smallest(first: bytes) -> tuple[bytes, int, int]:
    """Return header, length and side information of the smallest frame with room for the claim."""
    for bit_rate in _BIT_RATES:
        # Without checksum (0x01) and padding, otherwise of the same kind.
        header = bytes((first[0], first[1] | 1, bit_rate << 4 | first[2] & 0x0C, first[3]))
        parsed = parse_header(header)
        if parsed and parsed.length >= 4 + parsed.side_info + _PAYLOAD:
            return header, parsed.length, parsed.side_info
    raise ValueError("no MPEG frame of this kind has room for a Xing header")
