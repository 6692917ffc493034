"""A private PostgreSQL on a Unix socket: made once, started, waited for, stopped cleanly.

Two roles: `postgres` owns the cluster and is used to set it up; `fortnight` owns the one database
and is all that the application ever sees. Both have passwords, kept 0600 under secrets/.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from config.embedded.binaries import Binaries
from config.embedded.children import Child, Nursery, Program
from config.embedded.datadir import DataDirectory
from config.embedded.errors import CannotStart
from config.embedded.identity import Identity, give_to, initdb_identity

_NAME = "fortnight"
_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "64MB",
    "log_min_duration_statement": "1000",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: what is lost with the power is lost."""


@dataclass
class PostgreSQL:
    data: DataDirectory
    sockets: Path
    binaries: Binaries
    run_as: Identity | None
    throw_away: bool = False

    @property
    def directory(self) -> Path:
        return self.data.path / "postgres"

    def url(self) -> str:
        """Return the address in libpq's form, which Django and psql read alike."""
        password = quote(self.data.secret("postgres-fortnight"), safe="")
        return f"postgres://{_NAME}:{password}@/{_NAME}?{urlencode({'host': str(self.sockets)})}"

    def start(self, nursery: Nursery, say: Callable[[str], None]) -> Child:
        """Return a server that answers and has our role and database."""
        if not self.directory.exists():
            self._initialise(nursery)
        self._refuse_other_version()
        self._clear_stale_pid(say)
        child = self.launch(nursery)
        self._wait(child, say)
        self._set_up()
        return child

    def launch(self, nursery: Nursery) -> Child:
        directory, keep_open = reachable(self.run_as, self.directory)
        settings = {**_SETTINGS, **(_THROW_AWAY if self.throw_away else {})}
        program = Program(
            "PostgreSQL",
            [
                str(self.binaries.postgres / "postgres"),
                *("-D", directory, "-h", "", "-k", str(self.sockets)),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes everything, closes
            grace_seconds=120,
            env=_environment(),
            log=self.data.log / "postgres.log",
            run_as=self.run_as,
            keep_open=keep_open,
            holds_data=True,
            cwd=Path("/"),
        )
        try:
            return nursery.launch(program)
        finally:
            close_all(keep_open)

    def _initialise(self, nursery: Nursery) -> None:
        """Run initdb aside and move the result into place, so that a kill leaves no half."""
        fresh = self.data.path / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = self.data.path / "secrets" / "initdb-password"
        self.data.secret("postgres-superuser")
        shutil.copy2(self.data.path / "secrets" / "postgres-superuser", password_file)
        maker = initdb_identity()
        give_to(maker, fresh)
        give_to(maker, password_file)
        directory, keep_directory = reachable(maker, fresh)
        password, keep_password = reachable(maker, password_file)
        log = self.data.log / "initdb.log"
        log.unlink(missing_ok=True)
        program = Program(
            "initdb",
            [
                str(self.binaries.postgres / "initdb"),
                *("-D", directory, "--username=postgres", f"--pwfile={password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(["--no-sync"] if self.throw_away else []),
            ],
            env=_environment(),
            log=log,
            run_as=maker,
            keep_open=(*keep_directory, *keep_password),
            cwd=Path("/"),
        )
        try:
            code, output = nursery.run(program)
        finally:
            close_all(program.keep_open)
            password_file.unlink()
        if code != 0:
            raise CannotStart(failure("PostgreSQL could not be set up.", output, self.data))
        give_to(self.run_as, fresh)
        fresh.rename(self.directory)

    def _refuse_other_version(self) -> None:
        made_by = int((self.directory / "PG_VERSION").read_text())
        if made_by != self.binaries.major:
            raise CannotStart(
                f"{self.directory} was made by PostgreSQL {made_by} and this Fortnight brings "
                f"{self.binaries.major}. Start the Fortnight that made it, save the data with "
                "pg_dump, and restore it here (docs/running.md)."
            )

    def _clear_stale_pid(self, say: Callable[[str], None]) -> None:
        """Wait for a server that still ends; drop the file if the number is another program's now.

        We hold the data directory's lock, so no server of a living supervisor can be meant.
        """
        pid_file = self.directory / "postmaster.pid"
        for attempt in range(600):
            try:
                pid = int(pid_file.read_text().split("\n", 1)[0])
            except (FileNotFoundError, ValueError):
                return
            if not _is_postgres(pid):
                pid_file.unlink(missing_ok=True)
                return
            if attempt == 10:
                say(f"Waiting for the last PostgreSQL (process {pid}) to end …")
            time.sleep(0.1)
        raise CannotStart(
            f"Another PostgreSQL (process {pid}) runs on {self.directory}. Stop it: kill -INT {pid}"
        )

    def _wait(self, child: Child, say: Callable[[str], None]) -> None:
        """Wait as long as the process lives: recovery after a crash takes the time it takes."""
        patience = time.monotonic() + 5
        while child.running:
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                if time.monotonic() > patience:
                    say("PostgreSQL is recovering after an unclean end; this may take a while …")
                    patience = time.monotonic() + 60
                time.sleep(0.03)
            else:
                return
        raise CannotStart(failure("PostgreSQL did not start.", child.last_words(), self.data))

    def _set_up(self) -> None:
        role = sql.SQL("ROLE {} LOGIN NOSUPERUSER {} PASSWORD {}").format(
            sql.Identifier(_NAME),
            sql.SQL("CREATEDB" if self.throw_away else "NOCREATEDB"),
            sql.Literal(self.data.secret("postgres-fortnight")),
        )
        with self._connect("postgres") as connection:
            have_role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [_NAME])
            verb = "ALTER" if have_role.fetchone() else "CREATE"
            connection.execute(sql.SQL("{} {}").format(sql.SQL(verb), role))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_NAME])
            if not found.fetchone():
                name = sql.Identifier(_NAME)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets),
            dbname=database,
            user="postgres",
            password=self.data.secret("postgres-superuser"),
            autocommit=True,
        )


def reachable(run_as: Identity | None, path: Path) -> tuple[str, tuple[int, ...]]:
    """Return a name under which `run_as` reaches `path`, and the descriptors to hand on with it.

    Root's children cannot walk through root's home, and opening it for everybody is out of the
    question. Linux lets a process reach what its parent opened for it, whatever lies above.
    """
    if run_as is None or sys.platform != "linux":
        return str(path), ()
    descriptor = os.open(path, os.O_RDONLY)
    return f"/proc/self/fd/{descriptor}", (descriptor,)


def close_all(descriptors: tuple[int, ...]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def failure(what: str, output: str, data: DataDirectory) -> str:
    """Say why a child failed; the commonest reasons in words of their own."""
    if "No space left on device" in output:
        return (
            f"The disk that holds {data.path} is full. Free some space and start again; "
            "nothing that was saved is lost."
        )
    if "could not look up effective user ID" in output:
        return (
            f"User number {os.geteuid()} has no name on this machine, and PostgreSQL insists on "
            "one. Start Fortnight as a user that /etc/passwd lists, or set DATABASE_URL."
        )
    return f"{what} The end of its log in {data.log}:\n{output}"


def _environment() -> dict[str, str]:
    """Keep PGDATA, PGHOST, LANG and the like of the person's shell out of the servers."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _is_postgres(pid: int) -> bool:
    command_line = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return b"postgres" in command_line.read_bytes().split(b"\0", 1)[0]
        except OSError:
            return False
    listing = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "postgres" in listing.stdout
