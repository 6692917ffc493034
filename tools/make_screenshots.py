"""Take the README's pictures from a running demo: `python tools/make_screenshots.py --url URL`.

Needs Chromium and the demo's log-in. Each picture is scaled down and kept under 150 KB.
"""

import argparse
import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LARGEST = 150_000
SHOW = "/shows/spotlight-on-central-asia/"
EPISODE = f"{SHOW}neutral-ground/"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """`open_page` leads a page to what is shown; sizes are in CSS pixels."""

    name: str
    open_page: Callable[[Page, str], None]
    width: int = 1280
    height: int = 800
    dark: bool = False
    signed_in: bool = False


def open_address(path: str) -> Callable[[Page, str], None]:
    def go(page: Page, url: str) -> None:
        page.goto(f"{url}{path}")

    return go


def open_episode_in_admin(page: Page, url: str) -> None:
    page.goto(f"{url}/admin/episodes/episode/?q=Neutral+ground")
    page.get_by_role("link", name="Neutral ground").first.click()
    page.wait_for_load_state()


PICTURES = (
    Picture("home", open_address("/")),
    Picture("show", open_address(SHOW)),
    Picture("episode", open_address(f"{EPISODE}#t=25"), dark=True),
    Picture("episode-phone", open_address(EPISODE), width=390, height=844),
    Picture("desk", open_address("/admin/"), signed_in=True),
    Picture("episode-admin", open_episode_in_admin, signed_in=True),
)


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state()


def take(browser: Browser, picture: Picture, args: argparse.Namespace) -> bytes:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
    )
    page = context.new_page()
    if picture.signed_in:
        sign_in(page, args.url, args.email, args.password)
    picture.open_page(page, args.url)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)
    shot = page.screenshot()
    context.close()
    return shot


def shrink(shot: bytes) -> bytes:
    """Return a PNG with a palette, with as many colours as the limit allows."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (256, 128, 64, 32):
        buffer = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() < LARGEST:
            break
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--email", default="editor@example.org")
    parser.add_argument("--password", default="fortnight")
    parser.add_argument("names", nargs="*", help="only these pictures")
    args = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium was found. Install it (Debian, Ubuntu: apt install chromium).")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for picture in PICTURES:
            if args.names and picture.name not in args.names:
                continue
            content = shrink(take(browser, picture, args))
            path = IMAGES / f"{picture.name}.png"
            path.write_bytes(content)
            print(f"{path.name}: {len(content) // 1000} KB")
        browser.close()


if __name__ == "__main__":
    main()
