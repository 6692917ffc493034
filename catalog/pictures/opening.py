"""From bytes to upright RGB pixels on white: the only place where strangers' pictures are decoded.

Only three decoders are ever loaded, and none looks at pixels before the size was read from the
header. Of an animation the first picture is taken. Memory is counted for the largest picture that
is allowed (6000 × 6000, 144 MB a copy), so the order of the steps matters.
"""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image as Pillow
from PIL import ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from catalog.pictures.facts import MAX_SIDE, RefusedPicture
from catalog.pictures.sniffing import sniff

_DECODERS: dict[str, type[JpegImageFile | PngImageFile | WebPImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
}
_ORIENTATION = 0x0112
_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
_STRIP = 256
_BROKEN = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, struct.error)
"""What Pillow raises on damaged files; its documentation promises none of them."""


def open_picture(content: bytes, largest: int) -> Pillow.Image:
    """Return RGB pixels of at most `largest` on the longer side, upright, without metadata.

    Raises RefusedPicture.
    """
    kind = sniff(content[:1024])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(kind, content, largest)
    except _BROKEN as error:
        raise RefusedPicture("damaged") from error


def target_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return a size of the same shape whose longer side is at most `side`."""
    longest = max(size)
    if longest <= side:
        return size
    width, height = (max(1, round(length * side / longest)) for length in size)
    return width, height


def _decode(kind: str, content: bytes, largest: int) -> Pillow.Image:
    picture: Pillow.Image = _DECODERS[kind](io.BytesIO(content))
    if max(picture.size) > MAX_SIDE:
        raise RefusedPicture("too_many_pixels")
    size = target_size(picture.size, largest)
    if size != picture.size:
        picture.draft(None, size)  # a JPEG unpacks at a half or a quarter for nothing
    picture.load()
    orientation, profile = _orientation(picture), picture.info.get("icc_profile")
    picture = _to_eight_bits(picture)
    picture = _on_white(picture)  # one name throughout, so that nothing is held twice
    picture = _shrink(picture, size)
    picture = _to_srgb(picture, profile)
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _orientation(picture: Pillow.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _to_eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Take the upper byte of 16-bit greys, which Pillow would cut off at 255."""
    if picture.mode.startswith("I;16"):
        upper = 0 if picture.mode.endswith("B") else 1
        return Pillow.frombytes("L", picture.size, picture.tobytes()[upper::2])
    return picture


def _on_white(picture: Pillow.Image) -> Pillow.Image:
    """Return L, RGB or CMYK; what was transparent lies on white, done in strips to save memory."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        plain = picture.mode in {"L", "RGB", "CMYK"}
        return picture if plain else picture.convert("L" if picture.mode == "1" else "RGB")
    flat = Pillow.new("RGB", picture.size, "white")
    for top in range(0, picture.height, _STRIP):
        strip = picture.crop((0, top, picture.width, min(top + _STRIP, picture.height)))
        strip.info = picture.info
        strip = strip.convert("RGBA")
        flat.paste(strip, (0, top), mask=strip)
    return flat


def _shrink(picture: Pillow.Image, size: tuple[int, int]) -> Pillow.Image:
    return picture if picture.size == size else picture.resize(size, Pillow.Resampling.LANCZOS)


def _to_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Bring colours into sRGB, which is what everybody assumes of a picture without a profile."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                srgb = ImageCms.createProfile("sRGB")
                turned = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
                if turned is not None:
                    return turned
        except (ImageCms.PyCMSError, *_BROKEN):
            pass  # a profile that is broken or made for other colours; without it they are close
    return picture if picture.mode == "RGB" else picture.convert("RGB")
