"""Pictures of every kind and every trick, made of bytes."""

import io
import struct
import zlib

from PIL import Image as Pillow
from PIL import ImageCms


def picture(kind="JPEG", size=(400, 300), mode="RGB", color="teal", **options) -> bytes:
    buffer = io.BytesIO()
    Pillow.new(mode, size, color).save(buffer, kind, **options)
    return buffer.getvalue()


def photo(kind="JPEG", side=3000, grains=(10, 3), **options) -> bytes:
    """Something with the colours of a photo; coarser grains compress better."""
    coarse, fine = grains
    bands = [
        Pillow.effect_noise((side // coarse, side // coarse), 60).resize((side, side)),
        Pillow.linear_gradient("L").resize((side, side)),
        Pillow.effect_noise((side // fine, side // fine), 25).resize((side, side)),
    ]
    buffer = io.BytesIO()
    Pillow.merge("RGB", bands).save(buffer, kind, **options)
    return buffer.getvalue()


def animated(kind: str) -> bytes:
    """Two pictures after each other, the first red, the second blue."""
    buffer = io.BytesIO()
    first, second = (Pillow.new("RGB", (200, 200), colour) for colour in ("red", "blue"))
    first.save(buffer, kind, save_all=True, append_images=[second], duration=100)
    return buffer.getvalue()


def deep_grey(value: int) -> bytes:
    buffer = io.BytesIO()
    Pillow.new("I;16", (64, 64), value).save(buffer, "PNG")
    return buffer.getvalue()


def deep_colour() -> bytes:
    """A PNG of 16 bits in each of three channels, which Pillow itself cannot write."""
    row = b"\0" + struct.pack(">3H", 0xFFFF, 0x8000, 0) * 40
    return png(40, 40, zlib.compress(row * 40), depth=16)


def swapped_profile() -> bytes:
    """A red JPEG with a colour profile that is no sRGB by name, and yet means the same."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name in (b"sRGB", "sRGB".encode("utf-16-be")):
        profile = profile.replace(name, name.swapcase())
    return picture(color="red", icc_profile=profile)


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def png(width: int, height: int, packed: bytes, *, depth: int = 8, extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


def bomb(width: int = 9400, height: int = 9400) -> bytes:
    """88 million pixels in a few kilobytes."""
    buffer = io.BytesIO()
    Pillow.new("1", (width, height)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def inflating(kind: bytes, megabytes: int = 500) -> bytes:
    """A small PNG with a compressed text or profile that unpacks to hundreds of megabytes."""
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(bytes(2**20)) for _ in range(megabytes)) + squeeze.flush()
    row = b"\0" + b"\x10\x20\x30" * 20
    return png(20, 20, zlib.compress(row * 20), extra=chunk(kind, b"name\0\0" + packed))


def overflowing() -> bytes:
    """A PNG that says 20 × 20 and brings 300 MB of pixels."""
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(bytes(2**20)) for _ in range(300)) + squeeze.flush()
    return png(20, 20, packed)


def lying_size(width: int, height: int) -> bytes:
    """A PNG whose header promises more than its few bytes hold."""
    return png(width, height, zlib.compress(b"\0" * 100))


def heavy_progressive() -> bytes:
    """A progressive JPEG of 36 million pixels: a decoder keeps all of its coefficients."""
    buffer = io.BytesIO()
    tile = Pillow.effect_noise((6000, 6000), 20).convert("RGB")
    tile.save(buffer, "JPEG", quality=20, progressive=True, subsampling=0)
    return buffer.getvalue()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
XML_SVG = b"<?xml version='1.0'?>\n<!-- drawn by hand -->\n" + SVG
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
GIF = b"GIF89a\x01\0\x01\0\0\0\0;"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n"
