"""The verdict and its remarks: each from a sound that deserves it, and none from a good one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from episodes.audio.findings import WORDS
from episodes.audio.listening.facts import Dropout, Heard, Measured, Silence
from episodes.audio.listening.judging import REMARKS, Mark, judge

GOOD = Measured(
    seconds=3600,
    channels=2,
    sample_rate=44_100,
    sample_peak=0.85,
    true_peak_dbtp=-1.2,
    silences=(),
    clippings=0,
    clipped_at=(),
    channel_levels=(-20.0, -20.5),
    correlation=0.9,
    difference_db=-12.0,
    dc_offsets=(0.0, 0.0),
    dropouts=(),
    overview=(1, 2),
    cells=360_000,
)


def heard(lufs: float | None = -16.3, spread: float = 6.0, **changes: object) -> Heard:
    return Heard(replace(GOOD, **changes), lufs, spread, changes_format=False, peaks=b"")


def codes(sound: Heard) -> list[str]:
    return [each.code for each in judge(sound).findings]


def test_a_good_episode_is_praised_by_silence():
    verdict = judge(heard())

    assert (verdict.loudness, verdict.peak, verdict.findings) == (Mark.GOOD, Mark.GOOD, ())


CASES = {
    "silent": heard(None, sample_peak=0.0, true_peak_dbtp=None),
    "quiet": heard(-19.2),
    "loud": heard(-12.0),
    "peaks": heard(true_peak_dbtp=0.4),
    "clipped": heard(clippings=7, clipped_at=(1.0, 61.0, 62.0, 63.0)),
    "changes-format": replace(heard(None), changes_format=True),
    "wide-range": heard(spread=18.0),
    "silence-at-start": heard(silences=(Silence(0, 4, None),)),
    "silence-inside": heard(silences=(Silence(100, 109, -60.0),)),
    "silence-at-end": heard(silences=(Silence(3590, 3600, None),)),
    "dead-channel": heard(channel_levels=(-20.0, None), correlation=None),
    "channel-drops-out": heard(dropouts=(Dropout(1, 60, 90),)),
    "off-centre": heard(channel_levels=(-20.0, -28.0)),
    "upside-down": heard(correlation=-0.98),
    "same-channels": heard(difference_db=None, correlation=1.0),
    "offset": heard(dc_offsets=(0.03, 0.0)),
}


@pytest.mark.parametrize("code", REMARKS)
def test_each_fault_has_its_remark_and_no_other(code: str):
    assert codes(CASES[code]) == [code]


def test_remarks_say_what_and_what_to_do():
    [quiet] = judge(CASES["quiet"]).findings
    assert quiet.sentence == (
        "At −19.2 LUFS it is 3.2 dB quieter than podcasts usually are (−16). "
        "Press Normalise, or export it again."
    )
    assert quiet.values == {"lufs": -19.2, "db": 3.2, "target": -16}
    [peaks] = judge(CASES["peaks"]).findings
    assert "Peaks reach 0.4 dBTP" in peaks.sentence
    assert "lower the master by 1.4 dB" in peaks.sentence
    [dead] = judge(CASES["dead-channel"]).findings
    assert dead.sentence.startswith("The right channel is dead")
    [clipped] = judge(CASES["clipped"]).findings
    assert "first at 0:01, 1:01, 1:02." in clipped.sentence


@pytest.mark.parametrize(("lufs", "mark"), [(-19.0, "good"), (-16.0, "high"), (-20.6, "low")])
def test_mono_is_held_against_three_less(lufs: float, mark: str):
    mono = heard(lufs, channels=1, channel_levels=(-20.0,), dc_offsets=(0.0,))

    assert judge(mono).loudness == mark


@pytest.mark.parametrize(
    ("lufs", "mark"), [(-17.0, "good"), (-15.0, "good"), (-17.1, "low"), (-14.9, "high")]
)
def test_one_lu_either_way_is_good(lufs: float, mark: str):
    assert judge(heard(lufs)).loudness == mark


def test_short_silences_and_breaths_are_no_matter():
    silences = (Silence(0, 1.9, None), Silence(60, 64.9, None), Silence(3595.2, 3600, None))

    assert codes(heard(silences=silences)) == []


def test_codes_are_not_those_of_reading_and_stand_in_the_docs():
    docs = Path(__file__).parents[4].joinpath("docs/listening.md").read_text("utf-8")

    assert not set(REMARKS) & set(WORDS)
    assert set(re.findall(r"^\| `([a-z-]+)` \|", docs, re.MULTILINE)) == set(REMARKS)
