"""Which slot each episode of the demo takes: a decision about dates, apart from any database.

The demo must make sense on whatever day it is first run. So the archive keeps the cadence's first
slots, the recent episodes take the last ones before now (with one missed among them), and what is
ahead takes the next two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from catalog.cadence import CadenceRule
from config.demo.content import Cadence, Episode, Place, Show

AHEAD = timedelta(days=60)  # far enough for the next two slots of any cadence of the demo
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class TooEarly(ValueError):
    """The cadence has not had enough slots yet to place the demo's episodes on."""


@dataclass(frozen=True)
class Plan:
    rule: CadenceRule
    due: dict[str, datetime]  # episode's slug: UTC moment of its slot
    skipped: tuple[datetime, ...]


def plan(show: Show, *, now: datetime) -> Plan:
    """Give every episode of the show its slot as seen from `now`.

    A slot at exactly `now` has passed: its episode is live. Raises TooEarly.
    """
    rule = _rule(show.cadence, recent=len(show.placed(Place.RECENT)), now=now)
    dates = rule.dates_between(LONG_AGO, now + AHEAD)
    past = [moment for moment in dates if moment <= now]
    coming = dates[len(past) :]
    archive, recent = show.placed(Place.ARCHIVE), show.placed(Place.RECENT)
    taken = len(recent) + (show.missed is not None)
    gap = past[len(archive) : len(past) - taken]
    if len(past) < len(archive) + taken:
        raise TooEarly(
            f"“{show.title}” has had {len(past)} slots by {now:%Y-%m-%d}, and the demo needs "
            f"{len(archive) + taken}. Run it at a later date."
        )
    latest = past[len(past) - taken :]
    if show.missed is not None:
        del latest[show.missed]
    due = dict(_pairs(archive, past))
    due |= _pairs(recent, latest)
    due |= _pairs(show.placed(Place.NEXT), coming)
    due |= _pairs(show.placed(Place.AFTER_NEXT), coming[len(show.placed(Place.NEXT)) :])
    return Plan(rule=rule, due=due, skipped=tuple(gap))


def _pairs(episodes: tuple[Episode, ...], dates: list[datetime]) -> Iterator[tuple[str, datetime]]:
    return ((episode.slug, moment) for episode, moment in zip(episodes, dates, strict=False))


def _rule(cadence: Cadence, *, recent: int, now: datetime) -> CadenceRule:
    """The show's rule; a show without a first date begins with its recent episodes."""
    first = cadence.starts_on
    if first is None:
        trial = CadenceRule(
            rrule=cadence.rrule,
            start=datetime.combine((now - recent * AHEAD).date(), cadence.release_time),
            time_zone=cadence.time_zone,
        )
        past = [moment for moment in trial.dates_between(LONG_AGO, now + AHEAD) if moment <= now]
        first = past[-recent].astimezone(ZoneInfo(cadence.time_zone)).date()
    return CadenceRule(
        rrule=cadence.rrule,
        start=datetime.combine(first, cadence.release_time),
        time_zone=cadence.time_zone,
    )
