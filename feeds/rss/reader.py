"""Bytes in, document out: what we wrote comes back equal, other people's feeds come as they are.

Reading is forgiving about values (`yes` for `true`, ``1:02:03`` for seconds, the old podcast
namespace) and strict about XML: entities and outside documents are never followed. An element
that lacks what its standard requires is passed over, as every reader of podcasts does.
"""

from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from feeds.rss import document as d
from feeds.rss.namespaces import PODCAST_ALIASES, atom, content, itunes, podcast, psc
from feeds.rss.text import clean_line
from feeds.rss.values import parse_clock, parse_count, parse_date, parse_explicit, parse_iso

Made = TypeVar("Made")


class UnreadableFeed(ValueError):
    """The bytes are no well-formed RSS document; the message says where they stop being one."""


def read(data: bytes) -> d.FeedDocument:
    """Return the document, or raise `UnreadableFeed` with the parser's own line and column."""
    channel = _parse(data).find("channel")
    if channel is None:
        raise UnreadableFeed("This is XML, but not RSS: there is no <channel> in it.")
    image = _attribute(channel, itunes("image"), "href") or _value(channel, "image/url")
    owner = channel.find(itunes("owner"))
    links = channel.findall(atom("link"))
    return d.FeedDocument(
        title=_value(channel, "title"),
        link=_value(channel, "link"),
        description=_value(channel, "description"),
        language=_value(channel, "language"),
        copyright=_value(channel, "copyright"),
        generator=_value(channel, "generator"),
        published=parse_date(_value(channel, "pubDate")),
        last_build=parse_date(_value(channel, "lastBuildDate")),
        ttl=parse_count(_value(channel, "ttl")) if channel.find("ttl") is not None else None,
        image=image,
        url=next((link.get("href", "") for link in links if link.get("rel") == "self"), ""),
        hubs=tuple(link.get("href", "") for link in links if link.get("rel") == "hub"),
        author=_value(channel, itunes("author")),
        owner=None if owner is None else _make(_owner, owner),
        categories=tuple(
            category
            for element in channel.findall(itunes("category"))
            for category in _categories(element)
        ),
        explicit=parse_explicit(_value(channel, itunes("explicit"))),
        type=_value(channel, itunes("type")),
        itunes_title=_value(channel, itunes("title")),
        new_feed_url=_value(channel, itunes("new-feed-url")),
        block=_is_yes(channel, itunes("block")),
        complete=_is_yes(channel, itunes("complete")),
        guid=_value(channel, podcast("guid")),
        medium=_value(channel, podcast("medium")),
        locked=_first(channel, podcast("locked"), _locked),
        funding=_all(channel, podcast("funding"), _funding),
        persons=_all(channel, podcast("person"), _person),
        locations=_all(channel, podcast("location"), _location),
        license=_first(channel, podcast("license"), _license),
        trailers=_all(channel, podcast("trailer"), _trailer),
        notes=_all(channel, podcast("txt"), _note),
        update_frequency=_first(channel, podcast("updateFrequency"), _frequency),
        items=tuple(_item(element) for element in channel.findall("item")),
    )


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFeed(f"This is not well-formed XML: {error.msg}.") from error
    for alias in PODCAST_ALIASES:
        for element in list(root.iter(f"{{{alias}}}*")):
            element.tag = podcast(etree.QName(element).localname)
    return root


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _value(parent: etree._Element, path: str) -> str:
    element = parent.find(path)
    return "" if element is None else _text(element)


def _attribute(parent: etree._Element, path: str, name: str) -> str:
    element = parent.find(path)
    return "" if element is None else element.get(name, "")


def _is_yes(parent: etree._Element, path: str) -> bool:
    return _value(parent, path).strip().lower() == "yes"


def _make(build: Callable[[etree._Element], Made], element: etree._Element) -> Made | None:
    try:
        return build(element)
    except d.IncompleteElement:
        return None


def _all(
    parent: etree._Element, path: str, build: Callable[[etree._Element], Made]
) -> tuple[Made, ...]:
    made = (_make(build, element) for element in parent.findall(path))
    return tuple(one for one in made if one is not None)


def _first(
    parent: etree._Element, path: str, build: Callable[[etree._Element], Made]
) -> Made | None:
    return next(iter(_all(parent, path, build)), None)


def _owner(element: etree._Element) -> d.Owner:
    return d.Owner(email=_value(element, itunes("email")), name=_value(element, itunes("name")))


def _categories(element: etree._Element) -> list[d.Category]:
    name = element.get("text", "")
    if not clean_line(name):
        return []
    nested = [child.get("text", "") for child in element.findall(itunes("category"))]
    return [d.Category(name, subcategory) for subcategory in nested or [""]]


