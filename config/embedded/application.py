"""The three programs that are Fortnight: web server, Celery worker, beat. Their commands, once."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from config.embedded.children import Program

_ROOT = Path(__file__).resolve().parent.parent.parent
QUEUES = "publish,media,bulk"


def web(env: Mapping[str, str], log: Path | None, *, host: str, port: int) -> Program:
    """As config/gunicorn.py says; here a listener gets less time to finish, as a person waits."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
        *("--config", "python:config.gunicorn", "--bind", address, "--graceful-timeout", "8"),
    ]
    return Program("Web server", command, env=env, log=log, cwd=_ROOT, grace_seconds=10)


def worker(env: Mapping[str, str], log: Path | None) -> Program:
    command = [
        *(sys.executable, "-m", "celery", "--app", "config", "worker", "--loglevel", "INFO"),
        *("--queues", QUEUES, "--concurrency", str(max(2, min(4, os.cpu_count() or 2)))),
        *("--hostname", "fortnight@%h", "--without-gossip", "--without-mingle"),
    ]
    return Program("Worker", command, env=env, log=log, cwd=_ROOT, grace_seconds=40)


def beat(env: Mapping[str, str], log: Path | None) -> Program:
    command = [
        *(sys.executable, "-m", "celery", "--app", "config", "beat", "--loglevel", "INFO"),
        "--pidfile=",  # one beat is what the data directory's lock is for
    ]
    return Program("Beat", command, env=env, log=log, cwd=_ROOT, grace_seconds=5)


def manage(env: Mapping[str, str], log: Path | None, *arguments: str) -> Program:
    command = [sys.executable, str(_ROOT / "manage.py"), *arguments]
    return Program(arguments[0], command, env=env, log=log, cwd=_ROOT, stop_signal=signal.SIGTERM)
