"""What an M4A's sample description says of the sound: its codec, channels, rate and frames.

Layout: ISO/IEC 14496-12, section 8.5.2 (stsd); 14496-1, 7.2.6 (descriptors); 14496-3, 1.6.2
(AudioSpecificConfig).
"""

from __future__ import annotations

from episodes.audio.adts import AAC_CHANNELS, AAC_RATES
from episodes.audio.mp4boxes import number


def sound_entry(stsd: bytes, timescale: int) -> tuple[int, int, int, float]:
    """Return channels, sample rate, MPEG-4's number for the codec (0x40 AAC, 0x6B MP3), and what
    one sample lasts in seconds.

    AAC's own configuration is believed first: the entry says "2 channels" for mono too, and has no
    room for rates above 65 kHz.
    """
    channels, rate = number(stsd, 32, 2), number(stsd, 40, 2) or timescale
    frame = 0.0
    config = _descriptor(stsd, stsd.find(b"esds") + 8, 4) if b"esds" in stsd else b""
    asc = _descriptor(config, 13, 5)
    if len(asc) >= 2:
        channels, rate, frame = _aac_config(asc, channels, rate)
    elif (inner := stsd.find(b"alac", 16)) > 0:  # ALACSpecificConfig
        frame = number(stsd, inner + 8) / max(1, number(stsd, inner + 28))
    return channels, rate, number(config, 0, 1), frame


def _aac_config(asc: bytes, channels: int, rate: int) -> tuple[int, int, float]:
    """Return channels and rate of AAC, as it plays: HE-AAC names twice the rate of its core.

    It does so instead of the core's kind (5 and 29, the latter making stereo of mono), or behind
    it under the mark 0x2B7 for decoders that know nothing of it. The third is what a frame lasts:
    1024 samples at the core's rate, or 960; 0 for kinds that count otherwise.
    """
    bits = "".join(f"{byte:08b}" for byte in asc[:16]).ljust(160, "0")
    kind, at = int(bits[:5], 2), 5
    rate, at = _aac_rate(bits, at, rate)
    core = max(1, rate)
    layout, at = int(bits[at : at + 4], 2), at + 4
    channels = (AAC_CHANNELS[layout] if layout < len(AAC_CHANNELS) else 0) or channels
    if kind in {5, 29}:
        rate, at = _aac_rate(bits, at, rate)
        frame = _aac_frame(int(bits[at : at + 5], 2), bits[at + 5]) / core
        return 2 if kind == 29 else channels, rate, frame
    frame = _aac_frame(kind, bits[at]) / core
    mark = bits.find(f"{0x2B7:011b}00101", at)
    if 0 <= mark <= at + 24 and mark < 8 * len(asc) - 16 and bits[mark + 16] == "1":
        rate, at = _aac_rate(bits, mark + 17, rate)
        stereo = bits[at : at + 12] == f"{0x548:011b}1"
        channels = 2 if stereo and at + 12 <= 8 * len(asc) else channels
    return channels, rate, frame


def _aac_frame(kind: int, short: str) -> int:
    """Return the samples of a frame of AAC Main, LC, SSR or LTP."""
    if kind not in {1, 2, 3, 4}:
        return 0
    return 960 if short == "1" else 1024


def _aac_rate(bits: str, at: int, rate: int) -> tuple[int, int]:
    """Read a rate by its index, or in full behind index 15; return it and where it ends."""
    index = int(bits[at : at + 4], 2)
    if index == 15:
        return int(bits[at + 4 : at + 28], 2) or rate, at + 28
    return AAC_RATES[index] if index < len(AAC_RATES) else rate, at + 4


def _descriptor(data: bytes, start: int, tag: int) -> bytes:
    """Return the contents of an MPEG-4 descriptor that stands within 64 bytes of `start`."""
    at = data.find(bytes((tag,)), start, start + 64) if 0 <= start < len(data) else -1
    if at < 0:
        return b""
    at += 1
    while data[at : at + 1] >= b"\x80":
        at += 1
    return data[at + 1 : at + 1 + number(data, at, 1)]