def _locked(element: etree._Element) -> d.Locked:
    return d.Locked(_text(element).strip().lower() == "yes", element.get("owner", ""))


def _funding(element: etree._Element) -> d.Funding:
    return d.Funding(element.get("url", ""), _text(element))


def _person(element: etree._Element) -> d.Person:
    return d.Person(
        name=_text(element),
        role=clean_line(element.get("role", "")) or "host",
        group=clean_line(element.get("group", "")) or "cast",
        img=element.get("img", ""),
        href=element.get("href", ""),
    )


def _location(element: etree._Element) -> d.Location:
    names = ("rel", "geo", "osm", "country")
    return d.Location(_text(element), **{name: element.get(name, "") for name in names})


def _license(element: etree._Element) -> d.License:
    return d.License(_text(element), element.get("url", ""))


def _trailer(element: etree._Element) -> d.Trailer:
    return d.Trailer(
        title=_text(element),
        url=element.get("url", ""),
        published=parse_date(element.get("pubdate", "")),
        length=parse_count(element.get("length", "")),
        type=element.get("type", ""),
        season=parse_count(element.get("season", "")),
    )


def _note(element: etree._Element) -> d.Note:
    return d.Note(_text(element), element.get("purpose", ""))


def _frequency(element: etree._Element) -> d.UpdateFrequency:
    return d.UpdateFrequency(
        label=_text(element),
        rrule=element.get("rrule", ""),
        dtstart=parse_iso(element.get("dtstart", "")),
        complete=element.get("complete", "") == "true",
    )


def _enclosure(element: etree._Element) -> d.Enclosure:
    length = parse_count(element.get("length", ""))
    return d.Enclosure(element.get("url", ""), length, element.get("type", ""))


def _chapters_link(element: etree._Element) -> d.ChaptersLink:
    return d.ChaptersLink(element.get("url", ""), element.get("type", ""))


def _transcript(element: etree._Element) -> d.TranscriptLink:
    names = ("url", "type", "language", "rel")
    return d.TranscriptLink(**{name: element.get(name, "") for name in names})


def _soundbite(element: etree._Element) -> d.Soundbite:
    start = parse_clock(element.get("startTime", ""))
    duration = parse_clock(element.get("duration", ""))
    if start is None or duration is None:
        raise d.IncompleteElement("A soundbite needs startTime and duration in seconds.")
    return d.Soundbite(start, duration, _text(element))


def _chapter(element: etree._Element) -> d.Chapter:
    start = parse_clock(element.get("start", ""))
    if start is None:
        raise d.IncompleteElement("A chapter needs a start.")
    names = ("title", "href", "image")
    return d.Chapter(start, **{name: element.get(name, "") for name in names})


def _item(element: etree._Element) -> d.Item:
    guid = element.find("guid")
    duration = parse_clock(_value(element, itunes("duration")))
    return d.Item(
        guid="" if guid is None else _text(guid),
        guid_is_permalink=guid is not None and guid.get("isPermaLink", "true") == "true",
        title=_value(element, "title"),
        itunes_title=_value(element, itunes("title")),
        link=_value(element, "link"),
        published=parse_date(_value(element, "pubDate")),
        description=_value(element, "description"),
        content=_value(element, content("encoded")),
        enclosure=_first(element, "enclosure", _enclosure),
        author=_value(element, itunes("author")),
        image=_attribute(element, itunes("image"), "href"),
        duration=None if duration is None else duration // 1000,
        explicit=parse_explicit(_value(element, itunes("explicit"))),
        season=parse_count(_value(element, itunes("season")) or _value(element, podcast("season"))),
        season_name=_attribute(element, podcast("season"), "name"),
        episode=parse_count(
            _value(element, itunes("episode")) or _value(element, podcast("episode"))
        ),
        episode_display=_attribute(element, podcast("episode"), "display"),
        episode_type=_value(element, itunes("episodeType")),
        block=_is_yes(element, itunes("block")),
        persons=_all(element, podcast("person"), _person),
        locations=_all(element, podcast("location"), _location),
        license=_first(element, podcast("license"), _license),
        chapters_link=_first(element, podcast("chapters"), _chapters_link),
        transcripts=_all(element, podcast("transcript"), _transcript),
        soundbites=_all(element, podcast("soundbite"), _soundbite),
        notes=_all(element, podcast("txt"), _note),
        chapters=_all(element, f"{psc('chapters')}/{psc('chapter')}", _chapter),
    )
