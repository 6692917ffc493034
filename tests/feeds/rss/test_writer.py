"""The traps of the standards page, each one by name."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from feeds.rss import FeedDocument, Item, write
from feeds.rss import document as d

PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def tree(**fields):
    return etree.fromstring(write(FeedDocument(**fields)))


def channel(**fields):
    return tree(**fields).find("channel")


def item(**fields):
    return channel(items=(Item(**fields),)).find("item")


def test_document_starts_with_its_declaration_and_has_no_default_namespace():
    data = write(FeedDocument(title="x"))

    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss ')
    assert b" xmlns=" not in data


def test_namespaces_are_exact():
    assert tree().nsmap == {
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "podcast": "https://podcastindex.org/namespace/1.0",
        "atom": "http://www.w3.org/2005/Atom",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "psc": "http://podlove.org/simple-chapters",
    }


def test_plain_text_uses_hexadecimal_references():
    data = write(FeedDocument(title="Q&A <live>"))

    assert b"<title>Q&#x26;A &#x3C;live&gt;</title>" in data


def test_html_stands_in_cdata_untouched():
    html = '<p>Q&amp;A <a href="https://a.example/?a=1&amp;b=2">x</a></p>'

    data = write(FeedDocument(items=(Item(description=html),)))

    assert f"<description><![CDATA[{html}]]></description>".encode() in data


def test_html_that_would_end_the_section_is_escaped():
    element = item(description="<p>]]></p>")

    assert element.findtext("description") == "<p>]]></p>"


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_character_that_xml_forbids_never_reaches_the_bytes(bad):
    assert channel(title=f"a{bad}b").findtext("title") == "ab"


def test_guid_says_that_it_is_no_address():
    assert item(guid="a-b").find("guid").get("isPermaLink") == "false"


def test_dates_are_rfc_822_in_english_with_a_numeric_zone():
    almaty = timezone(timedelta(hours=5))
    moment = datetime(2025, 12, 14, 12, 0, 59, 999_999, tzinfo=almaty)

    assert item(published=moment).findtext("pubDate") == "Sun, 14 Dec 2025 07:00:59 +0000"


def test_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        FeedDocument(published=datetime(2025, 12, 14))


def test_duration_is_whole_seconds():
    assert item(duration=3600).findtext(f"{ITUNES}duration") == "3600"


@pytest.mark.parametrize(("flag", "word"), [(True, "true"), (False, "false"), (None, None)])
def test_explicit_is_true_or_false_in_english(flag, word):
    assert channel(explicit=flag).findtext(f"{ITUNES}explicit") == word


def test_season_and_episode_of_zero_are_not_written():
    element = item(season=0, episode=0, season_name="x", episode_display="y")

    assert [child.tag for child in element] == []


def test_empty_values_leave_no_empty_tags():
    assert [child.tag for child in channel(title="x")] == ["title"]


def test_address_becomes_a_uri():
    element = channel(link="https://пример.example/путь и/?q=я#a")

    assert element.findtext("link") == (
        "https://xn--e1afmkfd.example/%D0%BF%D1%83%D1%82%D1%8C%20%D0%B8/?q=%D1%8F#a"
    )


def test_self_link_and_hubs_are_atom_links():
    element = channel(url="https://a.example/f.xml", hubs=("https://hub.example",))

    assert [dict(link.attrib) for link in element.findall("{http://www.w3.org/2005/Atom}link")] == [
        {"rel": "self", "type": "application/rss+xml", "href": "https://a.example/f.xml"},
        {"rel": "hub", "href": "https://hub.example"},
    ]


def test_subcategory_is_nested_and_case_kept():
    element = channel(categories=(d.Category("News", "Politics"), d.Category("History")))

    first, second = element.findall(f"{ITUNES}category")
    assert first.get("text") == "News"
    assert [child.get("text") for child in first] == ["Politics"]
    assert (second.get("text"), len(second)) == ("History", 0)


def test_image_stands_for_rss_and_for_itunes():
    element = channel(title="T", link="https://a.example/", image="https://a.example/a.jpg")

    assert [child.text for child in element.find("image")] == [
        "https://a.example/a.jpg",
        "T",
        "https://a.example/",
    ]
    assert element.find(f"{ITUNES}image").get("href") == "https://a.example/a.jpg"


def test_chapters_start_at_normal_play_time():
    element = item(chapters=(d.Chapter(0, "A"), d.Chapter(5_752_250, "B")))

    chapters = element.findall(".//{http://podlove.org/simple-chapters}chapter")
    assert [c.get("start") for c in chapters] == ["00:00:00.000", "01:35:52.250"]


def test_soundbite_has_decimal_seconds():
    element = item(soundbites=(d.Soundbite(73_500, 60_000),)).find(f"{PODCAST}soundbite")

    assert dict(element.attrib) == {"startTime": "73.5", "duration": "60.0"}


def test_elements_stand_in_the_order_that_every_parser_accepted():
    published = datetime(2025, 11, 2, tzinfo=UTC)
    element = channel(
        title="t", link="https://a.example", description="d", language="en", copyright="c",
        generator="g", published=published, last_build=published, image="https://a.example/i.jpg",
        url="https://a.example/f", author="a", owner=d.Owner("a@b.example", "n"),
        categories=(d.Category("News"),), explicit=False, type="episodic", block=True,
        complete=True, guid="g", medium="podcast", locked=d.Locked(True, "a@b.example"),
        funding=(d.Funding("https://a.example", "f"),), persons=(d.Person("p"),),
        locations=(d.Location("l"),), license=d.License("cc-by-4.0"),
        trailers=(d.Trailer("t", "https://a.example/t.mp3", published, 1, "audio/mpeg"),),
        notes=(d.Note("n"),), update_frequency=d.UpdateFrequency("weekly"),
        items=(
            Item(
                guid="g", title="t", itunes_title="t", link="https://a.example",
                published=published, description="d", content="c",
                enclosure=d.Enclosure("https://a.example/a.mp3", 1, "audio/mpeg"),
                image="https://a.example/i.jpg", duration=1, explicit=False, season=1, episode=1,
                episode_type="full", persons=(d.Person("p"),),
                chapters_link=d.ChaptersLink("https://a.example/c"),
                transcripts=(d.TranscriptLink("https://a.example/t", "text/vtt"),),
                soundbites=(d.Soundbite(0, 1),), chapters=(d.Chapter(0, "c"),),
            ),
        ),
    )  # fmt: skip

    def names(parent):
        short = {ITUNES: "itunes:", PODCAST: "podcast:"}
        tags = [child.tag for child in parent]
        for long, prefix in short.items():
            tags = [tag.replace(long, prefix) for tag in tags]
        return [tag.rpartition("}")[2] for tag in tags]

    assert names(element) == [
        "title", "link", "description", "language", "copyright", "generator", "pubDate",
        "lastBuildDate", "image", "link", "itunes:author", "itunes:owner", "itunes:image",
        "itunes:category", "itunes:explicit", "itunes:type", "itunes:block", "itunes:complete",
        "podcast:guid", "podcast:medium", "podcast:locked", "podcast:funding", "podcast:person",
        "podcast:location", "podcast:license", "podcast:trailer", "podcast:txt",
        "podcast:updateFrequency", "item",
    ]  # fmt: skip
    assert names(element.find("item")) == [
        "title", "itunes:title", "link", "guid", "pubDate", "description", "encoded", "enclosure",
        "itunes:image", "itunes:duration", "itunes:explicit", "itunes:season", "itunes:episode",
        "itunes:episodeType", "podcast:season", "podcast:episode", "podcast:person",
        "podcast:chapters", "podcast:transcript", "podcast:soundbite", "chapters",
    ]  # fmt: skip
