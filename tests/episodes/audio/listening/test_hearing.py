"""Through the real ffmpeg: the figures are those of its own meter, and whatever fails says so."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from episodes.audio.ffmpeg import find_ffmpeg
from episodes.audio.listening.facts import Heard
from episodes.audio.listening.hearing import NotHeard, hear
from episodes.audio.listening.judging import judge
from tests.episodes.audio import corpus
from tests.episodes.sounds import RATE, nothing, parts, sine, write_wav
from tests.processes import descendants

FILES = [
    *("cbr-info-stereo.mp3", "vbr-without-header.mp3", "48000-joint-stereo.mp3", "abr.mp3"),
    *("mpeg25-11025.mp3", "aac-chapters.m4a", "aac-faststart.m4a", "alac.m4a", "adts.aac"),
    *("vorbis.ogg", "opus.opus", "flac.flac", "pcm16.aiff", "extensible-24.wav", "float.wav"),
]


def listen(path: Path, seconds: float = 4) -> Heard:
    return hear(path, seconds=seconds)


def by_ffmpeg(path: Path) -> tuple[float, float, float]:
    """Return loudness, range and true peak as ffmpeg's own meter finds them."""
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-i", str(path)]
    asked = ["-map", "0:a:0", "-af", "ebur128=peak=true", "-f", "null", "-"]
    log = subprocess.run([*command, *asked], capture_output=True, text=True, check=True).stderr
    summary = log[log.rindex("Summary:") :]
    return tuple(
        float(re.search(rf"{name}:\s+(\S+) ", summary)[1]) for name in ("I", "LRA", "Peak")
    )


@pytest.mark.parametrize("name", FILES)
def test_the_figures_are_those_of_ffmpegs_own_meter(name: str):
    path = corpus.AUDIO / name

    heard = listen(path)

    loudness, spread, peak = by_ffmpeg(path)
    assert heard.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert heard.loudness_range_lu == pytest.approx(spread, abs=0.1)
    assert heard.measured.true_peak_dbtp == pytest.approx(peak, abs=0.2)


def test_a_full_band_of_noise_at_the_ceiling_agrees_too(tmp_path: Path):
    path = tmp_path / "noise.mp3"
    noise = ["-f", "lavfi", "-i", "anoisesrc=d=20:c=pink:a=0.9:r=44100:seed=7,volume=9dB"]
    run = [find_ffmpeg(), "-v", "error", *noise, "-ac", "2", "-b:a", "128k", str(path)]
    subprocess.run(run, check=True)

    heard = listen(path, 20)

    loudness, _, peak = by_ffmpeg(path)
    assert heard.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert heard.measured.true_peak_dbtp == pytest.approx(peak, abs=0.2)


# EBU Tech 3341, table 1: (seconds, dBFS) of a stereo sine of 1 kHz; all read -23.0 ±0.1 but case 2.
TECH_3341 = {
    "1": ([(20, -23.0)], -23.0),
    "2": ([(20, -33.0)], -33.0),
    "3": ([(10, -36.0), (60, -23.0), (10, -36.0)], -23.0),
    "4": ([(10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)], -23.0),
    "5": ([(20, -26.0), (20.1, -20.0), (20, -26.0)], -23.0),
}


@pytest.mark.parametrize("case", TECH_3341)
def test_the_signals_of_ebu_tech_3341_read_as_they_must(case: str, tmp_path: Path):
    """The gate leaves out what is 10 LU under the rest and whatever is under -70 LUFS."""
    steps, expected = TECH_3341[case]
    sources = [
        f"sine=frequency=1000:sample_rate={RATE}:duration={seconds},volume={level + 18.0618}dB"
        for seconds, level in steps
    ]
    joined = "".join(f"[{index}]" for index in range(len(steps)))
    inputs = [each for source in sources for each in ("-f", "lavfi", "-i", source)]
    graph = f"{joined}concat=n={len(steps)}:v=0:a=1,pan=stereo|c0=c0|c1=c0"
    path = tmp_path / "case.wav"
    run = [find_ffmpeg(), "-v", "error", *inputs, "-filter_complex", graph]
    subprocess.run([*run, "-c:a", "pcm_f32le", str(path)], check=True)

    heard = listen(path, 80)

    assert heard.integrated_lufs == pytest.approx(expected, abs=0.1)


def test_a_joined_file_of_two_formats_has_no_one_loudness(tmp_path: Path):
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(
        corpus.sound("cbr-without-header.mp3") + corpus.sound("48000-joint-stereo.mp3")
    )

    heard = listen(joined, 8)

    assert (heard.integrated_lufs, heard.changes_format) == (None, True)
    assert heard.measured.seconds == pytest.approx(8, abs=0.3)
    assert "changes-format" in [each.code for each in judge(heard).findings]


def test_faults_are_heard_through_the_whole_chain(tmp_path: Path):
    seconds, voice = parts((3, nothing), (4, sine(-20)), (6, nothing), (2, sine(3.0)))
    path = write_wav(tmp_path / "faulty.wav", seconds, voice, nothing)

    found = [each.code for each in judge(listen(path, 15)).findings]

    assert {"dead-channel", "clipped", "silence-at-start", "silence-inside"} <= set(found)


def test_what_is_no_audio_says_why(tmp_path: Path):
    text = tmp_path / "x.mp3"
    text.write_text("#EXTM3U\nhttp://127.0.0.1:9/secret\n")

    with pytest.raises(NotHeard, match="ffmpeg could not play this file: Invalid"):
        listen(text)


def test_sound_that_cannot_be_decoded_says_what_ffmpeg_found_wrong(tmp_path: Path):
    data = bytearray(corpus.sound("aac-faststart.m4a"))
    at = data.index(b"mdat") + 4
    data[at:] = b"\x55" * (len(data) - at)
    path = tmp_path / "noise.m4a"
    path.write_bytes(data)

    with pytest.raises(NotHeard, match="ffmpeg could not play this file: ") as caught:
        listen(path)

    assert "Conversion failed" not in str(caught.value)


def test_a_playlist_of_local_files_is_not_followed(tmp_path: Path):
    sound = corpus.AUDIO / "cbr-info-stereo.mp3"
    playlist = tmp_path / "list.mp3"
    playlist.write_text(f"ffconcat version 1.0\nfile {sound}\n")

    with pytest.raises(NotHeard):
        listen(playlist)


def test_losing_the_lease_ends_both_processes():
    class LostLease(Exception):
        pass

    def lose() -> None:
        raise LostLease

    before = set(descendants(os.getpid()))
    with pytest.raises(LostLease):
        hear(corpus.AUDIO / "cbr-info-stereo.mp3", seconds=4, keep_alive=lose)

    assert set(descendants(os.getpid())) <= before
