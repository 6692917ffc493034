"""The tags of a live episode in a real browser: behind, written by hand, in use, text not lost."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from catalog.artwork import store_image
from episodes import inspection
from episodes.intake import receive
from episodes.models import Chapter, Episode, Job
from episodes.tasks import label_due
from tests.browser.conftest import Watched
from tests.episodes.audio import corpus
from tests.factories import CreditFactory, EpisodeFactory, UserFactory
from tests.processes import no_broker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nobody_works_behind_the_test() -> Iterator[None]:
    with no_broker():
        yield


@pytest.fixture
def episode(settings, tmp_path) -> Episode:
    settings.MEDIA_ROOT = tmp_path
    episode = EpisodeFactory.create(title="Нейтралитет и граница", show__title="Spotlight")
    cover = io.BytesIO()
    Image.new("RGB", (600, 600), "teal").save(cover, "PNG")
    cover.seek(0)
    episode.artwork = store_image(cover, alt="Cover")
    episode.save()
    CreditFactory.create(
        episode=episode, person__name="Daryana Gryaznova", title="Team member, Equality Now"
    )
    Chapter.objects.create(episode=episode, start_ms=0, title="Саммит нейтралитета")
    data = io.BytesIO(corpus.sound("cbr-info-stereo.mp3"))
    upload = receive(data, episode=episode, by=None, original_name="ep.mp3", now=timezone.now())
    inspection.inspect(upload.pk)
    write_due()
    return episode


def write_due() -> None:
    Job.objects.filter(kind="label", done_at=None).update(not_before=Now() - timedelta(seconds=1))
    label_due()


def picture(watched: Watched, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        watched.page.locator("#audio").screenshot(path=f"{folder}/{name}.png")


def test_tags_of_a_live_episode_are_written_when_asked_and_nothing_typed_is_lost(
    watched: Watched, episode: Episode
):
    moment = timezone.now() - timedelta(hours=1)
    Episode.objects.update(status="released", release_at=moment, title="Another title")
    Chapter.objects.create(episode=episode, start_ms=2000, title="The border")
    user = UserFactory.create(is_superuser=True)
    user.set_password("a-long-password-for-tests")
    user.save()
    page = watched.page
    page.goto(f"{watched.origin}/admin/login/?next=/admin/episodes/episode/{episode.pk}/change/")
    page.locator("input[name=username], input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill("a-long-password-for-tests")
    page.locator("input[name=password]").press("Enter")
    versions = page.locator("[data-part=versions]")
    expect(versions).to_contain_text("behind the page (title")
    expect(versions).to_contain_text("1 chapter")
    versions.get_by_text("What is in the tags").click()
    versions.get_by_text("2 versions").click()
    picture(watched, "behind")
    page.locator("#id_summary").fill("Typed and not saved yet")

    versions.get_by_role("button", name="Write them into a new version").click()
    expect(versions).to_contain_text("They are written in a moment")
    write_due()
    expect(versions).not_to_contain_text("They are written in a moment")
    expect(versions).to_contain_text("3 versions")

    assert page.locator("#id_summary").input_value() == "Typed and not saved yet"
    versions.get_by_text("What is in the tags").click()
    expect(versions).to_contain_text("The border")
    versions.get_by_text("3 versions").click()
    picture(watched, "written-light")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(watched, "written-dark-phone")
    page.locator("#id_summary").fill(episode.summary)
