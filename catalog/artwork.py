"""Pictures as they come in: read with suspicion, re-encoded, stored under what they hold.

Nothing of the sender's file is kept: neither its name and extension (an uploaded `cover.php` stays
a picture of ours) nor its metadata (cameras write where they stood). It is decoded in a limited
child process (`catalog.pictures`).
"""

import hashlib
import logging
import re
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Image
from catalog.pictures.contained import render_contained
from catalog.pictures.facts import SIDES, RefusedPicture, Rendered

logger = logging.getLogger(__name__)

APPLE_MIN_SIDE, APPLE_MAX_SIDE = 1400, 3000
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg"}

_REFUSALS: dict[str, str | Promise] = {
    "too_big": gettext_lazy("The picture has more than 30 MB. Save it smaller."),
    "too_many_pixels": gettext_lazy(
        "The picture has more than 6000 pixels on a side. Scale it down to 3000."
    ),
    "svg": gettext_lazy(
        "This is an SVG: a drawing that may hold programs, and that directories do not take. "
        "Export it as a PNG of 3000 × 3000 pixels."
    ),
    "heic": gettext_lazy(
        "This is a HEIC picture, as iPhones take them; browsers cannot show it. "
        "Export it as JPEG (on the phone: Settings, Camera, Formats, Most Compatible)."
    ),
    "other_picture": gettext_lazy("This is %(what)s. Save it as JPEG, PNG or WebP."),
    "not_an_image": gettext_lazy(
        "This is not a picture that can be used. Send a JPEG, PNG or WebP, no SVG."
    ),
    "damaged": gettext_lazy(
        "The picture is damaged or incomplete. Export it again and upload that file."
    ),
    "too_heavy": gettext_lazy(
        "The picture could not be opened with the memory and time that pictures get. "
        "Save it as a JPEG of 3000 × 3000 pixels and upload that."
    ),
}


class UnusableImage(ValidationError):
    """The picture cannot be stored; the text says what to send instead."""


def store_image(file: IO[bytes], *, alt: str) -> Image:
    """Store a picture with its renditions and return its row; the same pixels give the same row.

    What is larger than 3000 pixels is stored with 3000 on its longer side. Raises UnusableImage
    for anything but a JPEG, PNG or WebP of at most 6000 × 6000 pixels. An existing row keeps its
    description unless it had none.
    """
    rendered = _render(file)
    largest, *smaller = rendered.renditions
    sha256 = hashlib.sha256(largest.content).hexdigest()
    name = f"artwork/{sha256}.{_EXTENSIONS[rendered.mime_type]}"
    _write_once(name, largest.content)
    for rendition in smaller:
        _write_once(_beside(name, rendition.side), rendition.content)
    row, created = Image.objects.get_or_create(
        sha256=sha256,
        defaults={
            "file": name,
            "width": rendered.width,
            "height": rendered.height,
            "mime_type": rendered.mime_type,
            "size": len(largest.content),
            "renditions": [rendition.side for rendition in smaller],
            "alt": alt,
        },
    )
    if not created and alt and not row.alt:
        row.alt = alt
        row.full_clean()
        row.save(update_fields=["alt", "updated_at"])
    return row


def add_missing_renditions() -> int:
    """Make the sizes that pictures of earlier versions lack; return how many pictures gained some.

    Costs one query when there is nothing to do. A stored picture that cannot be opened is named in
    the log and left as it is: its larger versions go on being shown.
    """
    gained = 0
    for image in Image.objects.order_by("pk"):
        if _missing(image):
            try:
                _add_renditions(image)
            except (OSError, UnusableImage):
                logger.exception("%s could not be made smaller", image.file.name)
            else:
                gained += 1
    return gained


def rendition_name(image: Image, side: int) -> str:
    """Return the stored name of the smallest file with a longest side of at least `side` pixels."""
    fitting = [size for size in image.renditions if side <= size]
    name = str(image.file.name)
    return _beside(name, min(fitting)) if fitting else name


def check_show_artwork(image: Image) -> None:
    """Raise UnusableImage unless Apple takes the picture as a show's artwork.

    Apple also wants RGB as JPEG or PNG, which every stored picture is, and advises 512 KB, which
    the renderer comes as near to as the picture allows.
    """
    if not image.is_square or not APPLE_MIN_SIDE <= image.width <= APPLE_MAX_SIDE:
        raise UnusableImage(
            _(
                "This picture has %(width)s × %(height)s pixels. Directories want a square of 1400 "
                "to 3000 pixels: crop it and upload it again."
            )
            % {"width": image.width, "height": image.height},
            code="artwork_size",
        )


def _render(file: IO[bytes], mime_type: str = "") -> Rendered:
    try:
        return render_contained(file, mime_type=mime_type)
    except RefusedPicture as refused:
        sentence = str(_REFUSALS[refused.code]) % {"what": refused.what}
        raise UnusableImage(sentence, code=refused.code) from refused
    except OSError as error:
        logger.exception("No picture can be opened on this machine just now")
        raise UnusableImage(
            _("The picture could not be opened just now; it may be fine. Try again in a minute."),
            code="try_again",
        ) from error


def _missing(image: Image) -> set[int]:
    longest = max(image.width, image.height)
    return {side for side in SIDES if side < longest} - set(image.renditions)


def _add_renditions(image: Image) -> None:
    missing = _missing(image)
    with default_storage.open(str(image.file.name)) as file:
        rendered = _render(file, image.mime_type)
    made = {each.side: each.content for each in rendered.renditions if each.side in missing}
    for side, content in made.items():
        _write_once(_beside(str(image.file.name), side), content)
    image.renditions = sorted({*image.renditions, *made}, reverse=True)
    image.save(update_fields=["renditions", "updated_at"])


def _beside(name: str, side: int) -> str:
    return re.sub(r"\.(\w+)$", rf"-{side}.\1", name)


def _write_once(name: str, content: bytes) -> None:
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
