"""Search: a plain form and an address that can be shared."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from website.listing import public_shows, topics_heard, with_affiliation
from website.meta import Meta
from website.pages import public_page, render_page
from website.pagination import page_of
from website.searching import find_episodes, find_people, find_topics, read_question
from website.snippets import snippets_for

PER_PAGE = 20
MOST_PEOPLE = 6
MOST_TOPICS = 12


@public_page
def search(request: HttpRequest, *, at: datetime) -> HttpResponseBase:
    question = read_question(request.GET.get("q", ""))
    context: dict[str, object] = {
        "question": question,
        "meta": Meta(title=_("Search"), path=reverse("website:search"), indexed=False),
    }
    if question:
        page = page_of(request, find_episodes(question, at), per_page=PER_PAGE)
        snippets = snippets_for(list(page.object_list), question)
        context |= {
            "page": page,
            "results": [(episode, snippets[episode.pk]) for episode in page.object_list],
            "people": with_affiliation(find_people(question, at), at)[:MOST_PEOPLE]
            if page.number == 1
            else [],
            "topics": find_topics(question, at)[:MOST_TOPICS] if page.number == 1 else [],
        }
    else:
        context |= {"topics": topics_heard(at)[:MOST_TOPICS], "shows": public_shows()}
    return render_page(request, "website/search.html", context, at=at)
