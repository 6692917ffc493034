"""Real processes for tests: a Celery worker, a broker of one's own, and ways to kill them.

Nothing here outlives the test run, whatever happens to it: each process hangs on the watchdog of
config.embedded.children.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from kombu import pools

from config.celery import app as celery_app
from config.embedded.binaries import find_binaries
from config.embedded.children import Child, Nursery, Program
from config.embedded.datadir import DataDirectory
from config.embedded.identity import give_to, servers_identity
from config.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
QUEUES = "publish,media,bulk"


def wait_for(condition: Callable[[], object], *, seconds: float = 30, what: str = "") -> None:
    """Return as soon as `condition()` is true; fail with its name after a generous time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what or condition}"
        time.sleep(0.05)


@dataclass
class CeleryWorker:
    """`celery -A config worker`, bound to one test database and one broker."""

    nursery: Nursery
    log: Path
    name: str
    database: str
    broker_url: str = field(default_factory=lambda: os.environ["BROKER_URL"])
    concurrency: int = 1
    child: Child | None = None

    def start(self) -> None:
        command = [
            *(sys.executable, "-m", "celery", "--app", "config", "worker", "--loglevel", "INFO"),
            *("--queues", QUEUES, "--concurrency", str(self.concurrency)),
            *("--hostname", self.name, "--without-gossip", "--without-mingle"),
        ]
        env = {
            **os.environ,
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], self.database),
            "BROKER_URL": self.broker_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.child = self.nursery.launch(
            Program("worker", command, env=env, log=self.log, cwd=ROOT, grace_seconds=30)
        )

    def wait_until_ready(self, seconds: float = 60) -> None:
        wait_for(self.answers, seconds=seconds, what=f"the worker to answer\n{self.log_text()}")

    def answers(self) -> bool:
        assert self.running, f"the worker died:\n{self.log_text()}"
        return bool(celery_app.control.ping(destination=[self.name], timeout=0.5))

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.running

    def kill(self) -> None:
        """Kill -9 the worker and the children that run its tasks, at once."""
        if self.child is not None:
            self.nursery.kill(self.child)

    def kill_pool_children(self) -> None:
        """Kill -9 only the processes that run tasks, as the kernel does when memory is short."""
        assert self.child is not None
        for pid in descendants(self.child.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> bool:
        """Stop warm, as an operator would; True if it ended by itself."""
        return self.child is None or self.nursery.stop(self.child)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")[-5000:] if self.log.exists() else ""


@dataclass
class OwnBroker:
    """A Valkey for one test, which may stop it and start it again on the same data."""

    server: Valkey
    nursery: Nursery
    child: Child | None = None

    @property
    def url(self) -> str:
        return self.server.url()

    def start(self) -> None:
        self.child = self.server.start(self.nursery)

    def stop(self) -> None:
        assert self.child is not None
        self.nursery.stop(self.child)

    def kill(self) -> None:
        assert self.child is not None
        self.nursery.kill(self.child)


@contextlib.contextmanager
def own_broker(nursery: Nursery, directory: Path) -> Iterator[OwnBroker]:
    """Run a separate Valkey and point this process's Celery app at it for the time being."""
    data = DataDirectory(directory / "broker")
    data.prepare()
    run_as = servers_identity()
    sockets = data.socket_directory()
    give_to(run_as, sockets)
    broker = OwnBroker(Valkey(data, sockets, find_binaries(run_as), run_as), nursery)
    broker.start()
    usual = celery_app.conf.broker_url
    _point_celery_at(broker.url)
    try:
        yield broker
    finally:
        _point_celery_at(usual)
        if broker.child is not None and broker.child.running:
            broker.stop()
        shutil.rmtree(sockets, ignore_errors=True)


NOWHERE = "redis://127.0.0.1:1/0"
"""A broker that is not there: what messages would wake is done by hand, or by a sweep."""


@contextlib.contextmanager
def no_broker() -> Iterator[None]:
    """Let this process's messages reach no worker, so that none works behind a test's back."""
    usual = celery_app.conf.broker_url
    _point_celery_at(NOWHERE)
    try:
        yield
    finally:
        _point_celery_at(usual)


def _point_celery_at(url: str) -> None:
    """Drop the connections that Celery keeps in this process and let it open new ones."""
    pools.reset()
    celery_app.conf.broker_url = url
    celery_app._after_fork()


def empty_broker(url: str) -> None:
    """Forget every message, so that one test's tasks never run in the next."""
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        client = redis.Redis(
            unix_socket_path=parts.path, db=int(parts.query.partition("virtual_host=")[2] or 0)
        )
    else:
        client = redis.Redis.from_url(url)
    prefix = os.environ["BROKER_KEY_PREFIX"]
    with contextlib.closing(client):
        for key in client.scan_iter(f"{prefix}*"):
            if not key.decode().startswith(f"{prefix}_kombu"):
                client.delete(key)


def with_database(url: str, name: str) -> str:
    """Return the same server's address with another database in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """Return every living process below `pid`, children before grandchildren."""
    rows = [row for row in process_table() if not row[2].startswith("Z")]
    below: list[int] = []
    parents = {pid}
    while parents:
        found = {child for child, parent, _state in rows if parent in parents}
        below.extend(sorted(found))
        parents = found
    return below


def alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and not yet reaped does not."""
    return any(row[0] == pid and not row[2].startswith("Z") for row in process_table())


def process_table() -> list[tuple[int, int, str]]:
    """Return (pid, parent, state) of every process; a bare Debian has /proc but no `ps`."""
    if Path("/proc/self/stat").exists():
        rows = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                before, _, after = stat.read_text(errors="replace").rpartition(")")
                state, parent = after.split()[:2]
                rows.append((int(before.split()[0]), int(parent), state))
        return rows
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    fields = (line.split() for line in listing.stdout.splitlines())
    return [(int(pid), int(parent), state) for pid, parent, state in fields]
