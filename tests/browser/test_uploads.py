"""Sending audio from a real browser to a real web server over a line that is cut.

While a file is on its way the page is looked at again and again: it may know less than the server,
and must never say more.
"""

import hashlib
import os
import random
import time
import wave
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from playwright.sync_api import BrowserContext, Dialog, Page, expect, sync_playwright

from episodes import inspection
from episodes.models import AudioUpload, Episode, IncomingUpload
from episodes.uploads import parts
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.line import Line
from tests.browser.web_server import WebServer, start_behind_a_line
from tests.factories import EpisodeFactory, UserFactory
from tests.processes import no_broker, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MB = 2**20
FAST = 80 * MB
SOON = 5
"""Seconds in which a page is to notice what is wrong."""


# --- What it takes -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept_web(nursery, django_db_setup, tmp_path_factory) -> Iterator[WebServer]:
    """The server of all tests here; ended before its database is."""
    log = tmp_path_factory.mktemp("web") / "web.log"
    server = start_behind_a_line(nursery, log, connection.settings_dict["NAME"])
    yield server
    server.line.cut()
    server.kill()


@pytest.fixture
def web(kept_web) -> Iterator[WebServer]:
    kept_web.line.rate = FAST
    if kept_web.child is None or not kept_web.child.running:
        kept_web.start()
    with no_broker():
        yield kept_web
    kept_web.line.silent = False
    wait_for(nobody_else_is_at_the_database)  # else emptying the tables would lock with them


def nobody_else_is_at_the_database() -> bool:
    for _look in range(4):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone()[0]:
                return False
        time.sleep(0.1)
    return True


@pytest.fixture
def line(web) -> Line:
    return web.line


@dataclass
class Desk:
    """An editor's browser at an episode's page, and what the page says."""

    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.page.goto(self.address)

    def watch(self) -> None:
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", self._answer)
        # Held open from the start: begun with each expectation it now and then comes too late.
        self.page.on("filechooser", lambda _chooser: None)
        self.page.on(
            "console",
            lambda line: (
                line.type == "error"
                and "Failed to load resource" not in line.text  # the line was cut
                and self.faults.append(line.text)
            ),
        )

    def _answer(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.type)
        dialog.accept()

    def choose(self, *files: Path) -> None:
        self.page.get_by_label("Audio file").set_input_files(files)

    def row(self, name: str) -> Any:
        return self.page.locator("#uploads [data-rows] > li", has_text=name)

    @property
    def news(self) -> Any:
        return self.page.locator("[data-part=news]")

    def look(self) -> dict[str, "Said"]:
        """Read the rows and check each of them against the disk and the database."""
        rows = self.page.evaluate(
            """[...document.querySelectorAll("#uploads [data-rows] > li")].map((row) => ({
                name: row.querySelector("[data-name]").textContent,
                state: row.dataset.state,
                percent: parseInt(row.querySelector("[data-percent]").textContent || "100"),
                told: row.querySelector("[data-told]").textContent,
            }))"""
        )
        said = {row["name"]: Said(**row) for row in rows}
        for each in said.values():
            check_truth(each)
        return said

    def wait(self, name: str, *states: str, seconds: float = 30) -> "Said":
        """Look again and again until a row is in one of the states; every look is checked."""
        found: list[Said] = []

        def arrived() -> bool:
            row = self.look().get(name)
            found[:] = [row] if row is not None and row.state in states else []
            return bool(found)

        wait_for(arrived, seconds=seconds, what=f"“{name}” to be {states}, {self.look()}")
        return found[0]


@dataclass(frozen=True)
class Said:
    name: str
    state: str
    percent: int
    told: str


def check_truth(said: Said) -> None:
    """Fail when the page says more than is so. What is so only grows, and is read afterwards."""
    incoming = IncomingUpload.objects.filter(original_name=said.name).order_by("-pk").first()
    there = arrived(said.name)
    if said.state == "stored":
        assert incoming is not None
        assert incoming.upload is not None, "said to be stored, and is not"
    elif incoming is not None:
        assert said.percent <= 100 * there // incoming.size, (said, there)
        assert said.percent < 100, "nothing is done before the server said so"
    else:
        assert said.percent == 0


