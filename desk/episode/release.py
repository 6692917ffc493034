"""The release panel: what is missing, what may be done now, and what it will do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms.utils import from_current_timezone
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from catalog.permissions import Access, Action
from desk.access import access, signed_in
from desk.guards import explain
from desk.templatetags.desk import zone_name
from episodes import publishing
from episodes.chaptering import check_chapters
from episodes.exceptions import EpisodeError, NotReady
from episodes.models import Episode, Transition
from episodes.readiness import Finding, Severity, check_readiness
from feeds.links import absolute, audio_url, episode_url

Status = Episode.Status


@dataclass(frozen=True, slots=True)
class ReleasePanel:
    state: str
    findings: Sequence[Finding]
    """Of a released episode only what its release left no trace of: an audio that came later."""
    steps: frozenset[str]
    """The names in STEPS that this person may take from this status."""
    zone: str
    when: datetime
    """What "Schedule" is filled in with: the slot, or the present release time."""
    transitions: Sequence[Transition]
    links: Sequence[tuple[str, str]]

    @property
    def blocking(self) -> list[Finding]:
        return [each for each in self.findings if each.severity is Severity.BLOCKING]

    @property
    def advice(self) -> list[Finding]:
        return [each for each in self.findings if each.severity is Severity.ADVICE]

    @property
    def local(self) -> datetime:
        return self.when.astimezone(ZoneInfo(self.zone))

    # Written here: a template would turn every time into the reader's own zone.
    @property
    def day(self) -> str:
        return f"{self.local:%Y-%m-%d}"

    @property
    def time(self) -> str:
        return f"{self.local:%H:%M}"

    @property
    def zone_shown(self) -> str:
        return zone_name(self.local)

    @property
    def utc(self) -> str:
        return f"{format_date(self.when.astimezone(UTC), 'j M, H:i')} UTC"


def read_release_panel(episode: Episode, allowed: Access, *, now: datetime) -> ReleasePanel:
    zone = zone_of(episode, now=now)
    when = episode.release_at or (episode.slot.due_at if episode.slot else None) or now
    released = episode.status == Status.RELEASED
    return ReleasePanel(
        state="live" if episode.is_due(now) else "scheduled" if released else episode.status,
        findings=list((check_chapters if released else check_readiness)(episode, at=when)),
        steps=frozenset(
            name
            for name, step in STEPS.items()
            if allowed.may(step.action, episode.show_id) and step.is_open(episode, now)
        ),
        zone=zone,
        when=when,
        transitions=list(episode.transitions.select_related("by").order_by("-at", "-pk")),
        links=_links(episode) if episode.is_live(now) else (),
    )


def zone_of(episode: Episode, *, now: datetime) -> str:
    """Return the zone in which the show's dates are meant: the slot's, or the cadence's."""
    if episode.slot is not None:
        return episode.slot.time_zone
    cadence = episode.show.cadence_at(now)
    return cadence.time_zone if cadence else timezone.get_current_timezone_name()


def _links(episode: Episode) -> list[tuple[str, str]]:
    links = [(_("Page"), episode_url(episode)), (_("Feed"), episode.show.feed_url)]
    if episode.audio is not None:
        links.append((_("Audio"), audio_url(episode, episode.audio)))
    links.append(("API", absolute(reverse("api:episode", args=[episode.uid]))))
    return links


class ReleaseForm(forms.Form):
    """The fields of all steps; each step reads its own."""

    date = forms.DateField(required=False)
    time = forms.TimeField(required=False)
    zone = forms.CharField(required=False)
    reason = forms.CharField(required=False, max_length=1000, strip=True)

    def moment(self, *, now: datetime) -> datetime:
        """Return what was typed as UTC. Raises ValidationError in the editor's words."""
        values = self.cleaned_data if self.is_valid() else {}
        if not (values.get("date") and values.get("time") and values.get("zone")):
            raise ValidationError(_("Say on which day and at what time it should come out."))
        try:
            with timezone.override(ZoneInfo(values["zone"])):
                local = from_current_timezone(datetime.combine(values["date"], values["time"]))
        except (KeyError, ValueError, OSError) as error:
            raise ValidationError(_("This is no time zone.")) from error
        if local <= now:
            raise ValidationError(
                _("This time has passed. Use “Release now”, or choose a later one.")
            )
        return local.astimezone(UTC)

    def why(self) -> str:
        return str(self.cleaned_data["reason"]) if self.is_valid() else ""

    def why_not_empty(self) -> str:
        if not self.why():
            raise ValidationError(_("Say why in a few words: the log keeps it for the team."))
        return self.why()


