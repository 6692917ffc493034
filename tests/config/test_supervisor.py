"""`manage.py up` as a person has it: one terminal, everything in it, and nothing left after."""

import contextlib
import fcntl
import http.client
import os
import pty
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import ROOT, alive, descendants, free_port, wait_for

pytestmark = pytest.mark.processes
_ORDINARY_UID = pwd.getpwnam("nobody").pw_uid
_SETUP_LINK = re.compile(r"http://localhost:\d+/admin/setup/\S+/")


@dataclass
class Up:
    """One run of `manage.py up` with a terminal of its own."""

    data: Path
    port: int
    output: Path
    become: tuple[str, ...] = ()

    def start(self) -> None:
        """Start it on a fresh pseudo-terminal."""
        self.output.write_bytes(b"")
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port)]
        self.terminal, other_end = pty.openpty()
        self.process = subprocess.Popen(
            [*self.become, *command, "--data", str(self.data)],
            env=_bare_environment(self.data),
            stdin=other_end,
            stdout=other_end,
            stderr=other_end,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - no threads here
            cwd="/",
        )
        os.close(other_end)
        os.set_blocking(self.terminal, False)

    def says(self, words: str) -> bool:
        with contextlib.suppress(OSError), self.output.open("ab") as file:
            file.write(os.read(self.terminal, 100_000))
        return words in self.text()

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_it_says(self, words: str) -> None:
        def said() -> bool:
            return self.says(words) or self.process.poll() is not None

        wait_for(said, seconds=60, what=f"{words!r}")
        assert words in self.text(), self.text()

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def family(self) -> list[int]:
        return [self.process.pid, *descendants(self.process.pid)]

    def named(self, words: bytes) -> int:
        """Return the eldest descendant whose command line has these words."""
        return next(
            pid
            for pid in descendants(self.process.pid)
            if words in Path(f"/proc/{pid}/cmdline").read_bytes()
        )


def _take_terminal() -> None:
    """Make the pseudo-terminal the controlling one, so that closing it hangs up."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _bare_environment(data: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(data.parent / "empty-home"),
        "FORTNIGHT_ENV_FILE": os.devnull,
        "FORTNIGHT_TESTING": "true",  # static files as they lie; compressing them takes long
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture
def up() -> Iterator[Up]:
    """An installation under a path with a space and Cyrillic letters.

    Root becomes an ordinary user for it wherever such a user can enter the clone and its Python;
    else it stays root, which is a way that people run this too.
    """
    folder = Path(tempfile.mkdtemp(prefix="fortnight test "))
    become = _ordinary_user() if os.geteuid() == 0 else ()
    if become:
        os.chown(folder, _ORDINARY_UID, _ORDINARY_UID)
    found = Up(folder / "данные подкаста", free_port(), folder / "terminal.txt", become)
    yield found
    with contextlib.suppress(AttributeError, ProcessLookupError, OSError):
        found.process.kill()
        found.process.wait()
        os.close(found.terminal)
    shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> tuple[str, ...]:
    if shutil.which("setpriv") is None:
        return ()
    become = ("setpriv", f"--reuid={_ORDINARY_UID}", f"--regid={_ORDINARY_UID}", "--clear-groups")
    code = f"import sys, os; os.stat({str(ROOT / 'manage.py')!r}); print(sys.version)"
    look = subprocess.run(
        [*become, sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd="/"
    )
    return become if look.stdout.strip() == sys.version else ()


@pytest.mark.skipif(sys.platform != "linux", reason="finds its processes in /proc")
def test_a_real_installation_survives_every_kind_of_end(up: Up):
    up.start()
    up.wait_until_it_says("/admin/setup/")
    first_link = _SETUP_LINK.search(up.text())
    assert first_link
    assert up.get("/healthz") == 200
    key = up.data / "secrets" / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text()

    # A second start on the same data says whose it is.
    second = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "up", "--data", str(up.data)],
        env=_bare_environment(up.data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"(process {up.process.pid})" in second.stderr
    assert "Traceback" not in second.stderr

    # What dies is started again, and it says so; the database recovers under the web's feet.
    os.kill(up.named(b"bin/postgres\0-D"), signal.SIGKILL)
    up.wait_until_it_says("PostgreSQL ended (killed by SIGKILL); starting it again")
    os.kill(up.named(b"gunicorn"), signal.SIGKILL)
    up.wait_until_it_says("Web server ended (killed by SIGKILL); starting it again")
    wait_for(lambda: up.get("/readyz") == 200, what="the database to be back")

    # Killed without a chance to clean up, it leaves no process of the whole family.
    family = up.family()
    assert len(family) > 12
    up.process.kill()
    up.process.wait()
    wait_for(lambda: not any(alive(pid) for pid in family), what="the family to end")
    os.close(up.terminal)

    # The next start recovers, with the same key and a link again.
    up.start()
    up.wait_until_it_says("/admin/setup/")
    assert key.read_text() == secret
    assert up.get("/healthz") == 200

    # A closed terminal stops it in order, data written.
    family = up.family()
    os.close(up.terminal)
    # Downloads and the worker's task may use all of their time, one after the other.
    assert up.process.wait(timeout=120) == 0
    assert not [pid for pid in family if alive(pid)]
    log = (up.data / "log" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    assert not list((up.data / "run").iterdir())


def test_up_for_others_asks_for_the_public_address(tmp_path: Path):
    refused = subprocess.run(
        [
            sys.executable,
            str(ROOT / "manage.py"),
            "up",
            "--host",
            "0.0.0.0",
            "--data",
            str(tmp_path),
        ],
        env=_bare_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert "BASE_URL=https://" in refused.stderr
    assert not list(tmp_path.iterdir())
