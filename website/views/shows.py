"""A show: what it is, who makes it, when the next episode comes, and everything so far."""

from datetime import date, datetime

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from catalog.models import Affiliation, Hosting, Partnership, Show, ShowLink
from website import structured
from website.listing import live_episodes, public_shows, topics_heard
from website.meta import Meta, card_of, shorten
from website.pages import public_page, render_page, site_name
from website.pagination import page_of, path_of
from website.rhythm import rhythms_of


@public_page
def show(request: HttpRequest, *, at: datetime, slug: str) -> HttpResponseBase:
    row = get_object_or_404(public_shows(), slug=slug)
    page = page_of(request, live_episodes(at).filter(show=row))
    today = row.day_at(at)
    hosts = list(_hosts(row, today))
    partnerships = list(row.partnerships.on(today).select_related("organisation", "logo"))
    first = page.object_list[0] if page.number == 1 and page.object_list else None
    topics = list(topics_heard(at, show=row))
    context = {
        "show": row,
        "page": page,
        "hero": first,
        "archive": page.object_list[1:] if first else page.object_list,
        "rhythm": rhythms_of([row], at)[row.pk],
        "hosts": hosts,
        "partnerships": partnerships,
        "links": list(row.links.exclude(kind=ShowLink.Kind.FUNDING)),
        "pcast": f"pcast://{row.feed_url.split('://', 1)[1]}",
        "themes": [topic for topic in topics if topic.kind == topic.Kind.THEME],
        "countries": [topic for topic in topics if topic.kind == topic.Kind.COUNTRY],
        "meta": _meta(row, page.number, hosts, partnerships),
    }
    return render_page(request, "website/show.html", context, at=at, language=row.language)


def _hosts(row: Show, day: date) -> QuerySet[Hosting]:
    """Return the standing hosts of a local day with what they do that day."""
    doing = Affiliation.objects.on(day).select_related("organisation")
    return (
        row.hostings.on(day)
        .select_related("person", "person__photo")
        .prefetch_related(Prefetch("person__affiliations", queryset=doing))
    )


def _meta(row: Show, number: int, hosts: list[Hosting], partnerships: list[Partnership]) -> Meta:
    path = reverse("website:show", args=[row.slug])
    return Meta(
        title=row.title,
        path=path_of(path, number),
        description=shorten(row.tagline or row.description),
        card=card_of(row.artwork),
        feeds=((row.title, row.feed_url),),
        data=(
            structured.podcast_series(
                row, people=[hosting.person for hosting in hosts], partnerships=partnerships
            ),
            structured.breadcrumbs((site_name(), reverse("website:home")), (row.title, path)),
        ),
    )
