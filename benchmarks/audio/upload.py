"""Uploads through tus beside a plain copy through the same server: time, and memory of the server.

    python -m benchmarks.audio.upload

Both run under gunicorn with config/gunicorn.py; the plain copy is a view that writes the same body
to the same disk with the same sync at the end, and neither hashes nor knows who sends. Rounds
alternate, and only ratios within one run mean anything. Servers of its own are started for it, and
all traffic stays on the loopback interface.
"""

import contextlib
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django

from config.embedded.datadir import DataDirectory
from config.embedded.environment import missing_servers
from config.embedded.servers import hold, running_servers

ROOT = Path(__file__).resolve().parents[2]
MB = 10**6
SIZES = [200 * MB, 1000 * MB]
PIECES = {"in one request": None, "in pieces of 16 MB": 16 * 2**20}
ROUNDS = 5
LIMIT = 1.3
PIECE_OF_NOISE = 2**20


def main() -> None:
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as name, arranged(name) as env:
        address, token = make_episode()
        data = Path(name) / "data"
        print(f"{ROUNDS} rounds each; seconds are medians")
        print(f"{'':34} {'tus':>8} {'copy':>8} {'ratio':>7} {'peak tus':>10} {'peak copy':>10}")
        for size in SIZES:
            write_noise(data, size)
            for how, piece in PIECES.items():
                ratio = measure(size, piece, how, data, env, address, token)
                worst = max(worst, ratio if piece is None else 0)
    verdict = "within" if worst <= LIMIT else "OVER"
    print(f"worst ratio in one request: {worst:.2f}, {verdict} the limit of {LIMIT}")
    sys.exit(worst > LIMIT)


def measure(
    size: int,
    piece: int | None,
    how: str,
    data: Path,
    env: dict[str, str],
    address: str,
    token: str,
) -> float:
    target = Path(env["MEDIA_ROOT"]) / "copy"
    seconds: dict[str, list[float]] = {"tus": [], "copy": []}
    peaks: dict[str, float] = {}
    with (
        web("config.wsgi:application", env) as (tus_pid, tus_port),
        web(
            "benchmarks.audio.plain_copy:application", {**env, "BENCHMARK_TARGET": str(target)}
        ) as (
            copy_pid,
            copy_port,
        ),
    ):
        senders: dict[str, tuple[int, Callable[[], float]]] = {
            "tus": (tus_pid, lambda: send_tus(tus_port, data, size, piece, address, token)),
            "copy": (copy_pid, lambda: send_copy(copy_port, data, size, piece)),
        }
        for number in range(ROUNDS + 1):
            # Other bytes each time, or they would be stored already.
            with data.open("r+b") as file:
                file.write(secrets.token_bytes(16))
            for name, (pid, send) in senders.items():
                forget_peak(pid)
                took = send()
                if number:  # the first warms both up
                    seconds[name].append(took)
                    peaks[name] = max(peaks.get(name, 0), peak_mb(pid))
            target.unlink()
            empty(Path(env["MEDIA_ROOT"]) / "audio")
    ratio = statistics.median(
        ours / theirs for ours, theirs in zip(seconds["tus"], seconds["copy"], strict=True)
    )
    print(
        f"{f'{size // MB} MB {how}':34}"
        f" {statistics.median(seconds['tus']):8.2f} {statistics.median(seconds['copy']):8.2f}"
        f" {ratio:7.2f} {peaks['tus']:7.0f} MB {peaks['copy']:7.0f} MB"
    )
    return ratio


# --- Sending --------------------------------------------------------------------------------------


def send_tus(
    port: int, data: Path, size: int, piece: int | None, address: str, token: str
) -> float:
    common = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as line:
        status, headers = ask(line, "POST", address, common | {"Upload-Length": str(size)})
        assert status == 201, status
        for offset, length in ranges(size, piece):
            status, _headers = ask(
                line,
                "PATCH",
                headers["location"],
                common
                | {
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                },
                body=(data, offset, length),
            )
            assert status == 204, status
    return time.perf_counter() - started


