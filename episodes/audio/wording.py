"""Sentences out of a code's parts and values, so that any door can say them in its own language.

A finding keeps its values beside its English sentence. The parts are marked for the gathering of
texts to translate; this package knows no Django, so the translator is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

PHRASES = frozenset({"what", "advice", "at", "place", "claimed"})
"""Values that are words of ours: they are translated, and may hold other values themselves."""

Value = str | int | float
"""What a finding may carry: all of it survives JSON."""


def gettext_noop(text: str) -> str:
    """Mark a text for translation and leave it as it is."""
    return text


MINUS = "\N{MINUS SIGN}"


def english(number: float) -> str:
    return f"{number:,}".replace("-", MINUS)


def word(
    parts: tuple[str, ...],
    values: Mapping[str, Value],
    *,
    translate: Callable[[str], str] = gettext_noop,
    number: Callable[[float], str] = english,
) -> str:
    """Return the parts as one text; raise `KeyError` when they ask for a value that is missing."""
    plain = {
        name: value if isinstance(value, str) else number(value) for name, value in values.items()
    }
    spoken = {
        name: translate(value).format(**plain) if name in PHRASES and value else value
        for name, value in plain.items()
    }
    return " ".join(translate(part).format(**spoken) for part in parts)
