"""The corpus: every file gets its verdict, and none costs more than it may or calls anybody."""

import contextlib
import dataclasses
import json
import resource
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from episodes.audio import ffmpeg
from episodes.audio.containment import read_contained
from episodes.audio.probe import CPU_SECONDS, MEMORY
from tests.episodes.audio.hostile import attacks, cut, foreign, odd, valid
from tests.episodes.audio.hostile.case import Case
from tests.episodes.audio.hostile.names import NAMES

CASES = [*valid.CASES, *odd.CASES, *cut.CASES, *foreign.CASES, *attacks.CASES]
ROOT = Path(__file__).parents[3]


def test_the_corpus_is_large_and_every_file_has_its_own_name():
    names = [case.what for case in CASES]

    assert len(set(names)) == len(names)
    assert len(names) >= 120


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_file_gets_its_verdict_within_the_limits(case: Case, tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(case.make())
    before, begun = _cpu_of_children(), time.monotonic()

    reading = read_contained(path, name=case.name)

    assert {finding.code for finding in reading.findings} == case.codes, reading.findings
    assert (reading.facts is not None) == case.accepted
    assert _cpu_of_children() - before < 5
    assert time.monotonic() - begun < 20  # only against hangs: machines are slow at times


def test_no_file_costs_more_memory_than_it_may(tmp_path: Path):
    """Seen by a parent of its own, whose only children are readers."""
    assert MEMORY <= 400 * 2**20
    assert CPU_SECONDS <= 10
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from episodes.audio.containment import read_contained\n"
        "for path in sys.argv[1:]: read_contained(Path(path))\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    paths = []
    for index, case in enumerate(attacks.CASES):
        paths.append(tmp_path / str(index))
        paths[-1].write_bytes(case.make())

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 400 * 2**20


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[1:40])
def test_no_name_changes_the_verdict(name: str, tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(foreign.real_zip())

    refused = read_contained(path, name=name)
    path.write_bytes(valid.sound("cbr-info-stereo.mp3"))
    accepted = read_contained(path, name=name)

    assert [finding.code for finding in refused.findings] == ["archive"]
    assert accepted.facts is not None
    assert {finding.code for finding in accepted.findings} <= {"extension"}
    json.dumps(accepted.to_json(), ensure_ascii=False).encode()


@pytest.mark.parametrize("case", foreign.POINTING, ids=str)
def test_what_points_elsewhere_is_not_followed(case: Case, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        path = tmp_path / "upload"
        path.write_bytes(_pointing_at(case, listener))

        read_contained(path, name=case.name)

        assert _nobody_called(listener)


needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg here")


@needs_ffmpeg
@pytest.mark.parametrize("case", foreign.POINTING, ids=str)
def test_not_even_ffmpeg_follows_what_points_elsewhere(case: Case, tmp_path: Path):
    """It never gets to see these; if it did, it would call nobody and read nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        path = tmp_path / "upload.m3u8"
        path.write_bytes(_pointing_at(case, listener))

        with pytest.raises(ffmpeg.FfmpegError):
            _decode(path)

        assert _nobody_called(listener)


HEARD = [case for case in [*odd.CASES, *attacks.CASES] if case.accepted]


@needs_ffmpeg
@pytest.mark.parametrize("case", HEARD, ids=str)
def test_ffmpeg_keeps_to_its_limits_on_odd_files(case: Case, tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(case.make())
    before = _cpu_of_children()

    with contextlib.suppress(ffmpeg.FfmpegError):
        _decode(path)

    assert _cpu_of_children() - before < 10


def _decode(path: Path) -> None:
    allowance = dataclasses.replace(ffmpeg.Allowance.for_sound(10), cpu_seconds=10)
    ffmpeg.run([*ffmpeg.read_from(path), "-vn", "-f", "null", "-"], allowance)


def _pointing_at(case: Case, listener: socket.socket) -> bytes:
    port = listener.getsockname()[1]
    data = case.make()
    address = f"127.0.0.1:{foreign.PORT}/".encode()
    assert address in data or b"127.0.0.1" not in data
    return data.replace(address, f"127.0.0.1:{port}/".encode())


def _nobody_called(listener: socket.socket) -> bool:
    listener.setblocking(False)
    try:
        connection, _address = listener.accept()
    except BlockingIOError:
        return True
    connection.close()
    return False


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
