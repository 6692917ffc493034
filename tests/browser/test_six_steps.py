"""From "Add episode" to a listener's ears, by hand in a real browser with a real worker."""

import shutil
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from mutagen.id3 import CHAP, CTOC, ID3, TIT2
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Person
from episodes.models import Episode
from tests.factories import CadenceFactory, EpisodeFactory, HostingFactory, ShowFactory
from tests.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SPEECH = Path(__file__).parent.parent / "data" / "audio" / "cbr-info-stereo.mp3"
PASSWORD = "long-enough-secret"


@pytest.fixture
def mp3(tmp_path):
    """A real MP3 with two chapters."""
    path = tmp_path / "Выпуск 42.mp3"
    shutil.copy(SPEECH, path)
    tags = ID3()
    parts = [("a", 0, 1500, "Neutrality summit"), ("b", 1500, 4000, "Таджико-афганская граница")]
    for name, start, end, title in parts:
        tags.add(
            CHAP(
                element_id=name,
                start_time=start,
                end_time=end,
                start_offset=0xFFFFFFFF,
                end_offset=0xFFFFFFFF,
                sub_frames=[TIT2(encoding=1, text=[title])],
            )
        )
    tags.add(CTOC(element_id="toc", flags=3, child_element_ids=["a", "b"], sub_frames=[]))
    tags.save(path, v2_version=3)
    return path


@pytest.fixture
def renamed_zip(tmp_path):
    path = tmp_path / "not-audio.mp3"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "no sound here" * 100)
    return path


@pytest.fixture
def show():
    show = ShowFactory(
        title="Spotlight on Central Asia", slug="spotlight", notes_template="## First story\n"
    )
    CadenceFactory(show=show)
    HostingFactory(show=show, person__name="Bruce Pannier", person__slug="bruce-pannier")
    EpisodeFactory(show=show, number=41)
    return show


def test_an_editor_makes_an_episode_and_a_listener_hears_it(
    celery_worker, watched, show, mp3, renamed_zip
):
    page = watched.page
    User.objects.create_superuser(
        "editor@example.org", PASSWORD, name="Editor", time_zone="Asia/Almaty"
    )

    log_in(page, watched.origin)
    add_with_everything_filled_in(page)
    credit_a_new_guest_in_place(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is a draft now")).to_be_visible()

    upload_and_see_what_was_read(page, mp3)
    be_told_what_is_wrong_and_keep_the_audio(page, renamed_zip)

    release(page)

    episode = Episode.objects.get(number=42)
    enclosure = find_it_in_the_feed(page, watched.origin, episode)
    play_it_on_the_public_page(page, watched.origin, episode, enclosure)
    read_it_through_the_api(page, watched.origin, episode)


def log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/admin/")
    page.get_by_label("E-mail").or_(page.get_by_label("Email")).fill("editor@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Next")).to_be_visible()


