"""Finding people in any script, and entering new ones without leaving the episode."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Affiliation, Organisation, Person, Show
from catalog.permissions import Action
from catalog.roles import GUEST_ROLE, ROLE_CHOICES
from desk.access import access, signed_in
from desk.questions import read_number, read_text
from episodes.crediting import (
    Newcomer,
    credit_newcomer,
    day_of,
    introduce,
    propose_affiliation,
)
from episodes.drafting import Draft
from episodes.models import Episode, Slot
from episodes.slots import local_time

MANY = 8


class NewcomerForm(forms.Form):
    """A person, what they do, and for whom."""

    name = forms.CharField(label=_("Name"), max_length=128)
    other_name = forms.CharField(
        label=_("Name in another script"),
        required=False,
        max_length=128,
        help_text=_("So that either spelling finds the person."),
    )
    title = forms.CharField(
        label=pgettext_lazy("of a person", "Title"),
        required=False,
        max_length=200,
        help_text=_("What they do at the moment."),
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        required=False,
        max_length=200,
        help_text=_("Left empty for somebody independent; a new name is entered for you."),
    )

    def newcomer(self) -> Newcomer:
        values = self.cleaned_data
        return Newcomer(
            name=values["name"],
            other_name=values["other_name"],
            title=values["title"],
            organisation_name=values["organisation"],
        )


class CreditNewcomerForm(NewcomerForm):
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial=GUEST_ROLE)


def _demand_editing(request: HttpRequest) -> None:
    if not access(request).may_anywhere(Action.EDIT):
        raise Http404


def _day(request: HttpRequest, now: datetime) -> date:
    """Return the day as of which titles are proposed: the episode's, or its slot's."""
    user = signed_in(request)
    episode = read_number(request, "episode")
    if episode is not None:
        rows = Episode.objects.visible_to(user).select_related("slot", "show")
        return day_of(get_object_or_404(rows, pk=episode), now=now)
    slots = Slot.objects.filter(show__in=Show.objects.visible_to(user))
    found = slots.filter(pk=read_number(request, "slot") or 0).first()
    return local_time(found).date() if found else timezone.localdate(now)


@require_GET
def search_people(request: HttpRequest) -> JsonResponse:
    """Return the people one of whose names contains `q`, with what they do on the day."""
    _demand_editing(request)
    text = read_text(request, "q")
    current = Affiliation.objects.on(_day(request, timezone.now())).select_related("organisation")
    found = Person.objects.named(text).prefetch_related(
        "names", Prefetch("affiliations", current, to_attr="present")
    )
    return JsonResponse(
        {"results": [_described(person) for person in found[:MANY]] if text else []}
    )


def _described(person: Person) -> dict[str, Any]:
    affiliation = next(iter(getattr(person, "present", ())), None)
    organisation = affiliation.organisation if affiliation else None
    return {
        "id": person.pk,
        "name": person.name,
        "names": [name.name for name in person.names.all()],
        "title": affiliation.title if affiliation else "",
        "organisation": organisation.name if organisation else "",
    }


@require_GET
def search_organisations(request: HttpRequest) -> JsonResponse:
    _demand_editing(request)
    text = read_text(request, "q")
    found = Organisation.objects.filter(name__icontains=text)[:MANY] if text else []
    return JsonResponse({"results": [organisation.name for organisation in found]})


@require_POST
def introduce_person(request: HttpRequest) -> JsonResponse:
    """Enter a person with organisation and affiliation; the page then adds a row for them."""
    _demand_editing(request)
    form = NewcomerForm(request.POST)
    if form.is_valid():
        try:
            person = introduce(form.newcomer())
        except ValidationError as error:
            _blame(form, error)
        else:
            person.present = list(person.affiliations.select_related("organisation"))  # type: ignore[attr-defined]  # what search_people prefetches
            return JsonResponse(_described(person), status=201)
    return JsonResponse({"errors": form.errors.get_json_data()}, status=422)


def _blame(form: forms.Form, error: ValidationError) -> None:
    """Say a domain error at the field that it is about, where the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


@require_http_methods(["GET", "POST"])
def credit_somebody_new(request: HttpRequest, object_id: int) -> HttpResponse:
    """The same without scripts: a page of its own that credits at once."""
    rows = Episode.objects.visible_to(signed_in(request)).select_related("show", "slot")
    episode = get_object_or_404(rows, pk=object_id)
    if not access(request).may(Action.EDIT, episode.show_id):
        raise Http404
    form = CreditNewcomerForm(request.POST or None)
    if form.is_valid():
        try:
            row = credit_newcomer(
                episode, form.newcomer(), role=form.cleaned_data["role"], now=timezone.now()
            )
        except ValidationError as error:
            _blame(form, error)
        else:
            messages.success(request, _("%(name)s is credited.") % {"name": row.credited_name})
            return redirect(reverse("admin:episodes_episode_change", args=[episode.pk]) + "#people")
    return render(
        request,
        "admin/episodes/episode/credit_somebody_new.html",
        {"form": form, "episode": episode},
    )


def propose_hosts(draft: Draft) -> list[dict[str, Any]]:
    """Return the rows of people that a new episode starts with, titled as of its day."""
    rows = []
    for order, hosting in enumerate(draft.hostings):
        affiliation = propose_affiliation(hosting.person, on=draft.day)
        organisation = affiliation.organisation if affiliation else None
        rows.append(
            {
                "person": hosting.person_id,
                "role": hosting.role,
                "title": affiliation.title if affiliation else "",
                "organisation_text": organisation.name if organisation else "",
                "order": order,
            }
        )
    return rows
