"""The dates of the demo, from whatever day it is first run."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.demo.content import Place
from config.demo.planning import TooEarly, plan
from config.demo.shows import SHOWS, SPOTLIGHT, SREDA

AT_A_SLOT = datetime(2026, 11, 15, 7, 0, tzinfo=UTC)  # 12:00 in Almaty, a Sunday of the cadence
NOWS = [
    datetime(2026, 6, 3, 2, 0, tzinfo=UTC),
    AT_A_SLOT - timedelta(seconds=1),
    AT_A_SLOT,
    datetime(2026, 11, 22, 17, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    datetime(2031, 1, 1, 0, 0, tzinfo=UTC),
]


@pytest.mark.parametrize("now", NOWS)
@pytest.mark.parametrize("show", SHOWS, ids=lambda show: show.slug)
def test_plan_puts_every_episode_on_a_slot_of_its_own(show, now):
    due = plan(show, now=now).due

    assert set(due) == {episode.slug for episode in show.episodes}
    assert len(set(due.values())) == len(due)


@pytest.mark.parametrize("now", NOWS)
@pytest.mark.parametrize("show", SHOWS, ids=lambda show: show.slug)
def test_plan_keeps_the_order_of_the_episodes_and_splits_them_at_now(show, now):
    placed = plan(show, now=now)

    moments = [placed.due[episode.slug] for episode in show.episodes]
    assert moments == sorted(moments)
    for episode in show.episodes:
        gone = episode.place in {Place.ARCHIVE, Place.RECENT}
        assert (placed.due[episode.slug] <= now) is gone


@pytest.mark.parametrize("now", NOWS)
def test_plan_leaves_one_recent_slot_of_the_first_show_missed(now):
    placed = plan(SPOTLIGHT, now=now)

    promised = placed.rule.dates_between(min(placed.due.values()), now + timedelta(seconds=1))
    unaccounted = set(promised) - set(placed.due.values()) - set(placed.skipped)
    assert len(unaccounted) == 1
    assert now - unaccounted.pop() < timedelta(days=6 * 14)


@pytest.mark.parametrize("now", NOWS)
def test_plan_schedules_the_next_slot_and_drafts_the_one_after(now):
    placed = plan(SPOTLIGHT, now=now)

    scheduled = placed.due["light-by-the-hour"]
    assert now < scheduled <= now + timedelta(days=14)
    assert placed.due["which-language-does-the-map-speak"] == scheduled + timedelta(days=14)


def test_plan_keeps_the_archive_on_the_first_slots_of_the_cadence():
    placed = plan(SPOTLIGHT, now=NOWS[3])

    local = [
        placed.due[episode.slug].astimezone(ZoneInfo("Asia/Almaty"))
        for episode in SPOTLIGHT.placed(Place.ARCHIVE)
    ]
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in local] == [
        "2025-10-19 12:00",
        "2025-11-02 12:00",
        "2025-11-16 12:00",
        "2025-11-30 12:00",
        "2025-12-14 12:00",
    ]


@pytest.mark.parametrize("now", NOWS)
def test_plan_starts_the_weekly_show_with_its_first_episode_on_a_wednesday(now):
    placed = plan(SREDA, now=now)

    first = min(placed.due.values()).astimezone(ZoneInfo("Asia/Bishkek"))
    assert placed.rule.start == first.replace(tzinfo=None)
    assert (first.isoweekday(), first.hour) == (3, 8)
    assert placed.skipped == ()
    placed.rule.check()


def test_plan_refuses_a_day_on_which_the_cadence_is_too_young():
    with pytest.raises(TooEarly, match="Run it at a later date"):
        plan(SPOTLIGHT, now=datetime(2025, 12, 1, tzinfo=UTC))
