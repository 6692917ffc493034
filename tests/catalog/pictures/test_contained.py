"""No picture costs more than the limits, whatever it unpacks to."""

import dataclasses
import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.pictures import contained
from catalog.pictures.contained import render_contained
from catalog.pictures.facts import MAX_BYTES, RefusedPicture
from catalog.pictures.rendering import render
from catalog.pictures.worker import MEMORY
from tests.catalog.pictures import makers
from tests.processes import descendants


def test_the_child_makes_what_the_renderer_makes():
    content = makers.photo(side=700)

    assert render_contained(io.BytesIO(content)) == render(content)
    asked = render_contained(io.BytesIO(content), mime_type="image/png")
    assert asked.mime_type == "image/png"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (makers.bomb(), {"too_many_pixels"}),
        (makers.inflating(b"zTXt"), {"damaged", "too_heavy"}),
        (makers.inflating(b"iCCP"), {"damaged", "too_heavy"}),
        (makers.overflowing(), {""}),
    ],
    ids=["pixels", "text", "profile", "rows"],
)
def test_a_bomb_costs_no_more_than_the_limits(content: bytes, codes: set[str], tmp_path: Path):
    assert len(content) < 2**20
    path = tmp_path / "bomb"
    path.write_bytes(content)

    code, mebibytes, seconds = measured(path)

    assert code in codes
    assert mebibytes * 2**20 < MEMORY
    assert seconds < 10


def test_the_largest_progressive_jpeg_fits_the_limits(tmp_path: Path):
    path = tmp_path / "large.jpg"
    path.write_bytes(makers.heavy_progressive())

    code, mebibytes, _seconds = measured(path)

    assert code == ""
    assert mebibytes * 2**20 < MEMORY


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "L"])
def test_the_largest_png_fits_the_limits(mode: str):
    content = makers.picture("PNG", size=(6000, 6000), mode=mode, color=None)

    assert render_contained(io.BytesIO(content)).width == 3000


def test_too_many_bytes_are_refused_before_a_child_starts():
    endless = io.BytesIO(bytes(MAX_BYTES + 1))

    with pytest.raises(RefusedPicture, match="too_big"):
        render_contained(endless)


@pytest.mark.parametrize("deed", ["spin", "eat memory", "nonsense", "11"])
def test_a_decoder_that_breaks_is_a_refusal(deed: str, monkeypatch: pytest.MonkeyPatch):
    before = descendants(os.getpid())  # a worker of other tests may live
    naughty = dataclasses.replace(contained._RENDERER, module="tests.catalog.naughty")
    monkeypatch.setattr(contained, "_RENDERER", naughty)

    with pytest.raises(RefusedPicture, match="too_heavy"):
        render_contained(io.BytesIO(b"x"), mime_type=deed)
    assert set(descendants(os.getpid())) <= set(before)


def test_damaged_pictures_are_refused_and_never_raise_anything_else():
    random.seed(7)
    valid = [makers.picture(kind, size=(60, 40)) for kind in ("JPEG", "PNG", "WEBP")]
    for _ in range(1500):
        content = bytearray(random.choice(valid))
        for _ in range(random.randint(1, 8)):
            content[random.randrange(len(content))] = random.randrange(256)
        try:
            render(bytes(content[: random.randint(1, len(content))]))
        except RefusedPicture:
            continue


def measured(path: Path) -> tuple[str, int, float]:
    """Return the code, and the MiB and CPU seconds that the child needed."""
    code = (
        "import resource, sys\n"
        "from catalog.pictures.contained import render_contained\n"
        "from catalog.pictures.facts import RefusedPicture\n"
        "try:\n"
        "    render_contained(open(sys.argv[1], 'rb')); said = ''\n"
        "except RefusedPicture as refused:\n"
        "    said = refused.code\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(f'{said},{used.ru_maxrss},{used.ru_utime + used.ru_stime}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    said, memory, seconds = done.stdout.strip().split(",")
    unit = 1 if sys.platform == "darwin" else 1024
    return said, int(memory) * unit // 2**20, float(seconds)
