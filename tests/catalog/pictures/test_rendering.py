"""What becomes of good pictures: every mode, depth and turn ends as plain RGB in all sizes."""

import io
import struct

import pytest
from PIL import Image as Pillow

from catalog.pictures.facts import ADVISED_BYTES, RefusedPicture, Rendered, pack, unpack
from catalog.pictures.rendering import render
from tests.catalog.pictures import makers
from tests.catalog.pictures.makers import photo, picture


def opened(rendered: Rendered, index: int = 0) -> Pillow.Image:
    image = Pillow.open(io.BytesIO(rendered.renditions[index].content))
    image.load()
    return image


def colour(rendered: Rendered, at: tuple[int, int] = (5, 5)) -> tuple[int, ...]:
    found = opened(rendered).getpixel(at)
    assert isinstance(found, tuple)
    return tuple(round(value / 16) * 16 for value in found)  # JPEG is not exact


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_size_that_is_not_larger_is_made(kind: str):
    rendered = render(picture(kind, size=(1500, 1000)))

    assert (rendered.width, rendered.height) == (1500, 1000)
    sizes = {each.side: opened(rendered, i).size for i, each in enumerate(rendered.renditions)}
    assert sizes == {
        0: (1500, 1000),
        1400: (1400, 933),
        600: (600, 400),
        300: (300, 200),
        96: (96, 64),
    }


def test_what_is_larger_than_anybody_shows_is_stored_at_3000():
    rendered = render(picture(size=(6000, 4000)))

    assert (rendered.width, rendered.height) == (3000, 2000)
    assert [each.side for each in rendered.renditions] == [0, 1400, 600, 300, 96]


def test_a_tiny_picture_has_no_smaller_ones():
    assert [each.side for each in render(picture(size=(90, 1))).renditions] == [0]


def test_a_thin_picture_does_not_vanish():
    assert opened(render(picture(size=(2000, 1))), -1).size == (96, 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (picture("PNG", mode="L", color=128), (128, 128, 128)),
        (picture("PNG", mode="1", color=1), (256, 256, 256)),
        (picture("PNG", mode="LA", color=(0, 0)), (256, 256, 256)),
        (picture("PNG", mode="RGBA", color=(0, 0, 0, 0)), (256, 256, 256)),
        (picture("PNG", mode="RGBA", color=(0, 0, 0, 127)), (128, 128, 128)),
        (picture("PNG", mode="P", color=0), (0, 0, 0)),
        (picture("PNG", mode="P", color=0, transparency=0), (256, 256, 256)),
        (picture("PNG", mode="RGB", color="red", transparency=(255, 0, 0)), (256, 256, 256)),
        (picture("PNG", mode="L", color=9, transparency=9), (256, 256, 256)),
        (picture("WEBP", mode="RGBA", color=(0, 0, 0, 0)), (256, 256, 256)),
        (picture("JPEG", mode="CMYK", color=(0, 255, 255, 0)), (256, 0, 0)),
        (picture("JPEG", mode="L", color=128), (128, 128, 128)),
        (makers.deep_grey(0x8000), (128, 128, 128)),
        (makers.deep_grey(0xFFFF), (256, 256, 256)),
        (makers.deep_colour(), (256, 128, 0)),
        (makers.swapped_profile(), (256, 0, 0)),
        (picture(color="red", icc_profile=b"no profile at all" * 20), (256, 0, 0)),
        (makers.animated("PNG"), (256, 0, 0)),
        (makers.animated("WEBP"), (256, 0, 0)),
    ],
    ids=[
        "grey", "bits", "grey-alpha", "alpha", "half", "palette", "palette-clear", "clear-colour",
        "clear-grey", "webp-alpha", "cmyk", "grey-jpeg", "deep-grey", "deep-white", "deep-colour",
        "profile", "broken-profile", "animated-png", "animated-webp",
    ],
)  # fmt: skip
def test_every_kind_of_pixel_becomes_plain_colour_on_white(
    content: bytes, expected: tuple[int, int, int]
):
    rendered = render(content)

    assert opened(rendered).mode == "RGB"
    assert colour(rendered) == expected


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_on_its_side_is_put_upright(orientation: int):
    upright = Pillow.new("RGB", (40, 80), "white")
    upright.paste("red", (0, 0, 20, 20))  # top left
    turns = [None, None, 0, 3, 1, 5, 2, 6, 4]  # what a camera held so would store
    stored = upright if turns[orientation] is None else upright.transpose(turns[orientation])
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    stored.save(buffer, "PNG", exif=exif)

    rendered = render(buffer.getvalue())

    assert (rendered.width, rendered.height) == (40, 80)
    assert colour(rendered) == (256, 0, 0)
    assert colour(rendered, (35, 75)) == (256, 256, 256)