def arrived(name: str) -> int:
    """Return how many bytes of a file the server has."""
    incoming = IncomingUpload.objects.filter(original_name=name).order_by("-pk").first()
    if incoming is None:
        return 0
    length = parts.length(incoming.uid)
    if length is None:  # it was finished, maybe just now
        incoming.refresh_from_db()
        return incoming.size if incoming.upload_id else 0
    return length


@pytest.fixture
def episode(web):
    return EpisodeFactory(title="Neutral ground")


@pytest.fixture
def editor():
    return UserFactory(email="editor@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(request, monkeypatch):
    if CHROMIUM is None:
        pytest.skip(
            f"{request.node.name} needs Chromium, and none was found (apt install chromium)"
        )
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # as in conftest.py
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()
        connections.close_all()  # as in conftest.py


def sign_in(context: BrowserContext, client: Any, editor: Any, address: str) -> None:
    client.force_login(editor)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])


@pytest.fixture
def desk(browser, web, episode, editor, client) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(context, client, editor, web.line.address)
    address = f"{web.line.address}/admin/episodes/episode/{episode.pk}/change/"
    desk = Desk(context, context.new_page(), address)
    desk.watch()
    desk.open()
    yield desk
    context.close()
    assert desk.faults == []


@pytest.fixture
def record(tmp_path):
    """Make a WAV of noise with so many MB of samples."""

    def make(megabytes: int, name: str = "interview.wav") -> Path:
        path = tmp_path / name
        noise = random.Random(name).randbytes(MB)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(44_100)
            for number in range(megabytes):
                file.writeframesraw(number.to_bytes(4, "big") + noise[4:])
        return path

    return make


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_what_came() -> None:
    """Do the worker's part here."""
    for upload in AudioUpload.objects.filter(state="received"):
        inspection.inspect(upload.pk)


# --- Broken lines --------------------------------------------------------------------------------


def test_200_mb_arrive_over_a_line_that_is_cut_and_a_server_that_is_killed(
    desk, web, line, record, episode
):
    file = record(200)
    size = file.stat().st_size
    line.rate = 25 * MB  # so that much has left the browser and is not there yet
    before = line.carried

    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 40 * MB)
    line.cut()
    lost = desk.wait(file.name, "lost", seconds=SOON)
    assert "Connection lost. It goes on by itself." in lost.told
    expect(desk.page.locator("#audio-status")).to_contain_text("Connection lost")

    line.rate = FAST
    line.mend()
    wait_for(lambda: desk.look() and arrived(file.name) > 110 * MB)
    web.kill()
    desk.wait(file.name, "lost", seconds=SOON)
    web.start()
    wait_for(lambda: desk.look() is not None and AudioUpload.objects.exists(), seconds=60)

    upload = AudioUpload.objects.get()
    assert (upload.sha256, upload.size, upload.original_name) == (sha256(file), size, file.name)
    assert line.carried - before < size + 30 * MB, "it began anew instead of going on"
    expect(desk.news).to_contain_text("“interview.wav” is safely stored")
    read_what_came()
    expect(desk.news).to_contain_text("“interview.wav” was read and accepted")
    expect(desk.page.locator("#audio-facts")).to_contain_text("1411 kbit/s")
    expect(desk.row(file.name)).to_have_count(0)
    episode.refresh_from_db()
    assert episode.audio.sha256 == upload.sha256
    assert desk.dialogs == []


def test_a_line_that_falls_silent_is_told_of_as_lost(desk, line, record):
    file = record(60)
    line.rate = 15 * MB
    # Both: a browser that has handed its piece to the network waits for the answer alone.
    usual = desk.page.evaluate("[Transfer.SILENCE, Transfer.SILENCE_AT_THE_END]")
    take = "([one, other]) => { Transfer.SILENCE = one; Transfer.SILENCE_AT_THE_END = other }"
    desk.page.evaluate(take, [1500, 1500])

    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 5 * MB)
    line.silent = True
    desk.wait(file.name, "lost")
    desk.page.evaluate(take, usual)
    line.silent, line.rate = False, FAST

    wait_for(lambda: desk.look() is not None and AudioUpload.objects.exists())
    assert AudioUpload.objects.get().sha256 == sha256(file)


