"""Seeding from other starting points, and the command that does it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog.models import Show
from config.demo.cataloguing import ensure_users
from config.demo.seeding import lay_out, seed
from config.demo.shows import SPOTLIGHT, SREDA
from episodes.models import AudioUpload, Episode, Slot

AT_A_SLOT = datetime(2026, 11, 15, 7, 0, tzinfo=UTC)  # 12:00 in Almaty, a Sunday of the cadence
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def quiet(_line: str) -> None:
    pass


@pytest.mark.parametrize(
    "now",
    [AT_A_SLOT, datetime(2028, 2, 29, 23, tzinfo=UTC)],
)
def test_seed_has_a_past_a_present_and_a_future_at_any_time(db, now):
    seed(now=now, say=quiet)

    show = Show.objects.get(slug=SPOTLIGHT.slug)
    assert show.episodes.live(now).count() == 11
    assert show.slots.missed(now).count() == 1
    scheduled = show.episodes.scheduled(now).get()
    assert scheduled.slot == show.slots.upcoming(now).first()
    assert scheduled.release_at == scheduled.slot.due_at
    draft = show.episodes.get(status=Episode.Status.DRAFT)
    assert draft.slot == show.slots.upcoming(now)[1]
    assert draft.audio is None
    newest = show.episodes.live(now).newest_first().first()
    assert newest.slot == show.slots.filter(due_at__lte=now).last()
    assert newest.slot.state(now) == Slot.State.KEPT
    second = Show.objects.get(slug=SREDA.slug)
    assert second.episodes.live(now).count() == 4
    assert second.episodes.scheduled(now).count() == 1
    assert second.slots.missed(now).count() == 0


def test_seed_completes_what_an_interrupted_run_left_and_keeps_its_dates(db):
    ensure_users()
    show = lay_out(SPOTLIGHT, now=NOW)
    planned = dict(Episode.objects.values_list("slug", "slot__due_at"))

    seed(now=NOW + timedelta(days=10), say=quiet)

    assert dict(show.episodes.values_list("slug", "slot__due_at")) == planned
    assert show.episodes.live(NOW).count() == 11
    assert not show.episodes.filter(release_at=None).exclude(status=Episode.Status.DRAFT).exists()


def test_command_refuses_an_installation_that_is_not_a_demo(settings, db):
    settings.DEMO = False

    with pytest.raises(CommandError, match="Set FORTNIGHT_DEMO=true, or add --yes"):
        call_command("seed_demo")

    assert not User.objects.exists()


def test_command_seeds_as_of_the_moment_it_is_told_and_says_what_it_did(settings, db, capsys):
    settings.DEMO = True

    call_command("seed_demo", "--now", "2026-11-22T17:00:00Z")
    call_command("seed_demo")

    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Spotlight on Central Asia: 11 episodes live, 1 scheduled, 1 in draft, 1 slot missed.",
        "Среда: 4 episodes live, 1 scheduled, 0 in draft, 0 slots missed.",
        "Log-in: editor@example.org, password fortnight",
        "Spotlight on Central Asia: already there, nothing changed.",
        "Среда: already there, nothing changed.",
        "Log-in: editor@example.org, password fortnight",
    ]


def test_command_completes_what_a_refused_upload_interrupted(settings, db, capsys):
    settings.DEMO = True
    largest = settings.AUDIO_UPLOAD_MAX_BYTES
    settings.AUDIO_UPLOAD_MAX_BYTES = 365_000  # two of the first five files are larger

    with pytest.raises(CommandError, match="larger than"):
        call_command("seed_demo", "--now", "2026-11-22T17:00:00Z")
    heard = Episode.objects.exclude(audio=None)
    assert set(heard.values_list("slug", flat=True)) == {"five-capitals-one-map"}
    assert not AudioUpload.objects.exclude(episode__in=heard).exists()

    settings.AUDIO_UPLOAD_MAX_BYTES = largest
    call_command("seed_demo", "--now", "2026-11-22T17:00:00Z")
    assert Episode.objects.live(NOW).count() == 15


def test_command_refuses_a_moment_without_a_zone(settings):
    settings.DEMO = True

    with pytest.raises(CommandError, match="--now"):
        call_command("seed_demo", "--now", "2026-11-22T17:00:00")
