"""What may stand in a feed: every text is made fit for XML before it becomes part of a document.

Each function is idempotent, so a text that went out and came back is the text that went out.
"""

import re
from urllib.parse import quote, urlsplit, urlunsplit

# XML 1.0 (fifth edition) production 2, Char: everything outside it makes the document ill-formed.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHITE = re.compile("[ \t\n\r]+")
_LINE_END = re.compile("\r\n?")
# RFC 3986 reserved and unreserved characters, and "%" so that what is encoded stays as it is.
_URI_SAFE = "%:/?#[]@!$&'()*+,;=-._~"

LABEL_LIMIT = 128
"""Characters that the podcast namespace allows in its node values."""
TXT_LIMIT = 4000


def clean_text(value: str) -> str:
    """Drop what XML forbids, write line ends as XML parsers report them, trim the ends."""
    return _LINE_END.sub("\n", _ILLEGAL.sub("", value)).strip(" \t\n")


def clean_line(value: str) -> str:
    """Return one line: runs of white space become a space. No-break spaces are kept."""
    return _WHITE.sub(" ", _ILLEGAL.sub("", value)).strip(" ")


def clean_guid(value: str) -> str:
    """Keep an identifier to the letter, spaces too: apps compare what stood there before."""
    guid = _LINE_END.sub("\n", _ILLEGAL.sub("", value))
    return guid if guid.strip(" \t\n") else ""


def clean_label(value: str) -> str:
    return clean_line(value)[:LABEL_LIMIT].rstrip(" ")


def clean_txt(value: str) -> str:
    return clean_text(value)[:TXT_LIMIT].rstrip(" \t\n")


def to_uri(value: str) -> str:
    """Return `value` as an RFC 3986 URI: host in punycode, the rest percent-encoded UTF-8.

    Feed validators refuse an address with a Cyrillic path or a space, and some apps never open it.
    """
    line = clean_line(value)
    if not line or (line.isascii() and quote(line, safe=_URI_SAFE) == line):
        return line
    try:
        parts = urlsplit(line)
        line = urlunsplit(parts._replace(netloc=_punycode(parts.netloc)))
    except ValueError:
        pass  # Not an address that can be taken apart; it is encoded as it stands.
    return quote(line, safe=_URI_SAFE)


def _punycode(netloc: str) -> str:
    user, at, host = netloc.rpartition("@")
    if host.isascii():
        return netloc
    name, colon, port = host.partition(":")
    return f"{user}{at}{name.encode('idna').decode('ascii')}{colon}{port}"
