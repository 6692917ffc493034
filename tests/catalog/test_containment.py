"""The launcher of limited children: what they answer, how they break, and who is to blame."""

import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from catalog import containment
from catalog.containment import ChildReader
from tests.processes import descendants

READER = ChildReader(
    what="the naughty reader",
    module="tests.catalog.naughty",
    libraries=(),
    max_output=1_000_000,
    wall_seconds=10,
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[IO[bytes]]:
    (tmp_path / "a file").write_bytes(b"0123456789")
    with (tmp_path / "a file").open("rb") as opened:
        yield opened


def test_what_the_child_says_comes_back(file: IO[bytes]):
    assert READER.ask(file, ["read"]) == b"10 bytes"


@pytest.mark.parametrize("deed", ["exit", "spin", "talk", "6", "11", "24"])
def test_a_child_that_breaks_says_nothing(deed: str, file: IO[bytes]):
    before = descendants(os.getpid())

    assert READER.ask(file, [deed]) is None
    assert descendants(os.getpid()) == before


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no RLIMIT_AS that works")
def test_memory_is_eaten_in_the_child_alone(file: IO[bytes]):
    assert READER.ask(file, ["eat memory"]) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20  # in KiB: under 1 GiB


@pytest.mark.parametrize("deed", ["hang", "hang silently"])
def test_a_child_that_hangs_is_ended(deed: str, file: IO[bytes]):
    before = descendants(os.getpid())
    reader = ChildReader("it", "tests.catalog.naughty", (), max_output=100, wall_seconds=1)

    assert reader.ask(file, [deed]) is None
    assert descendants(os.getpid()) == before


def test_a_child_that_does_not_start_says_nothing_about_the_file(file: IO[bytes]):
    with pytest.raises(OSError, match="the naughty reader did not start"):
        READER.ask(file, ["no start"])


@pytest.mark.parametrize("signal", ["1", "2", "9", "15"])
def test_a_kill_from_outside_says_nothing_about_the_file(signal: str, file: IO[bytes]):
    with pytest.raises(OSError, match=f"ended by signal {signal}"):
        READER.ask(file, [signal])


def test_the_caller_is_asked_for_a_sign_of_life_and_may_stop_the_child(
    file: IO[bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(containment, "SIGN_OF_LIFE", 0.1)
    asked: list[int] = []
    before = descendants(os.getpid())

    def lose_the_lease() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        READER.ask(file, ["hang"], keep_alive=lose_the_lease)
    assert descendants(os.getpid()) == before


def test_nothing_of_the_environment_reaches_the_child(
    file: IO[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "__init__.py").write_text("raise RuntimeError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert READER.ask(file, ["read"]) == b"10 bytes"
