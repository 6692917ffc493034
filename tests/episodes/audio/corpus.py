"""Files that bytes alone can make: tags, cuts, joins, lies in headers, things that are no audio.

The sound comes from tests/data/audio (see make_audio.py there); each function names one quirk.
"""

import struct
import zlib
from io import BytesIO
from pathlib import Path

from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, COMM, CTOC, ID3, TIT2, TPE1, WXXX, CTOCFlags
from mutagen.mp4 import MP4, MP4Cover

from episodes.audio.mpeg import parse_header
from episodes.audio.oggpages import pages_of
from episodes.audio.opus import packet_samples
from episodes.audio.source import Source

AUDIO = Path(__file__).parents[2] / "data" / "audio"


def sound(name: str) -> bytes:
    return (AUDIO / name).read_bytes()


def bare_mp3() -> bytes:
    return sound("cbr-without-header.mp3")


def first_frames(count: int) -> bytes:
    data, end = bare_mp3(), 0
    for _ in range(count):
        header = parse_header(data[end : end + 4])
        assert header is not None
        end += header.length
    return data[:end]


def synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3(frames: bytes, version: int = 3, flags: int = 0) -> bytes:
    return b"ID3" + bytes((version, 0, flags)) + synchsafe(len(frames)) + frames


def frame(name: bytes, data: bytes, flags: int = 0, *, version: int = 3) -> bytes:
    size = synchsafe(len(data)) if version == 4 else struct.pack(">I", len(data))
    return name + size + struct.pack(">H", flags) + data


def with_tag(*, version: int = 3, v1: int = 0) -> bytes:
    """Written by mutagen: title, artist and comment in Cyrillic, a cover, before bare frames."""
    file = BytesIO(bare_mp3())
    tags = ID3()
    tags.add(TIT2(encoding=1, text="Саммит нейтралитета"))
    tags.add(TPE1(encoding=1, text="Bruce Pannier"))
    tags.add(COMM(encoding=1, lang="eng", desc="", text="Recorded in Almaty"))
    tags.add(
        APIC(encoding=0, mime="image/png", type=3, desc="", data=b"\x89PNG\r\n\x1a\n" + b"p" * 90)
    )
    tags.save(file, v2_version=version, v1=v1)
    return file.getvalue()


def with_id3v22() -> bytes:
    title = b"TT2" + (6).to_bytes(3, "big") + b"\0Hello"
    return id3(title + b"\0" * 64, version=2) + bare_mp3()


def with_chapters(count: int = 3, *, listed: int | None = None) -> bytes:
    file = BytesIO(bare_mp3())
    tags = ID3()
    length = 4000 // count
    for index in range(count):
        start = index * length
        inside = [TIT2(encoding=1, text=f"Глава {index + 1}")]
        inside.append(WXXX(encoding=0, desc="", url=f"https://example.org/{index + 1}"))
        tags.add(
            CHAP(
                element_id=f"chp{index}", start_time=start, end_time=start + length,
                start_offset=0xFFFFFFFF, end_offset=0xFFFFFFFF, sub_frames=inside,
            )
        )  # fmt: skip
    children = [f"chp{index}" for index in range(count if listed is None else listed)]
    flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    tags.add(CTOC(element_id="toc", flags=flags, child_element_ids=children[:255], sub_frames=[]))
    tags.save(file, v2_version=3)
    return file.getvalue()


def with_hostile_texts() -> bytes:
    title = "A\x00B\x07C\u202egpj.exe\ufffe\u2066D"
    data = b"\x01\xff\xfe" + title.encode("utf-16-le", "surrogatepass")
    chapter = b"c\0" + struct.pack(">4I", 500, 900, 0xFFFFFFFF, 0xFFFFFFFF)
    chapter += frame(b"TIT2", b"\0Evil") + frame(b"WXXX", b"\0\0javascript:alert(1)")
    return id3(frame(b"TIT2", data) + frame(b"CHAP", chapter)) + bare_mp3()


def with_ape_tag() -> bytes:
    file = BytesIO(bare_mp3())
    tags = APEv2()
    tags["Title"] = "Ape"
    tags.save(file)
    return file.getvalue()


def with_vbri() -> bytes:
    """Replace the Info frame of a mono MPEG-2 file by a Fraunhofer one that tells the truth."""
    data = sound("mpeg2-22050.mp3")
    at = data.index(b"Info")
    start = data.rindex(b"\xff\xf3", 0, at)
    frames, size = struct.unpack(">II", data[at + 8 : at + 16])
    body = bytearray(data[start:])
    body[4:80] = bytes(76)
    body[36:54] = b"VBRI" + struct.pack(">HHHII", 1, 0, 0, size, frames)
    return bytes(body)