def test_an_upload_waits_for_somebody_who_was_signed_out(desk, line, record, client, editor):
    file = record(30)
    line.rate = 8 * MB
    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 4 * MB)

    client.logout()
    desk.context.clear_cookies()
    out = desk.wait(file.name, "signedout", seconds=2 * SOON)
    assert "You were signed out." in out.told
    sign_in(desk.context, client, editor, line.address)
    line.rate = FAST

    wait_for(lambda: desk.look() is not None and AudioUpload.objects.exists())
    assert AudioUpload.objects.get().sha256 == sha256(file)


# --- By hand -------------------------------------------------------------------------------------


def test_an_upload_is_paused_and_gone_on_with(desk, line, record):
    file = record(40)
    line.rate = 10 * MB
    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 5 * MB)

    desk.row(file.name).get_by_role("button", name="Pause").click()
    desk.wait(file.name, "paused")
    size = file.stat().st_size
    wait_for(lambda: is_still(desk, file))  # what the line still held has come down
    kept = arrived(file.name)
    assert 0 < kept < size
    desk.page.wait_for_timeout(700)
    assert arrived(file.name) == kept
    assert desk.look()[file.name].state == "paused"

    line.rate = FAST
    desk.row(file.name).get_by_role("button", name="Go on").click()
    wait_for(lambda: desk.look() is not None and AudioUpload.objects.exists())
    assert AudioUpload.objects.get().sha256 == sha256(file)


def is_still(desk: Desk, file: Path) -> bool:
    """Whether nothing more arrives; every look is checked against what has arrived."""
    before = arrived(file.name)
    desk.page.wait_for_timeout(1000)
    return desk.look()[file.name].state == "paused" and arrived(file.name) == before


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(desk, line, record):
    file, other = record(40), record(1, "other.wav")
    size = file.stat().st_size
    line.rate = 10 * MB
    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 15 * MB)

    desk.page.reload()
    assert desk.dialogs == ["beforeunload"]
    left = desk.wait(file.name, "left")
    assert left.percent > 30
    assert f"{left.percent} % is here. Choose the same file again to go on." in left.told
    with desk.page.expect_file_chooser() as chooser:
        desk.row(file.name).get_by_role("button", name="Go on").click()
    chooser.value.set_files(other)
    expect(desk.row(file.name)).to_contain_text("“other.wav” (1.0 MB) is not the file")

    there, before = arrived(file.name), line.carried
    line.rate = FAST
    with desk.page.expect_file_chooser() as chooser:
        desk.row(file.name).get_by_role("button", name="Go on").click()
    chooser.value.set_files(file)
    wait_for(lambda: desk.look() is not None and AudioUpload.objects.exists())

    assert line.carried - before < size - there + 2 * MB
    assert AudioUpload.objects.get().sha256 == sha256(file)


def test_a_file_that_was_changed_is_not_joined_to_the_old_one(desk, line, record):
    file = record(20)
    line.rate = 6 * MB
    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 3 * MB)
    desk.page.reload()
    desk.wait(file.name, "left")

    os.utime(file, (1, 1))
    with desk.page.expect_file_chooser() as chooser:
        desk.row(file.name).get_by_role("button", name="Go on").click()
    chooser.value.set_files(file)

    expect(desk.row(file.name)).to_contain_text("was changed after its upload was begun")
    desk.row(file.name).get_by_role("button", name="Discard").click()
    desk.row(file.name).get_by_role("button", name="Discard").click()  # are you sure?
    expect(desk.row(file.name)).to_have_count(0)
    assert not IncomingUpload.objects.exists()


def test_two_files_are_sent_at_once(desk, line, record):
    first, second = record(16, "first.wav"), record(12, "second.wav")
    line.rate = 8 * MB

    desk.choose(first, second)
    wait_for(
        lambda: (
            [each.state for each in desk.look().values()] == ["sending", "sending"]
            and arrived(first.name)
            and arrived(second.name)
        )
    )
    line.rate = FAST
    wait_for(lambda: desk.look() is not None and AudioUpload.objects.count() == 2)

    stored = {each.original_name: each.sha256 for each in AudioUpload.objects.all()}
    assert stored == {each.name: sha256(each) for each in (first, second)}
    expect(desk.news).to_contain_text("“first.wav” is safely stored")
    expect(desk.news).to_contain_text("“second.wav” is safely stored")


