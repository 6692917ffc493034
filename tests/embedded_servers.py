"""Pytest plugin: one embedded PostgreSQL and one Valkey for the whole run.

Loaded by `-p tests.embedded_servers` in pyproject.toml, so that plain `pytest` works like
`manage.py test`. The servers run in the controller; xdist's workers inherit their addresses and
take a database and two Valkey numbers each. `DATABASE_URL` and `BROKER_URL`, when set, are used
instead. Killed or not, no server outlives the run.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.datadir import DataDirectory
from config.embedded.environment import is_given, missing_servers, read_dotenv
from config.embedded.errors import CannotStart
from config.embedded.servers import hold, running_servers
from config.translations import compile_translations

_PREFIX = "fortnight-test-"
_OF_AN_INSTALLATION = (
    *("ALLOWED_HOSTS", "BEHIND_PROXY", "CACHE_URL", "DEBUG", "DEFAULT_FROM_EMAIL", "EMAIL_URL"),
    *("FORTNIGHT_DEMO", "LOG_LEVEL", "MEDIA_ROOT", "SECRET_KEY_FALLBACKS", "STATIC_ROOT"),
)
_MARK = "FORTNIGHT_TEST_DATA"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Set the environment before pytest-django imports the settings (a wrapper runs first)."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_translations()
        stack = contextlib.ExitStack()
        early_config.add_cleanup(stack.close)
        try:
            start_for_this_run(stack)
        except CannotStart as error:
            raise pytest.UsageError(str(error)) from error
    take_a_share(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    return (yield)


def start_for_this_run(stack: contextlib.ExitStack) -> None:
    """Start what the environment does not name; describe a test installation to the settings."""
    read_dotenv()
    _remove_leftovers()
    data = DataDirectory(Path(stack.enter_context(_temporary_directory())))
    data.prepare()
    nursery = stack.enter_context(hold(data, print))
    servers = stack.enter_context(
        running_servers(data, nursery, print, wanted=missing_servers(), throw_away=True)
    )
    os.environ.update(servers.environment)
    os.environ.update(
        {
            _MARK: str(data.path),
            "FORTNIGHT_TESTING": "true",
            "FORTNIGHT_ENV_FILE": os.devnull,
            "SECRET_KEY": data.secret("secret-key"),
            "BASE_URL": "http://localhost:8000",
        }
    )
    for name in (*_OF_AN_INSTALLATION, *(f"{name}_FILE" for name in _OF_AN_INSTALLATION)):
        os.environ.pop(name, None)


def take_a_share(worker: str) -> None:
    """Keep one xdist worker's queue, cache and files apart from the others'."""
    share = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    os.environ["DATA_DIR"] = str(Path(os.environ[_MARK]) / worker)
    broker = os.environ["BROKER_URL"]
    if broker.startswith("redis+socket://") and is_given("BROKER_URL"):
        address = broker.split("?", 1)[0]
        os.environ["BROKER_URL"] = f"{address}?virtual_host={2 * share}"
        path = address.removeprefix("redis+socket://")
        os.environ["CACHE_URL"] = f"unix://{path}?db={2 * share + 1}"
    os.environ["BROKER_KEY_PREFIX"] = f"test-{worker}-"
    os.environ["CACHE_KEY_PREFIX"] = f"test-{worker}"


@contextlib.contextmanager
def _temporary_directory() -> Iterator[str]:
    path = tempfile.mkdtemp(prefix=_PREFIX)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _remove_leftovers() -> None:
    """Delete the directories of runs that were killed: old, ours, and locked by nobody."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if path.stat().st_uid != os.geteuid() or time.time() - path.stat().st_mtime < 600:
                continue
            with (path / "lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                DataDirectory(path).remove_stale_sockets()
                shutil.rmtree(path, ignore_errors=True)