def with_info(frames: int) -> bytes:
    """Let the Info header of a whole file promise another number of frames."""
    data = bytearray(sound("cbr-info-stereo.mp3"))
    at = data.index(b"Info")
    data[at + 8 : at + 12] = struct.pack(">I", frames)
    return bytes(data)


def left_over_header() -> bytes:
    """Half of the frames, cut between two of them as lossless editors do, under the old header."""
    data = sound("cbr-info-stereo.mp3")
    end = data.index(b"\xff\xfb")
    for _ in range(80):
        header = parse_header(data[end : end + 4])
        assert header is not None
        end += header.length
    return data[:end]


def joined() -> bytes:
    return bare_mp3() + with_tag()


def with_hole(junk: int = 1000) -> bytes:
    data = bare_mp3()
    middle = len(data) // 2
    return data[:middle] + b"\xaa" * junk + data[middle:]


def cut(name: str, part: float) -> bytes:
    data = sound(name)
    return data[: int(len(data) * part)]


def inflating_tag(megabytes: int = 64) -> bytes:
    """An ID3v2.3 frame of a few kilobytes that inflates to many megabytes."""
    packed = zlib.compress(b"\0" * megabytes * 2**20, 9)
    data = struct.pack(">I", megabytes * 2**20) + packed
    return id3(frame(b"TIT2", data, 0x0080)) + bare_mp3()


def nested_chapters(depth: int = 3000) -> bytes:
    inside = b""
    for _ in range(depth):
        header = b"c\0" + struct.pack(">4I", 0, 1000, 0xFFFFFFFF, 0xFFFFFFFF)
        inside = frame(b"CHAP", header + inside)
    return id3(inside) + bare_mp3()


def many_frames(count: int) -> bytes:
    return id3(frame(b"TXXX", b"\0a\0b") * count) + bare_mp3()


def large_cover(size: int = 11 * 2**20) -> bytes:
    picture = b"\0image/jpeg\0\x03\0" + b"\xff\xd8\xff" + b"j" * size
    return id3(frame(b"APIC", picture)) + bare_mp3()


def long_comment() -> bytes:
    return id3(frame(b"COMM", b"\0eng\0" + b"word " * 4000)) + bare_mp3()


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def nested_moov(depth: int = 4000) -> bytes:
    inside = b""
    for _ in range(depth):
        inside = box(b"moov", inside)
    return box(b"ftyp", b"M4A \0\0\0\0") + inside + box(b"mdat", b"x" * 1000)