def test_giving_up_what_has_arrived_is_asked_about(desk, line, record):
    file = record(30)
    line.rate = 8 * MB
    desk.choose(file)
    wait_for(lambda: desk.look()[file.name].percent > 10)
    row = desk.row(file.name)

    row.get_by_role("button", name="Cancel").click()
    expect(row.get_by_text("Discard the")).to_be_visible()
    expect(row.get_by_role("button", name="Keep")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Pause")).to_be_visible()
    row.get_by_role("button", name="Cancel").click()
    row.get_by_role("button", name="Discard").click()

    expect(row).to_have_count(0)
    assert not IncomingUpload.objects.exists()
    assert not AudioUpload.objects.exists()
    desk.page.reload()
    assert desk.dialogs == []


def test_the_episode_is_saved_when_its_file_has_arrived(desk, web, line, record, episode):
    web.kill()  # it knows content types by numbers that they had before the tables were emptied
    web.start()
    file = record(24)
    line.rate = 8 * MB
    desk.choose(file)
    wait_for(lambda: desk.look() and arrived(file.name) > 3 * MB)

    desk.page.get_by_label("Title").first.fill("Written meanwhile")
    desk.page.get_by_role("button", name="Save", exact=True).click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Save when it has arrived").click()
    expect(desk.page.get_by_text("will be saved as soon as its files have arrived")).to_be_visible()
    line.rate = FAST
    expect(desk.page.get_by_text("“Written meanwhile” is saved.")).to_be_visible()

    assert AudioUpload.objects.get().sha256 == sha256(file)
    wait_for(lambda: Episode.objects.get(pk=episode.pk).title == "Written meanwhile", seconds=SOON)
    assert desk.dialogs == []


# --- Before and after ----------------------------------------------------------------------------


def test_what_cannot_be_taken_is_said_before_anything_is_sent(desk, tmp_path):
    expect(desk.page.locator("#audio-limits")).to_contain_text("at most 256 MB")
    large, empty = tmp_path / "large.wav", tmp_path / "empty.mp3"
    with large.open("wb") as file:
        file.truncate(257 * MB)  # takes no room
    empty.touch()

    desk.choose(large, empty)

    problem = desk.page.locator("#uploads [data-problem]")
    expect(problem).to_contain_text("“large.wav” has 257.0 MB; this installation takes at most 256")
    expect(problem).to_contain_text("“empty.mp3” is empty.")
    assert desk.look() == {}
    assert not IncomingUpload.objects.exists()


def test_a_file_that_is_refused_gets_its_sentence(desk, tmp_path):
    renamed = tmp_path / "Ёлка.mp3"
    with zipfile.ZipFile(renamed, "w") as archive:
        archive.writestr("notes.txt", "no sound here" * 100)

    desk.choose(renamed)
    expect(desk.news).to_contain_text("“Ёлка.mp3” is safely stored")
    read_what_came()

    expect(desk.news).to_contain_text("Ёлка.mp3: ")
    expect(desk.news).to_contain_text("ZIP")
    expect(desk.page.locator("#audio-status")).to_contain_text("ZIP")
    desk.page.reload()
    expect(desk.news).to_contain_text("ZIP")


def test_the_drop_zone_works_by_key_and_by_drop(desk, record):
    desk.page.get_by_label("Audio file").focus()
    with desk.page.expect_file_chooser() as chooser:
        desk.page.keyboard.press("Enter")
    chooser.value.set_files(record(1, "by-key.wav"))
    expect(desk.news).to_contain_text("by-key.wav")

    desk.page.locator("#audio").evaluate(
        """(section, name) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(5000)], name, { type: "audio/mpeg" }));
            const how = { bubbles: true, cancelable: true, dataTransfer };
            section.querySelector("h2").dispatchEvent(new DragEvent("drop", how));
        }""",
        "dropped.mp3",
    )
    expect(desk.news).to_contain_text("dropped.mp3")


def test_where_a_script_does_not_load_the_form_is_posted_plainly(desk, record):
    desk.page.route("**/tus.min.js", lambda route: route.abort())
    desk.open()

    desk.choose(record(1))
    desk.page.locator("#uploads").get_by_role("button", name="Upload").click()

    expect(desk.news).to_contain_text("“interview.wav” is safely stored")
    assert AudioUpload.objects.get().original_name == "interview.wav"
