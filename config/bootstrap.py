"""Make and enter the environment that Fortnight runs in, with the standard library alone.

Run before anything is installed, by manage.py; or by itself, to print the Python to use:

    python3 config/bootstrap.py embedded      what `demo` and `up` need
    python3 config/bootstrap.py dev           what the tests and checks need

A person's own environment that has the dependencies is used as it is. Else `.venv` is made here,
the lock installed, and a stamp of lock and Python written last: a half-done set-up has no stamp
and is done again, a changed lock is installed again, everything else starts without delay.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NoReturn

BASE = Path(__file__).resolve().parent.parent
VENV = BASE / ".venv"
MARK = "made-by-fortnight"
_NETWORK = re.compile(
    "No matching distribution|Temporary failure|NewConnectionError|Connection refused"
    "|Network is unreachable|Name or service not known|nodename nor servname|ProxyError|timed out",
    re.IGNORECASE,
)


def enter_environment(arguments: list[str]) -> None:
    """Return if this Python has what the command needs; else go on in one that has (execv)."""
    lock = "dev" if arguments[:1] == ["test"] else "embedded"
    python = environment_python(lock)
    if Path(python) != Path(sys.executable):
        os.execv(python, [python, *sys.orig_argv[1:]])  # noqa: S606


def environment_python(lock: str) -> str:
    """Return a Python with the dependencies of requirements/LOCK, making `.venv` if need be."""
    made_by_us = (VENV / MARK).exists()
    if (not _inside(VENV) or not made_by_us) and has_dependencies(lock):
        return sys.executable
    if made_by_us or not VENV.exists():
        return _own_environment(lock)
    theirs = VENV / "bin" / "python"
    if not _inside(VENV) and theirs.exists():
        return str(theirs)  # which asks itself the same questions again
    return _stop(
        f"{VENV} was not made by Fortnight and is left alone. Install what it lacks (`{theirs} -m "
        "pip install -e '.[dev]'`), or remove it, and start again."
    )


def has_dependencies(lock: str) -> bool:
    """Say whether this Python is a person's own environment for Fortnight; stop if it half is.

    A Django that came with the system is no such environment: it is passed over in silence.
    """
    if importlib.util.find_spec("django") is None:
        return False
    missing = [name for name in _wanted(lock) if not _is_installed(name)]
    if not missing:
        return True
    if sys.prefix == sys.base_prefix:
        return False
    return _stop(
        f"The environment in {sys.prefix} has Django but lacks {', '.join(missing)}. Run there: "
        "pip install -e '.[dev]' - or leave it with `deactivate`, and Fortnight makes its own."
    )


# --- our own .venv -------------------------------------------------------------------------------


def _own_environment(lock: str) -> str:
    python = str(VENV / "bin" / "python")
    if is_current(lock):
        return python
    with _one_at_a_time() as held:
        if not is_current(lock):
            _set_up(lock, held)
    return python


def is_current(lock: str) -> bool:
    """Compare the stamp with lock and running Python; the larger lock serves the smaller."""
    if _inside(VENV) and importlib.util.find_spec("django") is None:
        return False
    with contextlib.suppress(OSError, ValueError):
        stamp = json.loads((VENV / MARK).read_text())
        wanted = {"embedded": ("embedded", "dev"), "dev": ("dev",)}[lock]
        return (VENV / "bin" / "python").exists() and any(
            stamp.get(name) == _fingerprint(name) for name in wanted
        )
    return False


def _fingerprint(lock: str) -> str:
    """Return the hash of a lock together with the Python that it is installed for."""
    digest = hashlib.sha256(_lock_file(lock).read_bytes())
    digest.update(f"{sys.version_info[:2]} {sysconfig.get_config_var('SOABI')}".encode())
    return digest.hexdigest()


def _set_up(lock: str, held: int) -> None:
    _say(f"Setting up {VENV} for Python {sys.version_info[0]}.{sys.version_info[1]} …")
    pip = _make_venv(held)
    _install(pip, lock, held)
    stamp = {lock: _fingerprint(lock)}
    temporary = VENV / f"{MARK}.new"
    temporary.write_text(json.dumps(stamp))
    temporary.replace(VENV / MARK)


def _make_venv(held: int) -> list[str]:
    """Create `.venv` anew unless the one there works; return the command that runs pip for it.

    The children get our lock, so that one that outlives us still keeps the next start waiting.
    """
    python = str(VENV / "bin" / "python")
    if (VENV / MARK).exists() and _works(python):
        (VENV / MARK).write_text("{}")
        return [python, "-m", "pip"]
    outer_pip: list[str] = []
    if not _module_runs("ensurepip"):
        # Debian keeps ensurepip in a package of its own; a pip beside it serves as well.
        if not _module_runs("venv") or not _module_runs("pip"):
            _stop(f"Python cannot make an environment here. Run this once: {_mending_command()}")
        outer_pip = [_base_python(), "-m", "pip", "--python", python]
    if VENV.exists():
        trash = VENV.with_name(f".venv-old-{os.getpid()}")
        VENV.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)
    try:
        VENV.mkdir()
        (VENV / MARK).write_text("{}")
    except OSError as error:
        _stop(
            f"{VENV} cannot be made: {error.strerror}. Free space, or clone to where you may write."
        )
    made = subprocess.run(
        [_base_python(), "-m", "venv", *(["--without-pip"] if outer_pip else []), str(VENV)],
        capture_output=True,
        text=True,
        check=False,
        pass_fds=(held,),
    )
    if made.returncode != 0:
        _stop(f"python3 -m venv failed:\n{made.stdout}{made.stderr}\nTry: {_mending_command()}")
    return outer_pip or [python, "-m", "pip"]


def _works(python: str) -> bool:
    """Say whether the Python in `.venv` is the one running now and has pip."""
    code = "import sys, pip; print(sys.version_info[:2])"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return found.stdout.strip() == str(sys.version_info[:2])


def _install(pip: list[str], lock: str, held: int) -> None:
    """Install exactly what the lock names, showing how far it is."""
    file = _lock_file(lock)
    total = len(re.findall(r"^[a-z0-9].*==", file.read_text(), re.MULTILINE | re.IGNORECASE))
    unwanted = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONPATH"}
    env = {name: text for name, text in os.environ.items() if name not in unwanted}
    env |= {"PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [*pip, "install", "--no-input", "--require-hashes", "--only-binary=:all:"]
    with subprocess.Popen(
        [*command, "--progress-bar=off", "-r", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
        errors="replace",
        pass_fds=(held,),
    ) as process:
        output = list(_show_progress(process, total))
    if process.returncode != 0:
        _stop(_why_pip_failed("".join(output)))


def _show_progress(process: "subprocess.Popen[str]", total: int) -> Iterator[str]:
    collected = 0
    for line in process.stdout or ():
        yield line
        collected += line.startswith("Collecting ")
        if sys.stderr.isatty():
            doing = "installing" if line.startswith("Installing ") else "fetching"
            sys.stderr.write(f"\r  {doing} {min(collected, total)} of {total} packages ")
            sys.stderr.flush()
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def _why_pip_failed(output: str) -> str:
    end = "\n".join(output.splitlines()[-12:])
    if "No space left on device" in output:
        return (
            f"The disk that holds {BASE} is full. About 700 MB are needed. Free some and try again."
        )
    if _NETWORK.search(output):
        return (
            f"{end}\n\nThe packages could not be fetched. This needs the network once, or a mirror "
            "(set PIP_INDEX_URL); on Alpine (musl) they do not exist. Then run the command again."
        )
    return f"{end}\n\npip could not install {_lock_file('embedded').parent}; its reason is above."


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[int]:
    """Let a second first start wait for the first. The lock is on the folder: no file is left."""
    descriptor = os.open(BASE, os.O_RDONLY)
    try:
        with contextlib.suppress(PermissionError, NotImplementedError):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _say("Another start is setting up .venv; waiting for it …")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


# --- what is wanted, what is there ---------------------------------------------------------------


def _wanted(lock: str) -> list[str]:
    """Return the names of the direct dependencies, whose own ones pip looks after.

    Embedded servers are not among them: with servers of one's own they are not needed.
    """
    names = ("base", "dev") if lock == "dev" else ("base",)
    lines = "\n".join((BASE / "requirements" / f"{name}.in").read_text() for name in names)
    return re.findall(r"^[A-Za-z0-9][A-Za-z0-9._-]*", lines, re.MULTILINE)


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _lock_file(lock: str) -> Path:
    return BASE / "requirements" / f"{lock}.txt"


def _inside(environment: Path) -> bool:
    return Path(sys.prefix).resolve() == environment.resolve()


def _base_python() -> str:
    """Return the Python outside of any environment, which new ones are made from."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _module_runs(name: str) -> bool:
    command = [_base_python(), "-c", f"import {name}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _mending_command() -> str:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.platform == "darwin":
        return "brew install python3"
    if shutil.which("apt-get"):
        install = f"apt-get install -y python{version}-venv"
        return f"apt-get update && {install}" if os.geteuid() == 0 else f"sudo {install}"
    return f"install the package of your system that brings ensurepip for Python {version}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stop(text: str) -> NoReturn:
    sys.exit(text)


if __name__ == "__main__":
    print(environment_python(sys.argv[1] if len(sys.argv) > 1 else "embedded"))
