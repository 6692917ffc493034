"""Pictures as they come in: read with suspicion, re-encoded, stored under what they hold.

Nothing of the sender's file is kept: neither its name and extension (an uploaded `cover.php` stays
a picture of ours) nor its metadata (cameras write where they stood).
"""

import hashlib
import io
import re
import warnings
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from catalog.models import Image

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 6000
MAX_BYTES = 30 * 1024 * 1024
RENDITIONS = (3000, 1400, 600, 300)
"""Longest sides in pixels: Apple's largest and smallest artwork, a page, a list."""

APPLE_MIN_SIDE, APPLE_MAX_SIDE = 1400, 3000


class UnusableImage(ValidationError):
    """The picture cannot be stored; the text says what to send instead."""


def store_image(file: IO[bytes], *, alt: str) -> Image:
    """Store a picture with its renditions and return its row; the same pixels give the same row.

    Raises UnusableImage for anything but a JPEG, PNG or WebP of at most 6000 × 6000 pixels. An
    existing row keeps its description unless it had none.
    """
    picture = _read(file)
    extension, mime_type = (
        ("png", "image/png") if picture.info.get("png") else ("jpg", "image/jpeg")
    )
    content = _encode(picture, extension)
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"artwork/{sha256}.{extension}"
    _write_once(name, content)
    for side in RENDITIONS:
        if side < max(picture.size):
            _write_once(
                f"artwork/{sha256}-{side}.{extension}", _encode(_shrink(picture, side), extension)
            )
    row, created = Image.objects.get_or_create(
        sha256=sha256,
        defaults={
            "file": name,
            "width": picture.width,
            "height": picture.height,
            "mime_type": mime_type,
            "size": len(content),
            "alt": alt,
        },
    )
    if not created and alt and not row.alt:
        row.alt = alt
        row.full_clean()
        row.save(update_fields=["alt", "updated_at"])
    return row


def rendition_name(image: Image, side: int) -> str:
    """Return the stored name of the smallest file with a longest side of at least `side` pixels."""
    longest = max(image.width, image.height)
    fitting = [size for size in RENDITIONS if side <= size < longest]
    if not fitting:
        return str(image.file.name)
    return re.sub(r"\.(\w+)$", rf"-{min(fitting)}.\1", str(image.file.name))


def check_show_artwork(image: Image) -> None:
    """Raise UnusableImage unless Apple takes the picture as a show's artwork."""
    if not image.is_square or not APPLE_MIN_SIDE <= image.width <= APPLE_MAX_SIDE:
        raise UnusableImage(
            _(
                "This picture has %(width)s × %(height)s pixels. Directories want a square of 1400 "
                "to 3000 pixels: crop it and upload it again."
            )
            % {"width": image.width, "height": image.height},
            code="artwork_size",
        )


def _read(file: IO[bytes]) -> Pillow.Image:
    """Decode within the limits; the size is asked of the header before any pixel is unpacked."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnusableImage(_("The picture has more than 30 MB. Save it smaller."), code="too_big")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(content), formats=FORMATS)
        if max(picture.size) > MAX_SIDE:
            raise _too_large()
        picture.load()
    except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError) as error:
        raise _too_large() from error
    except UnidentifiedImageError as error:
        raise UnusableImage(
            _("This is not a picture that can be used. Send a JPEG, PNG or WebP, no SVG."),
            code="not_an_image",
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusableImage(
            _("The picture is damaged or incomplete. Export it again and upload that file."),
            code="damaged",
        ) from error
    return _plain(picture)


def _too_large() -> UnusableImage:
    return UnusableImage(
        _("The picture has more than 6000 pixels on a side. Scale it down to 3000."),
        code="too_many_pixels",
    )


def _plain(picture: Pillow.Image) -> Pillow.Image:
    """Turn it upright and make it RGB on white, with nothing but pixels left."""
    is_png = picture.format == "PNG"
    upright = ImageOps.exif_transpose(picture)
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        flat = Pillow.new("RGB", upright.size, "white")
        flat.paste(upright, mask=upright.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    flat.info = {"png": is_png}
    return flat


def _shrink(picture: Pillow.Image, side: int) -> Pillow.Image:
    small = picture.copy()
    small.thumbnail((side, side), Pillow.Resampling.LANCZOS)
    return small


def _encode(picture: Pillow.Image, extension: str) -> bytes:
    clean = Pillow.frombytes("RGB", picture.size, picture.tobytes())
    buffer = io.BytesIO()
    if extension == "png":
        clean.save(buffer, "PNG", optimize=True)
    else:
        clean.save(buffer, "JPEG", quality=88, optimize=True, progressive=True)
    return buffer.getvalue()


def _write_once(name: str, content: bytes) -> None:
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
