"""What a published file says about itself, as plain data with a fingerprint.

Pictures are named by the SHA-256 of the picture that they were made from, so that a fingerprint
costs no reading of files and a newer encoder of JPEGs makes no newer labels.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

WRITER_VERSION = 1
"""Counted up when the same labels would make other bytes: then every fingerprint changes."""

HOSTS = frozenset({"Host", "Co-Host", "Guest Host"})
"""Roles of the podcast taxonomy that players show as the artist."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody credited, as of the episode. `role` is a word of the podcast taxonomy."""

    name: str
    role: str
    affiliation: str = ""

    @property
    def line(self) -> str:
        return f"{self.name}, {self.affiliation}" if self.affiliation else self.name


@dataclass(frozen=True, slots=True)
class ChapterLabel:
    """A chapter; it ends where the next begins, the last one with the sound."""

    start_ms: int
    title: str
    url: str = ""
    picture: str = ""
    hidden: bool = False
    """Not in the table of contents (JSON chapters: toc=false)."""


@dataclass(frozen=True, slots=True)
class Labels:
    title: str
    show: str = ""
    number: int | None = None
    season: int | None = None
    day: date | None = None
    """The release's calendar day in the show's own zone; None while nothing is planned."""
    language: str = ""
    """BCP 47."""
    credits: tuple[Contributor, ...] = ()
    publisher: str = ""
    copyright: str = ""
    """The holder alone."""
    link: str = ""
    summary: str = ""
    partners: tuple[str, ...] = ()
    """Word for word as agreed."""
    cover: str = ""
    chapters: tuple[ChapterLabel, ...] = ()

    @property
    def hosts(self) -> str:
        return ", ".join(each.name for each in self.credits if each.role in HOSTS)

    @property
    def pictures(self) -> frozenset[str]:
        named = {self.cover, *(chapter.picture for chapter in self.chapters)}
        return frozenset(named - {""})

    def to_json(self) -> dict[str, Any]:
        """Return plain values that `differences` and a JSON column understand."""
        values = dataclasses.asdict(self)
        values["day"] = self.day.isoformat() if self.day else ""
        return json.loads(json.dumps(values))  # type: ignore[no-any-return]  # tuples become lists

    def sha256(self) -> str:
        """Return the fingerprint: equal labels written by the same writer make equal files."""
        whole = {"writer": WRITER_VERSION, "labels": self.to_json()}
        canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def differences(written: dict[str, Any], labels: Labels) -> list[str]:
    """Return the names of the fields in which a file's labels (`to_json`) differ from these."""
    wanted = labels.to_json()
    return [name for name, value in wanted.items() if written.get(name) != value]
