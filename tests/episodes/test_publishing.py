from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from episodes import publishing
from episodes.exceptions import NotReady, WrongStatus
from episodes.models import Episode, Transition
from tests.factories import (
    NOW,
    AffiliationFactory,
    AudioFileFactory,
    CreditFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
Status = Episode.Status


@pytest.fixture
def ready():
    """A draft that lacks nothing."""
    episode = EpisodeFactory()
    episode.audio = AudioFileFactory(episode=episode)
    episode.save()
    CreditFactory(episode=episode)
    return episode


@pytest.fixture(autouse=True)
def only_episode_checks(settings):
    """The feed's own checks are tested with the feed."""
    settings.READINESS_CHECKS = [
        "episodes.readiness.check_story",
        "episodes.readiness.check_audio",
        "episodes.readiness.check_credits",
    ]


def live(at):
    return list(Episode.objects.live(at))


def test_a_release_for_later_is_live_at_that_moment_and_not_before(ready):
    publishing.release(ready, at=NOW + HOUR, by=None, now=NOW)

    assert live(NOW + HOUR - timedelta(microseconds=1)) == []
    assert live(NOW + HOUR) == [ready]


def test_a_release_for_now_is_live_at_once(ready):
    publishing.release(ready, at=NOW, by=None, now=NOW)

    assert live(NOW) == [ready]
    assert ready.status_label(NOW) == "Live"


def test_a_scheduled_episode_reads_scheduled(ready):
    publishing.release(ready, at=NOW + HOUR, by=None, now=NOW)

    assert ready.status_label(NOW) == "Scheduled"
    assert list(Episode.objects.scheduled(NOW)) == [ready]


def test_an_episode_of_a_hidden_show_is_never_live():
    episode = LiveEpisodeFactory(show__is_public=False)

    assert live(NOW) == []
    assert not episode.is_live(NOW)


def test_every_step_is_logged_with_who_when_and_why(ready):
    user = UserFactory()

    publishing.submit(ready, by=user, now=NOW, reason="Please read")
    publishing.release(ready, at=NOW + 2 * HOUR, by=user, now=NOW + HOUR)

    assert list(
        Transition.objects.values_list(
            "from_status", "to_status", "at", "by", "reason", "release_at"
        )
    ) == [
        ("draft", "in_review", NOW, user.pk, "Please read", None),
        ("in_review", "released", NOW + HOUR, user.pk, "", NOW + 2 * HOUR),
    ]


def test_a_transition_cannot_be_edited(ready):
    publishing.submit(ready, by=None, now=NOW)
    row = Transition.objects.get()

    with pytest.raises(TypeError, match="record of the past"):
        row.save()


def test_a_release_without_audio_says_what_is_missing_and_changes_nothing():
    episode = EpisodeFactory(notes="")

    with pytest.raises(NotReady) as error:
        publishing.release(episode, at=NOW, by=None, now=NOW)

    assert [finding.code for finding in error.value.findings] == ["no_notes", "no_audio"]
    assert "There is no audio. Upload the file." in str(error.value)
    assert Episode.objects.get().status == Status.DRAFT
    assert not Transition.objects.exists()


STEPS = {
    Status.IN_REVIEW: lambda episode: publishing.submit(episode, by=None, now=NOW),
    Status.APPROVED: lambda episode: publishing.approve(episode, by=None, now=NOW),
    Status.RELEASED: lambda episode: publishing.release(episode, at=NOW, by=None, now=NOW),
    Status.WITHDRAWN: lambda episode: publishing.withdraw(episode, by=None, now=NOW, reason="x"),
    Status.DRAFT: lambda episode: publishing.return_to_draft(episode, by=None, now=NOW, reason="x"),
}
POSSIBLE = {
    (Status.DRAFT, Status.IN_REVIEW),
    (Status.DRAFT, Status.APPROVED),
    (Status.DRAFT, Status.RELEASED),
    (Status.IN_REVIEW, Status.APPROVED),
    (Status.IN_REVIEW, Status.RELEASED),
    (Status.IN_REVIEW, Status.DRAFT),
    (Status.APPROVED, Status.RELEASED),
    (Status.APPROVED, Status.DRAFT),
    (Status.RELEASED, Status.WITHDRAWN),
    (Status.WITHDRAWN, Status.RELEASED),
}


@pytest.mark.parametrize("target", list(Status), ids=str)
@pytest.mark.parametrize("start", list(Status), ids=str)
def test_status_moves_along_the_arrows_only(ready, start, target):
    past = NOW - HOUR if start in {Status.RELEASED, Status.WITHDRAWN} else None
    Episode.objects.filter(pk=ready.pk).update(status=start, release_at=past)

    if (start, target) in POSSIBLE:
        STEPS[target](ready)
        assert Episode.objects.get().status == target
    else:
        with pytest.raises(WrongStatus):
            STEPS[target](ready)
        assert Episode.objects.get().status == start


def test_a_scheduled_episode_goes_back_to_draft_and_loses_its_time(ready):
    publishing.release(ready, at=NOW + HOUR, by=None, now=NOW)

    publishing.return_to_draft(ready, by=None, now=NOW, reason="The guest asked for a cut")

    ready.refresh_from_db()
    assert (ready.status, ready.release_at) == (Status.DRAFT, None)


def test_a_scheduled_episode_can_be_rescheduled_until_it_is_live(ready):
    publishing.release(ready, at=NOW + HOUR, by=None, now=NOW)

    publishing.reschedule(ready, at=NOW + 2 * HOUR, by=None, now=NOW)
    with pytest.raises(WrongStatus, match="Only a scheduled episode"):
        publishing.reschedule(ready, at=NOW + 9 * HOUR, by=None, now=NOW + 3 * HOUR)

    assert Episode.objects.get().release_at == NOW + 2 * HOUR


def test_a_withdrawn_episode_is_live_nowhere_and_keeps_its_date(ready):
    publishing.release(ready, at=NOW - HOUR, by=None, now=NOW)

    publishing.withdraw(ready, by=None, now=NOW, reason="A source is in danger")

    assert live(NOW + HOUR) == []
    assert Episode.objects.get().release_at == NOW - HOUR


def test_a_release_freezes_name_title_and_organisation_of_every_credit(ready):
    affiliation = AffiliationFactory(title="Researcher", organisation__name="Equality Now")
    row = CreditFactory(
        episode=ready,
        person=affiliation.person,
        title="Researcher",
        organisation=affiliation.organisation,
    )
    name = affiliation.person.name

    publishing.release(ready, at=NOW, by=None, now=NOW)
    affiliation.person.name = "Renamed"
    affiliation.person.save()
    affiliation.organisation.name = "Merged Ltd"
    affiliation.organisation.save()

    row.refresh_from_db()
    assert (row.credited_name, row.affiliation) == (name, "Researcher, Equality Now")
    assert row.frozen_at == NOW


def test_a_stale_object_cannot_overwrite_the_status_of_the_row(ready):
    stale = Episode.objects.get(pk=ready.pk)
    publishing.release(ready, at=NOW, by=None, now=NOW)

    with pytest.raises(WrongStatus, match="is live and cannot become"):
        publishing.submit(stale, by=None, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_releasing_at_once_one_succeeds_and_one_is_told(ready):
    barrier, outcomes = Barrier(2), []

    def release():
        barrier.wait()
        try:
            publishing.release(Episode.objects.get(pk=ready.pk), at=NOW, by=None, now=NOW)
            outcomes.append("released")
        except WrongStatus:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [Thread(target=release) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["released", "told"]
    assert Transition.objects.count() == 1
