import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.notes import Audience, render_blocks, render_html, render_text


def test_headings_are_headings_on_the_site_and_bold_paragraphs_in_apps():
    assert render_html("## Stories", audience=Audience.SITE) == "<h2>Stories</h2>"
    assert render_html("## Stories", audience=Audience.FEED) == "<p><strong>Stories</strong></p>"


def test_notes_make_no_second_title_on_the_page():
    assert render_html("# Title", audience=Audience.SITE) == "<h2>Title</h2>"


def test_lists_and_emphasis_reach_both():
    markdown = "- **one**\n- *two*"
    html = "<ul>\n<li><strong>one</strong></li>\n<li><em>two</em></li>\n</ul>"

    assert render_html(markdown, audience=Audience.FEED) == html
    assert render_html(markdown, audience=Audience.SITE) == html


def test_relative_link_becomes_absolute():
    html = render_html("[x](/people/a?b=1&c=2)", audience=Audience.FEED)

    assert html == '<p><a href="http://localhost:8000/people/a?b=1&amp;c=2">x</a></p>'


def test_link_on_the_site_gives_no_handle_on_our_window():
    html = render_html("[x](https://a.example)", audience=Audience.SITE)

    assert html == '<p><a href="https://a.example" rel="noopener">x</a></p>'


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](javascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](https://a.example \"'onmouseover=alert(1) x='\")",
        "<svg/onload=alert(1)>",
        "`<script>`",
    ],
)
@pytest.mark.parametrize("audience", list(Audience))
def test_attack_stays_text(attack, audience):
    html = render_html(attack, audience=audience)

    tags = {"p", "a", "code"}
    safe = nh3.clean(html, tags=tags, attributes={"a": {"href", "title"}}, link_rel=None)
    assert html.replace(' rel="noopener"', "") == safe
    assert 'href="javascript' not in html


def test_text_has_a_line_for_each_block_and_no_marks():
    assert render_text("## A *b*\n\none\ntwo `c` [d](https://e)\n\n- f") == "A b\none two c d\nf"


def test_blocks_join_to_the_whole():
    markdown = "# a\n\nb\n\n- c\n- d\n\n> e\n\n---\n\nf"

    for audience in Audience:
        blocks = render_blocks(markdown, audience=audience)
        assert "\n".join(blocks) == render_html(markdown, audience=audience)
        assert "" not in blocks


@given(st.text())
def test_any_text_renders(markdown):
    for audience in Audience:
        html = render_html(markdown, audience=audience)
        assert "<script" not in html
    render_text(markdown)