def add_with_everything_filled_in(page: Page) -> None:
    page.goto(page.url + "episodes/episode/add/")

    expect(page.get_by_label("Number")).to_have_value("42")
    expect(page.get_by_label("Slot").locator("option:checked")).to_contain_text("12:00 Asia/Almaty")
    expect(page.get_by_role("textbox", name="Notes", exact=True)).to_have_value("## First story\n")
    expect(page.locator("#credits-rows")).to_contain_text("Bruce Pannier")
    page.get_by_label("Title").first.fill("Нейтралитет на саммите")
    expect(page.get_by_label("Slug")).to_have_value("neytralitet-na-sammite")
    page.get_by_label("Summary").fill("A summit, and what it leaves open.")
    page.get_by_role("textbox", name="Notes", exact=True).fill(
        "## First story\n\nWhat **happened** in Ashgabat."
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#notes-preview strong")).to_have_text("happened")
    page.get_by_role("button", name="Write").click()


def credit_a_new_guest_in_place(page: Page) -> None:
    page.get_by_role("button", name="Credit somebody").click()
    page.get_by_role("combobox", name="Name").fill("Дарьяна Грязнова")
    expect(page.get_by_role("option", name="Create “Дарьяна Грязнова”")).to_be_visible()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name in another script").fill("Daryana Gryaznova")
    dialog.get_by_label("Title").fill("Lawyer")
    dialog.get_by_label("Organisation").fill("Equality Now")
    dialog.get_by_role("button", name="Create and credit").click()

    expect(page.locator("#credits-rows [data-row]")).to_have_count(2)
    expect(page.locator("#credits-status")).to_contain_text("Дарьяна Грязнова is credited")
    guest = page.locator("#credits-rows [data-row]").nth(1)
    expect(guest.get_by_label("Title")).to_have_value("Lawyer")
    expect(guest.get_by_label("Organisation")).to_have_value("Equality Now")
    assert Person.objects.named("daryana").get().affiliations.get().title == "Lawyer"


def upload_and_see_what_was_read(page: Page, mp3: Path) -> None:
    page.get_by_label("Audio file").set_input_files(mp3)

    facts = page.locator("#audio-facts")
    for fact in ("0:04", "MP3", "96 kbit/s CBR", "Stereo", "44.1 kHz", "KB"):
        expect(facts).to_contain_text(fact)
    expect(facts.locator("div", has_text="Chapters").locator("dd")).to_have_text("2")
    expect(page.locator("#chapters-rows input[name$=-title]").nth(1)).to_have_value(
        "Таджико-афганская граница"
    )


def be_told_what_is_wrong_and_keep_the_audio(page: Page, renamed_zip: Path) -> None:
    page.get_by_label("Audio file").set_input_files(renamed_zip)

    expect(page.locator("#audio-panel")).to_contain_text("ZIP")
    expect(page.locator("#audio-panel")).to_contain_text("The episode keeps its previous audio.")
    expect(page.locator("#audio-facts")).to_contain_text("0:04")


def release(page: Page) -> None:
    page.get_by_role("button", name="Release now").click()

    expect(page.get_by_text("Live on the site, in the feed and in the API.")).to_be_visible()
    expect(page.locator("#release .desk-pill--live")).to_be_visible()


def find_it_in_the_feed(page: Page, origin: str, episode: Episode) -> str:
    answer = page.request.get(f"{origin}/feeds/spotlight.xml")
    feed = feedparser.parse(answer.body())

    assert answer.status == 200
    assert not feed.bozo
    (entry,) = feed.entries
    (enclosure,) = entry.enclosures
    assert (entry.title, entry.id) == (episode.title, episode.guid)
    assert (int(enclosure.length), enclosure.type) == (episode.audio.size, "audio/mpeg")
    body = answer.text()
    for name in ("Bruce Pannier", "Дарьяна Грязнова"):
        assert f">{name}</podcast:person>" in body
    return urlsplit(enclosure.href).path


def play_it_on_the_public_page(page: Page, origin: str, episode: Episode, enclosure: str) -> None:
    page.goto(f"{origin}{episode.get_absolute_url()}")
    expect(page.get_by_role("heading", name=episode.title).first).to_be_visible()
    expect(page.get_by_text("Дарьяна Грязнова").first).to_be_visible()
    page.evaluate("document.querySelector('audio').play()")
    wait_for(lambda: page.evaluate("document.querySelector('audio').currentTime") > 0.2)

    part = page.request.get(f"{origin}{enclosure}", headers={"Range": "bytes=0-9"})
    assert (part.status, len(part.body())) == (206, 10)
    assert part.headers["content-range"] == f"bytes 0-9/{episode.audio.size}"
    whole = page.request.head(f"{origin}{enclosure}")
    assert (whole.status, whole.headers["content-length"]) == (200, str(episode.audio.size))
    assert whole.headers["content-type"] == "audio/mpeg"


def read_it_through_the_api(page: Page, origin: str, episode: Episode) -> None:
    answer = page.request.get(f"{origin}/api/v1/episodes/{episode.uid}")

    assert answer.status == 200
    assert answer.json()["title"] == episode.title
    assert answer.json()["guid"] == episode.guid
