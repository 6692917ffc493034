"""How long an Opus packet lasts, by its first byte. Layout: RFC 6716, section 3.1."""

from __future__ import annotations

_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)


def packet_samples(packet: bytes) -> int:
    """Return the samples (at 48 kHz) of a packet; 0 when its beginning is missing."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = _SILK[config & 3]
    elif config < 16:
        frame = _HYBRID[config & 1]
    else:
        frame = _CELT[config & 3]
    if code == 3:
        return frame * (packet[1] & 63) if len(packet) > 1 else 0
    return frame * (1 if code == 0 else 2)
