"""The child process: facts come through, harm does not."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from episodes.audio import containment
from episodes.audio.containment import read_contained
from episodes.audio.facts import Verdict
from tests.episodes.audio import corpus
from tests.processes import descendants


def test_a_file_read_in_the_child_tells_the_same_facts(tmp_path: Path):
    path = tmp_path / "имя файла.mp3"
    path.write_bytes(corpus.with_chapters())

    reading = read_contained(path, name="Выпуск\u202e\0 12.wav")

    assert reading.facts is not None
    assert [chapter.title for chapter in reading.facts.chapters] == [
        "Глава 1",
        "Глава 2",
        "Глава 3",
    ]
    assert "extension" in [finding.code for finding in reading.findings]


def test_a_child_that_takes_too_long_is_ended_and_the_file_refused(tmp_path: Path):
    path = tmp_path / "slow.aac"
    path.write_bytes(corpus.slow_aac(80))  # over six seconds, unless it is stopped
    before = descendants(os.getpid())

    reading = read_contained(path, wall_seconds=2)

    assert reading.verdict is Verdict.REFUSED
    assert reading.refusal is not None
    assert reading.refusal.code == "unreadable"
    assert descendants(os.getpid()) == before


def test_the_caller_is_asked_for_a_sign_of_life_and_may_stop_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(containment, "_SIGN_OF_LIFE", 0.1)
    path = tmp_path / "slow.aac"
    path.write_bytes(corpus.slow_aac(40))
    asked: list[int] = []
    before = descendants(os.getpid())

    def lose_the_lease() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        read_contained(path, keep_alive=lose_the_lease)
    assert descendants(os.getpid()) == before


def run_limited(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that put on the child's limits first."""
    boot = "import sys; sys.path[:0] = sys.argv[1:3]\n"
    boot += "from episodes.audio import probe\n"
    boot += "probe.limit_self(memory=probe.MEMORY, cpu_seconds=probe.CPU_SECONDS)\n"
    command = [sys.executable, "-I", "-S", "-B", "-c", boot + code]
    folders = [str(containment._CODE), str(containment._LIBRARIES)]
    return subprocess.run(
        [*command, *folders], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no RLIMIT_AS that works")
def test_the_child_cannot_take_more_memory_than_it_may():
    done = run_limited("bytearray(400 * 2**20)")

    assert done.returncode != 0
    assert "MemoryError" in done.stderr


def test_the_child_cannot_write_a_file(tmp_path: Path):
    target = tmp_path / "x"

    done = run_limited(
        f"import os; os.write(os.open({str(target)!r}, os.O_CREAT | os.O_WRONLY), b'x')"
    )

    assert done.returncode != 0
    assert "OSError: [Errno" in done.stderr or "PermissionError" in done.stderr
    assert not target.exists() or target.read_bytes() == b""  # no filter of calls on macOS


def test_the_child_cannot_open_many_files():
    assert "Too many open files" in run_limited("[open('/dev/null') for _ in range(20)]").stderr


def test_the_child_is_limited_in_time():
    done = run_limited("import resource; print(resource.getrlimit(resource.RLIMIT_CPU)[0])")

    assert done.stdout.strip() == "10"


def test_a_bomb_that_passed_every_check_dies_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Limits hold even where the tag checks would not: here the child itself eats memory."""
    boot = "import sys; sys.path[:0] = sys.argv[1:3]; from episodes.audio import probe\n"
    boot += "probe.read_audio = lambda *a, **k: bytearray(2**30)\nprobe.main('x')"
    monkeypatch.setattr(containment, "_BOOT", boot)
    path = tmp_path / "a.mp3"
    path.write_bytes(corpus.bare_mp3())

    reading = read_contained(path)

    assert reading.refusal is not None
    assert reading.refusal.code == "unreadable"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20  # in KiB: under 1 GiB


@pytest.mark.parametrize(
    "answer",
    [
        "print('[' * 200_000)",
        "print('{}')",
        "print('x' * 300_000)",
        "import os; os.kill(os.getpid(), 11)",
        "import os; os.kill(os.getpid(), 24)",
        "raise SystemExit(3)",
    ],
)
def test_an_answer_that_makes_no_sense_is_a_refusal(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(containment, "_BOOT", "print('ready', flush=True); " + answer)
    path = tmp_path / "a.mp3"
    path.write_bytes(corpus.bare_mp3())

    assert read_contained(path).verdict is Verdict.REFUSED


def test_a_reader_that_does_not_start_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(containment, "_LIBRARIES", tmp_path)
    path = tmp_path / "a.mp3"
    path.write_bytes(corpus.bare_mp3())

    with pytest.raises(OSError, match="did not start"):
        read_contained(path)


@pytest.mark.parametrize("signal", [9, 15])
def test_a_reader_that_is_killed_from_outside_is_no_verdict(
    signal: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    suicide = f"print('ready', flush=True); import os; os.kill(os.getpid(), {signal})"
    monkeypatch.setattr(containment, "_BOOT", suicide)
    path = tmp_path / "a.mp3"
    path.write_bytes(corpus.bare_mp3())

    with pytest.raises(OSError, match=f"ended by signal {signal}"):
        read_contained(path)


def test_a_reader_that_runs_out_of_time_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    boot = "import sys; sys.path[:0] = sys.argv[1:3]; from episodes.audio import probe\n"
    boot += "probe.CPU_SECONDS = 1\n" + containment._BOOT
    monkeypatch.setattr(containment, "_BOOT", boot)
    path = tmp_path / "slow.aac"
    path.write_bytes(corpus.slow_aac(40))

    reading = read_contained(path)

    assert reading.refusal is not None
    assert reading.refusal.code == "unreadable"


def test_a_missing_file_is_no_verdict(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_contained(tmp_path / "gone.mp3")
