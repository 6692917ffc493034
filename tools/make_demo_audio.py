"""Speak the demo's scripts: real MP3 with chapters in it, WebVTT and chapters as JSON.

Run by hand when a script changes; the results are committed under ``config/demo/assets/``.
Needs ``espeak-ng`` and ``ffmpeg`` (Debian packages of these names) and this project's
environment. Every turn of speech is spoken to its own file, so the times in the transcript and
the chapters are sums of measured lengths, not guesses.

    python tools/make_demo_audio.py            # everything
    python tools/make_demo_audio.py sreda      # one show
    python tools/make_demo_audio.py spotlight-on-central-asia neutral-ground
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import wave
from array import array
from dataclasses import dataclass
from math import exp, pi, sin
from pathlib import Path

from mutagen.id3 import CHAP, COMM, CTOC, ID3, TALB, TIT2, TPE1, CTOCFlags

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config.demo.content import ASSETS, Episode, Line, Show
from config.demo.shows import SHOWS

RATE = 22050  # what espeak-ng speaks at; ffmpeg brings it to 44.1 kHz, which Apple asks for
BIT_RATE = "40k"
BETWEEN_TURNS, BEFORE_CHAPTER, AT_THE_END = 0.45, 0.6, 0.8  # seconds of silence

LOUDNESS = "loudnorm=I=-14.8:TP=-3:LRA=7"
"""Apple and the podcast community aim at -16 LUFS, give or take one: the ceiling takes the rest."""

CEILING = "alimiter=limit=0.63:level=0"
"""At 40 kbit/s the encoder overshoots by up to 4 dB: this keeps what it makes under 0 dB."""

ISO_639_2 = {"en": "eng", "ru": "rus"}

FILTERS = (
    "highpass=f=70,lowpass=f=9500,"
    "acompressor=threshold=-22dB:ratio=3:attack=5:release=120:makeup=2,"
    f"alimiter=limit=0.5:level=0,{LOUDNESS}"
)


@dataclass(frozen=True)
class Cue:
    start: float
    end: float
    line: Line


def silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * round(seconds * RATE)))


def chime(notes: tuple[float, ...]) -> array[int]:
    """Plucked notes in a row, the show's signature: a sine and two overtones that die away."""
    total = 0.28 * (len(notes) - 1) + 1.5
    samples = [0.0] * round(total * RATE)
    for place, frequency in enumerate(notes):
        first = round(0.28 * place * RATE)
        for sample in range(first, len(samples)):
            t = (sample - first) / RATE
            tone = sum(sin(2 * pi * frequency * k * t) * exp(-3.2 * k * t) / k for k in (1, 2, 3))
            samples[sample] += 4200 * tone * min(1.0, t / 0.004)
    return array("h", (max(-32767, min(32767, round(value))) for value in samples))


def speak(line: Line, show: Show, folder: Path) -> array[int]:
    """One turn of speech as 16-bit samples, spoken by the show's voice of that letter."""
    voice = show.cast[line.voice]
    target = folder / "turn.wav"
    command = ["espeak-ng", "-v", voice.name, "-s", str(voice.speed), "-p", str(voice.pitch)]
    subprocess.run([*command, "-w", str(target), line.text], check=True)
    with wave.open(str(target)) as spoken:
        if spoken.getframerate() != RATE:
            raise SystemExit(f"espeak-ng spoke at {spoken.getframerate()} Hz, not at {RATE}.")
        samples = array("h", spoken.readframes(spoken.getnframes()))
    return trimmed(samples)


def trimmed(samples: array[int], floor: int = 120) -> array[int]:
    """Cut the silence that espeak-ng leaves around a sentence."""
    loud = [place for place, value in enumerate(samples) if abs(value) > floor]
    return samples[loud[0] : loud[-1] + round(0.05 * RATE)] if loud else samples


def perform(
    episode: Episode, show: Show, folder: Path
) -> tuple[array[int], list[Cue], list[float]]:
    """Speak a whole script. Returns samples, one cue per turn, and where each part starts."""
    sound = chime(show.signature)
    cues: list[Cue] = []
    starts: list[float] = []
    for part in episode.parts:
        starts.append(len(sound) / RATE if starts else 0.0)
        for line in part.lines:
            start = len(sound) / RATE
            sound += speak(line, show, folder)
            cues.append(Cue(start, len(sound) / RATE, line))
            sound += silence(BETWEEN_TURNS)
        sound += silence(BEFORE_CHAPTER)
    sound += chime(tuple(reversed(show.signature)))
    return sound + silence(AT_THE_END), cues, starts


