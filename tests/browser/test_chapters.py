"""The table of chapters under an editor's hands: keys, the audio's place, a pasted list."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from episodes.models import AudioFile, Chapter
from tests.factories import AudioFileFactory, EpisodeFactory
from tests.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SPEECH = Path(__file__).parent.parent / "data" / "audio" / "cbr-info-stereo.mp3"
PASSWORD = "long-enough-secret"


@pytest.fixture
def episode(settings, tmp_path):
    """A draft with a real sound of four seconds, and one chapter."""
    settings.MEDIA_ROOT = tmp_path
    episode = EpisodeFactory(title="Neutral ground")
    audio: AudioFile = AudioFileFactory(
        episode=episode, path="audio/speech.mp3", size=SPEECH.stat().st_size, duration_ms=4000
    )
    (tmp_path / "audio").mkdir()
    shutil.copy(SPEECH, tmp_path / audio.path)
    episode.audio = audio
    episode.save()
    Chapter.objects.create(episode=episode, start_ms=1000, title="Саммит")
    return episode


def test_chapters_are_typed_set_by_ear_and_pasted(watched, episode):
    page = watched.page
    User.objects.create_superuser("editor@example.org", PASSWORD, name="Editor")
    log_in(page, watched.origin)
    page.goto(f"{watched.origin}/admin/episodes/episode/{episode.pk}/change/")

    type_with_the_keyboard(page)
    set_at_the_place_of_the_audio(page)
    save(page)
    assert stored(episode) == [(0, "Intro"), (1000, "Саммит"), (2500, "Граница"), (3500, "End")]

    paste_and_undo(page)
    paste_and_keep(page)
    save(page)
    assert stored(episode) == [(0, "Opening"), (2000, "Второй сюжет")]


def log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/admin/")
    page.get_by_label("E-mail").or_(page.get_by_label("Email")).fill("editor@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Next")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved.")).to_be_visible()


def stored(episode):
    return list(episode.chapters.values_list("start_ms", "title"))


def rows(page: Page):
    return page.locator("#chapters-rows > li")


def starts(page: Page) -> list[str]:
    return page.locator("#chapters-rows [data-start]").evaluate_all("all => all.map(e => e.value)")


def type_with_the_keyboard(page: Page) -> None:
    rows(page).first.get_by_label("Title").focus()
    page.keyboard.press("Enter")  # a new row, its start first
    page.keyboard.type("9:99")
    page.keyboard.press("Tab")
    expect(rows(page).nth(1).get_by_text("Write the time as")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("0")
    page.keyboard.press("Tab")
    page.keyboard.type("Intro")
    wait_for(lambda: starts(page) == ["0:00:00", "0:00:01"])  # it went where it belongs
    expect(rows(page).first.get_by_label("Title")).to_have_value("Intro")

    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(1).get_by_label("Title")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("99")
    page.keyboard.press("Tab")
    page.keyboard.type("End")
    expect(rows(page).nth(2).get_by_text("after the end of the audio (0:00:04)")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("2.5")
    page.keyboard.press("Alt+ArrowDown")
    expect(rows(page).nth(2).get_by_label("Start")).to_have_value("0:00:03.500")
    page.keyboard.press("Alt+Shift+ArrowUp")
    expect(rows(page).nth(2).get_by_label("Start")).to_have_value("0:00:03.400")
    page.keyboard.press("Alt+Shift+ArrowDown")


def set_at_the_place_of_the_audio(page: Page) -> None:
    page.evaluate(
        """async () => {
          const audio = document.querySelector("#audio-panel audio");
          audio.preload = "auto"; audio.load();
          await new Promise((done) => { audio.onloadedmetadata = done; });
          audio.currentTime = 2.5;
        }"""
    )
    page.get_by_role("button", name="Add chapter").click()
    last = rows(page).last
    last.get_by_label("Title").fill("Граница")
    page.keyboard.press("Control+Enter")
    wait_for(lambda: starts(page)[2] == "0:00:02.500")
    expect(rows(page).nth(2).get_by_label("Title")).to_be_focused()
    expect(page.locator("#chapters-status")).to_have_text("Граница: starts at 0:00:02.500.")

    rows(page).nth(1).get_by_role("button", name="Play from here").click()
    wait_for(lambda: page.evaluate("document.querySelector('#audio-panel audio').currentTime") > 1)
    page.keyboard.press("Alt+P")


def paste_and_undo(page: Page) -> None:
    page.locator("#chapters summary", has_text="Import").click()
    page.get_by_role("button", name="Paste a list or choose a file").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("List of chapters").fill("0:00 Opening\nno time here\n0:02 Второй сюжет")
    expect(dialog.get_by_text("Understood: 2. Not understood: 1.")).to_be_visible()
    expect(dialog.get_by_text("Line 2: no time was found. “no time here”")).to_be_visible()
    expect(dialog.locator(".is-gone")).to_have_count(3)
    dialog.get_by_role("button", name="Use these chapters").click()
    wait_for(lambda: starts(page) == ["0:00:00", "0:00:02"])
    page.locator("#chapters").get_by_role("button", name="Undo").click()
    wait_for(lambda: len(starts(page)) == 4)


def paste_and_keep(page: Page) -> None:
    page.locator("#chapters summary", has_text="Import").click()
    page.get_by_role("button", name="Paste a list or choose a file").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("List of chapters").fill("00:00 Opening\n00:02 Второй сюжет")
    dialog.get_by_role("button", name="Use these chapters").click()
    wait_for(lambda: len(starts(page)) == 2)
