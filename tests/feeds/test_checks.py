from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds.checks import faults
from feeds.rss import FeedDocument, Item
from feeds.rss.document import Category, Enclosure

ITEM = Item(
    guid="1",
    title="One",
    published=datetime(2025, 11, 2, tzinfo=UTC),
    enclosure=Enclosure("https://a.example/1.mp3", 1000, "audio/mpeg"),
)
DOCUMENT = FeedDocument(
    title="Show",
    link="https://a.example",
    description="About",
    language="en",
    url="https://a.example/feed.xml",
    guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
    explicit=False,
    categories=(Category("News"),),
    items=(ITEM,),
)


def test_whole_feed_has_no_faults():
    assert faults(DOCUMENT) == []


@pytest.mark.parametrize("name", ["title", "link", "description", "language", "url", "guid"])
def test_channel_needs(name):
    assert faults(replace(DOCUMENT, **{name: ""})) == [f"The show has no {name}."]


def test_channel_needs_a_word_on_explicit_content_and_a_category():
    assert len(faults(replace(DOCUMENT, explicit=None, categories=()))) == 2


@pytest.mark.parametrize(
    ("name", "nothing"), [("title", ""), ("guid", ""), ("published", None), ("enclosure", None)]
)
def test_item_needs(name, nothing):
    items = (replace(ITEM, **{name: nothing}),)

    [fault] = faults(replace(DOCUMENT, items=items))

    assert fault.endswith(f"has no {name}.")


def test_audio_needs_a_length():
    items = (replace(ITEM, enclosure=Enclosure("https://a.example/1.mp3", 0, "audio/mpeg")),)

    [fault] = faults(replace(DOCUMENT, items=items))

    assert "no length" in fault


def test_guids_and_enclosures_stand_once():
    found = faults(replace(DOCUMENT, items=(ITEM, ITEM)))

    assert len(found) == 2
    assert found[0].startswith("The GUID 1 stands on 2 episodes")
