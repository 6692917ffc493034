"""Good files of every kind: what editors export every day."""

import struct
import wave
from collections.abc import Callable
from functools import partial
from io import BytesIO

from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, ID3, TIT2, TPE1, USLT

from tests.episodes.audio import corpus
from tests.episodes.audio.corpus import sound
from tests.episodes.audio.hostile.case import Case, heard

LOW = "bit-rate-low"
RATE = "sample-rate"
APPLE = "not-for-apple"


def tagged(name: str, *, v2: int = 0, v1: bool = False, ape: bool = False) -> bytes:
    """A real MP3 with the tags that are asked for, in Cyrillic where the tag can hold it."""
    file = BytesIO(sound(name))
    if ape:
        tag = APEv2()
        tag["Title"], tag["Artist"] = "Перепись", "Daryana Gryaznova"
        tag.save(file)
    if v2 in (3, 4):
        tags = ID3()
        tags.add(TIT2(encoding=1, text="Саммит 🌍 нейтралитета"))
        tags.add(TPE1(encoding=1, text=["Bruce Pannier", "Michael Hillard"]))
        tags.add(COMM(encoding=1, lang="rus", desc="", text="Запись в Алматы"))
        tags.add(USLT(encoding=1, lang="eng", desc="", text="words " * 400))
        tags.add(APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=JPEG))
        tags.save(file, v2_version=v2, v1=2 if v1 else 0)
    elif v1:
        file.seek(0, 2)
        file.write(b"TAG" + b"Neutrality".ljust(124, b"\0") + b"\x65")
    data = file.getvalue()
    if v2 == 2:
        frames = b"TT2" + (11).to_bytes(3, "big") + b"\0Neutrality" + b"TP1\0\0\x04\0Bob"
        data = corpus.id3(frames + bytes(200), version=2) + data
    return data


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"j" * 4000


def pcm_wav(*, width: int = 2, rate: int = 44_100, channels: int = 1, seconds: float = 1) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(bytes(range(256)) * (round(rate * seconds) * width * channels // 256 + 1))
    return file.getvalue()


def wav_with_chunks(*chunks: bytes, wav: bytes = b"") -> bytes:
    """Put chunks between `fmt ` and `data`, as recorders and workstations do."""
    data = wav or pcm_wav()
    at = data.index(b"data")
    body = data[8:at] + b"".join(chunks) + data[at:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def flac_with_picture() -> bytes:
    file = BytesIO(sound("flac.flac"))
    flac = FLAC(file)
    flac["title"] = "Тишина"
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/jpeg", JPEG
    flac.add_picture(picture)
    file.seek(0)
    flac.save(file)
    return file.getvalue()


def with_id3_before(name: str) -> bytes:
    return corpus.id3(corpus.frame(b"TIT2", b"\0Title") + bytes(50)) + sound(name)


_HEADERS = {
    "cbr-info-stereo.mp3": "",
    "cbr-without-header.mp3": LOW,
    "vbr-xing.mp3": LOW,
    "vbr-without-header.mp3": LOW,
    "abr.mp3": LOW,
    "48000-joint-stereo.mp3": LOW,
    "mpeg2-22050.mp3": f"{LOW} {RATE}",
    "mpeg25-11025.mp3": f"{LOW} {RATE}",
    "mpeg25-without-header.mp3": f"{LOW} {RATE}",
}
_TAGS: dict[str, Callable[[str], bytes]] = {
    "no tag": sound,
    "ID3v1": partial(tagged, v1=True),
    "ID3v2.2": partial(tagged, v2=2),
    "ID3v2.3": partial(tagged, v2=3),
    "ID3v2.4": partial(tagged, v2=4),
    "APE": partial(tagged, ape=True),
    "all tags at once": partial(tagged, v2=4, v1=True, ape=True),
}

CASES: list[Case] = [
    heard(f"{name} with {tag}", partial(make, name), codes)
    for name, codes in _HEADERS.items()
    for tag, make in _TAGS.items()
]
CASES += [
    heard("an MP3 with a VBRI header", corpus.with_vbri, f"{LOW} {RATE}"),
    heard("an MP3 with chapters", corpus.with_chapters, LOW),
    heard("an MP3 with 255 chapters", partial(corpus.with_chapters, 255), LOW),
    heard("AAC with chapters, moov last", partial(sound, "aac-chapters.m4a"), LOW, "a.m4a"),
    heard("AAC, moov first", partial(sound, "aac-faststart.m4a"), LOW, "a.m4a"),
    heard("Apple Lossless", partial(sound, "alac.m4a"), f"{APPLE} {RATE}", "a.m4a"),
    heard("raw AAC", partial(sound, "adts.aac"), LOW, "a.aac"),
    heard("raw AAC behind a tag", partial(with_id3_before, "adts.aac"), LOW, "a.aac"),
    heard("Ogg Vorbis", partial(sound, "vorbis.ogg"), APPLE, "a.ogg"),
    heard("Opus", partial(sound, "opus.opus"), APPLE, "a.opus"),
    heard("FLAC", partial(sound, "flac.flac"), f"{APPLE} {RATE}", "a.flac"),
    heard("FLAC with a picture", flac_with_picture, f"{APPLE} {RATE}", "a.flac"),
    heard("FLAC behind a tag", partial(with_id3_before, "flac.flac"), f"{APPLE} {RATE}", "a.flac"),
    heard("AIFF", partial(sound, "pcm16.aiff"), f"{APPLE} {RATE}", "a.aiff"),
    heard("AIFF-C, little-endian", partial(sound, "sowt.aifc"), f"{APPLE} {RATE}", "a.aifc"),
    heard("RF64", partial(sound, "rf64.wav"), f"{APPLE} {RATE}", "a.wav"),
    heard(
        "WAV of 24 bits, extensible",
        partial(sound, "extensible-24.wav"),
        f"{APPLE} {RATE}",
        "a.wav",
    ),
    heard("WAV of floats", partial(sound, "float.wav"), f"{APPLE} {RATE}", "a.wav"),
    heard("WAV of 8 bits", partial(pcm_wav, width=1), APPLE, "a.wav"),
    heard(
        "WAV of 32 bits, 96 kHz", partial(pcm_wav, width=4, rate=96_000), f"{APPLE} {RATE}", "a.wav"
    ),
    heard(
        "WAV with a broadcast chunk",
        partial(wav_with_chunks, chunk(b"bext", bytes(603))),
        APPLE,
        "a.wav",
    ),
    heard(
        "WAV with a list and padding",
        partial(
            wav_with_chunks, chunk(b"LIST", b"INFOINAM\x04\0\0\0Sun\0"), chunk(b"JUNK", bytes(4097))
        ),
        APPLE,
        "a.wav",
    ),
]
