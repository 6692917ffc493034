"""The front page: what is new, what comes next, who was heard."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from website.listing import (
    latest_of_each,
    live_episodes,
    people_heard,
    public_shows,
    topics_heard,
    with_affiliation,
)
from website.meta import Meta, card_of
from website.pages import public_page, render_page, site_name
from website.rhythm import rhythms_of

RECENT = 8
PEOPLE = 8
TOPICS = 24


@public_page
def home(request: HttpRequest, *, at: datetime) -> HttpResponseBase:
    shows = list(public_shows())
    episodes = list(live_episodes(at)[: RECENT + 1])
    topics = list(topics_heard(at)[:TOPICS])
    rhythms = rhythms_of(shows, at)
    latest = latest_of_each(shows, at)
    context = {
        "hero": episodes[0] if episodes else None,
        "recent": episodes[1:],
        "shows": [(show, rhythms[show.pk], latest.get(show.pk)) for show in shows],
        "people": with_affiliation(people_heard(at), at)[:PEOPLE],
        "themes": [topic for topic in topics if topic.kind == topic.Kind.THEME],
        "countries": [topic for topic in topics if topic.kind == topic.Kind.COUNTRY],
        "meta": Meta(
            title=site_name(),
            path=reverse("website:home"),
            description=_("Podcasts that keep their rhythm: new episodes, guests and transcripts."),
            card=card_of(episodes[0].show.artwork) if episodes else None,
            feeds=tuple((show.title, show.feed_url) for show in shows),
        ),
    }
    return render_page(request, "website/home.html", context, at=at)
