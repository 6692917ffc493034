"""What would make a feed wrong for everybody. A feed with a fault here never goes out."""

from collections import Counter
from collections.abc import Iterator

from feeds.rss import document as d

_CHANNEL = ("title", "link", "description", "language", "url", "guid")
_ITEM = ("title", "guid", "published", "enclosure")


def faults(document: d.FeedDocument) -> list[str]:
    """Return what RSS 2.0, Apple or PSP-1 require and the document lacks, a sentence each.

    Show artwork is required by Apple as well, but a young show without it may have its feed; the
    readiness checks ask for it.
    """
    return [*_channel_faults(document), *_item_faults(document.items)]


def _channel_faults(document: d.FeedDocument) -> Iterator[str]:
    for name in _CHANNEL:
        if not getattr(document, name):
            yield f"The show has no {name}."
    if document.explicit is None:
        yield "The show does not say whether it is explicit."
    if not document.categories:
        yield "The show has no category."


def _item_faults(items: tuple[d.Item, ...]) -> Iterator[str]:
    for item in items:
        for name in _ITEM:
            if not getattr(item, name):
                yield f"“{item.title}” ({item.guid}) has no {name}."
        if item.enclosure and item.enclosure.length <= 0:
            yield f"“{item.title}” ({item.guid}) has audio of no length."
    for guid, count in Counter(item.guid for item in items).items():
        if count > 1:
            yield f"The GUID {guid} stands on {count} episodes; apps would show one of them."
    urls = Counter(item.enclosure.url for item in items if item.enclosure)
    for url, count in urls.items():
        if count > 1:
            yield f"{url} is the audio of {count} episodes; apps ignore all but one."
