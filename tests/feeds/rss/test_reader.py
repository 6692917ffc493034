"""Other people's feeds, quirk by quirk."""

import pytest

from feeds.rss import FeedDocument, UnreadableFeed, read, write
from feeds.rss.document import Category, Person

HEAD = (
    '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
)
TAIL = "</channel></rss>"


def channel(body):
    return read(f"{HEAD}{body}{TAIL}".encode())


def item(body):
    return channel(f"<item>{body}</item>").items[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"not xml", b"<rss><channel>", b"<html/>", b"<rss><channel>&nbsp;</channel></rss>"],
)
def test_what_is_no_feed_is_refused_with_a_sentence(data):
    with pytest.raises(UnreadableFeed) as caught:
        read(data)

    assert str(caught.value).endswith(".")


def test_outside_documents_are_never_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    data = (
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
        "<rss><channel><title>&x;</title></channel></rss>"
    )

    assert "canary" not in read(data.encode()).title


def test_old_podcast_namespace_is_read_as_the_present_one():
    old = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    data = (HEAD + "<podcast:guid>g</podcast:guid>" + TAIL).replace(
        "https://podcastindex.org/namespace/1.0", old
    )

    assert read(data.encode()).guid == "g"


@pytest.mark.parametrize(
    ("word", "flag"),
    [
        ("yes", True),
        ("Explicit", True),
        ("TRUE", True),
        ("no", False),
        ("clean", False),
        ("?", None),
    ],
)
def test_old_words_for_explicit_are_understood(word, flag):
    assert channel(f"<itunes:explicit>{word}</itunes:explicit>").explicit is flag


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3600", 3600),
        ("59.9", 59),
        ("1:02", 62),
        ("1:02:03", 3723),
        ("", None),
        ("https://a", None),
    ],
)
def test_durations_are_read_in_every_spelling(text, seconds):
    assert item(f"<itunes:duration>{text}</itunes:duration>").duration == seconds


def test_guid_without_its_attribute_is_an_address():
    assert item("<guid>https://a.example/1</guid>").guid_is_permalink
    assert not item('<guid isPermaLink="false">1</guid>').guid_is_permalink


@pytest.mark.parametrize("guid", [" padded ", "two  spaces", "https://a.example/?p=1&q=2", "Ключ"])
def test_guid_is_kept_to_the_letter(guid):
    escaped = guid.replace("&", "&amp;")

    found = item(f'<guid isPermaLink="false">{escaped}</guid>')

    assert found.guid == guid
    assert read(write(FeedDocument(items=(found,)))).items[0].guid == guid


def test_date_that_is_none_is_left_out():
    assert item("<pubDate>yesterday</pubDate>").published is None


def test_enclosure_without_an_address_or_type_is_passed_over():
    assert item('<enclosure length="1"/>').enclosure is None
    assert (
        item('<enclosure url="https://a.example/a.mp3" type="audio/mpeg"/>').enclosure.length == 0
    )


def test_person_has_the_taxonomys_defaults():
    found = channel("<podcast:person>Name</podcast:person><podcast:person> </podcast:person>")

    assert found.persons == (Person("Name", "host", "cast"),)


def test_several_subcategories_are_several_categories():
    found = channel(
        '<itunes:category text="News"><itunes:category text="Politics"/>'
        '<itunes:category text="Daily News"/></itunes:category><itunes:category text=" "/>'
    )

    assert found.categories == (Category("News", "Politics"), Category("News", "Daily News"))