def test_broken_exif_does_not_cost_the_picture():
    content = picture(exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + struct.pack("<H", 9))

    assert render(content).width == 400


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_kept(kind: str):
    exif = Pillow.Exif()
    exif[0x010F] = "Camera of Daryana"
    exif.get_ifd(0x8825)[1] = "N"
    profile = Pillow.open(io.BytesIO(makers.swapped_profile())).info["icc_profile"]

    rendered = render(picture(kind, exif=exif, icc_profile=profile) + b"PK\x03\x04 and a ZIP")

    for index, each in enumerate(rendered.renditions):
        assert b"Camera" not in each.content
        assert b"PK\x03\x04" not in each.content
        assert not opened(rendered, index).getexif()
        assert "icc_profile" not in opened(rendered, index).info


def test_a_drawing_stays_png_and_a_photo_becomes_jpeg():
    assert render(picture("PNG", size=(3000, 3000))).mime_type == "image/png"
    assert render(photo("PNG", side=1000)).mime_type == "image/jpeg"


def test_the_type_can_be_asked_for():
    rendered = render(photo("PNG", side=700), "image/png")

    assert rendered.mime_type == "image/png"
    assert {opened(rendered, i).format for i in range(len(rendered.renditions))} == {"PNG"}


def test_a_cover_comes_under_what_apple_advises():
    content = photo(grains=(50, 15), quality=97)
    assert len(content) > 2 * ADVISED_BYTES

    rendered = render(content)

    assert len(rendered.renditions[0].content) <= ADVISED_BYTES
    assert opened(rendered).size == (3000, 3000)


def test_a_picture_is_rendered_the_same_every_time():
    content = photo(side=700)

    assert render(content) == render(content)


def test_renditions_are_packed_and_unpacked_equal():
    rendered = render(picture())

    assert unpack(pack(rendered)) == rendered
    with pytest.raises(ValueError, match="cut"):
        unpack(pack(rendered)[:-1])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_an_image"),
        (b"<?php system($_GET['x']); ?>", "not_an_image"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "not_an_image"),
        (makers.SVG, "svg"),
        (makers.XML_SVG, "svg"),
        (b"\xef\xbb\xbf" + makers.SVG, "svg"),
        (makers.HEIC, "heic"),
        (makers.GIF, "other_picture"),
        (makers.EPS, "other_picture"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "other_picture"),
        (makers.bomb(), "too_many_pixels"),
        (picture("PNG", size=(6001, 8)), "too_many_pixels"),
        (makers.lying_size(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        (makers.lying_size(5000, 5000), "damaged"),
        (makers.lying_size(0, 0), "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "damaged"),
        (picture()[:1200], "damaged"),
        (photo("PNG", side=100)[:-2000], "damaged"),
        (picture("WEBP", lossless=True)[:-20], "damaged"),
    ],
)
def test_what_is_no_usable_picture_is_refused_by_code(content: bytes, code: str):
    with pytest.raises(RefusedPicture) as refusal:
        render(content)

    assert refusal.value.code == code
