"""The namespaces of a podcast feed, to the letter: a slash too many and no reader sees the tags."""

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
PSC = "http://podlove.org/simple-chapters"

PODCAST_ALIASES = (
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    "http://podcastindex.org/namespace/1.0",
    "https://podcastindex.org/namespace/1.0/",
)
"""What real feeds write for the podcast namespace; read as it, never written."""

DECLARED = {
    "atom": ATOM,
    "content": CONTENT,
    "itunes": ITUNES,
    "podcast": PODCAST,
    "psc": PSC,
}


def itunes(name: str) -> str:
    return f"{{{ITUNES}}}{name}"


def podcast(name: str) -> str:
    return f"{{{PODCAST}}}{name}"


def atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def content(name: str) -> str:
    return f"{{{CONTENT}}}{name}"


def psc(name: str) -> str:
    return f"{{{PSC}}}{name}"
