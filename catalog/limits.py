"""What a process that opens strangers' files takes away from itself before the first byte.

Pure: imports only the standard library, so that a bare child interpreter loads it in no time.
Nothing here can be undone by the process that called it, nor by what it runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from catalog import seccomp

_CODE = Path(__file__).resolve().parents[1]
# -I and -S: no environment, no user site, no .pth files; only our own folder.
_LAUNCH = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from catalog.limits import _launch; _launch(sys.argv[2], sys.argv[3:])"
)
_SET_PARENT_DEATH_SIGNAL = 1


def limit_self(
    *,
    memory: int,
    cpu_seconds: int,
    file_size: int = 0,
    open_files: int = 16,
    processes: bool = False,
    network: bool = False,
) -> None:
    """Take away memory, time, files, the network and children, as far as the system can.

    `memory` (address space) and `file_size` (of any one file written) are in bytes. With
    `file_size=0` nothing at all is opened for writing, except what is open already. Without
    `processes` there are neither new ones nor threads nor other programs.

    What the system does not know is left out in silence: macOS has no working limit on memory and
    no filter of calls, and a Linux kernel may be built without seccomp.
    """
    _set_limits(memory, cpu_seconds, file_size, open_files)
    if not processes:
        _set_limit("RLIMIT_NPROC", 0)
    seccomp.deny(network=not network, processes=not processes, writing=file_size == 0)


def limited_command(
    command: Sequence[str],
    *,
    memory: int,
    cpu_seconds: int,
    file_size: int = 0,
    open_files: int = 64,
    network: bool = False,
) -> list[str]:
    """Return what to give to `Popen` so that a foreign program (ffmpeg) runs in limits.

    The program may have threads; it starts no other program or process, opens no connection, sends
    no signal to others, and with `file_size=0` it opens nothing for writing, else only files of at
    most that many bytes (which it can neither rename nor delete). It ends with its parent.

    Raise `FileNotFoundError` when there is no such program. A limit that was hit shows as a signal
    (SIGXCPU, SIGXFSZ) or as the program's own failure.
    """
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(f"There is no program {command[0]} on this machine.")
    limits = {
        "memory": memory,
        "cpu_seconds": cpu_seconds,
        "file_size": file_size,
        "open_files": open_files,
        "network": network,
    }
    bare = [sys.executable, "-I", "-S", "-B", "-c", _LAUNCH, str(_CODE), json.dumps(limits)]
    return [*bare, program, *command[1:]]


def end_with_parent() -> None:
    """Let the kernel kill this process when the thread that started it is gone (Linux only)."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _launch(limits: str, command: list[str]) -> None:
    """Run in the child that becomes the program: limit it, then let it take this one's place."""
    asked = json.loads(limits)
    end_with_parent()
    _set_limits(asked["memory"], asked["cpu_seconds"], asked["file_size"], asked["open_files"])
    # The one address from which a program may still be started: of this name, known to nobody.
    program = ctypes.create_string_buffer(os.fsencode(command[0]))
    seccomp.deny(
        network=not asked["network"],
        processes=True,
        writing=asked["file_size"] == 0,
        threads=True,
        program_at=ctypes.addressof(program),
    )
    _become(program, command)


def _become(program: ctypes.Array[ctypes.c_char], command: list[str]) -> None:
    arguments = (ctypes.c_char_p * (len(command) + 1))(*map(os.fsencode, command), None)
    environment = [os.fsencode(f"{name}={value}") for name, value in os.environ.items()]
    variables = (ctypes.c_char_p * (len(environment) + 1))(*environment, None)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.execve(program, arguments, variables)
    error = ctypes.get_errno()
    raise OSError(error, os.strerror(error), command[0])


def _set_limits(memory: int, cpu_seconds: int, file_size: int, open_files: int) -> None:
    _set_limit("RLIMIT_AS", memory)
    # At the soft limit of CPU time comes SIGXCPU, at the hard one a SIGKILL, which the parent would
    # take for a kill from outside: leave two seconds between them.
    _set_limit("RLIMIT_CPU", cpu_seconds, cpu_seconds + 2)
    _set_limit("RLIMIT_FSIZE", file_size)
    _set_limit("RLIMIT_NOFILE", open_files)
    _set_limit("RLIMIT_CORE", 0)


def _set_limit(name: str, soft: int, most: int | None = None) -> None:
    with contextlib.suppress(AttributeError, OSError, ValueError):
        which = getattr(resource, name)
        ceiling = resource.getrlimit(which)[1]
        most = soft if most is None else most
        hard = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
        resource.setrlimit(which, (min(soft, hard), hard))
