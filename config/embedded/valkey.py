"""A private Valkey on a Unix socket: the broker, so it keeps what it was given (append-only file)
and refuses rather than evicts.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from config.embedded.binaries import Binaries
from config.embedded.children import Child, Nursery, Program
from config.embedded.datadir import DataDirectory
from config.embedded.errors import CannotStart
from config.embedded.identity import Identity, give_to
from config.embedded.postgres import close_all, failure, reachable


@dataclass
class Valkey:
    data: DataDirectory
    sockets: Path
    binaries: Binaries
    run_as: Identity | None
    databases: int = 16

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """Return the address in the form that Celery reads."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host={database}"

    def start(self, nursery: Nursery) -> Child:
        """Return a server that answers."""
        directory = self.data.path / "valkey"
        directory.mkdir(mode=0o700, exist_ok=True)
        give_to(self.run_as, directory)
        child = self.launch(nursery)
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            while child.running:
                try:
                    client.ping()
                except redis.RedisError:  # not there yet, or still reading its file
                    time.sleep(0.02)
                else:
                    return child
        finally:
            client.close()
        raise CannotStart(failure("Valkey did not start.", child.last_words(), self.data))

    def launch(self, nursery: Nursery) -> Child:
        directory, keep_open = reachable(self.run_as, self.data.path / "valkey")
        program = Program(
            "Valkey",
            [
                *(str(self.binaries.valkey), "--port", "0"),
                *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", directory, "--databases", str(self.databases)),
                *("--save", "", "--appendonly", "yes", "--appendfsync", "everysec"),
                *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
            ],
            grace_seconds=20,
            log=self.data.log / "valkey.log",
            run_as=self.run_as,
            keep_open=keep_open,
            holds_data=True,
            cwd=Path("/"),
        )
        try:
            return nursery.launch(program)
        finally:
            close_all(keep_open)
