"""Headless Chromium that notices every error, every broken policy and every foreign request."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection, connections
from playwright.sync_api import Dialog, Page, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--mute-audio",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Watched:
    """A page, and what went wrong on it."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on(
            "console",
            lambda line: (
                line.type == "error" and self.faults.append(f"{self.page.url}: {line.text}")
            ),
        )
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("request", lambda sent: self._own(sent.url))
        self.page.on("dialog", self._be_asked)

    def _be_asked(self, dialog: Dialog) -> None:
        """Nobody who saved everything is to be asked whether to leave."""
        self.faults.append(f"{self.page.url} asked: {dialog.type} {dialog.message}")
        dialog.accept()

    def _own(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"{self.page.url} asked another host: {url}")


@pytest.fixture
def watched(request, live_server, settings, monkeypatch) -> Iterator[Watched]:
    if CHROMIUM is None:
        pytest.skip(
            f"{request.node.name} needs Chromium, and none was found (apt install chromium)"
        )
    settings.BASE_URL = live_server.url
    # No thread of the server keeps a connection that would hold the test database at the end.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    # Playwright's loop lives in this thread; the database is used between its steps, not in them.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(
            viewport={"width": 1280, "height": 900}, timezone_id="Asia/Almaty", locale="en-GB"
        )
        page.set_default_timeout(20_000)
        found = Watched(page, live_server.url)
        found.watch()
        yield found
        browser.close()
        connections.close_all()  # those of this loop, which Django counts apart
    assert found.faults == []
