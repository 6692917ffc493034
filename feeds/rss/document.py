"""One document for all that a feed can say, shared by the writer, the reader and the importer.

Every text is cleaned as the document is made (see `feeds.rss.text`), so no later step has to think
of control characters, line ends or Cyrillic addresses. An empty text means "not there".
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, get_type_hints

from feeds.rss.text import clean_guid, clean_label, clean_line, clean_text, clean_txt, to_uri
from feeds.rss.values import to_second

Line = Annotated[str, clean_line]
Guid = Annotated[str, clean_guid]
Label = Annotated[str, clean_label]
Text = Annotated[str, clean_text]
Html = Annotated[str, clean_text]
Txt = Annotated[str, clean_txt]
Uri = Annotated[str, to_uri]
Moment = Annotated[datetime | None, to_second]


def _positive(value: int | None) -> int | None:
    return value if value and value > 0 else None


def _at_least_zero(value: int | None) -> int | None:
    return None if value is None else max(0, value)


def _clean_uris(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(uri for uri in map(to_uri, values) if uri)


Uris = Annotated[tuple[str, ...], _clean_uris]
Size = Annotated[int, _at_least_zero]
OptionalSize = Annotated[int | None, _at_least_zero]
Number = Annotated[int | None, _positive]
"""A season's or an episode's number; 0 means none, because readers drop it."""


class IncompleteElement(ValueError):
    """An element lacks what the standard requires of it, so it cannot stand in a feed."""


@cache
def _cleaners(kind: type) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(kind, include_extras=True)
    named = ((field.name, hints[field.name]) for field in fields(kind))
    return tuple(
        (name, hint.__metadata__[0]) for name, hint in named if hasattr(hint, "__metadata__")
    )


@dataclass(frozen=True, slots=True)
class Element:
    """Base of all: cleans its fields and refuses to be without the ones in `required`."""

    required: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        kind: type = type(self)
        for name, clean in _cleaners(kind):
            object.__setattr__(self, name, clean(getattr(self, name)))
        for name in self.required:
            if getattr(self, name) in {"", None}:
                raise IncompleteElement(f"{type(self).__name__} needs {name}: it is empty.")


@dataclass(frozen=True, slots=True)
class Enclosure(Element):
    """The audio: `length` in bytes and `type` as the server answers them."""

    required = ("url", "type")

    url: Uri
    length: Size
    type: Line


@dataclass(frozen=True, slots=True)
class Person(Element):
    """A credit (podcast:person); roles and groups from the podcast taxonomy, case-insensitive."""

    required = ("name", "role", "group")

    name: Label
    role: Line = "host"
    group: Line = "cast"
    img: Uri = ""
    href: Uri = ""


@dataclass(frozen=True, slots=True)
class Owner(Element):
    required = ("email",)

    email: Line
    name: Line = ""


@dataclass(frozen=True, slots=True)
class Category(Element):
    required = ("name",)

    name: Line
    subcategory: Line = ""


@dataclass(frozen=True, slots=True)
class Locked(Element):
    """Whether other hosts may import the feed; without an owner's address the tag is ignored."""

    locked: bool
    owner: Line = ""


@dataclass(frozen=True, slots=True)
class Funding(Element):
    required = ("url",)

    url: Uri
    label: Label = ""


@dataclass(frozen=True, slots=True)
class Location(Element):
    required = ("name",)

    name: Label
    rel: Line = ""
    geo: Line = ""
    osm: Line = ""
    country: Line = ""


@dataclass(frozen=True, slots=True)
class License(Element):
    required = ("slug",)

    slug: Label
    url: Uri = ""


@dataclass(frozen=True, slots=True)
class Trailer(Element):
    required = ("title", "url", "published")

    title: Label
    url: Uri
    published: Moment
    length: Size = 0
    type: Line = ""
    season: Number = None


@dataclass(frozen=True, slots=True)
class Note(Element):
    """podcast:txt: free text for machines, told apart by its purpose."""

    required = ("value",)

    value: Txt
    purpose: Label = ""


@dataclass(frozen=True, slots=True)
class UpdateFrequency(Element):
    """The rhythm of the show: words for people, an RFC 5545 rule for machines."""

    required = ("label",)

    label: Label
    rrule: Line = ""
    dtstart: Moment = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class TranscriptLink(Element):
    required = ("url", "type")

    url: Uri
    type: Line
    language: Line = ""
    rel: Line = ""


@dataclass(frozen=True, slots=True)
class ChaptersLink(Element):
    required = ("url",)

    url: Uri
    type: Line = "application/json+chapters"


@dataclass(frozen=True, slots=True)
class Soundbite(Element):
    """A highlight of the enclosure; both times in milliseconds."""

    start_ms: Size
    duration_ms: Size
    title: Label = ""


@dataclass(frozen=True, slots=True)
class Chapter(Element):
    """One of psc:chapters; `start_ms` from the beginning of the enclosure."""

    required = ("title",)

    start_ms: Size
    title: Line
    href: Uri = ""
    image: Uri = ""


@dataclass(frozen=True, slots=True)
class Item(Element):
    """An episode. `persons` is complete: readers let it replace the channel's list.

    `description` and `content` are HTML, `duration` is whole seconds.
    """

    guid: Guid = ""
    title: Line = ""
    guid_is_permalink: bool = False
    itunes_title: Line = ""
    link: Uri = ""
    published: Moment = None
    description: Html = ""
    content: Html = ""
    enclosure: Enclosure | None = None
    author: Line = ""
    image: Uri = ""
    duration: OptionalSize = None
    explicit: bool | None = None
    season: Number = None
    season_name: Label = ""
    episode: Number = None
    episode_display: Label = ""
    episode_type: Line = ""
    block: bool = False
    persons: tuple[Person, ...] = ()
    locations: tuple[Location, ...] = ()
    license: License | None = None
    chapters_link: ChaptersLink | None = None
    transcripts: tuple[TranscriptLink, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    notes: tuple[Note, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    def __post_init__(self) -> None:
        """Clean, then drop what would hang on an element that is not there."""
        Element.__post_init__(self)
        for name, holder in _ATTRIBUTE_OF.items():
            if not getattr(self, holder):
                object.__setattr__(self, name, type(getattr(self, name))())


_ATTRIBUTE_OF = {"guid_is_permalink": "guid", "season_name": "season", "episode_display": "episode"}


@dataclass(frozen=True, slots=True)
class FeedDocument(Element):
    """A show and its episodes, newest first. `url` is the feed's own address (atom:link self)."""

    title: Line = ""
    link: Uri = ""
    description: Text = ""
    language: Line = ""
    copyright: Line = ""
    generator: Line = ""
    published: Moment = None
    last_build: Moment = None
    ttl: OptionalSize = None
    image: Uri = ""
    url: Uri = ""
    hubs: Uris = ()
    author: Line = ""
    owner: Owner | None = None
    categories: tuple[Category, ...] = ()
    explicit: bool | None = None
    type: Line = ""
    itunes_title: Line = ""
    new_feed_url: Uri = ""
    block: bool = False
    complete: bool = False
    guid: Line = ""
    medium: Line = ""
    locked: Locked | None = None
    funding: tuple[Funding, ...] = ()
    persons: tuple[Person, ...] = ()
    locations: tuple[Location, ...] = ()
    license: License | None = None
    trailers: tuple[Trailer, ...] = ()
    notes: tuple[Note, ...] = ()
    update_frequency: UpdateFrequency | None = None
    items: tuple[Item, ...] = ()