def send_copy(port: int, data: Path, size: int, piece: int | None) -> float:
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as line:
        for offset, length in ranges(size, piece):
            status, _headers = ask(
                line, "POST", "/take", {"Upload-Length": str(size)}, body=(data, offset, length)
            )
            assert status == 204, status
    return time.perf_counter() - started


def ranges(size: int, piece: int | None) -> Iterator[tuple[int, int]]:
    step = piece or size
    for offset in range(0, size, step):
        yield offset, min(step, size - offset)


def ask(
    line: socket.socket,
    method: str,
    path: str,
    headers: dict[str, str],
    *,
    body: tuple[Path, int, int] | None = None,
) -> tuple[int, dict[str, str]]:
    """Ask over one connection; the kernel copies the file into it, so the client costs little."""
    length = body[2] if body else 0
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    line.sendall("\r\n".join([*lines, "", ""]).encode())
    if body:
        with body[0].open("rb") as file:
            line.sendfile(file, offset=body[1], count=length)
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = line.recv(65536)
        assert received, "the server closed the connection"
        answer += received
    head, *fields = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    pairs = (field.split(": ", 1) for field in fields)
    return int(head.split()[1]), {name.lower(): value for name, value in pairs}


# --- Servers --------------------------------------------------------------------------------------


@contextlib.contextmanager
def arranged(directory: str) -> Iterator[dict[str, str]]:
    """Run a PostgreSQL and a Valkey for the benchmark, with a database in it."""
    data = DataDirectory(Path(directory) / "servers")
    data.prepare()
    quiet = lambda _text: None  # noqa: E731
    with (
        hold(data, quiet) as nursery,
        running_servers(data, nursery, quiet, wanted=missing_servers()) as servers,
    ):
        os.environ.update(
            {
                **servers.environment,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "FORTNIGHT_ENV_FILE": os.devnull,
                "SECRET_KEY": secrets.token_urlsafe(50),
                "BASE_URL": "http://localhost:8000",
                "DATA_DIR": directory,
                "MEDIA_ROOT": str(Path(directory) / "media"),
                "LOG_LEVEL": "ERROR",
            }
        )
        (Path(directory) / "static").mkdir()
        django.setup()
        yield dict(os.environ)


def make_episode() -> tuple[str, str]:
    """Return the address of an episode's uploads and a token that may send there."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by now
    from django.urls import reverse  # noqa: PLC0415
    from knox.models import get_token_model  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from catalog.models import Show  # noqa: PLC0415
    from episodes.models import Episode  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    owner = User.objects.create_superuser("owner@example.org", secrets.token_urlsafe())
    show = Show.objects.create(title="Benchmark", slug="benchmark", categories=["Arts"])
    episode = Episode.objects.create(show=show, title="Benchmark", slug="benchmark")
    _row, token = get_token_model().objects.create(user=owner)
    return reverse("api:uploads", args=[episode.uid]), token


@contextlib.contextmanager
def web(application: str, env: dict[str, str]) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application, "--config", "python:config.gunicorn"),
            *("--bind", f"127.0.0.1:{port}", "--log-level", "error"),
        ],
        cwd=ROOT,
        env=env,
        start_new_session=True,
    )
    try:
        wait_for(port)
        yield process.pid, port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(40)


def wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as line:
            ask(line, "GET", "/healthz", {})
            return
        time.sleep(0.1)
    raise SystemExit("gunicorn does not start.")


def processes_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in processes_of(int(child)))]


def forget_peak(pid: int) -> None:
    for each in processes_of(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


def peak_mb(pid: int) -> float:
    """Return the highest resident memory of any process of the server since `forget_peak`."""
    peaks = []
    for each in processes_of(pid):
        status = Path(f"/proc/{each}/status").read_text()
        peaks.append(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]))  # type: ignore[index]
    return max(peaks) / 1024


# --- Files ----------------------------------------------------------------------------------------


def write_noise(path: Path, size: int) -> None:
    noise = secrets.token_bytes(PIECE_OF_NOISE)
    with path.open("wb") as file:
        for written in range(0, size, PIECE_OF_NOISE):
            file.write(noise[: size - written])


def empty(directory: Path) -> None:
    for path in directory.rglob("*"):
        if path.is_file():
            path.unlink()


if __name__ == "__main__":
    main()
