"""Files made to hurt: to fill the memory, to run for ever, to break a parser."""

import struct
import zlib
from functools import partial

from tests.episodes.audio import corpus
from tests.episodes.audio.corpus import bare_mp3, box, frame, id3, sound, synchsafe
from tests.episodes.audio.hostile.case import Case, heard, refused
from tests.episodes.audio.hostile.valid import APPLE, LOW, RATE, chunk, pcm_wav, wav_with_chunks


def inflating(megabytes: int, count: int = 1) -> bytes:
    """Compressed ID3v2.3 frames that inflate to so many megabytes each."""
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(bytes(2**20)) for _ in range(megabytes)) + squeeze.flush()
    data = struct.pack(">I", megabytes * 2**20) + packed
    return id3(frame(b"TIT2", data, 0x0080) * count) + bare_mp3()


def inflating_v24(megabytes: int) -> bytes:
    """The same in ID3v2.4, where the flag and the length stand elsewhere."""
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(bytes(2**20)) for _ in range(megabytes)) + squeeze.flush()
    data = synchsafe(megabytes * 2**20 % 2**28) + packed
    return id3(frame(b"TIT2", data, 0x0009, version=4), version=4) + bare_mp3()


def bomb_behind_an_empty_frame(megabytes: int) -> bytes:
    packed = struct.pack(">I", megabytes * 2**20) + zlib.compress(bytes(megabytes * 2**20), 9)
    return id3(frame(b"COMM", b"") + frame(b"TIT2", packed, 0x0080)) + bare_mp3()


def bomb_past_the_end(megabytes: int) -> bytes:
    """The compressed frame claims more than the tag holds; some readers take what there is."""
    packed = struct.pack(">I", megabytes * 2**20) + zlib.compress(bytes(megabytes * 2**20), 9)
    claimed = struct.pack(">4sIH", b"TIT2", 2**24, 0x0080)
    return id3(claimed + packed) + bare_mp3()


def inside_chapter(megabytes: int) -> bytes:
    """A compressed frame hidden inside a chapter."""
    packed = zlib.compress(bytes(megabytes * 2**20), 9)
    title = frame(b"TIT2", struct.pack(">I", megabytes * 2**20) + packed, 0x0080)
    return id3(frame(b"CHAP", b"c\0" + struct.pack(">4I", 0, 9, 0, 0) + title)) + bare_mp3()


def tables_of_contents(count: int) -> bytes:
    """Tables of contents that name each other in a circle."""
    frames = b"".join(
        frame(b"CTOC", b"t%d\0\x02\x01t%d\0" % (index, (index + 1) % count))
        for index in range(count)
    )
    return id3(frames) + bare_mp3()


def many_tags(count: int) -> bytes:
    return id3(b"") * count + bare_mp3()


def claimed_tag() -> bytes:
    """A tag that claims 256 MB in a file of a few kilobytes."""
    return b"ID3\x03\0\0\x7f\x7f\x7f\x7f" + bare_mp3()


def boxes(count: int, kind: bytes = b"free") -> bytes:
    return box(b"ftyp", b"M4A \0\0\0\0") + box(kind, b"") * count


def moov_of(*inside: bytes) -> bytes:
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", b"".join(inside)) + box(b"mdat", bytes(999))


def endless_box(size: int) -> bytes:
    return box(b"ftyp", b"M4A \0\0\0\0") + struct.pack(">I", size) + b"moov" + bytes(40)


def huge_box() -> bytes:
    return box(b"ftyp", b"M4A \0\0\0\0") + b"\0\0\0\x01moov" + b"\xff" * 8 + bytes(40)


def m4a_table(kind: bytes, entries: int) -> bytes:
    """Let a sample table claim so many entries."""
    return corpus.patched_m4a(kind, 4, struct.pack(">I", entries))


def long_mdhd() -> bytes:
    """A clock of one tick a second and 4 billion ticks."""
    return corpus.patched_m4a(b"mdhd", 12, struct.pack(">II", 1, 0xFFFFFFFF))


def many_ogg_pages(count: int) -> bytes:
    """A page of an Ogg without sound in it and with a wrong checksum, over and over."""
    data = sound("vorbis.ogg")
    second = data.index(b"OggS", 4)
    page = data[:5] + b"\0" + data[6:26] + b"\0"
    return data[:second] + page * count + data[second:]


def ogg_streams(count: int) -> bytes:
    """Very many streams that begin and never go on."""
    page = sound("opus.opus")
    head = page[: page.index(b"OggS", 4)]
    return b"".join(head[:14] + struct.pack("<I", index) + head[18:] for index in range(count))


def vorbis_comments(count: int, length: int) -> bytes:
    """A FLAC whose comments claim a number and a length."""
    content = struct.pack("<I", 0) + struct.pack("<I", count) + struct.pack("<I", length)
    data = sound("flac.flac")
    block = b"\x04" + len(content).to_bytes(3, "big") + content
    return data[:42] + block + data[42:]


def flac_blocks(count: int) -> bytes:
    data = sound("flac.flac")
    return data[:42] + b"\x01\0\0\0" * count + data[42:]


def wav_claiming(size: int) -> bytes:
    data = bytearray(pcm_wav())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", size)
    return bytes(data)


