"""One foreground process that runs everything: servers, web, worker and beat.

Starts them in order, starts again what dies, and stops them in the reverse order with the data
written. What happens when it is killed itself is the watchdog's story (children.py).
"""

import contextlib
import errno
import http.client
import json
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from config.embedded import application
from config.embedded.children import Child, Nursery
from config.embedded.datadir import DataDirectory
from config.embedded.environment import child_environment, missing_servers, own_variables
from config.embedded.errors import CannotStart
from config.embedded.postgres import failure
from config.embedded.restarting import Service
from config.embedded.servers import hold, running_servers
from config.embedded.signals import StopRequested, StopSignals

_LOG_KEPT_BYTES = 10_000_000
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


@dataclass(frozen=True)
class Plan:
    """What a person asked for."""

    command: str
    data: DataDirectory
    host: str
    port: int
    forced: Mapping[str, str]
    """Variables that the command stands for, whatever the environment says."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    reset: bool = False
    logs_to_terminal: bool = False


def supervise(
    plan: Plan, say: Callable[[str], None], greet: Callable[[dict[str, Any]], None]
) -> None:
    """Run until told to stop. Raises CannotStart, with nothing left running, if it cannot."""
    signals = StopSignals()
    missing = missing_servers()
    plan.data.prepare(plan.command)
    with contextlib.suppress(StopRequested), contextlib.ExitStack() as stack:
        nursery = stack.enter_context(hold(plan.data, say))
        # Everything registered above this line closes files, and is left in peace while it does.
        stack.callback(signals.hold_back)
        if plan.reset:
            plan.data.empty()
            plan.data.prepare(plan.command)
        refuse_busy_port(plan.host, plan.port, plan.command)
        if missing:
            say(f"Starting PostgreSQL and Valkey on {plan.data.path} …")
        servers = stack.enter_context(running_servers(plan.data, nursery, say, wanted=missing))
        stack.callback(signals.hold_back)
        env = _environment(plan, servers.environment)
        facts = _prepare(plan, nursery, env, say)
        services = _start_application(plan, nursery, env)
        stack.callback(_stop_application, nursery, services, say)
        _wait_for_web(plan, services[0])
        greet(facts)
        while True:
            nursery.keep_watchdog()
            for service in (*servers.services, *services):
                service.look_after(nursery, say, now=time.monotonic())
            time.sleep(0.2)
    say(f"Stopped. The data stays in {plan.data.path}.")


def refuse_busy_port(host: str, port: int, command: str) -> None:
    """Ask for the port as the web server will, before anything has been started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise CannotStart(f"{port} is no port. Choose one from 1024 to 65535.") from error
        except PermissionError as error:
            raise CannotStart(
                f"Port {port} is reserved for root. Choose one above 1023 with --port."
            ) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(f"{host} is no address of this machine.") from error
            raise CannotStart(
                f"Port {port} is used by another program. Choose another one: "
                f"python3 manage.py {command} --port {port + 1}"
            ) from error


def _environment(plan: Plan, addresses: Mapping[str, str]) -> dict[str, str]:
    return {
        **plan.defaults,
        **own_variables(),
        **child_environment(plan.data, addresses),
        **plan.forced,
        "PYTHONUNBUFFERED": "1",
    }


def _prepare(
    plan: Plan, nursery: Nursery, env: Mapping[str, str], say: Callable[[str], None]
) -> dict[str, Any]:
    """Migrate, collect static files, seed; return the facts for the greeting."""
    say("Preparing the database …")
    facts = plan.data.path / "run" / "facts.json"
    log = plan.data.log / "prepare.log"
    log.unlink(missing_ok=True)
    program = application.manage(env, log, "prepare", "--facts", str(facts))
    code, output = nursery.run(program)
    if code != 0:
        raise CannotStart(failure("The database could not be prepared.", output, plan.data))
    found = json.loads(facts.read_text())
    facts.unlink()
    return dict(found)


def _start_application(plan: Plan, nursery: Nursery, env: Mapping[str, str]) -> list[Service]:
    def log(name: str) -> Path | None:
        return None if plan.logs_to_terminal else _log(plan.data.log / name)

    programs = [
        application.web(env, log("web.log"), host=plan.host, port=plan.port),
        application.worker(env, log("worker.log")),
        application.beat(env, log("beat.log")),
    ]
    return [
        Service(program.name, partial(nursery.launch, program), nursery.launch(program))
        for program in programs
    ]


def _stop_application(
    nursery: Nursery, services: list[Service], say: Callable[[str], None]
) -> None:
    """Stop the web server and beat, then the worker, which may finish its task first."""
    say("Stopping …")
    web, worker, beat = (service.child for service in services)
    for children in ((web, beat), (worker,)):
        for child in children:
            nursery.ask(child)
        for child in children:
            try:
                if child is worker:
                    _be_patient(worker, say)
                nursery.stop(child)
            except StopRequested:  # asked twice: what is cut short is done again at the next start
                nursery.kill(child)


def _be_patient(worker: Child, say: Callable[[str], None]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.process.wait(timeout=5)
    if worker.running:
        say("The worker finishes its task; Ctrl-C again cuts it short.")


def _wait_for_web(plan: Plan, web: Service) -> None:
    """Wait until the web server answers anything at all."""
    host = _ANY_ADDRESS.get(plan.host, plan.host)
    while web.child.running:
        connection = http.client.HTTPConnection(host, plan.port, timeout=30)
        try:
            connection.request("GET", "/healthz", headers={"Host": f"localhost:{plan.port}"})
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    reason = web.child.last_words() or "Its last lines above say why."
    raise CannotStart(f"The web server did not start.\n{reason}")


def _log(path: Path) -> Path:
    """Put a log that has grown long aside, so that a year of demos fills no disk."""
    if path.exists() and path.stat().st_size > _LOG_KEPT_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path
