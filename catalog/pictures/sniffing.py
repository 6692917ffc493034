"""What a file of a picture is, told from its first bytes alone."""

from __future__ import annotations

from catalog.pictures.facts import RefusedPicture

_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"\0\0\1\0", "an icon (ICO)"),
    (b"8BPS", "a Photoshop file"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript file"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL"),
)
_BRANDS = {b"avif": "an AVIF", b"avis": "an AVIF"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def sniff(head: bytes) -> str:
    """Return JPEG, PNG or WEBP; raise RefusedPicture for everything else, by its name if known."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    raise _other(head)


def _other(head: bytes) -> RefusedPicture:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in text:
        return RefusedPicture("svg")
    if head.startswith(b"\x1f\x8b"):  # .svgz, or anything else that has to be unpacked first
        return RefusedPicture("other_picture", "a compressed file")
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIC:
            return RefusedPicture("heic")
        if name := _BRANDS.get(head[8:12]):
            return RefusedPicture("other_picture", name)
    for magic, name in _OTHERS:
        if head.startswith(magic):
            return RefusedPicture("other_picture", name)
    return RefusedPicture("not_an_image")
