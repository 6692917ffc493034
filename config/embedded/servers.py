"""The embedded servers of one data directory, from the lock to the last byte written."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from config.embedded.binaries import find_binaries
from config.embedded.children import Child, Nursery
from config.embedded.datadir import DataDirectory
from config.embedded.identity import give_to, servers_identity
from config.embedded.postgres import PostgreSQL
from config.embedded.valkey import Valkey


@dataclass
class Servers:
    """What runs, and how to start one of it again when it dies."""

    nursery: Nursery
    postgres: PostgreSQL | None = None
    valkey: Valkey | None = None
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return the addresses for the programs that use the servers."""
        found = {}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url()
        if self.valkey:
            found["BROKER_URL"] = self.valkey.url()
        return found


@contextlib.contextmanager
def hold(data: DataDirectory, say: Callable[[str], None]) -> Iterator[Nursery]:
    """Take the data directory; inside, children may be started, and none is left after."""
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, data.lock())
        guard = data.guard(say)
        nursery = Nursery(watchdog_lock=guard)
        try:
            stack.enter_context(nursery)
        finally:
            os.close(guard)  # the watchdog has it now
        stack.callback(data.forget_services)
        data.remove_stale_sockets()
        yield nursery


@contextlib.contextmanager
def running_servers(
    data: DataDirectory,
    nursery: Nursery,
    say: Callable[[str], None],
    *,
    postgres: bool = True,
    valkey: bool = True,
    throw_away: bool = False,
) -> Iterator[Servers]:
    """Run the servers that are asked for; stop them, data written, on the way out."""
    servers = Servers(nursery)
    if not postgres and not valkey:
        yield servers
        return
    run_as = servers_identity()
    binaries = find_binaries(run_as)
    sockets = data.socket_directory()
    give_to(run_as, sockets)
    try:
        data.remember_services({"sockets": str(sockets)})
        if valkey:
            servers.valkey = Valkey(data, sockets, binaries, run_as, 64 if throw_away else 16)
            servers.children["valkey"] = servers.valkey.start(nursery)
        if postgres:
            servers.postgres = PostgreSQL(data, sockets, binaries, run_as, throw_away)
            servers.children["postgres"] = servers.postgres.start(nursery, say)
        data.remember_services({"sockets": str(sockets), "environment": servers.environment})
        yield servers
    finally:
        for child in servers.children.values():
            nursery.stop(child)
        if sockets.parent != data.path:
            shutil.rmtree(sockets, ignore_errors=True)
