"""Which servers a command uses: those that the environment names, or the embedded ones.

`DATABASE_URL` and `BROKER_URL` always win, from the environment or from `.env`. Settings cannot
be imported without them, so a command that needs no server is given addresses that lead nowhere.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import environ

from config.embedded.datadir import DataDirectory
from config.embedded.errors import CannotStart
from config.embedded.servers import hold, running_servers

BASE_DIR = Path(__file__).resolve().parent.parent.parent
_NOWHERE = "/nonexistent/fortnight-placeholder"
_NO_KEY = "placeholder-"
PLACEHOLDERS = {
    "DATABASE_URL": f"postgres://placeholder@/placeholder?host={_NOWHERE}",
    "BROKER_URL": f"redis+socket://{_NOWHERE}",
    "SECRET_KEY": f"{_NO_KEY}{secrets.token_urlsafe(48)}",
}
_NEED_NO_SERVER = {
    *("demo", "up", "test", "help", "version", "--help", "-h", "--version"),
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic"),
    *("makemessages", "spectacular", "startapp", "startproject"),
}


def read_dotenv() -> None:
    """Read `.env` as settings do, but before anything is decided by what is set."""
    path = os.environ.get("FORTNIGHT_ENV_FILE") or str(BASE_DIR / ".env")
    if Path(path).is_file():
        environ.Env.read_env(path)


def is_given(name: str) -> bool:
    """Say whether a person set this variable (or its `_FILE`), as against our placeholder."""
    value = os.environ.get(name, "")
    ours = _NOWHERE in value or value.startswith(_NO_KEY)
    return bool(value or os.environ.get(f"{name}_FILE")) and not ours


def data_directory() -> DataDirectory:
    return DataDirectory(
        Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").expanduser().resolve()
    )


def chosen_data_directory(option: str | None) -> DataDirectory:
    """Return the directory of ``--data``, or the usual one."""
    if not option:
        return data_directory()
    return DataDirectory(Path(option).expanduser().resolve())


def needs_no_server(arguments: list[str]) -> bool:
    command = arguments[0] if arguments else "help"
    if "--help" in arguments or "-h" in arguments:
        return True
    return command in _NEED_NO_SERVER and "--database" not in " ".join(arguments)


@contextlib.contextmanager
def servers_for(arguments: list[str], say: Callable[[str], None]) -> Iterator[None]:
    """Fill the environment for one management command, and run servers for it if it takes some."""
    read_dotenv()
    if needs_no_server(arguments):
        os.environ.update({name: text for name, text in PLACEHOLDERS.items() if not is_given(name)})
        yield
        return
    missing = missing_servers()
    data = data_directory()
    with contextlib.ExitStack() as stack:
        found = _running_addresses(data) if missing else {}
        if not missing <= found.keys():
            data.prepare()
            nursery = stack.enter_context(hold(data, say))
            servers = stack.enter_context(running_servers(data, nursery, say, wanted=missing))
            found = servers.environment
        os.environ.update(child_environment(data, found))
        yield


def child_environment(data: DataDirectory, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return what settings need beside a person's own variables."""
    found = {"DATA_DIR": str(data.path)}
    found |= {name: text for name, text in addresses.items() if not is_given(name)}
    if not is_given("SECRET_KEY"):
        found["SECRET_KEY"] = _secret_key(data)
    return found


def own_variables() -> dict[str, str]:
    """Return the environment without our placeholders, to start a child from."""
    return {name: text for name, text in os.environ.items() if text != PLACEHOLDERS.get(name)}


def missing_servers() -> set[str]:
    return {name for name in ("DATABASE_URL", "BROKER_URL") if not is_given(name)}


def _secret_key(data: DataDirectory) -> str:
    data.prepare()
    return data.secret("secret-key")


def _running_addresses(data: DataDirectory) -> dict[str, str]:
    """Return the addresses of servers that somebody else runs on this directory right now."""
    if not (data.path / "lock").exists() or not data.is_held():
        return {}
    addresses = data.services().get("environment", {})
    if not addresses:
        raise CannotStart(
            f"Fortnight is just starting or stopping on {data.path}. Try again in a moment."
        )
    return {str(name): str(text) for name, text in addresses.items()}
