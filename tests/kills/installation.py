"""A whole Fortnight of its own: servers, web, worker and beat, each of which may be killed."""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from config.embedded import application
from config.embedded.binaries import find_binaries
from config.embedded.children import Child, Nursery
from config.embedded.datadir import DataDirectory
from config.embedded.errors import CannotStart
from config.embedded.identity import give_to, servers_identity
from config.embedded.postgres import PostgreSQL
from config.embedded.valkey import Valkey
from tests.processes import ROOT, descendants, free_port, wait_for

_SEED = """
import json, django; django.setup()
from knox.models import get_token_model
from tests.factories import EpisodeFactory, MembershipFactory, ShowFactory
show = ShowFactory.create()
user = MembershipFactory.create(show=show, role="producer").user
_row, token = get_token_model().objects.create(user=user, expiry=None)
episodes = [str(EpisodeFactory.create(show=show).uid) for _ in range(4)]
print(json.dumps({"token": token, "episodes": episodes}))
"""


@dataclass
class Service:
    """A process that is started again as soon as it was killed."""

    name: str
    start: Callable[[], Child]
    child: Child | None = None

    def bring_up(self) -> None:
        while self.child is None or not self.child.running:
            with contextlib.suppress(CannotStart):  # what is left of the killed one still ends
                self.child = self.start()


@dataclass
class Installation:
    nursery: Nursery
    directory: Path
    environment: dict[str, str]
    services: dict[str, Service]
    port: int
    _over: threading.Event = field(default_factory=threading.Event)

    def keep_up(self) -> None:
        """Start again what died, until the end. One thread: a child dies with the one it is of."""
        while not self._over.wait(0.05):
            for service in self.services.values():
                if not self._over.is_set():
                    service.bring_up()

    def end(self) -> None:
        self._over.set()

    @property
    def media(self) -> Path:
        return Path(self.environment["MEDIA_ROOT"])

    def kill(self, victim: str) -> bool:
        """Kill -9 a service or a child of one; `False` when it is not there to be killed."""
        whole = {"web child": "web", "worker child": "worker"}.get(victim, victim)
        service = self.services[whole]
        child = service.child
        if child is None or not child.running:
            return False
        if whole == "web" and not self.answers():
            return False  # killing what has not begun proves nothing
        below = descendants(child.pid)
        if whole != victim:
            if not below:
                return False
            _kill(random.choice(below))
            return True
        for pid in (child.pid, *below):
            _kill(pid)
        self.nursery.kill(child)
        return True

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(sql, values).fetchall()

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def logs(self) -> str:
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}"
            for log in sorted(self.directory.glob("*.log"))
        )


@contextlib.contextmanager
def running_installation(nursery: Nursery, directory: Path) -> Iterator[tuple[Installation, Any]]:
    """Yield an installation at work and what its seed said: a token and episodes to send to."""
    data = DataDirectory(directory / "data")
    data.prepare()
    run_as = servers_identity()
    binaries, sockets = find_binaries(run_as), data.socket_directory()
    give_to(run_as, sockets)
    postgres = PostgreSQL(data, sockets, binaries, run_as)
    broker = Valkey(data, sockets, binaries, run_as)
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.url(),
        "BROKER_URL": broker.url(),
        "CACHE_URL": f"unix://{broker.socket}?db=1",
        "BROKER_KEY_PREFIX": "",
        "DATA_DIR": str(directory / "var"),
        "MEDIA_ROOT": str(directory / "media"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "WEB_THREADS": "8",
    }
    (directory / "var").mkdir()
    port = free_port()
    log = directory.joinpath
    programs = {
        "web": application.web(environment, log("web.log"), host="127.0.0.1", port=port),
        "worker": application.worker(environment, log("worker.log")),
        "beat": application.beat(environment, log("beat.log")),
    }
    starts: dict[str, Callable[[], Child]] = {
        "database": lambda: postgres.start(nursery, lambda _words: None),
        "broker": lambda: broker.start(nursery),
        **{
            name: partial(nursery.launch, replace(program, grace_seconds=5))
            for name, program in programs.items()
        },
    }
    services = {name: Service(name, start) for name, start in starts.items()}
    found = Installation(nursery, directory, environment, services, port)
    keeper = threading.Thread(target=found.keep_up, daemon=True)
    try:
        services["database"].bring_up()
        services["broker"].bring_up()
        found.run("manage.py", "migrate", "--verbosity", "0")
        seed = json.loads(found.run("-c", _SEED).splitlines()[-1])
        keeper.start()
        wait_for(lambda: all(service.child for service in services.values()), what="all to run")
        yield found, seed
    finally:
        found.end()
        keeper.join(timeout=30)
        for name in ("beat", "worker", "web", "broker", "database"):
            child = services[name].child
            if child is not None:
                nursery.kill(child)
        shutil.rmtree(sockets, ignore_errors=True)


def wait_until_read(installation: Installation, seconds: float) -> None:
    """Wait until no upload is left to read, pressing Retry as an editor would."""

    def done() -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            if installation.rows("SELECT 1 FROM episodes_job WHERE dead LIMIT 1"):
                installation.run("-c", _RETRY)
            return not installation.rows(
                "SELECT 1 FROM episodes_job WHERE kind = 'inspect_upload' AND done_at IS NULL "
                "LIMIT 1"
            )
        return False

    wait_for(done, seconds=seconds, what=f"every upload to be read\n{installation.logs()}")


_RETRY = """
import django; django.setup()
from episodes import jobs
from episodes.models import Job
for job in Job.objects.filter(dead=True):
    jobs.retry(job.kind, job.key)
"""


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
