import dataclasses
import io
import re

import pytest
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from catalog.artwork import (
    UnusableImage,
    add_missing_renditions,
    check_show_artwork,
    rendition_name,
    store_image,
)
from catalog.models import Image
from catalog.pictures import contained

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(kind="JPEG", size=(1500, 1500), mode="RGB", color="teal", **options):
    buffer = io.BytesIO()
    Pillow.new(mode, size, color).save(buffer, kind, **options)
    buffer.seek(0)
    return buffer


def opened(name):
    with default_storage.open(name) as file:
        image = Pillow.open(file)
        image.load()
        return image


@pytest.mark.parametrize(
    ("kind", "mime_type", "ending"),
    [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/jpeg", "jpg")],
)
def test_a_picture_is_stored_under_its_content(kind, mime_type, ending):
    row = store_image(picture(kind), alt="A colour")

    assert re.fullmatch(rf"artwork/{row.sha256}\.{ending}", row.file.name)
    assert (row.width, row.height, row.mime_type, row.alt) == (1500, 1500, mime_type, "A colour")
    assert row.size == default_storage.size(row.file.name)
    assert opened(row.file.name).mode == "RGB"


def test_renditions_lie_beside_it_and_none_is_larger():
    row = store_image(picture(size=(1500, 1000)), alt="")

    sizes = {side: opened(f"artwork/{row.sha256}-{side}.jpg").size for side in (1400, 600, 300, 96)}
    assert sizes == {1400: (1400, 933), 600: (600, 400), 300: (300, 200), 96: (96, 64)}
    assert row.renditions == [1400, 600, 300, 96]
    assert not default_storage.exists(f"artwork/{row.sha256}-3000.jpg")


def test_the_smallest_sufficient_rendition_is_named():
    row = store_image(picture(), alt="")

    assert rendition_name(row, 320) == f"artwork/{row.sha256}-600.jpg"
    assert rendition_name(row, 1450) == row.file.name


def test_the_same_pixels_give_the_same_row():
    first = store_image(picture(), alt="")

    assert store_image(picture(), alt="Said later") == first
    first.refresh_from_db()
    assert first.alt == "Said later"


def test_where_the_camera_stood_is_not_kept():
    exif = Pillow.Exif()
    exif[0x010F] = "Camera of Daryana"
    exif.get_ifd(0x8825)[1] = "N"

    row = store_image(picture(exif=exif), alt="")

    with default_storage.open(row.file.name) as file:
        assert b"Camera of Daryana" not in file.read()
    assert not opened(row.file.name).getexif()


def test_a_picture_on_its_side_is_put_upright():
    exif = Pillow.Exif()
    exif[0x0112] = 6

    row = store_image(picture(size=(400, 200), exif=exif), alt="")

    assert (row.width, row.height) == (200, 400)


def test_transparency_becomes_white():
    row = store_image(picture("PNG", size=(40, 40), mode="RGBA", color=(0, 0, 0, 0)), alt="")

    assert opened(row.file.name).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>a()</script></svg>", "svg"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "other_picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\xff\xd8\xff" + bytes(30 * 2**20), "too_big"),
        (b"<?php system($_GET['x']); ?>", "not_an_image"),
        (picture().getvalue()[:4000], "damaged"),
        (picture("PNG", size=(6001, 8)).getvalue(), "too_many_pixels"),
        (picture("PNG", size=(20000, 20000), mode="1", color=0).getvalue(), "too_many_pixels"),
    ],
)
def test_what_is_no_usable_picture_is_refused_with_a_sentence(content, code):
    with pytest.raises(UnusableImage) as refusal:
        store_image(io.BytesIO(content), alt="")

    assert refusal.value.code == code
    assert refusal.value.messages[0].endswith((".", ")."))
    assert "%(" not in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ((1400, 1400), True),
        ((3000, 3000), True),
        ((1399, 1399), False),
        ((1500, 1400), False),
        ((3001, 3001), True),  # stored with 3000
        ((4000, 3000), False),
    ],
)
def test_show_artwork_is_a_square_that_apple_takes(size, fits):
    row = store_image(picture("PNG", size=size), alt="")

    if fits:
        check_show_artwork(row)
    else:
        with pytest.raises(UnusableImage):
            check_show_artwork(row)


def test_a_picture_of_an_earlier_version_gains_the_sizes_that_it_lacks():
    row = store_image(picture("PNG"), alt="")
    other = store_image(picture(color="navy"), alt="")
    small, before = f"artwork/{row.sha256}-96.png", default_storage.size(row.file.name)
    default_storage.delete(small)
    Image.objects.filter(pk=row.pk).update(renditions=[1400, 600, 300])
    row.refresh_from_db()
    assert rendition_name(row, 96) == f"artwork/{row.sha256}-300.png"

    assert add_missing_renditions() == 1
    assert add_missing_renditions() == 0

    row.refresh_from_db()
    assert row.renditions == [1400, 600, 300, 96]
    assert rendition_name(row, 96) == small
    assert opened(small).size == (96, 96)
    assert default_storage.size(row.file.name) == before
    assert rendition_name(other, 96) == f"artwork/{other.sha256}-96.jpg"


def test_a_stored_picture_that_was_lost_stops_nothing(caplog):
    row = store_image(picture(), alt="")
    Image.objects.update(renditions=[])
    default_storage.delete(row.file.name)

    assert add_missing_renditions() == 0
    assert "could not be made smaller" in caplog.text


def test_nothing_to_add_costs_one_query(django_assert_num_queries):
    for side in range(20, 30):
        store_image(picture(size=(side, side)), alt="")

    with django_assert_num_queries(1):
        add_missing_renditions()


def test_a_machine_that_cannot_open_pictures_says_so(monkeypatch):
    broken = dataclasses.replace(contained._RENDERER, module="tests.catalog.no_such_module")
    monkeypatch.setattr(contained, "_RENDERER", broken)

    with pytest.raises(UnusableImage, match="just now") as refusal:
        store_image(picture(), alt="")
    assert refusal.value.code == "try_again"
