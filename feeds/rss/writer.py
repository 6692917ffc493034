"""Document in, bytes out. The same document gives the same bytes, for ever.

The order of elements is the one that sixteen independent parsers and the W3C validator accepted.
"""

import re

from lxml import etree

from feeds.rss import document as d
from feeds.rss.namespaces import DECLARED, atom, content, itunes, podcast, psc
from feeds.rss.values import format_clock, format_date, format_seconds

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_ESCAPES = re.compile(rb"<!\[CDATA\[.*?\]\]>|&amp;|&lt;", re.DOTALL)
# The RSS Profile asks for hexadecimal references, which readers that decode twice leave alone.
_HEXADECIMAL = {b"&amp;": b"&#x26;", b"&lt;": b"&#x3C;"}


def write(document: d.FeedDocument) -> bytes:
    """Return the feed as UTF-8 without a byte order mark, its declaration on the first byte."""
    rss = etree.Element("rss", {"version": "2.0"}, nsmap=DECLARED)
    rss.text = "\n"
    channel = etree.SubElement(rss, "channel")
    channel.text = channel.tail = "\n"
    _write_core(channel, document)
    _write_itunes(channel, document)
    _write_podcast(channel, document)
    for item in document.items:
        _write_item(channel, item)
    body = etree.tostring(rss, encoding="UTF-8", xml_declaration=False)
    return _DECLARATION + _ESCAPES.sub(lambda m: _HEXADECIMAL.get(m[0], m[0]), body) + b"\n"


def _add(
    parent: etree._Element, tag: str, text: str = "", attributes: dict[str, str] | None = None
) -> etree._Element:
    """Append an element; attributes that are empty are left out."""
    kept = {name: value for name, value in (attributes or {}).items() if value}
    element = etree.SubElement(parent, tag, kept)
    if text:
        element.text = text
    element.tail = "\n"
    return element


def _text(parent: etree._Element, tag: str, value: str) -> None:
    """Append an element with plain text, or nothing: an empty tag is worse than none."""
    if value:
        _add(parent, tag, value)


def _html(parent: etree._Element, tag: str, value: str) -> None:
    """Append HTML in a CDATA section; what would end the section early is escaped instead."""
    if value:
        element = _add(parent, tag)
        element.text = value if "]]>" in value else etree.CDATA(value)


def _write_core(channel: etree._Element, document: d.FeedDocument) -> None:
    _text(channel, "title", document.title)
    _text(channel, "link", document.link)
    _text(channel, "description", document.description)
    _text(channel, "language", document.language)
    _text(channel, "copyright", document.copyright)
    _text(channel, "generator", document.generator)
    if document.published:
        _add(channel, "pubDate", format_date(document.published))
    if document.last_build:
        _add(channel, "lastBuildDate", format_date(document.last_build))
    if document.ttl is not None:
        _add(channel, "ttl", str(document.ttl))
    if document.image:
        image = _add(channel, "image")
        _text(image, "url", document.image)
        _text(image, "title", document.title)
        _text(image, "link", document.link)
    if document.url:
        kind = "application/rss+xml"
        _add(channel, atom("link"), "", {"rel": "self", "type": kind, "href": document.url})
    for hub in document.hubs:
        _add(channel, atom("link"), "", {"rel": "hub", "href": hub})


def _write_itunes(channel: etree._Element, document: d.FeedDocument) -> None:
    _text(channel, itunes("author"), document.author)
    if document.owner:
        owner = _add(channel, itunes("owner"))
        _text(owner, itunes("name"), document.owner.name)
        _text(owner, itunes("email"), document.owner.email)
    _write_image(channel, document.image)
    for category in document.categories:
        element = _add(channel, itunes("category"), "", {"text": category.name})
        if category.subcategory:
            _add(element, itunes("category"), "", {"text": category.subcategory})
    _write_flag(channel, "explicit", document.explicit)
    _text(channel, itunes("type"), document.type)
    _text(channel, itunes("title"), document.itunes_title)
    _text(channel, itunes("new-feed-url"), document.new_feed_url)
    _text(channel, itunes("block"), "Yes" if document.block else "")
    _text(channel, itunes("complete"), "Yes" if document.complete else "")


def _write_image(parent: etree._Element, href: str) -> None:
    if href:
        _add(parent, itunes("image"), "", {"href": href})


def _write_flag(parent: etree._Element, name: str, flag: bool | None) -> None:
    if flag is not None:
        _add(parent, itunes(name), "true" if flag else "false")


