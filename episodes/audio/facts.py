"""What reading a file of audio tells: frozen facts, findings worded for the editor, a verdict."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from episodes.audio.wording import Value


class Depth(StrEnum):
    """How far a reading goes."""

    HEADERS = "headers"
    """As far as headers can be cross-checked: 128 KB of ranged reads whatever the length."""
    WHOLE = "whole"
    """Every frame, page and table; what an upload gets."""


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    WARNED = "accepted_with_warnings"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed. `code` is for the API and never changes; `sentence` is for the editor.

    `values` are what the sentence was made with, so that it can be said in another language.
    """

    code: str
    sentence: str
    refuses: bool = False
    values: dict[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Stream:
    """What a container's own reader measured, before tags. Times in seconds, rates per second."""

    container: str
    codec: str
    seconds: float
    bit_rate: int
    channels: int
    sample_rate: int
    bit_rate_mode: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Tags:
    title: str = ""
    artist: str = ""
    album: str = ""
    date: str = ""
    genre: str = ""
    comment: str = ""
    copyright: str = ""
    encoder: str = ""


@dataclass(frozen=True, slots=True)
class EmbeddedChapter:
    """A chapter found in the file. `hidden` chapters are kept out of the table of contents."""

    start_ms: int
    end_ms: int | None
    title: str
    url: str = ""
    hidden: bool = False
    image: bool = False
    """Whether the file shows a picture of its own with it."""


@dataclass(frozen=True, slots=True)
class EmbeddedCover:
    mime_type: str
    size: int


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What the bytes themselves say; nothing is taken from a name or a header's promise."""

    container: str
    codec: str
    mime_type: str
    extension: str
    duration_ms: int
    bit_rate: int
    bit_rate_mode: str
    channels: int
    sample_rate: int
    size: int
    tags: Tags = field(default_factory=Tags)
    chapters: tuple[EmbeddedChapter, ...] = ()
    cover: EmbeddedCover | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    facts: AudioFacts | None
    findings: tuple[Finding, ...] = ()
    depth: Depth = Depth.WHOLE
    """How deep it went, which is deeper than asked where headers did not suffice."""

    @property
    def verdict(self) -> Verdict:
        if self.facts is None or any(finding.refuses for finding in self.findings):
            return Verdict.REFUSED
        return Verdict.WARNED if self.findings else Verdict.ACCEPTED

    @property
    def refusal(self) -> Finding | None:
        return next((finding for finding in self.findings if finding.refuses), None)

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reading:
        """Rebuild a reading; raise `TypeError`, `KeyError` or `ValueError` when it is not one."""
        findings = tuple(Finding(**finding) for finding in data["findings"])
        depth = Depth(data.get("depth", Depth.WHOLE))
        facts = data["facts"]
        if facts is None:
            return cls(None, findings, depth)
        cover = facts["cover"]
        return cls(
            AudioFacts(
                **{
                    **facts,
                    "tags": Tags(**facts["tags"]),
                    "chapters": tuple(EmbeddedChapter(**each) for each in facts["chapters"]),
                    "cover": EmbeddedCover(**cover) if cover else None,
                }
            ),
            findings,
            depth,
        )