def wav_format(**values: int) -> bytes:
    data = bytearray(pcm_wav())
    fields = {"channels": (22, "<H"), "rate": (24, "<I"), "speed": (28, "<I"), "align": (32, "<H")}
    for name, value in values.items():
        at, form = fields[name]
        data[at : at + struct.calcsize(form)] = struct.pack(form, value)
    return bytes(data)


def like_frames(looks: bytes, megabytes: int) -> bytes:
    """Bytes that nearly are frames, behind a few that are."""
    return corpus.first_frames(12) + looks * (megabytes * 2**20 // len(looks))


CASES: list[Case] = [
    refused("60 MB that begin like frames", partial(like_frames, b"\xff\xfb\0", 60), "damaged"),
    refused("60 MB of heads", partial(like_frames, b"\xff\xfb\x90\x40\0", 60), "damaged"),
    refused("a tag that inflates to 512 MB", partial(inflating, 512), "tag-compressed"),
    refused("16 texts that inflate to 64 MB each", partial(inflating, 64, 16), "tag-compressed"),
    refused("the same in ID3v2.4", partial(inflating_v24, 100), "tag-compressed"),
    refused(
        "a bomb behind an empty text", partial(bomb_behind_an_empty_frame, 50), "tag-compressed"
    ),
    refused("a bomb past the end of its tag", partial(bomb_past_the_end, 50), "tag-compressed"),
    refused("a bomb inside a chapter", partial(inside_chapter, 50), "tag-compressed"),
    refused(
        "an old tag compressed as a whole",
        lambda: id3(b"x" * 99, 2, 0x40) + bare_mp3(),
        "tag-compressed",
    ),
    refused("50,000 texts", partial(corpus.many_frames, 50_000), "tag-too-many-frames"),
    refused("chapters nested 3,000 deep", partial(corpus.nested_chapters, 3000), "tag-nested"),
    refused("501 chapters", partial(corpus.with_chapters, 501), "too-many-chapters"),
    heard("tables of contents in a circle", partial(tables_of_contents, 50), LOW),
    refused("a cover of 12 MB", partial(corpus.large_cover, 12 * 2**20), "cover-too-large"),
    refused("a tag of 17 MB", lambda: id3(bytes(17 * 2**20)) + bare_mp3(), "tag-too-large"),
    refused("a tag that claims 256 MB", claimed_tag, "tag-too-large"),
    refused("100,000 tags", partial(many_tags, 100_000), "unknown"),
    refused("moov nested 4,000 deep", partial(corpus.nested_moov, 4000), "no-audio"),
    refused("200,000 boxes", partial(boxes, 200_000), "damaged"),
    refused("200,000 boxes in moov", lambda: moov_of(box(b"free", b"") * 200_000), "damaged"),
    refused("20,000 tracks", lambda: moov_of(box(b"trak", b"") * 20_000), "damaged"),
    refused("a box of 4 GB", partial(endless_box, 0xFFFFFFFF), "incomplete"),
    refused("a box of 7 bytes", partial(endless_box, 7), "incomplete"),
    refused("a box of 2^64 bytes", huge_box, "incomplete"),
    refused("4 billion samples", partial(m4a_table, b"stsz", 0xFFFFFFFF), "truncated"),
    refused("4 billion chunks", partial(m4a_table, b"stco", 0xFFFFFFFF), "damaged"),
    refused("4 billion times", partial(m4a_table, b"stts", 0xFFFFFFFF), "damaged"),
    refused("136 years in the header", long_mdhd, "damaged", "a.m4a"),
    refused("100,000 broken pages", partial(many_ogg_pages, 100_000), "damaged", "a.ogg"),
    refused("20,000 streams that never go on", partial(ogg_streams, 20_000), "too-short"),
    heard(
        "4 billion comments",
        partial(vorbis_comments, 0xFFFFFFFF, 0),
        f"{APPLE} {RATE} tags-unreadable",
        "a.flac",
    ),
    heard(
        "a comment of 4 GB", partial(vorbis_comments, 1, 0xFFFFFFFF), f"{APPLE} {RATE}", "a.flac"
    ),
    refused("100,000 empty blocks", partial(flac_blocks, 100_000), "tag-too-many-frames", "a.flac"),
    refused(
        "100,000 chunks", lambda: wav_with_chunks(chunk(b"JUNK", b"") * 100_000), "damaged", "a.wav"
    ),
    refused("a WAV that claims 3 GB", partial(wav_claiming, 3 * 2**30), "truncated", "a.wav"),
    heard(
        "a WAV that claims 2 GB, as out of a pipe",
        partial(wav_claiming, 2**31),
        f"{APPLE} length-header-missing",
        "a.wav",
    ),
    heard(
        "a WAV without a length",
        partial(wav_claiming, 0xFFFFFFFF),
        f"{APPLE} length-header-missing",
        "a.wav",
    ),
    refused("a WAV without channels", partial(wav_format, channels=0), "damaged", "a.wav"),
    refused("a WAV without a rate", partial(wav_format, rate=0, speed=0), "damaged", "a.wav"),
    heard(
        "a WAV of blocks of nothing",
        partial(wav_format, align=0),
        f"{APPLE} length-header-wrong",
        "a.wav",
    ),
    refused("a WAV of 4 billion Hz", partial(wav_format, rate=0xFFFFFFFF), "damaged", "a.wav"),
    refused(
        "a bomb inside a WAV",
        lambda: wav_with_chunks(chunk(b"id3 ", inflating(64))),
        "tag-compressed",
        "a.wav",
    ),
]
