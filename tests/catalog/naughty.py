"""What a child of `catalog.containment` may do instead of its work."""

import os
import signal
import sys
import time

from catalog.containment import begin


def main(deed: str) -> None:
    if deed == "no start":
        raise SystemExit(1)
    begin(memory=256 * 2**20, cpu_seconds=1)
    DEEDS.get(deed, lambda: signal.raise_signal(int(deed)))()


def read() -> None:
    sys.stdout.write(f"{len(os.read(0, 100))} bytes")


def spin() -> None:
    while True:
        pass


def hang(*, silently: bool = False) -> None:
    if silently:
        os.close(1)
    time.sleep(60)


def talk() -> None:
    while True:
        os.write(1, b"x" * 60_000)


DEEDS = {
    "read": read,
    "eat memory": lambda: bytearray(2**30),
    "spin": spin,
    "hang": hang,
    "hang silently": lambda: hang(silently=True),
    "talk": talk,
    "exit": lambda: sys.exit(3),
    "nest": lambda: sys.stdout.write("[" * 200_000),
    "nonsense": lambda: sys.stdout.write("{}"),
}
