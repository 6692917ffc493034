"""Write or check the locks: exact versions with hashes, for every platform, without any address.

    python tools/lock.py             write requirements/{dev,embedded,s3,base}.txt
    python tools/lock.py --check     fail unless they are what requirements/*.in ask for

The largest lock is solved first and constrains the smaller ones, so that all agree. Versions
that still fit are kept; delete a line of dev.txt to let a package rise. uv decides nothing else:
your own index settings (UV_DEFAULT_INDEX) hold.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent / "requirements"
LOCKS = {
    "dev": ("base", "embedded", "s3", "dev"),
    "embedded": ("base", "embedded"),
    "s3": ("base", "s3"),
    "base": ("base",),
}
OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"),
    *("--no-emit-index-url", "--no-annotate", "--no-header"),
    "--system-certs",  # those of the machine, as pip and a company's mirror have them
)


def compile_locks(into: Path) -> None:
    """Solve into a directory that holds the present locks, whose versions are kept."""
    for lock, sources in LOCKS.items():
        constraint = ("--constraint", str(into / "dev.txt")) if lock != "dev" else ()
        subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *constraint),
                *(str(DIRECTORY / f"{source}.in") for source in sources),
                *("--output-file", str(into / f"{lock}.txt")),
            ],
            check=True,
        )


def read_lock(file: Path) -> dict[str, set[str]]:
    """Return the hashes by "name==version ; marker"."""
    pins: dict[str, set[str]] = {}
    for entry in file.read_text().replace("\\\n", " ").splitlines():
        pin = re.split(r"\s+--hash", entry, maxsplit=1)[0].strip()
        if pin and not pin.startswith("#"):
            pins[pin] = set(re.findall(r"--hash=(\S+)", entry))
    return pins


def differences(lock: str, fresh: Path) -> list[str]:
    """Say what is other than it should be. A file added to a release later is no difference."""
    ours, wanted = read_lock(DIRECTORY / f"{lock}.txt"), read_lock(fresh / f"{lock}.txt")
    found = [f"{lock}.txt lacks {pin}" for pin in wanted.keys() - ours.keys()]
    found += [
        f"{lock}.txt has {pin}, which nothing asks for" for pin in ours.keys() - wanted.keys()
    ]
    found += [
        f"{lock}.txt has a hash of {pin} that the index does not"
        for pin in ours.keys() & wanted.keys()
        if not ours[pin] or ours[pin] - wanted[pin]
    ]
    return sorted(found)


def main() -> int:
    if "--check" not in sys.argv[1:]:
        compile_locks(DIRECTORY)
        return 0
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        for lock in LOCKS:
            (fresh / f"{lock}.txt").write_bytes((DIRECTORY / f"{lock}.txt").read_bytes())
        compile_locks(fresh)
        found = [line for lock in LOCKS for line in differences(lock, fresh)]
    if found:
        print(*found, "Run `make lock` and commit requirements/.", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
