"""Addresses from names: ASCII (Apple wants it so), readable, free."""

from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

CYRILLIC_TO_LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ә": "a", "ғ": "gh",
    "қ": "q", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i", "ҳ": "h", "ӣ": "i",
    "ҷ": "j", "ӯ": "u", "ў": "o", "є": "ye", "ї": "yi", "ґ": "g",
})  # fmt: skip


def latin_slug(text: str, *, fallback: str, length: int = 120) -> str:
    """Return an ASCII slug, Cyrillic transliterated."""
    return slugify(text.lower().translate(CYRILLIC_TO_LATIN))[:length].strip("-") or fallback


def free_slug(rows: QuerySet[Any], text: str, *, fallback: str, length: int = 120) -> str:
    """Return the slug of `text` that no row has, numbered from 2 where the plain one is taken."""
    base = latin_slug(text, fallback=fallback, length=length)
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    candidate, count = base, 2
    while candidate in taken:
        candidate, count = f"{base}-{count}", count + 1
    return candidate
