"""Podlove Simple Chapters 1.x: as a document of their own, or cut out of a feed.

https://podlove.org/simple-chapters/ - `start` is Normal Play Time, `title` is required, `href` and
`image` are not. Nothing of it says that a chapter is hidden, so hidden ones are not written.
"""

import re
from collections.abc import Iterable
from typing import cast

from lxml import etree

from episodes.chapters.marks import (
    ChapterList,
    ChapterMark,
    Fault,
    Gathering,
    Unreadable,
    UnreadableChapters,
)
from episodes.chapters.times import format_full_time, parse_time

MEDIA_TYPE = "application/xml"
NAMESPACE = "http://podlove.org/simple-chapters"

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# The prefix of a feed is not declared in what was cut out of it: declared here, it does no harm.
_OPENING = f'<pasted xmlns:psc="{NAMESPACE}">'


def read_psc(text: str) -> ChapterList:
    """Return the chapters; a problem's place is the line that the element ends on.

    A document type is refused unread: entities live there, and no list of chapters needs one.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableChapters(Unreadable.UNSAFE_XML)
    root = _parse(_DECLARATION.sub("", text, count=1))
    lists = [each for each in root.iter() if _name(each) == "chapters"]
    if len(lists) > 1:
        raise UnreadableChapters(Unreadable.SEVERAL_LISTS)
    elements = [each for each in root.iter() if _name(each) == "chapter"]
    if not elements and not lists:
        raise UnreadableChapters(Unreadable.NO_XML_CHAPTERS)
    found = Gathering()
    for element in elements:
        _take(found, element)
    return found.listed()


def write_psc(marks: Iterable[ChapterMark]) -> str:
    root = etree.Element(f"{{{NAMESPACE}}}chapters", {"version": "1.2"}, nsmap={"psc": NAMESPACE})
    for mark in marks:
        if mark.hidden:
            continue
        values = {
            "start": format_full_time(mark.start_ms),
            "title": mark.title,
            "href": mark.url,
            "image": mark.image,
        }
        given = {name: value for name, value in values.items() if value or name == "title"}
        etree.SubElement(root, f"{{{NAMESPACE}}}chapter", given)
    body = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'


def _parse(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(f"{_OPENING}{text}</pasted>".encode(), parser)
    except UnicodeEncodeError as error:
        raise UnreadableChapters(Unreadable.NOT_TEXT) from error
    except etree.XMLSyntaxError as error:
        raise UnreadableChapters(Unreadable.BROKEN_XML, (error.msg or "")[:120]) from error


def _name(element: etree._Element) -> str:
    """Return the local name of an element of the namespace, or of none at all."""
    tag = str(element.tag)  # entities have a function there, whose name matches nothing
    return tag.removeprefix(f"{{{NAMESPACE}}}")


def _take(found: Gathering, element: etree._Element) -> None:
    line = cast("int | None", element.sourceline) or 0
    shown = " ".join(f'{name!s}="{value!s}"' for name, value in element.attrib.items())
    start = element.get("start")
    if start is None:
        found.miss(line, Fault.NO_TIME, shown)
        return
    milliseconds = parse_time(start)
    if milliseconds is None:
        found.miss(line, Fault.BAD_TIME, shown)
        return
    title, url, image = (element.get(name, "").strip() for name in ("title", "href", "image"))
    found.take(line, ChapterMark(milliseconds, title, url, image), text=shown)
