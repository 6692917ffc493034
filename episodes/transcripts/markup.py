"""HTML: `<cite>Name:</cite><time>0:00</time><p>…</p>`, as the podcast namespace has it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import cast

from lxml import etree

from episodes.transcripts.document import TranscriptDocument
from episodes.transcripts.passages import Passage, settle_passages
from episodes.transcripts.problems import Problems
from episodes.transcripts.settling import MOST_CUES
from episodes.transcripts.timing import read_time
from episodes.transcripts.turns import join_turns

_SILENT = {"script", "style", "head", "noscript", "template", "svg", "math", "iframe", "object",
           "select", "textarea", "button", "nav", "title"}  # fmt: skip
_BLOCKS = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "section",
           "article", "main", "body", "dd", "dt", "td", "ul", "ol", "table", "pre"}  # fmt: skip
_DEEPEST = 200
_CLOCK = re.compile(r"[\[(]?\d+:\d")


def read_html(
    text: str,
    problems: Problems | None = None,
    *,
    duration_ms: int | None = None,
    is_known: Callable[[str], bool] = lambda _label: False,
) -> TranscriptDocument:
    """Read the words of a page; only text comes in, so nothing has to be cleaned of tags."""
    problems = Problems() if problems is None else problems
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    # Characters that XML does not know end libxml2's reading of a text.
    data = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError:
        root = None
    if root is None:
        problems.add("empty")
        return TranscriptDocument()
    page = _Page()
    if not page.read(root):
        problems.add("deeply-nested")
        return TranscriptDocument()
    for line, time in page.bad_times:
        problems.add("bad-time", line=line, quoted=time, time=time[:40])
    return settle_passages(page.passages, problems, duration_ms=duration_ms, is_known=is_known)


@dataclass(slots=True)
class _Page:
    """What was read so far, and the pieces of the paragraph at hand."""

    passages: list[Passage] = field(default_factory=list)
    bad_times: list[tuple[int, str]] = field(default_factory=list)
    speaker: str | None = None
    start_ms: int | None = None
    words: list[str] = field(default_factory=list)
    held: list[str] | None = None
    """The text of the cite or time that is open."""
    silent: int = 0
    """How many elements are open whose text nobody reads."""
    line: int = 1

    def read(self, root: etree._Element) -> bool:
        """Walk without recursion; say whether the page could be read."""
        depth = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                return False
            if len(self.passages) > MOST_CUES:
                break
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self._enter(tag, element)
            else:
                self._leave(tag, element)
        self.end_passage()
        return True

    def _enter(self, tag: str, element: etree._Element) -> None:
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.end_passage()
        if tag in _BLOCKS or tag == "time":
            self.line = cast("int | None", element.sourceline) or self.line
        if tag in {"cite", "time"} and self.held is None and not self.is_amid_words:
            self.held = []
        self._hear(element.text)
        if tag == "br":
            self.words.append("\n")

    def _leave(self, tag: str, element: etree._Element) -> None:
        self.silent -= tag in _SILENT
        if tag in {"cite", "time"} and self.held is not None:
            held, self.held = "".join(self.held), None
            self._hold(tag, held)
        elif tag in _BLOCKS:
            self.end_passage()
        self._hear(element.tail)

    def _hear(self, text: str | None) -> None:
        if text and not self.silent:
            (self.words if self.held is None else self.held).append(text)

    @property
    def is_amid_words(self) -> bool:
        """A book's title or a date in a sentence is part of the sentence."""
        return any(not words.isspace() for words in self.words)

    def _hold(self, tag: str, text: str) -> None:
        text = text.strip()
        if tag == "cite":
            self.speaker = text.removesuffix(":")
            return
        start = read_time(text.strip("[]()"))
        if start is not None:
            self.start_ms = start
        elif _CLOCK.match(text):
            self.bad_times.append((self.line, text))
        else:
            self.words.append(f"{text} ")

    def end_passage(self) -> None:
        text = "".join(self.words)
        self.words.clear()
        for part in text.split("\n\n"):
            if part.strip():
                self.passages.append(Passage(self.line, self.start_ms, self.speaker, part))
                self.start_ms = None


def write_html(document: TranscriptDocument, *, language: str, title: str) -> str:
    """Return a whole page of text; every word is escaped."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(language)}">',
            f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>',
            "<body>",
            *_paragraphs(document),
            "</body>",
            "</html>",
            "",
        ]
    )


def _paragraphs(document: TranscriptDocument) -> Iterator[str]:
    for turn in join_turns(document.cues):
        if turn.speaker and not turn.continues:
            yield f"<cite>{escape(turn.speaker)}:</cite>"
        if turn.is_timed:
            yield f"<time>{_clock(turn.start_ms)}</time>"
        yield f'<p dir="auto">{escape(turn.text)}</p>'


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
