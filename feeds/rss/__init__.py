"""A feed as a document, without Django: `FeedDocument` in, bytes out, and back.

The writer and whoever imports a feed share the one document, so `read(write(doc)) == doc`.
"""

from feeds.rss.document import FeedDocument, Item
from feeds.rss.reader import UnreadableFeed, read
from feeds.rss.writer import write

__all__ = ["FeedDocument", "Item", "UnreadableFeed", "read", "write"]
