"""People and organisations: what they are known for here, and every episode they were on."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from catalog.models import Affiliation, Person
from episodes.models import Credit
from episodes.notes import render_text
from episodes.visibility import public_people
from website import structured
from website.listing import (
    appearances,
    begun_partnerships,
    live_episodes,
    people_at,
    public_organisations,
    public_shows,
    with_affiliation,
)
from website.meta import Meta, card_of, shorten
from website.pages import public_page, render_page, site_name
from website.pagination import page_of, path_of


@public_page
def person(request: HttpRequest, *, at: datetime, slug: str) -> HttpResponseBase:
    people = public_people(at).select_related("photo").prefetch_related("names", "links")
    row = get_object_or_404(people, slug=slug)
    named = Credit.objects.filter(person=row)
    page = page_of(request, live_episodes(at).filter(pk__in=named.values("episode")))
    affiliations = list(
        Affiliation.objects.on(at.date()).filter(person=row).select_related("organisation")
    )
    linked = public_organisations(at).filter(affiliations__in=affiliations)
    hosted = public_shows().filter(hostings__in=row.hostings.on(at.date())).distinct()
    context = {
        "person": row,
        "page": page,
        "appearances": appearances(page.object_list, person=row),
        "affiliations": affiliations,
        "linked": set(linked.values_list("pk", flat=True)),
        "hosted": hosted,
        "meta": _person_meta(row, affiliations, page.number),
    }
    return render_page(request, "website/person.html", context, at=at)


def _person_meta(row: Person, affiliations: list[Affiliation], number: int) -> Meta:
    path = reverse("website:person", args=[row.slug])
    known = affiliations[0] if affiliations else None
    employer = known.organisation.name if known and known.organisation else ""
    return Meta(
        title=row.name,
        path=path_of(path, number),
        description=shorten(render_text(row.bio) or ", ".join(str(each) for each in affiliations)),
        kind="profile",
        card=card_of(row.photo),
        data=(
            structured.person(
                row,
                title=known.title if known else "",
                organisation=employer,
                names=[variant.name for variant in row.names.all()],
            ),
            structured.breadcrumbs((site_name(), reverse("website:home")), (row.name, path)),
        ),
    )


@public_page
def organisation(request: HttpRequest, *, at: datetime, slug: str) -> HttpResponseBase:
    row = get_object_or_404(public_organisations(at).select_related("logo"), slug=slug)
    named = Credit.objects.filter(organisation=row)
    page = page_of(request, live_episodes(at).filter(pk__in=named.values("episode")))
    partnered = begun_partnerships(at).filter(organisation=row).select_related("show")
    path = reverse("website:organisation", args=[row.slug])
    context = {
        "organisation": row,
        "page": page,
        "partnerships": partnered,
        "people": with_affiliation(people_at(row, at), at),
        "meta": Meta(
            title=row.name,
            path=path_of(path, page.number),
            description=shorten(render_text(row.description)),
            card=card_of(row.logo),
            data=(
                structured.organisation(row),
                structured.breadcrumbs((site_name(), reverse("website:home")), (row.name, path)),
            ),
        ),
    }
    return render_page(request, "website/organisation.html", context, at=at)
