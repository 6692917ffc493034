"""How the files in tests/data/audio were made: `python tests/data/make_audio.py` (needs ffmpeg).

Every file holds the same four seconds (bursts of noise, tones and silence, so that a variable bit
rate varies), except where its name says otherwise. Quirks that bytes alone can make (tags, cuts,
joins, lies in headers) are made by tests/episodes/audio/corpus.py while the tests run.
"""

import math
import random
import struct
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

OUT = Path(__file__).parent / "audio"
SECONDS = 4
RATE = 44_100

CHAPTERS = """;FFMETADATA1
title=Выпуск с главами
artist=Bruce Pannier
[CHAPTER]
TIMEBASE=1/1000
START=0
END=1500
title=Neutrality summit
[CHAPTER]
TIMEBASE=1/1000
START=1500
END=4000
title=Таджико-афганская граница
"""

MP3 = ["-c:a", "libmp3lame"]
BARE = ["-write_xing", "0", "-id3v2_version", "0"]
FILES = {
    "cbr-info-stereo.mp3": [*MP3, "-b:a", "96k", "-ac", "2"],
    "cbr-without-header.mp3": [*MP3, "-b:a", "48k", "-ac", "1", *BARE],
    "vbr-xing.mp3": [*MP3, "-q:a", "6", "-ac", "1"],
    "vbr-without-header.mp3": [*MP3, "-q:a", "6", "-ac", "1", *BARE],
    "abr.mp3": [*MP3, "-abr", "1", "-b:a", "56k", "-ac", "1"],
    "mpeg2-22050.mp3": [*MP3, "-b:a", "32k", "-ac", "1", "-ar", "22050"],
    "mpeg25-11025.mp3": [*MP3, "-b:a", "16k", "-ac", "1", "-ar", "11025"],
    "mpeg25-without-header.mp3": [*MP3, "-q:a", "6", "-ac", "1", "-ar", "12000", *BARE],
    "48000-joint-stereo.mp3": [*MP3, "-b:a", "64k", "-ac", "2", "-ar", "48000"],
    "layer2.mp2": ["-c:a", "mp2", "-b:a", "32k", "-ac", "1", "-ar", "22050"],
    "aac-chapters.m4a": ["-c:a", "aac", "-b:a", "48k", "-ac", "1", "CHAPTERS"],
    "aac-faststart.m4a": ["-c:a", "aac", "-b:a", "48k", "-ac", "2", "-movflags", "+faststart"],
    "aac-fragmented.m4a": [
        *["-c:a", "aac", "-b:a", "32k", "-ac", "1"],
        *["-movflags", "+frag_keyframe+empty_moov"],
    ],
    "alac.m4a": ["-c:a", "alac", "-ac", "1", "-ar", "8000"],
    "adts.aac": ["-c:a", "aac", "-b:a", "48k", "-ac", "1", "-f", "adts"],
    "latm.aac": ["-c:a", "aac", "-b:a", "32k", "-ac", "1", "-f", "latm"],
    "vorbis.ogg": ["-c:a", "libvorbis", "-q:a", "0", "-ac", "1"],
    "opus.opus": ["-c:a", "libopus", "-b:a", "32k", "-ac", "1", "CHAPTERS"],
    "flac-in-ogg.ogg": ["-c:a", "flac", "-ac", "1", "-ar", "8000", "-f", "ogg"],
    "flac.flac": ["-c:a", "flac", "-ac", "1", "-ar", "8000"],
    "pcm16.aiff": ["-c:a", "pcm_s16be", "-ac", "1", "-ar", "8000"],
    "sowt.aifc": ["-c:a", "pcm_s16le", "-ac", "1", "-ar", "8000", "-f", "aiff"],
    "adpcm.wav": ["-c:a", "adpcm_ima_wav", "-ac", "1", "-ar", "8000"],
    "mp3-in-wav.wav": [*MP3, "-b:a", "32k", "-ac", "1", "-ar", "22050", "-f", "wav"],
    "alaw.wav": ["-c:a", "pcm_alaw", "-ac", "1", "-ar", "8000"],
    "rf64.wav": ["-c:a", "pcm_s16le", "-ac", "1", "-ar", "8000", "-rf64", "always"],
    "extensible-24.wav": ["-c:a", "pcm_s24le", "-ac", "1", "-ar", "8000"],
    "float.wav": ["-c:a", "pcm_f32le", "-ac", "1", "-ar", "8000"],
}


def write_sound(path: Path) -> None:
    chance = random.Random(20251019)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for index in range(SECONDS * RATE):
            part = index * 5 // RATE % 4
            if part == 0:
                value = chance.uniform(-0.3, 0.3)
            elif part == 1:
                value = 0.3 * math.sin(2 * math.pi * 440 * index / RATE)
            elif part == 2:
                value = 0.0
            else:
                value = 0.2 * math.sin(2 * math.pi * (200 + index % RATE / 50) * index / RATE)
            sample = int(value * 32767)
            file.writeframesraw(struct.pack("<hh", sample, sample // 2))


def run(*arguments: object) -> None:
    command = ["ffmpeg", "-y", "-v", "error", "-nostdin", *map(str, arguments)]
    subprocess.run(command, check=True)


def main() -> int:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        chapters = Path(folder) / "chapters.txt"
        write_sound(sound)
        chapters.write_text(CHAPTERS, encoding="utf-8")
        for name, options in FILES.items():
            inputs = ["-i", sound]
            if "CHAPTERS" in options:
                inputs += ["-i", chapters, "-map_metadata", "1", "-map_chapters", "1"]
            wanted = [option for option in options if option != "CHAPTERS"]
            run(*inputs, "-bitexact", *wanted, OUT / name)
        picture = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=5:d=4", "-c:v", "mpeg4", "-shortest"]
        sound_only = ["-c:a", "aac", "-b:a", "32k", "-bitexact"]
        run("-i", sound, *picture, *sound_only, "-f", "mp4", OUT / "video.m4a")
        run("-i", sound, *sound_only, "-t", "1", "-f", "matroska", OUT / "matroska.mp3")
    sizes = {path.name: path.stat().st_size for path in OUT.iterdir()}
    print(f"{len(sizes)} files, {sum(sizes.values()):,} bytes")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
