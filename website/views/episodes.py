"""An episode: to hear, to read, to quote."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from catalog.models import Partnership
from episodes.chaptering import audible
from episodes.models import Credit, Episode
from episodes.querysets import EpisodeQuerySet
from feeds.links import audio_url
from website import structured
from website.listing import live_episodes
from website.meta import Meta, card_of, shorten
from website.pages import public_page, render_page, site_name
from website.transcripts import read_page


@public_page
def episode(request: HttpRequest, *, at: datetime, show: str, slug: str) -> HttpResponseBase:
    rows = live_episodes(at).prefetch_related(
        "topics", "transcripts__speakers", "credits__person__names", "corrections"
    )
    row = get_object_or_404(rows, show__slug=show, slug=slug)
    assert row.release_at is not None  # noqa: S101 - it is live
    day = row.show.day_at(row.release_at)
    partnerships = list(row.show.partnerships.on(day).select_related("organisation", "logo"))
    topics = list(row.topics.all())
    context = {
        "episode": row,
        "show": row.show,
        "cast": _by_role(row),
        "chapters": audible(row, row.chapters.filter(hidden=False).select_related("image")),
        "transcripts": [read_page(row, text, row.credits.all()) for text in row.transcripts.all()],
        "corrections": row.corrections.all(),
        "partnerships": partnerships,
        "themes": [topic for topic in topics if topic.kind == topic.Kind.THEME],
        "countries": [topic for topic in topics if topic.kind == topic.Kind.COUNTRY],
        "older": _neighbours(row, at).filter(release_at__lt=row.release_at).newest_first().first(),
        "newer": _neighbours(row, at)
        .filter(release_at__gt=row.release_at)
        .order_by("release_at", "pk")
        .first(),
        "meta": _meta(row, partnerships),
    }
    return render_page(request, "website/episode.html", context, at=at, language=row.show.language)


def _neighbours(row: Episode, at: datetime) -> EpisodeQuerySet:
    return Episode.objects.live(at).filter(show=row.show).select_related("show")


def _by_role(row: Episode) -> list[tuple[str, list[Credit]]]:
    """Group the credits by role, roles in the order of their first credit."""
    groups: dict[str, list[Credit]] = {}
    for credit in row.credits.all():
        groups.setdefault(credit.role, []).append(credit)
    return list(groups.items())


def _meta(row: Episode, partnerships: list[Partnership]) -> Meta:
    show, audio = row.show, row.audio
    show_path = reverse("website:show", args=[show.slug])
    return Meta(
        title=row.title,
        path=row.get_absolute_url(),
        description=shorten(row.summary or show.tagline),
        kind="article",
        card=card_of(row.artwork or show.artwork),
        audio=(audio_url(row, audio), audio.mime_type) if audio else None,
        feeds=((show.title, show.feed_url),),
        data=(
            structured.podcast_episode(row, audio=audio, partnerships=partnerships),
            structured.breadcrumbs(
                (site_name(), reverse("website:home")),
                (show.title, show_path),
                (row.title, row.get_absolute_url()),
            ),
        ),
    )
