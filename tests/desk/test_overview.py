from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.permissions import access_of
from desk.overview import read_overview
from episodes.models import AudioUpload, Episode
from feeds.models import Feed
from tests.factories import (
    NOW,
    AudioFileFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    MembershipFactory,
    ShowFactory,
    SlotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def overview(user, now=NOW):
    return read_overview(user, access_of(user), now=now)


@pytest.fixture
def chief():
    return UserFactory(is_superuser=True)


def test_the_next_slot_tells_days_left_and_what_is_missing(chief):
    slot = SlotFactory(due_at=NOW + timedelta(days=7))
    SlotFactory(show=slot.show, due_at=NOW + timedelta(days=21))
    EpisodeFactory(show=slot.show, slot=slot)

    (line,) = overview(chief).next_up

    assert (line.slot, line.days_left, line.at_risk) == (slot, 7, False)
    assert [finding.code for finding in line.blocking] == ["no_audio"]


def test_a_slot_without_anything_near_its_day_is_at_risk(chief):
    SlotFactory(due_at=NOW + timedelta(days=2))

    assert overview(chief).next_up[0].at_risk


def test_days_are_counted_in_the_shows_zone(chief):
    late_evening = NOW.replace(hour=20)  # Monday 01:00 in Almaty
    SlotFactory(due_at=NOW + timedelta(days=1))

    assert overview(chief, late_evening).next_up[0].days_left == 0


def test_a_skipped_slot_is_not_next(chief):
    slot = SlotFactory(due_at=NOW + timedelta(days=1), skipped_reason="Nauryz")
    following = SlotFactory(show=slot.show, due_at=NOW + timedelta(days=15))

    assert overview(chief).next_up[0].slot == following


def test_missed_slots_are_late_until_they_are_history(chief):
    missed = SlotFactory(due_at=NOW - timedelta(days=3))
    SlotFactory(show=missed.show, due_at=NOW - timedelta(days=90))
    SlotFactory(show=missed.show, due_at=NOW - timedelta(days=4), skipped_reason="Holiday")
    kept = SlotFactory(show=missed.show, due_at=NOW - timedelta(days=17))
    LiveEpisodeFactory(show=missed.show, slot=kept)

    assert overview(chief).late == [missed]


def test_a_failed_upload_is_shown_until_audio_arrives(chief):
    episode = EpisodeFactory()
    upload = AudioUpload.objects.create(
        episode=episode,
        original_name="a.mp3",
        sha256="0" * 64,
        path="x",
        size=1,
        state="refused",
        message="This is a ZIP.",
    )
    assert overview(chief).failed == [upload]

    AudioUpload.objects.create(
        episode=episode, original_name="b.mp3", sha256="1" * 64, path="y", size=1, state="accepted"
    )
    assert overview(chief).failed == []


def test_drafts_and_scheduled_and_reviews_are_told_apart(chief):
    show = ShowFactory()
    draft = EpisodeFactory(show=show)
    waiting = EpisodeFactory(show=show, status=Episode.Status.IN_REVIEW)
    coming = LiveEpisodeFactory(show=show, release_at=NOW + timedelta(days=1))

    seen = overview(chief)

    assert (seen.drafts, seen.waiting, seen.scheduled) == ([draft], [waiting], [coming])


def test_only_ones_own_shows_are_told_of():
    own = MembershipFactory(role="producer")
    mine = EpisodeFactory(show=own.show, status=Episode.Status.IN_REVIEW)
    EpisodeFactory()
    SlotFactory(due_at=NOW - timedelta(days=1))

    seen = overview(own.user)

    assert [line.show for line in seen.next_up] == [own.show]
    assert (seen.drafts, seen.late) == ([], [])
    assert seen.waiting == []  # a producer approves nothing
    assert mine.status == Episode.Status.IN_REVIEW


def test_an_empty_desk_leads_to_the_first_episode(chief, client):
    assert [step.done for step in overview(chief).first_steps] == [False] * 5
    client.force_login(chief)
    page = client.get("/admin/").content.decode()
    assert "/admin/catalog/show/add/" in page
    assert "Create a show" in page

    episode = EpisodeFactory()
    assert [step.done for step in overview(chief).first_steps] == [True, False, True, False, False]
    AudioFileFactory(episode=episode)
    assert (
        f"/admin/episodes/episode/{episode.pk}/change/#audio"
        in client.get("/admin/").content.decode()
    )

    LiveEpisodeFactory()
    assert overview(chief).first_steps == []


def test_the_desk_takes_as_many_queries_for_many_shows(client, chief, django_assert_num_queries):
    client.force_login(chief)
    _furnish(1)
    client.get("/admin/")
    with django_assert_num_queries(21, exact=False) as few:
        client.get("/admin/")

    _furnish(30)
    with django_assert_num_queries(len(few)):
        client.get("/admin/")


def _furnish(count):
    for _number in range(count):
        slot = SlotFactory(due_at=NOW + timedelta(days=365 * 20))
        EpisodeFactory(show=slot.show, slot=slot)
        SlotFactory(show=slot.show, due_at=NOW - timedelta(days=1))
        LiveEpisodeFactory(show=slot.show)


def test_a_feed_that_could_not_be_built_or_left_something_out_is_told_in_words(chief, client):
    client.force_login(chief)
    broken = ShowFactory(title="Broken")
    short = ShowFactory(title="Short")
    Feed.objects.create(show=ShowFactory(title="Well"))
    Feed.objects.create(show=broken, last_error="The artwork is gone.", failed_at=NOW)
    left_out = [{"guid": "g", "title": "Neutral ground", "reason": "Its audio is missing."}]
    Feed.objects.create(show=short, left_out=left_out)

    page = client.get("/admin/").content.decode()

    assert [feed.show for feed in overview(chief).feeds] == [broken, short]
    assert "The feed could not be built" in page
    assert "The artwork is gone." in page
    assert "“Neutral ground” is live but not in the feed." in page
    assert "Its audio is missing." in page


def test_nobody_is_told_of_the_feeds_of_others():
    own = MembershipFactory(role="producer")
    Feed.objects.create(show=ShowFactory(), last_error="No.", failed_at=NOW)

    assert overview(own.user).feeds == []


@pytest.mark.parametrize(("role", "offered"), [("editor", True), ("analyst", False)])
def test_the_desk_offers_a_new_episode_to_who_may_write_one(client, role, offered):
    member = MembershipFactory(role=role)
    SlotFactory(show=member.show, due_at=NOW + timedelta(days=365 * 20))
    SlotFactory(show=member.show, due_at=timezone.now() - timedelta(days=3))
    client.force_login(member.user)

    page = client.get("/admin/").content.decode()

    assert "Nothing came out." in page
    assert ("Add episode</a>" in page) is offered
    assert ("Add its episode</a>" in page) is offered
