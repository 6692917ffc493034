"""Cursor pages: keyset pagination that neither skips nor repeats while rows come and go.

The cursor holds the sort, the direction and the last row's values. It is signed, so that only
values that we wrote ever reach a query.
"""

from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feeds.links import absolute

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
# Without the time that signing.dumps adds: the same page has the same bytes and the same ETag.
_SIGNER = signing.Signer(salt="api.cursor")

Ordering = tuple[str, ...]
"""Field names, “-” for descending; the last is unique, so that the order is total."""


class KeysetPagination(BasePagination):
    """The view's `sorts` maps each allowed `sort` to an Ordering; the first is the default."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        sorts = _sorts_of(view)
        self.request = request
        self.sort = read_sort(request, sorts)
        self.ordering = sorts[self.sort]
        limit = read_limit(request)
        self.back, after = self._read_cursor()
        ordering = reverse_ordering(self.ordering) if self.back else self.ordering
        rows = queryset.order_by(*ordering)
        if after is not None:
            rows = rows.filter(beyond(ordering, after))
        found = list(rows[: limit + 1])
        self.more = len(found) > limit
        self.started = after is not None
        page = found[:limit]
        self.page = page[::-1] if self.back else page
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        has_next = self.started if self.back else self.more
        has_previous = self.more if self.back else self.started
        first, last = (self.page[0], self.page[-1]) if self.page else (None, None)
        return Response(
            {
                "results": data,
                "next": self._address(last, back=False) if has_next and last else None,
                "previous": self._address(first, back=True) if has_previous and first else None,
            }
        )

    def _read_cursor(self) -> tuple[bool, list[str] | None]:
        raw = self.request.query_params.get("cursor")
        if raw is None:
            return False, None
        try:
            sort, back, after = _SIGNER.unsign_object(raw)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError(
                {"cursor": "This cursor is not one of ours. Take it from “next” or “previous”."}
            ) from error
        if sort != self.sort:
            raise ValidationError({"cursor": f"This cursor belongs to sort={sort}."})
        return bool(back), list(after)

    def _address(self, row: Model, *, back: bool) -> str:
        values = [_as_text(getattr(row, name.lstrip("-"))) for name in self.ordering]
        cursor = _SIGNER.sign_object([self.sort, back, values], compress=True)
        kept = [(k, v) for k, v in self.request.query_params.items() if k != "cursor"]
        return absolute(f"{self.request.path}?{urlencode([*kept, ('cursor', cursor)])}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": {**address, "description": "The following page, or null at the end."},
                "previous": {**address, "description": "The page before, or null at the start."},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        sorts = list(_sorts_of(view))
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            {
                "name": "limit",
                "in": "query",
                "description": "How many a page holds.",
                "schema": limit,
            },
            {
                "name": "cursor",
                "in": "query",
                "description": "Where the page starts. Opaque: follow `next` and `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "sort",
                "in": "query",
                "description": "The order; “-” means descending.",
                "schema": {"type": "string", "enum": sorts, "default": sorts[0]},
            },
        ]


PAGE_PARAMETERS = frozenset({"limit", "cursor", "sort"})


def _sorts_of(view: Any) -> dict[str, Ordering]:
    sorts: dict[str, Ordering] = view.sorts
    return sorts


def read_limit(request: Request) -> int:
    raw = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 6 and 1 <= int(raw) <= MAX_LIMIT):
        raise ValidationError({"limit": f"Must be a whole number from 1 to {MAX_LIMIT}."})
    return int(raw)


def read_sort(request: Request, sorts: dict[str, Ordering]) -> str:
    sort = request.query_params.get("sort", next(iter(sorts)))
    if sort not in sorts:
        raise ValidationError({"sort": f"Must be one of {', '.join(sorts)}."})
    return sort


def reverse_ordering(ordering: Ordering) -> Ordering:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in ordering)


def beyond(ordering: Ordering, values: list[str]) -> Q:
    """Return the condition for the rows that come after `values` in `ordering`.

    The leading bound repeats what the rest implies: it is the part that an index can use.
    """
    condition, equal = Q(), Q()
    for name, value in zip(ordering, values, strict=True):
        field = name.lstrip("-")
        condition |= equal & Q(**{f"{field}__{_beyond(name)}": value})
        equal &= Q(**{field: value})
    lead = ordering[0]
    return Q(**{f"{lead.lstrip('-')}__{_beyond(lead)}e": values[0]}) & condition


def _beyond(name: str) -> str:
    return "lt" if name.startswith("-") else "gt"


def _as_text(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
