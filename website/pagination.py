"""Archives in pages. Whatever stands in the address, the answer is a page or a 404."""

from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

PER_PAGE = 26
"""A year of a fortnightly show."""


def page_of(
    request: HttpRequest, rows: "QuerySet[Any] | list[Any]", *, per_page: int = PER_PAGE
) -> Page[Any]:
    """Return the page that `?page=` asks for. Raises Http404 where there is none."""
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) < 7):
        raise Http404
    try:
        return Paginator(rows, per_page).page(number)
    except InvalidPage as error:
        raise Http404 from error


def path_of(path: str, number: int) -> str:
    """Return the canonical path of a page of what starts at `path`; the first has no number."""
    return path if number == 1 else f"{path}?page={number}"
