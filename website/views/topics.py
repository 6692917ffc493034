"""Themes and countries: everything that was said about one of them."""

from datetime import datetime

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from catalog.models import Topic
from website import structured
from website.listing import live_episodes, topics_heard
from website.meta import Meta, shorten
from website.pages import public_page, render_page, site_name
from website.pagination import page_of, path_of


@public_page
def topic(request: HttpRequest, *, at: datetime, slug: str) -> HttpResponseBase:
    return _page(request, at, slug, Topic.Kind.THEME)


@public_page
def country(request: HttpRequest, *, at: datetime, slug: str) -> HttpResponseBase:
    return _page(request, at, slug, Topic.Kind.COUNTRY)


def _page(request: HttpRequest, at: datetime, slug: str, kind: Topic.Kind) -> HttpResponseBase:
    row = get_object_or_404(Topic, slug=slug, kind=kind)
    page = page_of(request, live_episodes(at).filter(topics=row))
    if not page.object_list:
        raise Http404
    path = reverse(f"website:{'country' if kind == Topic.Kind.COUNTRY else 'topic'}", args=[slug])
    context = {
        "topic": row,
        "page": page,
        "others": topics_heard(at).filter(kind=kind).exclude(pk=row.pk)[:24],
        "meta": Meta(
            title=row.name,
            path=path_of(path, page.number),
            description=shorten(row.description),
            data=(
                structured.breadcrumbs((site_name(), reverse("website:home")), (row.name, path)),
            ),
        ),
    }
    return render_page(request, "website/topic.html", context, at=at)
