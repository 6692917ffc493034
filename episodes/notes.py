"""Notes: Markdown as editors write it, HTML as each audience may get it.

One renderer and one sanitiser for the site, the API and the feeds. Raw HTML in the Markdown is
shown as text and never obeyed; what an audience's list does not name loses its tags.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

import nh3
from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_APPLE = {"p", "a", "ul", "ol", "li", "em", "strong", "b", "i", "br"}
"""What Apple and PSP-1 name for descriptions; other tags are shown as text by some apps."""


class Audience(StrEnum):
    FEED = "feed"
    SITE = "site"


_TAGS = {
    Audience.FEED: _APPLE,
    Audience.SITE: _APPLE | {"h2", "h3", "h4", "blockquote", "code", "pre", "hr"},
}


def render_html(markdown: str, *, audience: Audience) -> str:
    """Return safe HTML; relative links become absolute, because feeds are read elsewhere."""
    return "\n".join(render_blocks(markdown, audience=audience))


def render_blocks(markdown: str, *, audience: Audience) -> list[str]:
    """Return the top-level blocks one by one, for whoever has to stop at a limit of bytes."""
    tokens = _MARKDOWN.parse(markdown)
    _fit_headings(tokens, audience)
    clean = _cleaner(audience, settings.BASE_URL).clean
    rendered = (
        clean(_MARKDOWN.renderer.render(block, _MARKDOWN.options, {})).strip()
        for block in _split(tokens)
    )
    return [html for html in rendered if html not in {"", "<p></p>"}]


def render_text(markdown: str) -> str:
    """Return the words alone, a line for each block: for descriptions, search and lists."""
    inlines = (token for token in _MARKDOWN.parse(markdown) if token.type == "inline")
    lines = ("".join(map(_plain, token.children or [])) for token in inlines)
    return "\n".join(line for line in (line.strip() for line in lines) if line)


def _plain(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "code_inline", "text_special", "image"} else ""


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    depth, block = 0, []
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _fit_headings(tokens: list[Token], audience: Audience) -> None:
    """Make headings bold paragraphs for apps; on the site the page's own title is the only h1."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            if audience is Audience.FEED:
                token.tag = "p"
            elif token.tag == "h1":
                token.tag = "h2"
    if audience is Audience.FEED:
        for opening, inline in pairwise(tokens):
            if opening.type == "heading_open" and inline.children is not None:
                strong = (Token("strong_open", "strong", 1), Token("strong_close", "strong", -1))
                inline.children = [strong[0], *inline.children, strong[1]]


@lru_cache(maxsize=8)
def _cleaner(audience: Audience, base_url: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS[audience],
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", f"{base_url}/"),
        link_rel="noopener" if audience is Audience.SITE else None,
    )
