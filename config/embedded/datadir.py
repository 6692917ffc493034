"""The data directory: what lies where, who may read it, and who holds it.

fortnight-data   marks the directory as ours and says what it was made for (demo or up)
lock, guard      who runs on it, and who still ends what a killed run left behind
postgres/ valkey/ media/ static/ log/
secrets/         0700: keys and passwords, made once
run/             0700: sockets, and services.json with the addresses while the servers run
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.errors import CannotStart

_OURS = (
    *("fortnight-data", "lock", "guard", "postgres", "valkey", "media", "static", "log"),
    *("secrets", "run", "postgres.new"),
    *(f"celerybeat-schedule{kind}" for kind in ("", ".db", ".dat", ".dir", ".bak")),
)
_PRIVATE = ("secrets", "run", "media", "log")
_NEEDED_MB_FRESH = 400
_NEEDED_MB = 100
_SOCKET_PATH_BYTES = 100
"""The kernel takes 108 bytes on Linux and 104 on macOS, with the final zero."""
_LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._ -]+")
"""PostgreSQL reads its socket directories as a comma-separated list with quotes."""


@dataclass
class DataDirectory:
    path: Path

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def purpose(self) -> str:
        marker = self.path / "fortnight-data"
        return marker.read_text().strip() if marker.exists() else ""

    def prepare(self, purpose: str = "") -> None:
        """Create what is missing, or say why this directory cannot be used."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._refuse_foreign()
            self._refuse_other_purpose(purpose)
            for name in _PRIVATE:
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
            if purpose or not self.purpose:
                (self.path / "fortnight-data").write_text(f"{purpose}\n")
        except PermissionError as error:
            raise CannotStart(
                f"{error.filename} cannot be written by this user. Name another directory with "
                "--data, or start Fortnight as the user who owns it."
            ) from error
        except (FileExistsError, NotADirectoryError) as error:
            raise CannotStart(
                f"{error.filename} is a file. Name a directory with --data."
            ) from error
        except OSError as error:
            raise CannotStart(
                f"{self.path} cannot be used: {error.strerror}. Name another directory with --data."
            ) from error
        self._refuse_full_disk()

    def empty(self) -> None:
        """Delete what Fortnight put here, and nothing else."""
        self._refuse_foreign()
        for name in _OURS:
            entry = self.path / name
            if name in {"lock", "guard"}:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
        """Return a secret that is made once and readable by its owner alone."""
        path = self.path / "secrets" / name
        if not path.exists():
            write_private(path, make())
        return path.read_text().strip()

    def socket_directory(self) -> Path:
        """Return a new or existing 0700 directory whose path a socket address can hold.

        As root always a fresh one, because the servers' user may not reach the data directory.
        """
        own = self.path / "run"
        fits = len(os.fsencode(own)) + len(_LONGEST_SOCKET_NAME) < _SOCKET_PATH_BYTES
        if fits and _PLAIN_PATH.fullmatch(str(own)) and os.geteuid() != 0:
            return own
        # mkdtemp never follows what another user prepared, and makes the directory 0700.
        parent = tempfile.gettempdir()
        if len(os.fsencode(parent)) > 60 or not _PLAIN_PATH.fullmatch(parent):
            parent = "/tmp"  # noqa: S108 - the directory inside it is created safely
        return Path(tempfile.mkdtemp(prefix="fortnight-", dir=parent))

    # --- who holds it --------------------------------------------------------------------------

    def lock(self) -> int:
        """Take the directory for this process; the kernel lets go when the process ends."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not _take(descriptor, seconds=0.3):  # is_held() of another process takes a moment
            holder = os.read(descriptor, 20).decode().strip()
            os.close(descriptor)
            raise CannotStart(
                f"Fortnight already runs on {self.path} (process {holder}). Stop that one with "
                f"Ctrl-C or `kill {holder}`, or give this one a directory of its own with --data."
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor

    def is_held(self) -> bool:
        """Say whether a living process has the directory; never takes it."""
        with (self.path / "lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def guard(self, say: Callable[[str], None]) -> int:
        """Wait until the watchdog of a killed run has ended all that it left; return our lock."""
        descriptor = os.open(self.path / "guard", os.O_RDWR | os.O_CREAT, 0o600)
        if _take(descriptor, seconds=1):
            return descriptor
        say("Waiting for the servers of the last run to close their files …")
        if _take(descriptor, seconds=90):
            return descriptor
        os.close(descriptor)
        raise CannotStart(
            f"The servers of the last run on {self.path} do not end. Restart this machine, or look "
            "for postgres and valkey-server processes and stop them."
        )

    # --- what runs on it -----------------------------------------------------------------------

    def remember_services(self, services: dict[str, Any]) -> None:
        write_private(self.path / "run" / "services.json", json.dumps(services))

    def services(self) -> dict[str, Any]:
        """Return what the last run left, which may be stale: only a held lock makes it true."""
        try:
            found = json.loads((self.path / "run" / "services.json").read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def forget_services(self) -> None:
        (self.path / "run" / "services.json").unlink(missing_ok=True)

    def remove_stale_sockets(self) -> None:
        """Remove the temporary socket directory of a run that was killed."""
        left = Path(self.services().get("sockets", "/nowhere"))
        if left.name.startswith("fortnight-") and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)

    # --- refusals ------------------------------------------------------------------------------

    def _refuse_foreign(self) -> None:
        if (self.path / "fortnight-data").exists():
            return
        foreign = [entry.name for entry in self.path.iterdir() if entry.name not in _OURS]
        if foreign:
            raise CannotStart(
                f"{self.path} holds other things ({foreign[0]}) and is no data directory of "
                "Fortnight. Name a new or an empty directory with --data."
            )

    def _refuse_other_purpose(self, purpose: str) -> None:
        if not purpose or self.purpose in {"", purpose}:
            return
        if purpose == "demo":
            raise CannotStart(
                f"{self.path} belongs to an installation made with `manage.py up`, and the demo's "
                "log-in is public. Run the demo beside it: manage.py demo --data var-demo"
            )
        raise CannotStart(
            f"{self.path} holds the demo, whose log-in is public. Give the real installation a "
            "directory of its own: manage.py up --data var-live"
        )

    def _refuse_full_disk(self) -> None:
        needed = _NEEDED_MB if (self.path / "postgres").exists() else _NEEDED_MB_FRESH
        free = shutil.disk_usage(self.path).free // 1_000_000
        if free < needed:
            raise CannotStart(
                f"The disk that holds {self.path} has {free} MB left and Fortnight needs {needed} "
                "MB to start. Free some space, or name a directory on another disk with --data."
            )


def _take(descriptor: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)  # noqa: PTH105 - mkstemp gives a string
