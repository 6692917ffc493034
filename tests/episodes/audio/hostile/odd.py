"""Files with a past: odd, and yet somebody can hear them."""

import struct
from functools import partial
from io import BytesIO

from mutagen.id3 import ID3, TALB, TIT2, TPE1

from tests.episodes.audio import corpus
from tests.episodes.audio.corpus import bare_mp3, frame, id3, sound
from tests.episodes.audio.hostile.case import Case, heard
from tests.episodes.audio.hostile.valid import APPLE, LOW

LIE, GAP, OPUS = "length-header-wrong", "damaged-inside", "a.opus"


def with_texts(*, version: int = 4) -> bytes:
    """Titles that go from right to left, in pictures, and in every plane of Unicode."""
    file = BytesIO(bare_mp3())
    tags = ID3()
    tags.add(TIT2(encoding=1, text="حلقة \u202eيسار \u2066إلى\u2069 يمين"))
    tags.add(TPE1(encoding=1, text="👩🏽‍🚀 Даряна 𝕬𝖇𝖈"))
    tags.add(TALB(encoding=1, text="Среда\nCentral\r\nAsia\t\x07"))
    tags.save(file, v2_version=version)
    return file.getvalue()


def with_padding(size: int) -> bytes:
    return id3(frame(b"TIT2", b"\0x") + bytes(size)) + bare_mp3()


def tag_after_tag(count: int) -> bytes:
    return id3(frame(b"TIT2", b"\0x") + bytes(20)) * count + bare_mp3()


def footer_tag() -> bytes:
    """ID3v2.4 with a footer, which counts on top of the size."""
    frames = frame(b"TIT2", b"\x03Footer", version=4)
    head = b"ID3\x04\x00\x10" + corpus.synchsafe(len(frames))
    return head + frames + b"3DI" + head[3:] + bare_mp3()


def unsynchronised_tag() -> bytes:
    """ID3v2.3 with every FF followed by a zero that does not count."""
    plain = frame(b"APIC", b"\0image/jpeg\0\x03\0\xff\xd8\xff\xe0" + b"\xff\xfb" * 50)
    return id3(plain.replace(b"\xff", b"\xff\0"), flags=0x80) + bare_mp3()


def extended_tag() -> bytes:
    return (
        id3(struct.pack(">IHI", 6, 0, 0) + frame(b"TIT2", b"\0Extended"), flags=0x40) + bare_mp3()
    )


def empty_frames() -> bytes:
    return id3(frame(b"TIT2", b"") + frame(b"COMM", b"") + frame(b"APIC", b"")) + bare_mp3()


def endless_frame() -> bytes:
    return id3(b"TIT2\xff\xff\xff\xff\0\0\0x" + bytes(50)) + bare_mp3()


def lyrics_behind() -> bytes:
    lyrics = b"LYRICSBEGININD00002" + b"10LYR00005words"
    return bare_mp3() + lyrics + b"%06dLYRICS200" % len(lyrics) + b"TAG" + bytes(125)


def free_boxes(count: int) -> bytes:
    """Many empty boxes at the end of an M4A."""
    return sound("aac-chapters.m4a") + corpus.box(b"free", b"") * count


def two_kinds_of_frames() -> bytes:
    return sound("cbr-without-header.mp3") + sound("mpeg25-without-header.mp3")


def id3v1_inside() -> bytes:
    return bare_mp3() + b"TAG" + b"One".ljust(124, b"\0") + b"\0" + bare_mp3()


def both_tags_inside() -> bytes:
    return bare_mp3() + b"TAG" + b"One".ljust(124, b"\0") + b"\0" + corpus.with_tag()


def mono_and_stereo() -> bytes:
    stereo = sound("cbr-info-stereo.mp3")
    return bare_mp3() + stereo[stereo.index(b"\xff\xfb") :]


def jingle_in_the_middle() -> bytes:
    jingle = sound("48000-joint-stereo.mp3")
    return bare_mp3() + jingle[jingle.index(b"\xff\xfb") :] + bare_mp3()


CASES: list[Case] = [
    heard("junk before", lambda: b"\xaa" * 300 + bare_mp3(), f"{LOW} junk-before"),
    heard("junk inside", corpus.with_hole, f"{LOW} junk-inside"),
    heard("junk after", lambda: bare_mp3() + b"\xaa" * 3000, f"{LOW} junk-after"),
    heard("zeros around", lambda: bytes(5000) + bare_mp3() + bytes(5000), LOW),
    heard("two joined", corpus.joined, f"{LOW} joined"),
    heard("an old tag in the middle", id3v1_inside, f"{LOW} joined"),
    heard("both tags in the middle", both_tags_inside, f"{LOW} joined"),
    heard("mono and then stereo", mono_and_stereo, f"{LOW} joined"),
    heard("a jingle of another rate", jingle_in_the_middle, f"{LOW} joined"),
    heard("2 MB of zeros behind a tag", lambda: id3(b"") + bytes(2**21) + bare_mp3(), LOW),
    heard("an Info header of 4 billion frames", partial(corpus.with_info, 0xFFFFFFFF)),
    heard("an Info header of 3 frames", partial(corpus.with_info, 3), LIE),
    heard("an Info header of 0 frames", partial(corpus.with_info, 0)),
    heard("a header left over from before a cut", corpus.left_over_header, LIE),
    heard(
        "an Ogg position of 2^62",
        partial(corpus.ogg_with_granule, 2**62),
        f"{APPLE} {GAP} {LIE}",
        OPUS,
    ),
    heard(
        "an Ogg position of -1", partial(corpus.ogg_with_granule, 2**64 - 1), f"{APPLE} {GAP}", OPUS
    ),
    heard(
        "an Ogg position of 0", partial(corpus.ogg_with_granule, 0), f"{APPLE} {GAP} {LIE}", OPUS
    ),
    heard("a tag of zero length", lambda: id3(b"") + bare_mp3(), LOW),
    heard("frames of zero length", empty_frames, LOW),
    heard("a frame longer than its tag", endless_frame, LOW),
    heard("9 MB of padding", partial(with_padding, 9 * 2**20), LOW),
    heard("five tags after each other", partial(tag_after_tag, 5), LOW),
    heard("a tag with a footer", footer_tag, LOW),
    heard("an unsynchronised tag", unsynchronised_tag, LOW),
    heard("a tag with an extended header", extended_tag, LOW),
    heard("lyrics behind the sound", lyrics_behind, LOW),
    heard("texts in every direction", with_texts, LOW),
    heard("texts in every direction, ID3v2.3", partial(with_texts, version=3), LOW),
    heard("texts with NUL and overrides", corpus.with_hostile_texts, LOW),
    heard("500 chapters", partial(corpus.with_chapters, 500), LOW),
    heard("a very long comment", corpus.long_comment, f"{LOW} text-cut"),
    heard("a cover of 8 MB", partial(corpus.large_cover, 8 * 2**20), LOW),
    heard("1,900 texts", partial(corpus.many_frames, 1900), LOW),
    heard("1,000 empty boxes", partial(free_boxes, 1000), LOW, "a.m4a"),
    heard("an M4A called .mp3", partial(sound, "aac-faststart.m4a"), f"{LOW} extension"),
    heard("an MP3 called .wav", bare_mp3, f"{LOW} extension", "a.wav"),
    heard("two sample rates", two_kinds_of_frames, f"{LOW} joined"),
]
