"""One file of the corpus and its verdict."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`codes` are all findings: one alone refuses, unless `accepted`; none means nothing to say."""

    what: str
    make: Callable[[], bytes]
    codes: frozenset[str]
    accepted: bool
    name: str = "episode.mp3"

    def __str__(self) -> str:
        return self.what


def heard(what: str, make: Callable[[], bytes], codes: str = "", name: str = "episode.mp3") -> Case:
    """Accepted, with these warnings and no others."""
    return Case(what, make, frozenset(codes.split()), accepted=True, name=name)


def refused(what: str, make: Callable[[], bytes], code: str, name: str = "episode.mp3") -> Case:
    return Case(what, make, frozenset({code}), accepted=False, name=name)
