"""What to make of what was heard: a verdict against what podcasts are, and what to do about it.

The target is Apple's: -16 LUFS, give or take 1, and a true peak of at most -1 dBTP. BS.1770 finds
one channel 3 LU quieter than the same sound in two, though both sound alike from two speakers; so
a mono file is held against -19 LUFS, as is usual among those who make them.

`docs/listening.md` lists the codes; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from episodes.audio.facts import Finding
from episodes.audio.listening.facts import Heard, Measured, Silence
from episodes.audio.timecode import timecode
from episodes.audio.wording import Value, gettext_noop, word

TARGET_STEREO, TARGET_MONO = -16.0, -19.0
TOLERANCE = 1.0
CEILING = -1.0
WIDE = 15.0
"""LU of loudness range above which quiet parts are lost in traffic."""
LEADING, INSIDE, TRAILING = 2.0, 5.0, 5.0
"""Seconds of silence at the beginning, inside and at the end that are worth a remark."""
FAR_APART, OFF_CENTRE, SAME = 40.0, 6.0, -45.0
UPSIDE_DOWN = -0.7
OFFSET = 0.01
_DEAD = -70.0
_SOME = 3
"""How many of a kind are named one by one."""

_NORMALISE = gettext_noop("Press Normalise, or export it again.")

REMARKS: dict[str, tuple[str, ...]] = {
    "silent": (gettext_noop("There is nothing to hear in this file. Upload the right one."),),
    "quiet": (
        gettext_noop("At {lufs} LUFS it is {db} dB quieter than podcasts usually are ({target})."),
        _NORMALISE,
    ),
    "loud": (
        gettext_noop("At {lufs} LUFS it is {db} dB louder than podcasts usually are ({target})."),
        _NORMALISE,
    ),
    "peaks": (
        gettext_noop(
            "Peaks reach {dbtp} dBTP and can distort in players (the limit is {ceiling}): press "
            "Normalise, or lower the master by {db} dB."
        ),
    ),
    "clipped": (
        gettext_noop(
            "The sound is clipped in {count} places, first at {places}. What is cut off is lost: "
            "go back to the recording, lower it and export again."
        ),
    ),
    "changes-format": (
        gettext_noop(
            "Parts of different kinds (sample rate or channels) are joined in this file, so that "
            "its loudness cannot be told. Open it in an editor and export once more."
        ),
    ),
    "wide-range": (
        gettext_noop(
            "Quiet and loud parts are {lu} LU apart; on the road the quiet ones get lost. Compress "
            "the voices, or press Normalise."
        ),
    ),
    "silence-at-start": (
        gettext_noop("It begins with {seconds} seconds of silence. Cut them off and export again."),
    ),
    "silence-inside": (
        gettext_noop(
            "There are silences of up to {seconds} seconds inside, first at {places}. Listen there."
        ),
    ),
    "silence-at-end": (
        gettext_noop("It ends with {seconds} seconds of silence. Cut them off and export again."),
    ),
    "dead-channel": (
        gettext_noop("The {what} channel is dead: on headphones there is sound in one ear only."),
        gettext_noop("Export as mono, or copy the good channel over the dead one."),
    ),
    "channel-drops-out": (
        gettext_noop(
            "The {what} channel is silent for a while, first at {places}, while the other is not. "
            "Listen there on headphones."
        ),
    ),
    "off-centre": (
        gettext_noop(
            "The {what} channel is {db} dB louder than the other. Centre the voices and export "
            "again."
        ),
    ),
    "upside-down": (
        gettext_noop(
            "One channel is the other upside down (correlation {correlation}): on a phone's single "
            "speaker the voices cancel out. Invert the polarity of one channel and export again."
        ),
    ),
    "same-channels": (
        gettext_noop(
            "Both channels hold the same. Nothing is wrong; as mono the file could be smaller and "
            "sound as it does."
        ),
    ),
    "offset": (
        gettext_noop(
            "The sound is off its zero line by {percent} %, as with a faulty sound card. It costs "
            "headroom and clicks at cuts: remove the DC offset and export again."
        ),
    ),
}  # fmt: skip

LEFT, RIGHT = gettext_noop("left"), gettext_noop("right")
_SIDES = (LEFT, RIGHT)


class Mark(StrEnum):
    """How one measure stands beside its target."""

    GOOD = "good"
    LOW = "low"
    HIGH = "high"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    loudness: Mark
    peak: Mark
    target_lufs: float
    findings: tuple[Finding, ...]


def target_for(channels: int) -> float:
    return TARGET_MONO if channels == 1 else TARGET_STEREO


def judge(heard: Heard) -> Verdict:
    measured = heard.measured
    target = target_for(measured.channels)
    if measured.sample_peak == 0:
        return Verdict(Mark.UNKNOWN, Mark.GOOD, target, (remark("silent"),))
    loudness = _mark(heard.integrated_lufs, target)
    peak = measured.true_peak_dbtp
    too_high = peak is not None and round(peak, 1) > CEILING
    findings = [
        *_of_loudness(heard, loudness, target),
        *_of_peaks(measured, too_high=too_high),
        *_of_channels(measured),
        *_of_silence(measured),
    ]
    return Verdict(loudness, Mark.HIGH if too_high else Mark.GOOD, target, tuple(findings))


def remark(code: str, **values: Value) -> Finding:
    return Finding(code, word(REMARKS[code], values), values=dict(values))


def _mark(lufs: float | None, target: float) -> Mark:
    if lufs is None:
        return Mark.UNKNOWN
    if abs(lufs - target) <= TOLERANCE:
        return Mark.GOOD
    return Mark.LOW if lufs < target else Mark.HIGH


def _of_loudness(heard: Heard, mark: Mark, target: float) -> list[Finding]:
    found = []
    lufs, spread = heard.integrated_lufs, heard.loudness_range_lu
    if heard.changes_format:
        found.append(remark("changes-format"))
    if lufs is not None and mark in {Mark.LOW, Mark.HIGH}:
        code = "quiet" if mark is Mark.LOW else "loud"
        distance = round(abs(lufs - target), 1)
        found.append(remark(code, lufs=round(lufs, 1), db=distance, target=round(target)))
    if spread is not None and spread > WIDE:
        found.append(remark("wide-range", lu=round(spread, 1)))
    return found


def _of_peaks(measured: Measured, *, too_high: bool) -> list[Finding]:
    found = []
    peak = measured.true_peak_dbtp
    if too_high and peak is not None:
        over = round(round(peak, 1) - CEILING, 1)
        found.append(remark("peaks", dbtp=round(peak, 1), ceiling=round(CEILING), db=over))
    if measured.clippings:
        places = _places(measured.clipped_at)
        found.append(remark("clipped", count=measured.clippings, places=places))
    if any(abs(offset) > OFFSET for offset in measured.dc_offsets):
        most = max(abs(offset) for offset in measured.dc_offsets)
        found.append(remark("offset", percent=round(most * 100, 1)))
    return found


def _of_channels(measured: Measured) -> list[Finding]:
    if measured.channels != 2:
        return []
    levels = [_DEAD * 2 if level is None else level for level in measured.channel_levels]
    louder = 0 if levels[0] >= levels[1] else 1
    apart = abs(levels[0] - levels[1])
    if apart >= FAR_APART or levels[1 - louder] < _DEAD < levels[louder]:
        return [remark("dead-channel", what=_SIDES[1 - louder])]
    found = _of_dropouts(measured)
    if measured.correlation is not None and measured.correlation < UPSIDE_DOWN:
        found.append(remark("upside-down", correlation=round(measured.correlation, 2)))
    if apart >= OFF_CENTRE and not found:
        found.append(remark("off-centre", what=_SIDES[louder], db=round(apart, 1)))
    if measured.difference_db is None or measured.difference_db < SAME:
        found.append(remark("same-channels"))
    return found


def _of_dropouts(measured: Measured) -> list[Finding]:
    found = []
    for channel, side in enumerate(_SIDES):
        starts = [each.start for each in measured.dropouts if each.channel == channel]
        if starts:
            found.append(remark("channel-drops-out", what=side, places=_places(starts)))
    return found


def _of_silence(measured: Measured) -> list[Finding]:
    found, inside = [], []
    for silence in measured.silences:
        if silence.start == 0:
            found += _long("silence-at-start", silence, LEADING)
        elif measured.seconds - silence.end < 0.05:
            found += _long("silence-at-end", silence, TRAILING)
        elif silence.seconds >= INSIDE:
            inside.append(silence)
    if inside:
        longest = round(max(each.seconds for each in inside), 1)
        places = _places([each.start for each in inside])
        found.append(remark("silence-inside", seconds=longest, places=places))
    return found


def _long(code: str, silence: Silence, least: float) -> list[Finding]:
    if silence.seconds < least:
        return []
    return [remark(code, seconds=round(silence.seconds, 1))]


def _places(starts: list[float] | tuple[float, ...]) -> str:
    named = dict.fromkeys(timecode(start) for start in starts)
    return ", ".join(list(named)[:_SOME])
