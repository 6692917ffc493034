"""The reader of audio in its child process: facts come through, harm does not.

How the launcher itself behaves is asked in tests/catalog/test_containment.py.
"""

import dataclasses
from io import BytesIO
from pathlib import Path

import pytest
from mutagen.id3 import ID3, _frames

from episodes.audio import containment, probe
from episodes.audio.containment import read_contained
from episodes.audio.facts import Verdict
from tests.episodes.audio import corpus
from tests.episodes.audio.hostile import attacks


def test_a_file_read_in_the_child_tells_the_same_facts(tmp_path: Path):
    path = tmp_path / "имя файла.mp3"
    path.write_bytes(corpus.with_chapters())

    reading = read_contained(path, name="Выпуск\u202e\0 12.wav")

    assert reading.facts is not None
    assert [chapter.title for chapter in reading.facts.chapters] == [
        "Глава 1",
        "Глава 2",
        "Глава 3",
    ]
    assert "extension" in [finding.code for finding in reading.findings]


def test_a_child_that_takes_too_long_is_ended_and_the_file_refused(tmp_path: Path):
    path = tmp_path / "slow.aac"
    path.write_bytes(corpus.slow_aac(80))  # over six seconds, unless it is stopped

    reading = read_contained(path, wall_seconds=1)

    assert reading.verdict is Verdict.REFUSED
    assert reading.refusal is not None
    assert reading.refusal.code == "unreadable"


@pytest.mark.parametrize("deed", ["nest", "nonsense", "eat memory", "spin", "talk", "11", "exit"])
def test_a_reader_that_breaks_is_a_refusal(
    deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _misbehave(monkeypatch)
    path = tmp_path / "a.mp3"
    path.write_bytes(corpus.bare_mp3())

    reading = read_contained(path, name=deed)

    assert reading.refusal is not None
    assert reading.refusal.code == "unreadable"


@pytest.mark.parametrize(("deed", "said"), [("no start", "not start"), ("9", "ended by signal 9")])
def test_a_reader_that_does_not_start_or_is_killed_is_no_verdict(
    deed: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _misbehave(monkeypatch)
    path = tmp_path / "a.mp3"
    path.write_bytes(corpus.bare_mp3())

    with pytest.raises(OSError, match=said):
        read_contained(path, name=deed)


def test_a_missing_file_is_no_verdict(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_contained(tmp_path / "gone.mp3")


def test_mutagen_inflates_nothing_in_the_child(monkeypatch: pytest.MonkeyPatch):
    """Even where the check of tags would overlook a compressed frame."""
    monkeypatch.setattr(_frames, "zlib", _frames.zlib)  # put back after the test
    tag = BytesIO(attacks.inflating(1))
    assert ID3(tag).getall("TIT2")

    probe.inflate_nothing()

    tag.seek(0)
    assert ID3(tag).getall("TIT2") == []


def _misbehave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the child do what the file's name says instead of reading."""
    naughty = dataclasses.replace(containment._READER, module="tests.catalog.naughty")
    monkeypatch.setattr(containment, "_READER", naughty)
