"""The files that are made of one picture: sizes, types and how far they are compressed."""

from __future__ import annotations

import io

from PIL import Image as Pillow

from catalog.pictures.facts import ADVISED_BYTES, SIDES, Rendered, Rendition
from catalog.pictures.opening import open_picture, target_size

_QUALITIES = (88, 82, 75)
_PREVIEW, _PHOTO = 600, 160_000
"""A PNG of 600 pixels with more bytes than this is a photo; as a PNG of 3000 it has megabytes."""


def render(content: bytes, mime_type: str = "") -> Rendered:
    """Return the picture in every size that is not larger than it is, decoded once.

    What came as PNG stays PNG while all of it stays within what Apple advises (drawings and
    letters keep their edges); everything else becomes JPEG. `mime_type` asks for one of the two.
    Raises RefusedPicture.
    """
    largest = open_picture(content, SIDES[0])
    longest = max(largest.size)
    pictures = [largest, *(_smaller(largest, side) for side in SIDES if side < longest)]
    files: list[bytes] | None = None
    if mime_type == "image/png":
        files = [_as_png(picture) for picture in pictures]
    elif not mime_type and content.startswith(b"\x89PNG"):
        files = _as_small_pngs(pictures)
    kept = files is not None
    files = files or [_as_jpeg(picture) for picture in pictures]
    sides = [0, *(side for side in SIDES if side < longest)]
    return Rendered(
        mime_type="image/png" if kept else "image/jpeg",
        width=largest.width,
        height=largest.height,
        renditions=tuple(map(Rendition, sides, files)),
    )


def _smaller(picture: Pillow.Image, side: int) -> Pillow.Image:
    return picture.resize(target_size(picture.size, side), Pillow.Resampling.LANCZOS)


def _as_small_pngs(pictures: list[Pillow.Image]) -> list[bytes] | None:
    """Return the files, or None when one of them is too large: a photo, most likely."""
    for picture in pictures:
        if max(picture.size) <= _PREVIEW and len(_as_png(picture)) > _PHOTO:
            return None
    files = []
    for picture in pictures:
        files.append(_as_png(picture))
        if len(files[-1]) > ADVISED_BYTES:
            return None
    return files


def _as_png(picture: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    _bare(picture).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _as_jpeg(picture: Pillow.Image) -> bytes:
    """Compress no more than is needed to come under what Apple advises, and never to mush."""
    content = b""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        _bare(picture).save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        content = buffer.getvalue()
        if len(content) <= ADVISED_BYTES:
            break
    return content


def _bare(picture: Pillow.Image) -> Pillow.Image:
    """Drop what came along (EXIF, colour profile, comments): the writers would pass it on."""
    bare = picture.copy() if picture.info else picture
    bare.info = {}
    return bare