def _write_podcast(channel: etree._Element, document: d.FeedDocument) -> None:
    _text(channel, podcast("guid"), document.guid)
    _text(channel, podcast("medium"), document.medium)
    if document.locked:
        answer = "yes" if document.locked.locked else "no"
        _add(channel, podcast("locked"), answer, {"owner": document.locked.owner})
    for funding in document.funding:
        _add(channel, podcast("funding"), funding.label, {"url": funding.url})
    _write_persons(channel, document.persons)
    _write_places(channel, document.locations, document.license)
    for trailer in document.trailers:
        _write_trailer(channel, trailer)
    _write_notes(channel, document.notes)
    if document.update_frequency:
        _write_frequency(channel, document.update_frequency)


def _write_persons(parent: etree._Element, persons: tuple[d.Person, ...]) -> None:
    for person in persons:
        names = ("role", "group", "img", "href")
        attributes = {name: getattr(person, name) for name in names}
        _add(parent, podcast("person"), person.name, attributes)


def _write_places(
    parent: etree._Element, locations: tuple[d.Location, ...], licence: d.License | None
) -> None:
    for location in locations:
        names = ("rel", "geo", "osm", "country")
        attributes = {name: getattr(location, name) for name in names}
        _add(parent, podcast("location"), location.name, attributes)
    if licence:
        _add(parent, podcast("license"), licence.slug, {"url": licence.url})


def _write_trailer(channel: etree._Element, trailer: d.Trailer) -> None:
    attributes = {
        "url": trailer.url,
        "pubdate": format_date(trailer.published) if trailer.published else "",
        "length": str(trailer.length or ""),
        "type": trailer.type,
        "season": str(trailer.season or ""),
    }
    _add(channel, podcast("trailer"), trailer.title, attributes)


def _write_notes(parent: etree._Element, notes: tuple[d.Note, ...]) -> None:
    for note in notes:
        _add(parent, podcast("txt"), note.value, {"purpose": note.purpose})


def _write_frequency(channel: etree._Element, frequency: d.UpdateFrequency) -> None:
    attributes = {
        "rrule": frequency.rrule,
        "dtstart": frequency.dtstart.isoformat() if frequency.dtstart else "",
        "complete": "true" if frequency.complete else "",
    }
    _add(channel, podcast("updateFrequency"), frequency.label, attributes)


def _write_item(channel: etree._Element, item: d.Item) -> None:
    element = _add(channel, "item", "\n")
    _text(element, "title", item.title)
    _text(element, itunes("title"), item.itunes_title)
    _text(element, "link", item.link)
    if item.guid:
        # The attribute's default is true, and a reader would resolve a bare UUID as an address.
        permalink = "true" if item.guid_is_permalink else "false"
        _add(element, "guid", item.guid, {"isPermaLink": permalink})
    if item.published:
        _add(element, "pubDate", format_date(item.published))
    _html(element, "description", item.description)
    _html(element, content("encoded"), item.content)
    if item.enclosure:
        sound = item.enclosure
        attributes = {"url": sound.url, "length": str(sound.length), "type": sound.type}
        _add(element, "enclosure", "", attributes)
    _write_item_itunes(element, item)
    _write_item_podcast(element, item)


def _write_item_itunes(element: etree._Element, item: d.Item) -> None:
    _text(element, itunes("author"), item.author)
    _write_image(element, item.image)
    _text(element, itunes("duration"), "" if item.duration is None else str(item.duration))
    _write_flag(element, "explicit", item.explicit)
    _text(element, itunes("season"), str(item.season or ""))
    _text(element, itunes("episode"), str(item.episode or ""))
    _text(element, itunes("episodeType"), item.episode_type)
    _text(element, itunes("block"), "Yes" if item.block else "")


def _write_item_podcast(element: etree._Element, item: d.Item) -> None:
    if item.season:
        _add(element, podcast("season"), str(item.season), {"name": item.season_name})
    if item.episode:
        display = {"display": item.episode_display}
        _add(element, podcast("episode"), str(item.episode), display)
    _write_persons(element, item.persons)
    _write_places(element, item.locations, item.license)
    if item.chapters_link:
        link = item.chapters_link
        _add(element, podcast("chapters"), "", {"url": link.url, "type": link.type})
    for transcript in item.transcripts:
        names = ("url", "type", "language", "rel")
        attributes = {name: getattr(transcript, name) for name in names}
        _add(element, podcast("transcript"), "", attributes)
    for bite in item.soundbites:
        times = {
            "startTime": format_seconds(bite.start_ms),
            "duration": format_seconds(bite.duration_ms),
        }
        _add(element, podcast("soundbite"), bite.title, times)
    _write_notes(element, item.notes)
    _write_chapters(element, item.chapters)


def _write_chapters(element: etree._Element, chapters: tuple[d.Chapter, ...]) -> None:
    if not chapters:
        return
    parent = _add(element, psc("chapters"), "\n", {"version": "1.2"})
    for chapter in chapters:
        attributes = {
            "start": format_clock(chapter.start_ms),
            "title": chapter.title,
            "href": chapter.href,
            "image": chapter.image,
        }
        _add(parent, psc("chapter"), "", attributes)
