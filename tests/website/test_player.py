"""The player and the pages in a real browser, with and without JavaScript."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as configured
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories import AudioFileFactory
from tests.website.test_escaping import SCRIPT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SOUND = Path(configured.BASE_DIR, "config/demo/assets/spotlight-neutral-ground.mp3")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright runs a loop in this thread; Django would take that for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def address(live_server, settings, tmp_path, episode) -> str:
    """Serve an episode with real sound, 80 seconds of it."""
    settings.BASE_URL, settings.MEDIA_ROOT = live_server.url, tmp_path
    content = SOUND.read_bytes()
    path = Path(tmp_path, "audio", "sound.mp3")
    path.parent.mkdir()
    path.write_bytes(content)
    episode.audio = AudioFileFactory(
        episode=episode,
        path="audio/sound.mp3",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        duration_ms=80_640,
    )
    episode.save()
    return f"{live_server.url}{episode.get_absolute_url()}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("dialog", lambda dialog: (page.problems.append("a dialog"), dialog.dismiss()))
    yield page
    context.close()


def until(page, condition):
    """Ask again and again; the policy of the site forbids what Playwright's own wait evaluates."""
    for _attempt in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {condition}")


PLAYING = "(a => !a.paused && a.currentTime > 0)(document.querySelector('audio'))"


def test_a_press_plays_and_another_pauses(page, address):
    page.goto(address)

    page.get_by_role("button", name="Play", exact=True).click()
    until(page, PLAYING)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).wait_for()

    assert page.evaluate("document.querySelector('audio').paused")
    assert page.problems == []


def test_a_chapter_is_a_press_away_and_is_marked(page, address):
    page.goto(address)

    page.get_by_role("link", name="The river").first.click()
    until(page, "document.querySelector('audio').currentTime >= 21.8")

    current = page.locator("[data-chapters] [aria-current=true]")
    assert current.inner_text().endswith("The river")
    assert page.locator("[data-now]").inner_text() == "The river"
    assert page.url.endswith("#t=21.845")


@pytest.mark.parametrize(
    ("hash_", "shown"), [("#t=42", "0:42"), ("#t=1:05", "1:05"), ("#t=x", "0:00")]
)
def test_a_link_to_a_moment_opens_there(page, address, hash_, shown):
    page.goto(f"{address}{hash_}")

    assert page.locator("[data-elapsed]").inner_text() == shown


def test_keys_work_on_the_page_and_leave_fields_alone(page, address):
    page.goto(address)
    page.keyboard.press("l")
    assert page.locator("[data-elapsed]").inner_text() == "0:30"
    page.keyboard.press("ArrowLeft")
    assert page.locator("[data-elapsed]").inner_text() == "0:15"

    page.locator("#find").click()
    page.keyboard.type("kjl ?")

    assert page.locator("#find").input_value() == "kjl ?"
    assert page.locator("[data-elapsed]").inner_text() == "0:15"
    assert not page.locator("[data-help]").is_visible()


def test_space_plays_and_a_question_mark_explains(page, address):
    page.goto(address)

    page.keyboard.press("Space")
    until(page, PLAYING)
    page.keyboard.press("?")

    assert page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()


def test_speed_and_place_are_remembered(page, address):
    page.goto(address)
    page.locator("[data-speed]").select_option("1.5")
    page.get_by_role("link", name="The river").first.click()
    until(page, "document.querySelector('audio').currentTime >= 21.8")
    page.keyboard.press("k")
    until(page, "document.querySelector('audio').paused")

    page.goto(address)

    assert page.locator("[data-speed]").input_value() == "1.5"
    assert page.locator("[data-elapsed]").inner_text() in {"0:21", "0:22", "0:23"}


def test_the_seek_bar_says_where_it_is(page, address):
    page.goto(address)

    page.get_by_role("slider", name="Position").fill("61")

    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "1:01 of 1:20"


def test_lock_screens_are_told_what_plays(page, address, show):
    page.goto(address)
    page.get_by_role("link", name="The river").first.click()
    until(page, PLAYING)

    told = page.evaluate("(({title, album}) => [title, album])(navigator.mediaSession.metadata)")

    assert told == ["The river · Story 1", show.title]


def test_missing_audio_is_said(page, address, tmp_path):
    Path(tmp_path, "audio", "sound.mp3").unlink()
    page.goto(address)

    page.get_by_role("button", name="Play", exact=True).click()

    until(
        page, "document.querySelector('[data-status]').textContent.includes('could not be loaded')"
    )


def test_without_javascript_the_browser_plays(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)

    assert page.locator("audio[controls]").is_visible()
    assert not page.locator("[data-board]").is_visible()
    assert page.get_by_text("Nobody had counted the lanterns before.").is_visible()
    page.goto(f"{address.split('/shows/')[0]}/search/?q=lanterns")
    assert page.locator("mark").inner_text() == "lanterns"
    context.close()


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_no_page_is_wider_than_the_screen_or_breaks_the_policy(page, address, episode, width):
    episode.title = "Ein unwahrscheinlichlangeswortohnejedenzwischenraum " * 3
    episode.notes = f"{SCRIPT}\n\n{'x' * 300}\n\n    {'code ' * 60}"
    episode.save()
    episode.chapters.update(title=SCRIPT)
    credit = episode.credits.get()
    page.set_viewport_size({"width": width, "height": 900})
    origin = address.split("/shows/")[0]
    for path in (
        "/",
        episode.show.get_absolute_url(),
        episode.get_absolute_url(),
        f"/people/{credit.person.slug}/",
        f"/organisations/{credit.organisation.slug}/",
        "/search/?q=unwahrscheinlichlangeswortohnejedenzwischenraum",
        "/search/?q=zzzz",
    ):
        page.goto(f"{origin}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert page.problems == []


@pytest.fixture
def heard(address, episode) -> str:
    """Serve the same episode after it was listened to."""
    episode.audio.sound_report = {"overview": [index % 50 + 1 for index in range(400)]}
    episode.audio.save()
    return address


def test_the_waveform_is_the_slider(page, heard):
    page.goto(heard)
    wave = page.locator("[data-wave]")
    box = wave.bounding_box()

    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)

    assert 38 <= float(page.locator("[data-seek]").input_value()) <= 43
    played = page.evaluate("getComputedStyle(document.querySelector('.is-played')).clipPath")
    assert 45 < float(re.search(r" ([\d.]+)%", played)[1]) < 55
    assert wave.get_attribute("aria-hidden") == "true"
    assert page.problems == []


def test_the_waveform_is_there_without_javascript(browser, heard):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(heard)

    box = page.locator("[data-wave]").bounding_box()
    assert (box["width"] > 300, box["height"] > 40) == (True, True)
    assert page.locator("audio").bounding_box()["y"] >= box["y"] + box["height"]
    context.close()


def test_what_was_not_heard_yet_has_the_plain_slider(page, address):
    page.goto(address)

    assert page.locator("[data-wave]").count() == 0
    assert page.locator("[data-seek]").bounding_box()["height"] < 30
