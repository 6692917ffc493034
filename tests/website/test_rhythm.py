"""When the next episode comes."""

from datetime import UTC, date, datetime, time

import pytest

from tests.factories import NOW, CadenceFactory, ShowFactory, SlotFactory
from website.listing import public_shows
from website.rhythm import city_of, rhythms_of

pytestmark = pytest.mark.django_db


def rhythm(show, at=NOW):
    (row,) = public_shows().filter(pk=show.pk)
    return rhythms_of([row], at)[show.pk]


def test_a_fortnight_is_counted_out_in_days(show):
    """The 22nd of November, with dates on the 15th and the 29th: eight days begun of fourteen."""
    assert rhythm(show).beats == (True,) * 8 + (False,) * 6


def test_a_week_is_counted_out_in_seven():
    show = ShowFactory()
    CadenceFactory(show=show, rrule="FREQ=WEEKLY;BYDAY=WE", starts_on=date(2026, 1, 7))

    assert len(rhythm(show).beats) == 7


def test_days_turn_at_midnight_of_the_show(show):
    before = rhythm(show, datetime(2026, 11, 22, 18, 59, tzinfo=UTC)).beats
    after = rhythm(show, datetime(2026, 11, 22, 19, 1, tzinfo=UTC)).beats

    assert sum(after) == sum(before) + 1


def test_when_all_slots_are_skipped_nothing_is_promised(show):
    show.slots.update(skipped_reason="Winter break")

    assert rhythm(show).next_at is None
    assert rhythm(show).words == "every 2 weeks on Sunday"


def test_a_slot_moved_by_hand_is_what_counts(show):
    show.slots.update(due_at=datetime(2026, 11, 30, 4, 30, tzinfo=UTC))

    assert rhythm(show).next_at.isoformat() == "2026-11-30T09:30:00+05:00"


def test_a_change_of_rhythm_is_said_on_its_day(show):
    show.cadences.update(ends_on=date(2026, 11, 20))
    CadenceFactory(
        show=show, starts_on=date(2026, 11, 21), rrule="FREQ=DAILY", release_time=time(6, 0)
    )

    assert rhythm(show).words == "every day"


def test_a_show_without_rhythm_says_nothing():
    assert rhythm(ShowFactory()).words == ""


def test_a_broken_rule_says_nothing_and_breaks_nothing(client, show):
    show.cadences.update(rrule="FREQ=SOMETIMES")
    show.slots.all().delete()

    assert rhythm(show).words == ""
    assert client.get(show.get_absolute_url()).status_code == 200


def test_shows_do_not_take_each_others_slots(show):
    other = ShowFactory()
    CadenceFactory(show=other)
    SlotFactory(show=other, due_at=datetime(2026, 12, 13, 7, 0, tzinfo=UTC))
    rows = list(public_shows())

    found = rhythms_of(rows, NOW)

    assert found[show.pk].next_at.day == 29
    assert found[other.pk].next_at.day == 13


def test_a_zone_is_called_by_its_city():
    assert city_of("America/New_York") == "New York"
