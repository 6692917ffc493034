"""What the desk says first: what is next, what it lacks, what is late, what failed.

A fixed number of queries, however many shows and episodes there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Show
from catalog.permissions import Access, Action
from episodes.models import AudioUpload, Episode, Slot
from episodes.readiness import Finding, Severity, check_readiness
from feeds.models import Feed

if TYPE_CHECKING:
    from accounts.models import User

Status = Episode.Status

LATE_FOR = timedelta(days=60)
"""How long the desk reminds of a missed slot before it is history."""
AT_RISK = timedelta(days=3)
MANY = 8


@dataclass(frozen=True, slots=True)
class NextUp:
    """A show and its next due date, where its cadence promises one."""

    show: Show
    may_edit: bool
    slot: Slot | None = None
    days_left: int = 0
    episode: Episode | None = None
    findings: Sequence[Finding] = ()
    at_risk: bool = False

    @property
    def blocking(self) -> list[Finding]:
        return [each for each in self.findings if each.severity is Severity.BLOCKING]

    @property
    def advice(self) -> list[Finding]:
        return [each for each in self.findings if each.severity is Severity.ADVICE]

    @property
    def is_scheduled(self) -> bool:
        return self.episode is not None and self.episode.status == Status.RELEASED


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first things to do in a new installation."""

    title: str
    hint: str
    done: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    now: datetime
    next_up: list[NextUp] = field(default_factory=list)
    late: list[Slot] = field(default_factory=list)
    waiting: list[Episode] = field(default_factory=list)
    """In review, for somebody who may approve."""
    drafts: list[Episode] = field(default_factory=list)
    scheduled: list[Episode] = field(default_factory=list)
    failed: list[AudioUpload] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    """Not built, or without an episode that should be in them."""
    editable: frozenset[int] = frozenset()
    """The shows whose episodes the user may write."""
    first_steps: list[Step] = field(default_factory=list)


def read_overview(user: "User", access: Access, *, now: datetime) -> Overview:
    """Read everything that `user` should see at `now`."""
    shows = list(Show.objects.visible_to(user).select_related("artwork"))
    episodes = Episode.objects.visible_to(user).select_related("show", "slot", "audio")
    return Overview(
        now=now,
        next_up=_next_up(shows, access, now=now),
        late=_late(shows, now=now),
        waiting=[
            each
            for each in episodes.filter(status=Status.IN_REVIEW).order_by("updated_at")[:MANY]
            if access.may(Action.APPROVE, each.show_id)
        ],
        drafts=list(
            episodes.filter(status__in=[Status.DRAFT, Status.APPROVED]).order_by("-updated_at")[
                :MANY
            ]
        ),
        scheduled=list(episodes.scheduled(now).order_by("release_at")[:MANY]),
        failed=_failed(episodes),
        feeds=_feeds_in_trouble(shows),
        editable=frozenset(show.pk for show in shows if access.may(Action.EDIT, show.pk)),
        first_steps=_first_steps(shows, episodes, access, now=now),
    )


def _next_up(shows: Sequence[Show], access: Access, *, now: datetime) -> list[NextUp]:
    slots = {
        slot.show_id: slot
        for slot in Slot.objects.upcoming(now)
        .filter(show__in=shows, skipped_reason="")
        .order_by("show_id", "due_at")
        .distinct("show_id")
    }
    in_slots = (
        Episode.objects.filter(slot__in=slots.values())
        .with_labels()
        .prefetch_related("audio_uploads")
    )
    episodes = {episode.slot_id: episode for episode in in_slots}
    lines = [
        _line(
            show, slots.get(show.pk), episodes, may_edit=access.may(Action.EDIT, show.pk), now=now
        )
        for show in shows
        if not show.complete
    ]
    far = now + timedelta(days=3650)
    return sorted(lines, key=lambda line: line.slot.due_at if line.slot else far)


def _line(
    show: Show,
    slot: Slot | None,
    episodes: dict[int | None, Episode],
    *,
    may_edit: bool,
    now: datetime,
) -> NextUp:
    if slot is None:
        return NextUp(show, may_edit)
    zone = ZoneInfo(slot.time_zone)
    days = (slot.due_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    episode = episodes.get(slot.pk)
    findings = check_readiness(episode, at=slot.due_at) if episode else []
    lacking = episode is None or any(each.severity is Severity.BLOCKING for each in findings)
    return NextUp(
        show, may_edit, slot, days, episode, findings, lacking and slot.due_at - now <= AT_RISK
    )


def _late(shows: Sequence[Show], *, now: datetime) -> list[Slot]:
    missed = Slot.objects.missed(now).filter(show__in=shows, due_at__gte=now - LATE_FOR)
    return list(missed.select_related("show", "episode").order_by("-due_at")[:MANY])


def _failed(episodes: QuerySet[Episode]) -> list[AudioUpload]:
    """Return the episodes' newest uploads that came to nothing, unless audio arrived since."""
    newest = (
        AudioUpload.objects.filter(episode=OuterRef("episode")).order_by("-pk").values("pk")[:1]
    )
    return list(
        AudioUpload.objects.filter(
            pk=Subquery(newest),
            episode__in=episodes.values("pk"),
            state__in=[AudioUpload.State.REFUSED, AudioUpload.State.FAILED],
        )
        .select_related("episode__show")
        .order_by("-created_at")[:MANY]
    )


def _feeds_in_trouble(shows: Sequence[Show]) -> list[Feed]:
    feeds = Feed.objects.filter(show__in=shows).exclude(last_error="", left_out=[])
    return list(feeds.select_related("show").order_by("show__title")[:MANY])


def _first_steps(
    shows: Sequence[Show], episodes: QuerySet[Episode], access: Access, *, now: datetime
) -> list[Step]:
    """Lead from nothing to the first live episode; empty once something is live."""
    any_audio = bool(shows) and episodes.filter(audio__isnull=False).exists()
    any_live = any_audio and episodes.filter(status=Status.RELEASED, release_at__lte=now).exists()
    if any_live or (shows and not access.may_anywhere(Action.EDIT)):
        return []
    hosts = Show.objects.filter(pk__in=[show.pk for show in shows]).filter(
        Q(hostings__isnull=False), Q(cadences__isnull=False)
    )
    first = shows[0] if shows else None
    show_url = reverse("admin:catalog_show_change", args=[first.pk]) if first else ""
    add_show = reverse("admin:catalog_show_add") if access.everything else ""
    episode = episodes.order_by("-pk").first() if shows else None
    episode_url = reverse("admin:episodes_episode_change", args=[episode.pk]) if episode else ""
    add_episode = reverse("admin:episodes_episode_add") if shows else ""
    return [
        Step(
            _("Create a show"),
            _("Title, description, artwork and category: what directories show."),
            bool(shows),
            show_url or add_show,
        ),
        Step(
            _("Say when it comes out, and who hosts it"),
            _("The cadence makes the slots; new episodes start with the hosts credited."),
            bool(shows) and hosts.exists(),
            show_url,
        ),
        Step(
            _("Add an episode"),
            _("Number, slot, hosts and the notes’ skeleton are filled in for you."),
            episode is not None,
            episode_url or add_episode,
        ),
        Step(
            _("Upload its audio"),
            _("Duration, codec and chapters are read from the file."),
            any_audio,
            episode_url + "#audio" if episode_url else "",
        ),
        Step(
            _("Release it"),
            _("Now or at the slot: then it is on the site, in the feed and in the API."),
            False,
            episode_url + "#release" if episode_url else "",
        ),
    ]
