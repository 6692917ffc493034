"""The embedded servers of one data directory, from the lock to the last byte written."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from config.embedded.binaries import find_binaries
from config.embedded.children import Nursery
from config.embedded.datadir import DataDirectory
from config.embedded.identity import give_to, servers_identity
from config.embedded.postgres import PostgreSQL
from config.embedded.restarting import Service
from config.embedded.valkey import Valkey


@dataclass
class Servers:
    """What runs, how to start it again, and the addresses for the programs that use it."""

    services: list[Service] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def hold(data: DataDirectory, say: Callable[[str], None]) -> Iterator[Nursery]:
    """Take the data directory; inside, children may be started, and none is left after."""
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, data.lock())
        guard = data.guard(say)
        try:
            nursery = stack.enter_context(Nursery(watchdog_lock=guard))
        finally:
            os.close(guard)  # the watchdog has it now
        data.remove_stale_sockets()
        stack.callback(data.forget_services)
        yield nursery


@contextlib.contextmanager
def running_servers(
    data: DataDirectory,
    nursery: Nursery,
    say: Callable[[str], None],
    *,
    wanted: set[str],
    throw_away: bool = False,
) -> Iterator[Servers]:
    """Run the servers whose address is wanted; stop them, data written, on the way out."""
    servers = Servers()
    if not wanted:
        yield servers
        return
    run_as = servers_identity()
    binaries = find_binaries(run_as)
    sockets = data.socket_directory()
    give_to(run_as, sockets)
    data.remember_services({"sockets": str(sockets)})
    valkey = Valkey(data, sockets, binaries, run_as, databases=256 if throw_away else 16)
    postgres = PostgreSQL(data, sockets, binaries, run_as, throw_away)
    try:
        if "BROKER_URL" in wanted:
            start = partial(valkey.start, nursery)
            servers.services.append(Service("Valkey", start, start()))
            servers.environment["BROKER_URL"] = valkey.url()
        if "DATABASE_URL" in wanted:
            start = partial(postgres.start, nursery, say)
            servers.services.append(Service("PostgreSQL", start, start()))
            servers.environment["DATABASE_URL"] = postgres.url()
        data.remember_services({"sockets": str(sockets), "environment": servers.environment})
        yield servers
    finally:
        for service in servers.services:
            nursery.stop(service.child)
        if sockets.parent != data.path:
            shutil.rmtree(sockets, ignore_errors=True)