Take = Callable[[Episode, ReleaseForm, User, datetime], Any]


@dataclass(frozen=True, slots=True)
class Step:
    action: Action
    is_open: Callable[[Episode, datetime], bool]
    take: Take
    done: Any
    """What the message says after it."""


def _in(*statuses: str) -> Callable[[Episode, datetime], bool]:
    return lambda episode, _now: episode.status in statuses


def _is_scheduled(episode: Episode, now: datetime) -> bool:
    return episode.status == Status.RELEASED and not episode.is_due(now)


_UNRELEASED = _in(Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.WITHDRAWN)

STEPS: dict[str, Step] = {
    "submit": Step(
        Action.SUBMIT,
        _in(Status.DRAFT),
        lambda episode, form, by, now: publishing.submit(
            episode, by=by, now=now, reason=form.why()
        ),
        gettext_lazy("Handed to the reviewers."),
    ),
    "approve": Step(
        Action.APPROVE,
        _in(Status.DRAFT, Status.IN_REVIEW),
        lambda episode, form, by, now: publishing.approve(
            episode, by=by, now=now, reason=form.why()
        ),
        gettext_lazy("Approved."),
    ),
    "return": Step(
        Action.APPROVE,
        _in(Status.IN_REVIEW, Status.APPROVED),
        lambda episode, form, by, now: publishing.return_to_draft(
            episode, by=by, now=now, reason=form.why_not_empty(), even_scheduled=False
        ),
        gettext_lazy("Back with the editors as a draft."),
    ),
    "release": Step(
        Action.RELEASE,
        _UNRELEASED,
        lambda episode, form, by, now: publishing.release(
            episode, at=now, by=by, now=now, reason=form.why()
        ),
        gettext_lazy("Live on the site, in the feed and in the API."),
    ),
    "schedule": Step(
        Action.RELEASE,
        _UNRELEASED,
        lambda episode, form, by, now: publishing.release(
            episode, at=form.moment(now=now), by=by, now=now, reason=form.why()
        ),
        gettext_lazy("Scheduled. It comes out by itself, whatever runs or does not."),
    ),
    "reschedule": Step(
        Action.RELEASE,
        _is_scheduled,
        lambda episode, form, by, now: publishing.reschedule(
            episode, at=form.moment(now=now), by=by, now=now, reason=form.why()
        ),
        gettext_lazy("Rescheduled."),
    ),
    "unschedule": Step(
        Action.RELEASE,
        _is_scheduled,
        lambda episode, form, by, now: publishing.return_to_draft(
            episode, by=by, now=now, reason=form.why_not_empty()
        ),
        gettext_lazy("No longer scheduled: it is a draft again."),
    ),
    "withdraw": Step(
        Action.RELEASE,
        lambda episode, now: episode.is_due(now),
        lambda episode, form, by, now: publishing.withdraw(
            episode, by=by, now=now, reason=form.why_not_empty()
        ),
        gettext_lazy("Withdrawn from the site, the feed and the API. Its record stays."),
    ),
}


_HERE = "release"
"""Marks what the panel says itself: the page opens at it, far below the other messages."""


@require_POST
def take_step(request: HttpRequest, object_id: int) -> HttpResponse:
    """Take one step of STEPS and say what came of it on the episode's page."""
    user = signed_in(request)
    episodes = Episode.objects.visible_to(user).select_related("show", "slot", "audio")
    episode = get_object_or_404(episodes, pk=object_id)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None or not access(request).may(step.action, episode.show_id):
        raise Http404
    try:
        step.take(episode, ReleaseForm(request.POST), user, timezone.now())
    except NotReady as refusal:
        for finding in refusal.findings:
            messages.error(request, finding.sentence, extra_tags=_HERE)
    except EpisodeError as refusal:
        messages.error(request, str(refusal), extra_tags=_HERE)
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence, extra_tags=_HERE)
    except IntegrityError as error:
        messages.error(request, explain(error), extra_tags=_HERE)
    else:
        messages.success(request, step.done, extra_tags=_HERE)
    return redirect(reverse("admin:episodes_episode_change", args=[episode.pk]) + "#release")
