"""What stands behind the question mark of the desk's own addresses, made safe to ask."""

from django.http import HttpRequest

_LONGEST_KEY = 18
"""Digits that fit a key of PostgreSQL, whatever they are."""


def read_text(request: HttpRequest, name: str) -> str:
    """Return a text without characters that PostgreSQL or nobody can read."""
    raw = request.GET.get(name, "")
    return "".join(each if each.isprintable() else " " for each in raw).strip()


def read_number(request: HttpRequest, name: str) -> int | None:
    """Return a number or key, or None where there is none."""
    raw = request.GET.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) <= _LONGEST_KEY else None
