from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from episodes import slots
from episodes.models import Slot
from tests.factories import (
    NOW,
    CadenceFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    ShowFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db

NEXT = datetime(2026, 11, 29, 7, tzinfo=UTC)
"""The first slot after NOW of the fortnight that began on 2025-10-19 in Almaty."""


def test_slots_follow_the_cadence_and_are_made_once():
    show = CadenceFactory().show

    made = slots.ensure_slots(show, now=NOW)
    again = slots.ensure_slots(show, now=NOW)

    assert (made, again) == (9, 0)
    assert show.slots.first().due_at == NEXT


def test_past_slots_are_made_only_when_asked_for():
    show = CadenceFactory().show

    slots.ensure_slots(show, now=NOW, since=datetime(2025, 10, 1, tzinfo=UTC))

    assert show.slots.first().due_at == datetime(2025, 10, 19, 7, tzinfo=UTC)


def test_a_changed_cadence_rewrites_no_slot_that_exists():
    cadence = CadenceFactory()
    slots.ensure_slots(cadence.show, now=NOW)
    before = set(cadence.show.slots.values_list("pk", "due_at"))

    cadence.rrule = "FREQ=WEEKLY;BYDAY=SU"
    cadence.save()
    slots.ensure_slots(cadence.show, now=NOW)

    assert before < set(cadence.show.slots.values_list("pk", "due_at"))


def test_a_new_cadence_ends_the_one_before_it():
    cadence = CadenceFactory()
    CadenceFactory(show=cadence.show, rrule="FREQ=WEEKLY;BYDAY=WE", starts_on=date(2026, 12, 2))

    slots.ensure_slots(cadence.show, now=NOW)

    days = [slots.local_time(slot).strftime("%a %d %b") for slot in cadence.show.slots.all()[:3]]
    assert days == ["Sun 29 Nov", "Wed 02 Dec", "Wed 09 Dec"]


def test_slots_of_all_shows_are_planned_but_not_of_a_complete_one():
    going, complete = CadenceFactory().show, CadenceFactory(show__complete=True).show

    slots.ensure_all_slots(now=NOW)

    assert going.slots.exists()
    assert not complete.slots.exists()


def test_the_next_free_slot_passes_over_filled_and_skipped_ones():
    show = CadenceFactory().show
    slots.ensure_slots(show, now=NOW)
    first, second, third = show.slots.all()[:3]
    EpisodeFactory(show=show, slot=first)
    slots.skip(second, reason="Nauryz")

    assert slots.next_free_slot(show, now=NOW) == third


def test_a_show_without_cadence_has_no_slot():
    assert slots.next_free_slot(ShowFactory(), now=NOW) is None


def test_a_slot_that_holds_an_episode_cannot_be_skipped():
    slot = SlotFactory()
    EpisodeFactory(show=slot.show, slot=slot)

    with pytest.raises(ValidationError, match="holds an episode"):
        slots.skip(slot, reason="Holiday")


def test_skipping_needs_a_reason():
    with pytest.raises(ValidationError, match="Say why"):
        slots.skip(SlotFactory(), reason="  ")


def test_number_follows_the_highest_and_starts_at_one():
    show = ShowFactory()
    assert slots.next_number(show) == 1

    EpisodeFactory(show=show, number=41)
    EpisodeFactory(show=show, number=7)
    EpisodeFactory(show=show, number=99, type="bonus")

    assert slots.next_number(show) == 42


def test_a_slot_says_what_became_of_it():
    show = ShowFactory()
    past, future = NOW - timedelta(days=14), NOW + timedelta(days=14)
    kept = SlotFactory(show=show, due_at=past)
    LiveEpisodeFactory(show=show, slot=kept, release_at=past)
    missed = SlotFactory(show=show, due_at=past + timedelta(hours=1))
    late = SlotFactory(show=show, due_at=past + timedelta(hours=2))
    EpisodeFactory(show=show, slot=late)
    skipped = SlotFactory(show=show, due_at=future, skipped_reason="Holiday")
    filled = SlotFactory(show=show, due_at=future + timedelta(hours=1))
    EpisodeFactory(show=show, slot=filled)
    open_ = SlotFactory(show=show, due_at=future + timedelta(hours=2))

    states = {slot: slot.state(NOW) for slot in Slot.objects.all()}

    assert states == {
        kept: "kept",
        missed: "missed",
        late: "missed",
        skipped: "skipped",
        filled: "filled",
        open_: "open",
    }
    assert set(Slot.objects.missed(NOW)) == {missed, late}
