"""Read very many damaged files and count what happens: `make fuzz` (MUTANTS=…, FIRST=…).

Each mutant has a number that makes it again: `python tools/fuzz_audio.py --only NUMBER`. Workers
are limited as the reader's child is; one that is killed, hangs or lets an exception out is a
fault, and the exit code is 1. Exceptions that the reader turns into "unreadable" are counted by
the line that raised them: each is a hole to mend, not a fault that anybody feels.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import selectors
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.limits import limit_self
from episodes.audio import reading
from episodes.audio.facts import Depth, Reading
from episodes.audio.findings import Refused, refuse
from episodes.audio.probe import MEMORY, inflate_nothing
from episodes.audio.reading import read_audio
from episodes.audio.wording import Value
from tests.episodes.audio.hostile.mutants import mutant, seeds

SLOW = 1.0
HANGS = 10.0
_WEEK_MS = 7 * 24 * 3600 * 1000
CPU_OF_WORKER = 24 * 3600


_swallowed: list[BaseException] = []


def _refuse(code: str, **values: Value) -> Refused:
    """Note what the reader's last resort swallows; it asks for this refusal while it does so."""
    error = sys.exc_info()[1]
    if code == "unreadable" and error is not None:
        _swallowed.append(error)
    return refuse(code, **values)


reading.refuse = _refuse


def outcome(number: int) -> str:
    """Read one mutant and return "accepted", a refusal's code, or `broke …` or `fault …`.

    Every fourth is read by its headers first, as on object storage.
    """
    what, data = mutant(number)
    _swallowed.clear()
    depth = Depth.HEADERS if number % 4 == 0 else Depth.WHOLE
    try:
        told = read_audio(io.BytesIO(data), name=what, depth=depth).to_json()
        text = json.dumps(told, ensure_ascii=False)
        text.encode()  # no lone surrogate
        found = Reading.from_json(json.loads(text))
    except Exception as error:  # noqa: BLE001 - the one thing that must not happen is looked for
        return f"fault {_place_of(error)}"
    if _swallowed:
        return f"broke {_place_of(_swallowed[0])}"
    return _judge(found, told, text)


def _judge(found: Reading, told: object, text: str) -> str:
    if found.to_json() != told or "\\u0000" in text:
        return "fault: the answer does not survive its way to the parent"
    if found.refusal is not None:
        return found.refusal.code
    facts = found.facts
    if facts is None or not 0 < facts.duration_ms < _WEEK_MS or facts.bit_rate <= 0:
        return "fault: facts that cannot be"
    return "accepted"


def _place_of(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = Path(last.filename)
    return f"{type(error).__name__} in {where.parent.name}/{where.name}:{last.lineno}"


@dataclass
class Worker:
    """A forked process that reads the numbers of a range and tells of each."""

    numbers: range
    pid: int = 0
    pipe: int = -1
    done: int = 0
    buffer: bytes = b""
    heard_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _work(self.numbers, writing)
            os._exit(0)
        os.close(writing)
        self.pipe, self.heard_at = reading, time.monotonic()


def _work(numbers: range, pipe: int) -> None:
    inflate_nothing()
    limit_self(memory=MEMORY, cpu_seconds=CPU_OF_WORKER)
    for number in numbers:
        begun = time.process_time()
        said = outcome(number)
        seconds = time.process_time() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        os.write(pipe, json.dumps([number, said, seconds, memory]).encode() + b"\n")


@dataclass
class Tally:
    outcomes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, int] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, 0)
    slow: list[int] = field(default_factory=list)
    memory: int = 0

    def add(self, number: int, said: str, seconds: float = 0.0, memory: int = 0) -> None:
        self.outcomes[said] += 1
        self.examples.setdefault(said, number)
        self.slowest = max(self.slowest, (seconds, number))
        self.memory = max(self.memory, memory)
        if seconds > SLOW:
            self.slow.append(number)

    @property
    def faults(self) -> list[str]:
        return [said for said in self.outcomes if said.startswith(("fault", "killed", "hung"))]


def run(first: int, count: int, processes: int) -> Tally:
    """Read the mutants `first` … `first + count - 1` in so many processes."""
    tally = Tally()
    size = -(-count // processes)
    parts = [range(at, min(at + size, first + count)) for at in range(first, first + count, size)]
    with selectors.DefaultSelector() as selector:
        for part in parts:
            _launch(Worker(part), selector)
        while selector.get_map():
            for key, _events in selector.select(1.0):
                _listen(key.data, selector, tally)
            for key in list(selector.get_map().values()):
                if time.monotonic() - key.data.heard_at > HANGS:
                    os.kill(key.data.pid, signal.SIGALRM)
    return tally


def _launch(worker: Worker, selector: selectors.BaseSelector) -> None:
    if len(worker.numbers):
        worker.start()
        selector.register(worker.pipe, selectors.EVENT_READ, worker)


def _listen(worker: Worker, selector: selectors.BaseSelector, tally: Tally) -> None:
    piece = os.read(worker.pipe, 65_536)
    worker.heard_at = time.monotonic()
    *lines, worker.buffer = (worker.buffer + piece).split(b"\n")
    for line in lines:
        tally.add(*json.loads(line))
        worker.done += 1
    if piece:
        return
    selector.unregister(worker.pipe)
    os.close(worker.pipe)
    code = os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])
    left = worker.numbers[worker.done :]
    if left:
        what = "hung" if code == -signal.SIGALRM else f"killed (exit code {code})"
        tally.add(left[0], what)
        _launch(Worker(left[1:]), selector)


def report(tally: Tally, count: int, seconds: float) -> None:
    print(f"{count:,} mutants in {seconds:.0f} s, {count / max(seconds, 0.001):,.0f} a second")
    for said, times in sorted(tally.outcomes.items(), key=lambda row: -row[1]):
        share = 100 * times / max(count, 1)
        print(f"  {times:>9,}  {share:6.2f} %  {said}  (such as {tally.examples[said]})")
    print(f"slowest: {tally.slowest[0]:.2f} s (mutant {tally.slowest[1]})")
    print(f"over {SLOW:.0f} s: {len(tally.slow)} {tally.slow[:20]}")
    unit = 1 if sys.platform == "darwin" else 1024
    print(f"largest memory of a worker: {tally.memory * unit / 2**20:.0f} MiB")
    print(f"faults: {len(tally.faults)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="read this one alone and show what is raised")
    asked = parser.parse_args()
    if asked.only is not None:
        what, data = mutant(asked.only)
        print(f"mutant {asked.only} of {what!r}, {len(data):,} bytes: {outcome(asked.only)}")
        for error in _swallowed:
            traceback.print_exception(error)
        return 0
    print(f"made from {len(seeds())} files")
    begun = time.monotonic()
    tally = run(asked.first, asked.mutants, asked.processes)
    report(tally, asked.mutants, time.monotonic() - begun)
    return 1 if tally.faults or tally.slow else 0


if __name__ == "__main__":
    sys.exit(main())
