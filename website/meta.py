"""What a page says about itself in its head: to browsers, search engines and chat previews."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.storage import default_storage

from catalog.artwork import rendition_name
from catalog.models import Image
from feeds.links import absolute

CARD_SIDE = 1400
DESCRIPTION_CHARACTERS = 200


def image_path(image: Image, side: int) -> str:
    """Return where the smallest stored rendition of at least `side` pixels is served."""
    return str(default_storage.url(rendition_name(image, side)))


@dataclass(frozen=True, slots=True)
class Card:
    """A picture for previews, with its true size."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Meta:
    """`path` is the canonical one; links are made from BASE_URL, never from the Host header."""

    title: str
    path: str
    description: str = ""
    kind: str = "website"
    card: Card | None = None
    audio: tuple[str, str] | None = None
    """Address and MIME type."""
    feeds: tuple[tuple[str, str], ...] = ()
    """Titles and addresses for autodiscovery."""
    data: tuple[dict[str, Any], ...] = field(default=())
    """JSON-LD objects."""
    indexed: bool = True

    @property
    def url(self) -> str:
        return absolute(self.path)


def card_of(image: Image | None) -> Card | None:
    if image is None:
        return None
    longest = max(image.width, image.height)
    side = min(CARD_SIDE, longest)
    return Card(
        url=absolute(image_path(image, CARD_SIDE)),
        width=round(image.width * side / longest),
        height=round(image.height * side / longest),
        alt=image.alt,
    )


def shorten(text: str, characters: int = DESCRIPTION_CHARACTERS) -> str:
    """Return `text` on one line, cut between words with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    return line[:characters].rsplit(" ", 1)[0].rstrip(",.;:–—") + "…"
