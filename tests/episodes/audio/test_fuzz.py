"""A slice of `make fuzz` in every run of the tests; and what is known to break the libraries."""

import json
import subprocess
import sys
import unicodedata
from io import BytesIO
from pathlib import Path

import mutagen
import pytest
from mutagen.id3 import ID3, TIT2

from episodes.audio.facts import Verdict
from episodes.audio.reading import read_audio
from episodes.audio.text import clean_text
from tests.episodes.audio import corpus
from tests.episodes.audio.hostile import valid
from tests.episodes.audio.hostile.mutants import mutant
from tools import fuzz_audio

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("hundred", range(5))
def test_no_mutant_makes_the_reader_raise_or_lie(hundred: int):
    outcomes = {
        number: fuzz_audio.outcome(number) for number in range(hundred * 100, hundred * 100 + 100)
    }

    faults = {number: said for number, said in outcomes.items() if said.startswith("fault")}
    assert faults == {}


def test_a_mutant_is_made_again_by_its_number():
    assert mutant(1234) == mutant(1234)
    assert mutant(1234) != mutant(1235)


def test_the_fuzzer_counts_in_limited_processes_and_ends_well():
    done = subprocess.run(
        [sys.executable, "tools/fuzz_audio.py", "--mutants", "40", "--processes", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "40 mutants in" in done.stdout
    assert "faults: 0" in done.stdout


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("import os; os.kill(os.getpid(), 11)", "killed (exit code -11)"),
        ("bytearray(2**30)", "fault MemoryError"),
        ("import os; os.fork()", "fault PermissionError"),
        ("raise KeyError('hole')", "fault KeyError"),
    ],
)
def test_the_fuzzer_sees_what_a_reader_must_not_do(deed: str, said: str):
    """The reader is replaced by one that misbehaves; each fault is told with its mutant."""
    code = (
        "from tools import fuzz_audio\n"
        f"def misbehave(*a, **k): exec({deed!r})\n"
        "fuzz_audio.read_audio = misbehave\n"
        "tally = fuzz_audio.run(7, 3, 1)\n"
        "fuzz_audio.report(tally, 3, 1)\n"
        "raise SystemExit(bool(tally.faults))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr
    assert said in done.stdout
    assert "(such as 7)" in done.stdout


@pytest.mark.parametrize(
    "error",
    [IndexError, OverflowError, ValueError, KeyError, RecursionError, mutagen.MutagenError],
)
@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("episodes.audio.labels.id3.ID3", "cbr-info-stereo.mp3"),
        ("episodes.audio.labels.mp4.MP4Tags", "aac-chapters.m4a"),
        ("episodes.audio.labels.vorbis.VCommentDict", "vorbis.ogg"),
    ],
)
def test_whatever_mutagen_raises_costs_the_tag_and_not_the_audio(
    error: type[Exception], library: str, name: str, monkeypatch: pytest.MonkeyPatch
):
    """All were seen on damaged files, though its documentation promises MutagenError alone."""

    def break_down(*_args: object, **_values: object) -> None:
        raise error("broken")

    monkeypatch.setattr(library, break_down)
    data = valid.tagged(name, v2=3) if name.endswith("mp3") else corpus.sound(name)

    reading = read_audio(BytesIO(data))

    assert reading.verdict is Verdict.WARNED
    assert "tags-unreadable" in {finding.code for finding in reading.findings}


EVIL = "a\x00b\x07c\x1b[31m\u202ed\u2066e\u200ff\ufffeg\uffffh\ufdd0i\ud800j\x7fk\x85l"


def test_a_text_keeps_its_letters_and_loses_what_could_harm():
    cleaned = clean_text(EVIL, 100)

    assert [letter for letter in cleaned if letter in "abcdefghijkl"] == list("abcdefghijkl")
    kinds = {unicodedata.category(letter) for letter in cleaned}
    assert not kinds & {"Cc", "Cs", "Cn"}
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f")


def test_evil_texts_in_a_tag_reach_nobody():
    file = BytesIO(corpus.bare_mp3())
    tags = ID3()
    tags.add(TIT2(encoding=1, text=EVIL.replace("\x00", "").replace("\ud800", "")))
    tags.save(file, v2_version=4)

    facts = read_audio(file).facts

    assert facts is not None
    assert facts.tags.title == clean_text(EVIL.replace("\x00", ""), 500)
    json.dumps(facts.tags.title, ensure_ascii=False).encode()