def encode(samples: array[int], folder: Path, target: Path) -> None:
    """Level the loudness and encode; two passes, so that the whole is shifted and not pumped."""
    source = folder / "whole.wav"
    with wave.open(str(source), "wb") as sink:
        sink.setparams((1, 2, RATE, len(samples), "NONE", "not compressed"))
        sink.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    ffmpeg = ["ffmpeg", "-hide_banner", "-nostdin", "-y", "-i", str(source), "-af"]
    first = subprocess.run(
        [*ffmpeg, f"{FILTERS}:print_format=json", "-f", "null", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(first.stderr[first.stderr.rindex("{") : first.stderr.rindex("}") + 1])
    measured = (
        f"measured_I={found['input_i']}:measured_TP={found['input_tp']}"
        f":measured_LRA={found['input_lra']}:measured_thresh={found['input_thresh']}"
        f":offset={found['target_offset']}:linear=true"
    )
    quiet = ["-loglevel", "error", "-bitexact", "-map_metadata", "-1"]
    shape = ["-ar", "44100", "-ac", "1", "-c:a", "libmp3lame", "-b:a", BIT_RATE, "-id3v2_version"]
    subprocess.run(
        [*ffmpeg, f"{FILTERS}:{measured},{CEILING}", *quiet, *shape, "0", str(target)], check=True
    )


def tag(target: Path, episode: Episode, show: Show, starts: list[float], length: float) -> None:
    """Write a small ID3v2.3 tag, with CHAP and CTOC frames where the episode wants them."""
    tags = ID3()
    tags.add(TIT2(encoding=1, text=episode.title))
    tags.add(TALB(encoding=1, text=show.title))
    tags.add(TPE1(encoding=1, text=show.voices_credit))
    tags.add(COMM(encoding=1, lang=ISO_639_2[show.language], desc="", text=show.notice))
    if episode.embedded_chapters:
        ends = [*starts[1:], length]
        names = [f"chp{place}" for place in range(len(starts))]
        for name, part, start, end in zip(names, episode.parts, starts, ends, strict=True):
            title = TIT2(encoding=1, text=part.title)
            times = {"start_time": round(start * 1000), "end_time": round(end * 1000)}
            unused = {"start_offset": 0xFFFFFFFF, "end_offset": 0xFFFFFFFF}
            tags.add(CHAP(element_id=name, sub_frames=[title], **times, **unused))
        flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
        tags.add(CTOC(element_id="toc", flags=flags, child_element_ids=names))
    tags.save(target, v1=0, v2_version=3, padding=lambda _info: 0)


def clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def transcript(cues: list[Cue], show: Show) -> str:
    """WebVTT with one cue per turn, each in the voice that speaks it."""
    blocks = [
        f"{clock(cue.start)} --> {clock(cue.end)}\n"
        f"<v {show.cast[cue.line.voice].label}>{cue.line.text}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", f"NOTE {show.notice}", *blocks]) + "\n"


def chapters(episode: Episode, starts: list[float]) -> str:
    """Chapters as the podcast namespace's JSON 1.2 has them."""
    listed = [
        {"startTime": round(start, 3), "title": part.title}
        for start, part in zip(starts, episode.parts, strict=True)
    ]
    document = {"version": "1.2.0", "title": episode.title, "chapters": listed}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def make(episode: Episode, show: Show) -> None:
    stem = ASSETS / show.asset(episode)
    with tempfile.TemporaryDirectory() as scratch:
        samples, cues, starts = perform(episode, show, Path(scratch))
        encode(samples, Path(scratch), stem.with_suffix(".mp3"))
    length = len(samples) / RATE
    tag(stem.with_suffix(".mp3"), episode, show, starts, length)
    stem.with_suffix(".vtt").write_text(transcript(cues, show), encoding="utf-8")
    if episode.has_chapters:
        stem.with_suffix(".chapters.json").write_text(chapters(episode, starts), encoding="utf-8")
    size = stem.with_suffix(".mp3").stat().st_size
    print(f"{stem.name}: {length:.1f} s, {size} bytes")


def main(wanted: list[str]) -> None:
    for show in SHOWS:
        if wanted and wanted[0] != show.slug:
            continue
        for episode in show.episodes:
            if episode.parts and (len(wanted) < 2 or episode.slug in wanted[1:]):
                make(episode, show)


if __name__ == "__main__":
    main(sys.argv[1:])
