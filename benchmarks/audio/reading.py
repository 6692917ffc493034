"""Our quick and whole readings beside mutagen, tinytag and ffprobe: times, bytes, true durations.

    python -m benchmarks.audio.reading [--minutes 30 90] [--keep FOLDER]

Needs ffmpeg, ffprobe and tinytag. The files are made first, which takes most of the time; with
`--keep` they are used again. Then all readers take turns on each file, and medians count: other
work on the machine slows everyone, so only ratios within one run mean anything. Our times are of
`read_audio` in this process, opening the file included; ffprobe is a process, as callers use it.
The truth about a duration is how the file was made: the samples that went in, and for files whose
header cannot tell the encoder's padding those that a decoder gives back. Exit code 1 says that a
figure was missed.

Without headers ffprobe guesses from the first seconds, so its time does not grow with the file, and
its answer is off by minutes or hours. What does our work, visiting every frame, is ffprobe with
`-count_packets`. Files of 30 minutes are held against the guess, longer ones against the count.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import mutagen
from tinytag import TinyTag

from episodes.audio.facts import AudioFacts, Depth
from episodes.audio.reading import read_audio
from episodes.audio.source import Source

ROUNDS = 15
MOST_BYTES = 128 * 1024
HEADERS_MS, WALK_MS = 1.0, 15.0
FASTER_HEADERS, FASTER_WALK = 50, 4
TOLERANCE = 0.1

SOUND = (
    "aevalsrc='0.3*sin(2*PI*(200+100*sin(t/7))*t)*gt(mod(t\\,9)\\,3)"
    "+0.1*(random(0)-0.5)*gt(mod(t\\,11)\\,6)':s=44100:d={seconds}"
)
MP3 = ["-c:a", "libmp3lame", "-compression_level", "9"]
BARE = ["-write_xing", "0", "-id3v2_version", "0"]


@dataclass(frozen=True)
class Kind:
    name: str
    options: list[str]
    source: str = "sound.wav"
    is_decoded: bool = False
    """Whether the truth is what a decoder gives back (padding and all)."""
    has_headers: bool = True


KINDS = [
    Kind("cbr-info.mp3", [*MP3, "-b:a", "128k"]),
    Kind("cbr-none.mp3", [*MP3, "-b:a", "128k", *BARE], is_decoded=True, has_headers=False),
    Kind("vbr-xing.mp3", [*MP3, "-q:a", "4"]),
    Kind("vbr-none.mp3", [*MP3, "-q:a", "4", *BARE], is_decoded=True, has_headers=False),
    Kind("moov-last.m4a", ["-c:a", "aac", "-b:a", "64k", "-aac_coder", "fast"]),
    Kind("moov-first.m4a", ["-c:a", "copy", "-movflags", "+faststart"], "moov-last.m4a"),
    Kind(
        "adts.aac", ["-c:a", "copy", "-f", "adts"], "moov-last.m4a",
        is_decoded=True, has_headers=False,
    ),
    Kind("vorbis.ogg", ["-c:a", "libvorbis", "-q:a", "2"]),
    Kind("opus.opus", ["-c:a", "libopus", "-b:a", "64k", "-compression_level", "0"]),
    Kind("flac.flac", ["-c:a", "flac", "-compression_level", "0"]),
    Kind("pcm.wav", ["-c:a", "copy"]),
    Kind("pcm.aiff", ["-c:a", "pcm_s16be"]),
]  # fmt: skip


def ffmpeg(*arguments: object) -> str:
    command = ["ffmpeg", "-y", "-nostdin", "-v", "error", "-stats", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def make_files(folder: Path, minutes: int) -> list[tuple[Kind, Path, float]]:
    """Return each kind with its file and its true length in seconds, making what is missing."""
    place = folder / f"{minutes}-minutes"
    place.mkdir(parents=True, exist_ok=True)
    sound = place / "sound.wav"
    made = []
    if not sound.exists():
        source = SOUND.format(seconds=minutes * 60)
        ffmpeg("-f", "lavfi", "-i", source, "-c:a", "pcm_s16le", "-ac", "2", sound)
    for kind in KINDS:
        path = place / kind.name
        if not path.exists():
            print(f"making {path.name} of {minutes} minutes …", file=sys.stderr)
            ffmpeg("-i", place / kind.source, "-map_metadata", "-1", *kind.options, path)
        truth = decoded_seconds(path) if kind.is_decoded else minutes * 60.0
        made.append((kind, path, truth))
    return made


def decoded_seconds(path: Path) -> float:
    """Return how much sound a decoder gives back, counted in samples at 44.1 kHz, mono."""
    note = path.with_suffix(path.suffix + ".seconds")
    if not note.exists():
        command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path)]
        command += ["-ac", "1", "-f", "s16le", "-"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            count = sum(len(piece) for piece in iter(lambda: process.stdout.read(2**20), b""))  # type: ignore[union-attr]
        note.write_text(str(count / 2 / 44_100))
    return float(note.read_text())


def ours(path: Path, depth: Depth) -> float | None:
    with path.open("rb") as file:
        facts = read_audio(file, name=path.name, depth=depth).facts
    return facts.duration_ms / 1000 if facts else None


def with_mutagen(path: Path) -> float | None:
    file = mutagen.File(path)
    return file.info.length if file is not None and file.info else None


def with_tinytag(path: Path) -> float | None:
    return TinyTag.get(path).duration if TinyTag.is_supported(path) else None


def with_ffprobe(path: Path) -> float | None:
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json"]
    answer = subprocess.run([*command, str(path)], check=True, capture_output=True).stdout
    return float(json.loads(answer)["format"]["duration"])


def with_counting(path: Path) -> float | None:
    """Have ffprobe visit every packet; the number alone says no duration."""
    command = ["ffprobe", "-v", "error", "-count_packets"]
    command += ["-show_entries", "stream=nb_read_packets", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return None


READERS: dict[str, Callable[[Path], float | None]] = {
    "quick": lambda path: ours(path, Depth.HEADERS),
    "whole": lambda path: ours(path, Depth.WHOLE),
    "mutagen": with_mutagen,
    "tinytag": with_tinytag,
    "ffprobe": with_ffprobe,
    "counting": with_counting,
}


@dataclass(frozen=True)
class Row:
    kind: Kind
    minutes: int
    truth: float
    ms: dict[str, float]
    said: dict[str, float | None]
    bytes_read: int
    went_through: bool

    @property
    def faster(self) -> float:
        return self.ms[self.peer] / self.ms["quick"]

    @property
    def peer(self) -> str:
        guesses = self.kind.has_headers or self.minutes <= 30
        return "ffprobe" if guesses else "counting"

    def missed(self) -> Iterator[str]:
        for name in ("quick", "whole"):
            said = self.said[name]
            if said is None or abs(said - self.truth) > TOLERANCE:
                yield f"{name} says {said} s, the truth is {self.truth:.2f} s"
        limit = HEADERS_MS if self.kind.has_headers else WALK_MS * self.minutes / 30
        if self.ms["quick"] > limit:
            yield f"{self.ms['quick']:.2f} ms, the limit is {limit:g}"
        ratio = FASTER_HEADERS if self.kind.has_headers else FASTER_WALK
        if self.faster < ratio:
            yield f"{self.faster:.1f}x faster than {self.peer}, the limit is {ratio}x"
        if self.kind.has_headers and (self.went_through or self.bytes_read > MOST_BYTES):
            yield f"{self.bytes_read:,} bytes read"


def measure(kind: Kind, path: Path, truth: float, minutes: int) -> Row:
    times: dict[str, list[float]] = {name: [] for name in READERS}
    said: dict[str, float | None] = {}
    for _ in range(ROUNDS):
        for name, read in READERS.items():
            begin = time.perf_counter()
            said[name] = read(path)
            times[name].append((time.perf_counter() - begin) * 1000)
    with path.open("rb") as file:
        source = Source(file)
        reading = read_audio(source, depth=Depth.HEADERS)
    assert isinstance(reading.facts, AudioFacts), reading.refusal
    medians = {name: statistics.median(each) for name, each in times.items()}
    through = reading.depth is Depth.WHOLE
    return Row(kind, minutes, truth, medians, said, source.bytes_read, through)


def table(rows: list[Row]) -> Iterator[str]:
    yield "ms (median); off = seconds from the truth; x = the peer's time over that of quick"
    names = list(READERS)
    yield "".join(
        [f"{'file':<20}{'bytes':>12}", *(f"{name:>9}{'off':>8}" for name in names), f"{'x':>7}"]
    )
    for row in rows:
        cells = [f"{row.kind.name:<15}{row.minutes:>3} m {row.bytes_read:>11,}"]
        for name in names:
            said = row.said[name]
            off = "-" if said is None else f"{said - row.truth:+.2f}"
            cells.append(f"{row.ms[name]:>9.2f}{off:>8}")
        yield "".join([*cells, f"{row.faster:>7.0f}"])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=int, nargs="+", default=[30, 90])
    arguments.add_argument("--keep", type=Path, help="make the files here, and leave them")
    chosen = arguments.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        place = chosen.keep or Path(folder)
        rows = [
            measure(kind, path, truth, minutes)
            for minutes in chosen.minutes
            for kind, path, truth in make_files(place, minutes)
        ]
    print("\n".join(table(rows)))
    print(
        f"\nlimits: off by {TOLERANCE} s; {HEADERS_MS:g} ms, {MOST_BYTES:,} bytes and "
        f"{FASTER_HEADERS}x with headers; {WALK_MS:g} ms per 30 minutes and {FASTER_WALK}x without"
    )
    missed = [f"{row.kind.name} {row.minutes} m: {each}" for row in rows for each in row.missed()]
    print("\n".join(missed) or "All figures are reached.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
