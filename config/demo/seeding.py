"""Seeding the demo: first everything that is written down, then what has to be heard.

A show with its people, slots and drafts is laid out in one transaction, so that the dates are
chosen once however often the seeding is interrupted. Then each episode gets its audio through the
same intake as an editor's upload, and is released through `episodes.publishing`, as of the moment
at which that would have happened. A second run finds all of it there and touches nothing, not even
what an editor has changed since.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from accounts.models import User
from catalog.models import Person, Show, Topic
from config.demo import content
from config.demo.cataloguing import (
    change_job,
    ensure_topics,
    ensure_users,
    make_memberships,
    make_show,
)
from config.demo.content import ASSETS
from config.demo.planning import Plan, plan
from config.demo.shows import SHOWS
from episodes.crediting import credit, credit_standing_hosts
from episodes.inspection import inspect
from episodes.intake import receive
from episodes.models import AudioUpload, Chapter, Correction, Episode, Slot
from episodes.publishing import approve, release
from episodes.slots import ensure_slots, skip
from episodes.transcribing import store_transcript


class SeedingFailed(Exception):
    """Something that the demo is made of is not as it was made."""


Say = Callable[[str], object]

EDITED_BEFORE = timedelta(days=2)  # how long before its slot an archive episode was approved


def seed(*, now: datetime, say: Say) -> None:
    """Bring the database to the demo's state as of `now`, as far as it is not there yet."""
    owner = ensure_users()
    for told in SHOWS:
        say(_seed_show(told, owner=owner, now=now))


def _seed_show(told: content.Show, *, owner: User, now: datetime) -> str:
    show = Show.objects.filter(slug=told.slug).first() or lay_out(told, now=now)
    finished = [_finish(show, told, one, owner=owner, now=now) for one in told.episodes]
    if not any(finished):
        return f"{told.title}: already there, nothing changed."
    live = _count(show.episodes.live(now).count(), "episode")
    ahead = show.episodes.scheduled(now).count()
    drafts = show.episodes.filter(status=Episode.Status.DRAFT).count()
    missed = _count(show.slots.missed(now).count(), "slot")
    return f"{told.title}: {live} live, {ahead} scheduled, {drafts} in draft, {missed} missed."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@transaction.atomic
def lay_out(told: content.Show, *, now: datetime) -> Show:
    """Make the show, its slots and all its episodes as drafts. Raises TooEarly."""
    placed = plan(told, now=now)
    topics = ensure_topics()
    show = make_show(told, placed)
    make_memberships(show)
    ensure_slots(show, now=now, since=min(placed.due.values()))
    for moment in placed.skipped:
        skip(show.slots.get(due_at=moment), reason=told.skipped_gap)
    for number, episode in enumerate(told.episodes, start=1):
        _draft(show, told, episode, number=number, plan=placed, topics=topics, now=now)
    for guest in told.guests:
        if seen := [placed.due[one.slug] for one in told.episodes if guest.name in one.guests]:
            change_job(guest, on=max(seen).date() + timedelta(days=1))
    return show


def _draft(
    show: Show,
    told_show: content.Show,
    told: content.Episode,
    *,
    number: int,
    plan: Plan,
    topics: dict[str, Topic],
    now: datetime,
) -> None:
    slot = Slot.objects.get(show=show, due_at=plan.due[told.slug])
    episode = Episode(
        show=show,
        title=told.title,
        slug=told.slug,
        number=number,
        season=1 if told_show.serial else None,
        summary=told.summary,
        notes=told.notes,
        slot=slot,
    )
    episode.full_clean()
    episode.save()
    episode.topics.set([topics[name] for name in (*told.topics, *told.countries)])
    credit_standing_hosts(episode, now=slot.due_at)
    for name in told.guests:
        credit(episode, Person.objects.get(name=name), now=slot.due_at)
    _add_words(episode, told_show, told, at=min(slot.due_at - EDITED_BEFORE, now))


def _add_words(
    episode: Episode, show: content.Show, told: content.Episode, *, at: datetime
) -> None:
    """Add transcript and chapters, whose times were measured when the audio was made.

    Voices that have a credited name in the file are theirs; “First voice” stays nobody's.
    """
    stem = ASSETS / show.asset(told)
    if told.parts:
        path = stem.with_suffix(".vtt")
        store_transcript(
            episode, path.read_bytes(), language=show.language, name=path.name, by=None, now=at
        )
    if told.has_chapters and not told.embedded_chapters:
        document = json.loads(stem.with_suffix(".chapters.json").read_text(encoding="utf-8"))
        for listed in document["chapters"]:
            chapter = Chapter(
                episode=episode,
                start_ms=round(listed["startTime"] * 1000),
                title=listed["title"],
            )
            chapter.full_clean()
            chapter.save()


@transaction.atomic
def _finish(
    show: Show, told_show: content.Show, told: content.Episode, *, owner: User, now: datetime
) -> bool:
    """Give a laid-out episode its audio and release it for its slot; say whether that was needed.

    All or nothing, so that an interruption leaves a plain draft. Raises SeedingFailed when the
    audio is not accepted.
    """
    episode = (
        show.episodes.select_for_update(of=("self",))
        .filter(slug=told.slug, transitions=None)
        .first()
    )
    if episode is None or episode.slot is None or not told.parts:
        return False
    if episode.audio is None:
        _hear(episode, ASSETS / f"{told_show.asset(told)}.mp3", owner=owner, now=now)
    due = episode.slot.due_at
    approve(episode, by=owner, now=min(due - EDITED_BEFORE, now))
    release(episode, at=due, by=owner, now=min(due, now))
    if told.correction is not None:
        correction = Correction(
            episode=episode,
            corrected_at=due + timedelta(days=told.correction.days_after),
            text=told.correction.text,
            by=owner,
        )
        correction.full_clean()
        correction.save()
    return True


def _hear(episode: Episode, path: Path, *, owner: User, now: datetime) -> None:
    """Take the file in as an upload and have it read here and now, not by a worker."""
    with path.open("rb") as file:
        upload = receive(file, episode=episode, by=owner, original_name=path.name, now=now)
    inspect(upload.pk)
    upload.refresh_from_db()
    if upload.state != AudioUpload.State.ACCEPTED:
        raise SeedingFailed(f"{path.name} was not accepted as audio: {upload.message}")
    episode.refresh_from_db()
