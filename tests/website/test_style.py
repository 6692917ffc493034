"""The colours can be read, and nothing is fetched from elsewhere."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR, "static")
CSS = (STATIC / "website/site.css").read_text()
AA = 4.5


def tokens(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


LIGHT = tokens(CSS.split(":root {")[1].split("}")[0])
DARK = LIGHT | tokens(CSS.split(":root {")[2].split("}")[0])


def luminance(colour):
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (text, ground)
        for text in ("ink", "soft", "accent", "accent-deep", "madder")
        for ground in ("paper", "raised")
    ]
    + [("on-accent", "accent"), ("on-night", "night"), ("ink", "mark")],
)
def test_text_has_the_contrast_of_wcag_aa(scheme, text, ground):
    assert contrast(scheme[text], scheme[ground]) >= AA


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edges_of_fields_can_be_seen(scheme):
    assert contrast(scheme["edge"], scheme["paper"]) >= 3


def test_style_and_script_name_no_other_host():
    for path in STATIC.glob("website/*"):
        assert not re.search(r"(?<!xmlns=\")https?://", path.read_text()), path


def test_vendored_files_are_the_ones_that_were_recorded():
    listed = dict(
        re.findall(
            r"\| `([^`]+)` .*\| `([0-9a-f]{64})` \|",
            (STATIC / "vendor/VENDORED.md").read_text(),
        )
    )
    found = {
        str(path.relative_to(STATIC / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in STATIC.glob("vendor/*/*")
        if path.suffix != ".txt"
    }

    assert found == listed
    assert sum(path.stat().st_size for path in STATIC.glob("vendor/fonts/*.woff2")) < 200_000
