"""Listening beside ffmpeg's own ways, on the same file in the same run.

    python -m benchmarks.audio.listening            # one hour against loudnorm (about five minutes)
    python -m benchmarks.audio.listening --memory   # and five hours, for the memory

The sound is made: espeak-ng speaks, or bursts of filtered noise do where there is none, with room
noise under it, as a 128 kbit/s MP3. CPU is what the operating system charged for child processes.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from episodes.audio.ffmpeg import find_ffmpeg
from episodes.audio.listening.hearing import hear

HOUR = 3600
TEXT = """
Turkmenistan marked the neutrality summit this week with guests from across the region. On the
Tajik Afghan border, shots were fired again near the river Panj. In Kyrgyzstan the elections came
early, and the results surprised nobody. Power rationing returned to Tashkent as the frost came.
We ask what the governments promised, and what they have done since last winter.
"""


def make_speech(folder: Path) -> Path:
    """Return about half a minute of speech as WAV, or of something that rises and falls like it."""
    speech = folder / "speech.wav"
    if speaker := shutil.which("espeak-ng"):
        subprocess.run([speaker, "-w", str(speech), TEXT], check=True)
        return speech
    noise = "anoisesrc=d=30:c=brown:r=22050:a=0.8,tremolo=f=4:d=0.9,highpass=f=120,lowpass=f=4000"
    run_ffmpeg("-f", "lavfi", "-i", noise, speech)
    return speech


def make_episode(folder: Path, seconds: int) -> Path:
    path = folder / f"{seconds}.mp3"
    room = f"anoisesrc=a=0.006:c=pink:r=44100:d={seconds}"
    graph = (
        "[0:a]aresample=44100,pan=stereo|c0=c0|c1=0.8*c0,aformat=sample_fmts=fltp[s];"
        "[1:a]pan=stereo|c0=c0|c1=-0.7*c0[n];[s][n]amix=inputs=2:duration=shortest"
    )
    speech = make_speech(folder)
    run_ffmpeg(
        *("-stream_loop", "-1", "-i", speech, "-f", "lavfi", "-i", room),
        *("-filter_complex", graph, "-t", seconds, "-c:a", "libmp3lame", "-b:a", "128k", path),
    )
    return path


def of_length(hour: Path, seconds: int) -> Path:
    """Cut or repeat the hour without encoding it again."""
    path = hour.with_name(f"of-{seconds}.mp3")
    run_ffmpeg("-stream_loop", "-1", "-i", hour, "-t", seconds, "-c", "copy", path)
    return path


def run_ffmpeg(*arguments: object) -> None:
    command = [find_ffmpeg(), "-nostdin", "-hide_banner", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds of CPU of all children that ended in it, and seconds by the clock."""
    before, begun = cpu_of_children(), time.perf_counter()
    work()
    return cpu_of_children() - before, time.perf_counter() - begun


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(path: Path) -> None:
    def by_ffmpeg(filters: str) -> Callable[[], None]:
        return lambda: run_ffmpeg("-i", path, "-map", "0:a:0", "-af", filters, "-f", "null", "-")

    peers = {
        "decode alone": by_ffmpeg("anull"),
        "Fortnight: loudness, true peak, waveform and all": lambda: hear(path, seconds=HOUR),
        "ebur128": by_ffmpeg("ebur128=framelog=verbose"),
        "ebur128=peak=true": by_ffmpeg("ebur128=framelog=verbose:peak=true"),
        "loudnorm, measuring pass": by_ffmpeg("loudnorm=print_format=json"),
    }
    found = {name: measure(work) for name, work in peers.items()}
    ours = found["Fortnight: loudness, true peak, waveform and all"][0]
    print(f"{HOUR // 60} minutes, {path.stat().st_size / 1e6:.0f} MB, {find_ffmpeg()}")
    print(f"{'':50}{'CPU s':>8}{'wall s':>8}{'CPU, of ours':>14}")
    for name, (cpu, wall) in found.items():
        print(f"{name:50}{cpu:8.1f}{wall:8.1f}{cpu / ours:13.1f}x")


CHILD = """
import resource, sys
from pathlib import Path
from episodes.audio.listening.hearing import hear
heard = hear(Path(sys.argv[1]), seconds=float(sys.argv[2]))
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{float(sys.argv[2]) / 60:6.0f} min: largest child {children} MB, caller {ours} MB, "
      f"waveform {len(heard.peaks) // 1024} KB")
"""


def print_memory(path: Path, seconds: int) -> None:
    # A process of its own: what was the most is never forgotten.
    subprocess.run([sys.executable, "-c", CHILD, str(path), str(seconds)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--memory", action="store_true", help="also five minutes and five hours")
    parser.add_argument("--only-memory", action="store_true", help="and no comparison")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hour = make_episode(folder, HOUR)
        if not asked.only_memory:
            compare(hour)
        if asked.memory or asked.only_memory:
            for seconds in (300, HOUR, 5 * HOUR):
                print_memory(of_length(hour, seconds), seconds)


if __name__ == "__main__":
    main()