def patched_m4a(kind: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite bytes inside the first box of a kind."""
    data = bytearray(sound("aac-faststart.m4a"))
    at = data.index(kind) + 4 + offset
    data[at : at + len(value)] = value
    return bytes(data)


def ogg_with_granule(value: int) -> bytes:
    """Let the last page of an Opus file claim a position."""
    data = bytearray(sound("opus.opus"))
    at = data.rindex(b"OggS") + 6
    data[at : at + 8] = struct.pack("<Q", value)
    return bytes(data)


def slow_aac(megabytes: int) -> bytes:
    """Valid ADTS with the smallest frames there are, which takes a second per few megabytes."""
    small = b"\xff\xf1\x50\x40" + struct.pack(">H", 8 << 5 | 0x1F) + b"\xfc" + b"\0"
    return small * (megabytes * 2**20 // len(small))


def gif() -> bytes:
    return b"GIF89a\x01\0\x01\0\x80\0\0" + b"\0" * 40 + b";"


def html() -> bytes:
    return "<!DOCTYPE html><html><body>404 — файл не найден</body></html>".encode()


def zip_archive() -> bytes:
    return b"PK\x03\x04\x14\0\0\0\0\0" + b"z" * 3000 + b"PK\x05\x06" + b"\0" * 18


def elf() -> bytes:
    return b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x03\0\x3e\0" + bytes(range(256)) * 40


PNG = b"\x89PNG\r\n\x1a\n"


def with_covered_mp3(size: int) -> bytes:
    file = BytesIO(bare_mp3())
    tags = ID3()
    tags.add(TIT2(encoding=1, text="Covered"))
    picture = PNG + bytes(size - len(PNG))
    tags.add(APIC(encoding=0, mime="image/png", type=3, desc="", data=picture))
    tags.save(file, v2_version=3)
    return file.getvalue()


def with_covered_m4a(size: int) -> bytes:
    file = BytesIO(sound("aac-chapters.m4a"))
    tags = MP4(file)
    tags["\xa9nam"] = "Covered"
    tags["covr"] = [MP4Cover(PNG + bytes(size - len(PNG)), MP4Cover.FORMAT_PNG)]
    file.seek(0)
    tags.save(file)
    return file.getvalue()


def with_covered_flac(size: int) -> bytes:
    file = BytesIO(sound("flac.flac"))
    tags = FLAC(file)
    tags["title"] = "Covered"
    picture = Picture()
    picture.data, picture.mime, picture.type = PNG + bytes(size - len(PNG)), "image/png", 3
    tags.add_picture(picture)
    file.seek(0)
    tags.save(file)
    return file.getvalue()


def with_pictured_chapters(count: int, size: int) -> bytes:
    file = BytesIO(with_chapters(count))
    tags = ID3(file)
    for chapter in tags.getall("CHAP"):
        picture = PNG + bytes(size - len(PNG))
        chapter.sub_frames.add(APIC(encoding=0, mime="image/png", type=0, desc="", data=picture))
    tags.save(file, v2_version=3)
    return file.getvalue()


def riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def free_format() -> bytes:
    """48 kHz frames of one length, whose headers do not say which."""
    data = bytearray(sound("48000-joint-stereo.mp3"))
    at = data.index(b"\xff\xfb")
    while (header := parse_header(bytes(data[at : at + 4]))) is not None:
        data[at + 2] &= 0x0F
        at += header.length
    return bytes(data[data.index(b"\xff\xfb") :])


def _page(flags: int, granule: int, number: int, segments: bytes, body: bytes) -> bytes:
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, flags, granule, 7, number, 0, len(segments))
    whole = head + segments + body
    checksum = 0
    for byte in whole:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (
                checksum << 1 ^ 0x04C11DB7 if checksum >> 31 else checksum << 1
            ) & 0xFFFFFFFF
    return whole[:22] + struct.pack("<I", checksum) + whole[26:]


def with_right_checksums(data: bytes) -> bytes:
    """Compute the checksum of every page anew, bit by bit as RFC 3533 says."""
    pages = []
    for page in pages_of(Source(BytesIO(data)), 0, check=False):
        body = data[page.body : page.end]
        pages.append(_page(page.flags, page.granule, page.number, page.segments, body))
    return b"".join(pages)


def repaged(name: str, count: int) -> bytes:
    """Spread the packets of an Opus file over pages of one packet each."""
    data = sound(name)
    pages, number, granule = [], 0, 0
    for page in pages_of(Source(BytesIO(data)), 0):
        if page.granule == 0:
            body = data[page.body : page.end]
            pages.append(_page(page.flags, 0, number, page.segments, body))
            number += 1
            continue
        at, segments = page.body, b""
        for segment in page.segments:
            segments += bytes((segment,))
            if segment == 255:
                continue
            size = sum(segments)
            granule += packet_samples(data[at : at + 2])
            last = page.is_last and at + size == page.end
            end = page.granule if last else granule
            body = data[at : at + size]
            pages.append(_page(4 if last else 0, end, number, segments, body))
            at, segments, number = at + size, b"", number + 1
    assert len(pages) > count
    return b"".join(pages)


def long_flac_joined() -> bytes:
    """A FLAC whose frames come three times over, large enough to be looked into."""
    data = sound("flac.flac")
    frames = data[data.index(b"\xff\xf8") :]
    return data + frames * 12


class Sparse:
    """A file of very many equal frames that nobody holds in memory, from its third hour on."""

    def __init__(self, seconds: int, kbps: int) -> None:
        index = {96: 7, 192: 11}[kbps]
        self.frame = bytes((0xFF, 0xFB, index << 4 | 4, 0xC4))
        header = parse_header(self.frame)
        assert header is not None
        self.frame += bytes(header.length - 4)
        self.size = int(seconds / (1152 / 48_000)) * header.length
        self.position = 0

    def seek(self, position: int, whence: int = 0, /) -> int:
        self.position = self.size + position if whence == 2 else position
        return self.position

    def read(self, length: int, /) -> bytes:
        length = max(0, min(length, self.size - self.position))
        offset = self.position % len(self.frame)
        count = (offset + length) // len(self.frame) + 1
        self.position += length
        return (self.frame * count)[offset : offset + length]


def varying_inside() -> bytes:
    """Frames of 128 kbit/s at both ends, of 96 and then of 160 between: the size tells nothing."""
    data = b""
    for rate, count in ((9, 200), (7, 100), (10, 100), (9, 200)):
        four = bytes((0xFF, 0xFB, rate << 4 | 4, 0xC4))
        header = parse_header(four)
        assert header is not None
        data += (four + b"s" * (header.length - 4)) * count
    return data
