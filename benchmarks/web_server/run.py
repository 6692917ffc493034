"""gunicorn's threads beside granian: small answers, and audio to listeners who read slowly.

    python benchmarks/web_server/run.py

Needs wrk, and granian in the same Python or on PYTHONPATH (it is no dependency of ours). Rounds
alternate between the servers, and only ratios within this one run mean anything: other work on
the machine slows both. Traffic stays on the loopback interface.
"""

import contextlib
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORT = 8790
WORKERS, THREADS = "2", "32"
ROUNDS = 3
SECONDS = 4
LISTENERS = 40
QUESTIONS = 10
AUDIO_BYTES = 200 * 1024 * 1024

SERVERS = {
    "gunicorn gthread": [
        *("-m", "gunicorn", "--bind", f"127.0.0.1:{PORT}", "--worker-class", "gthread"),
        *("--workers", WORKERS, "--threads", THREADS, "--keep-alive", "5"),
        *(
            "--worker-connections",
            str(int(THREADS) + 1),
            "--no-control-socket",
            "--log-level",
            "error",
            "app:application",
        ),
    ],
    "granian wsgi": [
        *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT)),
        *("--workers", WORKERS, "--blocking-threads", THREADS, "--log-level", "error"),
        "app:application",
    ],
}


@contextlib.contextmanager
def running(server: str, audio: Path) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, *SERVERS[server]],
        cwd=HERE,
        env={**os.environ, "BENCHMARK_AUDIO": str(audio)},
        start_new_session=True,
    )
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/feed", timeout=1).read()
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{server} does not start.")
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def resident_mb(pid: int) -> float:
    """Return the private memory of the server's processes: what slow listeners may not grow."""
    total = 0
    for member in family(pid):
        rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        total += sum(int(kb) for kb in re.findall(r"Private_\w+:\s+(\d+) kB", rollup))
    return total / 1024


def cpu_seconds(pid: int) -> float:
    ticks = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_small(pid: int) -> dict[str, float]:
    before = cpu_seconds(pid)
    output = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{SECONDS}s", "--latency", f"http://127.0.0.1:{PORT}/feed"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    requests = int(re.search(r"(\d+) requests in", output)[1])  # type: ignore[index]
    p99, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()  # type: ignore[union-attr]
    return {
        "requests/s": requests / SECONDS,
        "CPU µs/request": (cpu_seconds(pid) - before) / requests * 1e6,
        "p99 ms": float(p99) * {"us": 0.001, "ms": 1, "s": 1000}[unit],
    }


def measure_slow_listeners(pid: int) -> dict[str, float]:
    """Open downloads and let them wait, as a phone does that has buffered enough.

    What counts is how much memory they hold, and whether anybody else is still answered.
    """
    before = resident_mb(pid)
    listeners = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(LISTENERS)]
    try:
        for listener in listeners:
            listener.sendall(b"GET /audio HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(2)
        peak, answered = 0.0, 0
        for _ in range(QUESTIONS):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/feed", timeout=1).read()
                answered += 1
            peak = max(peak, resident_mb(pid))
    finally:
        for listener in listeners:
            listener.close()
    return {
        "MB before": before,
        "MB more with slow listeners": peak - before,
        f"answers meanwhile, of {QUESTIONS}": answered,
    }


def measure_fast_listener() -> dict[str, float]:
    started = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/audio") as answer:
        got = 0
        while chunk := answer.read(1024 * 1024):
            got += len(chunk)
    assert got == AUDIO_BYTES
    return {"one download MB/s": got / 1e6 / (time.monotonic() - started)}


def main() -> None:
    results: dict[str, list[dict[str, float]]] = {server: [] for server in SERVERS}
    with tempfile.NamedTemporaryFile(suffix=".mp3") as audio:
        audio.truncate(AUDIO_BYTES)
        for _ in range(ROUNDS):
            for server, rounds in results.items():
                with running(server, Path(audio.name)) as pid:
                    figures = measure_small(pid) | measure_fast_listener()
                with running(server, Path(audio.name)) as pid:
                    figures |= measure_slow_listeners(pid)
                rounds.append(figures)
    one, other = SERVERS
    print(f"{ROUNDS} rounds, {WORKERS} workers × {THREADS} threads, {LISTENERS} slow listeners")
    print(f"{'':28} {one:>18} {other:>18} {'ratio (2nd/1st)':>16}")
    for name in results[one][0]:
        first, second = ([row[name] for row in results[server]] for server in (one, other))
        ratio = statistics.median(b / a if a else 0 for a, b in zip(first, second, strict=True))
        middle = statistics.median(first), statistics.median(second)
        print(f"{name:28} {middle[0]:18,.1f} {middle[1]:18,.1f} {ratio:16.2f}")


if __name__ == "__main__":
    main()
