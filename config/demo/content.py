"""The form in which the demo's content is written down.

Texts are wrapped in the source and unwrapped here, so that what an editor opens in the notes field
is Markdown with one line to a paragraph. ``tools/make_demo_audio.py`` speaks the scripts; this
module imports nothing but the standard library so that it can.
"""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from textwrap import dedent

ASSETS = Path(__file__).resolve().parent / "assets"


class Place(StrEnum):
    """Which slot an episode of the demo takes, told from the clock of the first seeding."""

    ARCHIVE = "archive"  # the cadence's first slots, whatever the date
    RECENT = "recent"  # the last slots that have passed
    NEXT = "next"  # scheduled for the slot that comes next
    AFTER_NEXT = "after next"  # a draft


@dataclass(frozen=True)
class Affiliation:
    title: str
    organisation: str = ""


@dataclass(frozen=True)
class Person:
    name: str
    sort_name: str
    variants: dict[str, str] = field(default_factory=dict)  # ISO 15924 script code: name
    bio: str = ""
    affiliation: Affiliation | None = None
    next_affiliation: Affiliation | None = None  # from the day after their last episode


@dataclass(frozen=True)
class Organisation:
    name: str
    url: str = ""
    description: str = ""


@dataclass(frozen=True)
class Line:
    """One turn of speech: a voice of the show's cast and what it says."""

    voice: str
    text: str


@dataclass(frozen=True)
class Part:
    """A stretch of an episode; its title becomes a chapter where the episode has chapters."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Correction:
    text: str
    days_after: int


@dataclass(frozen=True)
class Episode:
    slug: str
    title: str
    summary: str
    notes: str
    place: Place
    topics: tuple[str, ...]
    countries: tuple[str, ...]  # ISO 3166-1 alpha-2
    parts: tuple[Part, ...] = ()
    guests: tuple[str, ...] = ()  # names of people of the same show
    embedded_chapters: bool = False  # also written into the MP3, as CHAP and CTOC frames
    correction: Correction | None = None

    @property
    def has_chapters(self) -> bool:
        return len(self.parts) > 1


def script(text: str, *, closing: str) -> tuple[Part, ...]:
    """Read a script: ``# Title`` opens a part, ``A: words`` a turn, other lines go on with it.

    A script without any title is one part, and its episode has no chapters. ``closing`` is the
    turn that ends every episode of the show: it says that the voices are synthetic.
    """
    parts: list[tuple[str, list[tuple[str, list[str]]]]] = []
    for raw in [*dedent(text).strip().splitlines(), closing]:
        line = raw.strip()
        if line.startswith("# "):
            parts.append((line[2:], []))
        elif line[1:3] == ": ":
            if not parts:
                parts.append(("", []))
            parts[-1][1].append((line[0], [line[3:]]))
        elif line:
            parts[-1][1][-1][1].append(line)
    return tuple(
        Part(title, tuple(Line(voice, " ".join(words)) for voice, words in turns))
        for title, turns in parts
    )


def prose(text: str) -> str:
    """Unwrap Markdown: one line to a paragraph, a heading or a list item."""
    blocks: list[str] = []
    for block in dedent(text).strip().split("\n\n"):
        items: list[str] = []
        for line in block.splitlines():
            if not items or line.startswith(("- ", "#")):
                items.append(line.strip())
            else:
                items[-1] += " " + line.strip()
        blocks.append("\n".join(items))
    return "\n\n".join(blocks)


@dataclass(frozen=True)
class Voice:
    """A voice of espeak-ng: its name with variant, words a minute, pitch from 0 to 99."""

    label: str  # who speaks, as the transcript has it
    name: str
    speed: int
    pitch: int


@dataclass(frozen=True)
class Cadence:
    rrule: str
    release_time: time
    time_zone: str
    starts_on: date | None = None  # None: with the demo's first recent episode


@dataclass(frozen=True)
class Show:
    slug: str
    title: str
    tagline: str
    description: str
    language: str
    author: str
    owner_email: str
    categories: tuple[str, ...]
    serial: bool
    cadence: Cadence
    notice: str  # ends the notes of every episode
    notes_template: str
    organisations: tuple[Organisation, ...]
    hosts: tuple[Person, ...]
    guests: tuple[Person, ...]
    episodes: tuple[Episode, ...]
    artwork_alt: str
    partner: str = ""  # an organisation's name
    partnership: str = ""  # the exact wording
    partner_url: str = ""
    cast: dict[str, Voice] = field(default_factory=dict)  # by the letter of the scripts
    signature: tuple[float, ...] = ()  # Hz: the notes that open and close an episode
    voices_credit: str = ""  # TPE1 of the audio
    missed: int | None = None  # before which of the recent episodes a slot was missed
    skipped_gap: str = ""  # why the slots between archive and recent episodes are skipped

    def placed(self, place: Place) -> tuple[Episode, ...]:
        return tuple(episode for episode in self.episodes if episode.place == place)

    def asset(self, episode: Episode) -> str:
        """The stem of the episode's files in ``config/demo/assets/``."""
        return f"{self.slug.split('-')[0]}-{episode.slug}"

    @property
    def artwork(self) -> str:
        return f"{self.slug.split('-')[0]}-cover.png"
