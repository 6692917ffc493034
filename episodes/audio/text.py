"""Text out of strangers' tags, made safe for PostgreSQL, XML and a page's reading direction."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[\t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")
# PostgreSQL refuses NUL; XML 1.0 the other controls, lone surrogates and U+FFFE/FFFF; bidi controls
# turn the line they land in around.
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def clean_text(value: str, limit: int) -> str:
    """Return one line of at most `limit`, free of what breaks storage, XML or layout."""
    # Ten times over leaves room for what is dropped without walking megabytes.
    line = _UNWANTED.sub("", _SPACES.sub(" ", value[: limit * 10]))
    return line.strip()[:limit].rstrip()
