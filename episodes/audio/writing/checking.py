"""Reading back what was written: what differs is said by name, and then the file is not used."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

from episodes.audio.containment import read_contained
from episodes.audio.facts import AudioFacts, EmbeddedChapter, Reading
from episodes.audio.labels import read_labels
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.labels import ChapterLabel, Labels
from episodes.audio.writing.recording import Recording


def read_back(target: Path, *, beat: Callable[[], None]) -> Reading:
    """Read the new file as any upload is read; raise `NotWritten` when it would be refused."""
    reading = read_contained(target, keep_alive=beat)
    if reading.refusal is not None:
        raise NotWritten(f"Read back, the new file is refused: {reading.refusal.sentence}")
    if reading.facts is None:
        raise NotWritten("The new file could not be read back.")
    if all(finding.code != "chapters-left-out" for finding in reading.findings):
        return reading
    # The child's answer has a limit; the chapters are ours and safe to read here.
    with target.open("rb") as file:
        labels = read_labels(file, reading.facts.container, reading.facts.codec)
    kept = [each for each in reading.findings if each.code != "chapters-left-out"]
    return Reading(dataclasses.replace(reading.facts, chapters=labels.chapters), tuple(kept))


def compare(
    facts: AudioFacts,
    recording: Recording,
    labels: Labels,
    *,
    chapters: list[EmbeddedChapter],
    cover: int | None,
    tolerance_ms: int = 0,
) -> None:
    """Raise `NotWritten` naming what differs from the labels or from the recording.

    `chapters` are those that the container should give back, `cover` how large its
    picture is (None where it was compared already).
    """
    wrong = [
        *_different_sound(facts, recording, tolerance_ms),
        *_different_labels(facts, labels),
        *_different_chapters(list(facts.chapters), chapters),
    ]
    if cover is not None and (facts.cover.size if facts.cover else 0) != cover:
        wrong.append("the cover")
    if wrong:
        raise NotWritten(f"Read back, the new file differs: {', '.join(wrong)}.")


def as_embedded(
    chapters: tuple[ChapterLabel, ...], *, urls: bool = True, hidden: bool = False
) -> list[EmbeddedChapter]:
    """Return the chapters as a reader gives them back, as far as a container can hold them."""
    return [
        EmbeddedChapter(
            each.start_ms, None, each.title, each.url if urls else "", hidden=each.hidden
        )
        for each in chapters
        if hidden or not each.hidden
    ]


def _different_sound(facts: AudioFacts, was: Recording, tolerance_ms: int) -> Iterator[str]:
    if (facts.container, facts.codec) != (was.container, was.codec):
        yield f"it is {facts.container}/{facts.codec}"
    if (facts.channels, facts.sample_rate) != (was.channels, was.sample_rate):
        yield f"it has {facts.channels} channels of {facts.sample_rate} Hz"
    if abs(facts.duration_ms - was.duration_ms) > tolerance_ms:
        yield f"it lasts {facts.duration_ms} ms instead of {was.duration_ms}"


def _different_labels(facts: AudioFacts, labels: Labels) -> Iterator[str]:
    day = labels.day.isoformat() if labels.day else ""
    expected = {
        "title": labels.title,
        "album": labels.show,
        "artist": labels.hosts or labels.publisher,
        "date": day,
    }
    for name, value in expected.items():
        if getattr(facts.tags, name) != value[:500]:
            yield f"the {name}"


def _different_chapters(
    found: list[EmbeddedChapter], expected: list[EmbeddedChapter]
) -> Iterator[str]:
    if len(found) != len(expected):
        yield f"{len(found)} chapters instead of {len(expected)}"
        return
    for number, (one, other) in enumerate(zip(found, expected, strict=True), start=1):
        if dataclasses.replace(one, end_ms=None, image=False) != other:
            yield f"chapter {number}"
