"""What a limited process can no longer do, asked of real processes and the real kernel."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import limits, seccomp
from catalog.limits import limited_command

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: no seccomp elsewhere")
MIB = 2**20


def run_limited(
    code: str, *prefix: str, asked: str = f"memory={384 * MIB}, cpu_seconds=5"
) -> subprocess.CompletedProcess[str]:
    boot = "import ctypes, os, resource, socket, sys, threading\nsys.path.insert(0, sys.argv[1])\n"
    boot += f"from catalog.limits import limit_self\nlimit_self({asked})\n"
    command = [sys.executable, "-I", "-S", "-B", "-c", boot + code, str(limits._CODE)]
    return subprocess.run(
        [*prefix, *command], capture_output=True, text=True, timeout=60, check=False
    )


def run_program(*command: str, cwd: Path, **asked: int) -> subprocess.CompletedProcess[str]:
    limited = limited_command(command, **{"memory": 512 * MIB, "cpu_seconds": 5, **asked})
    return subprocess.run(limited, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


@LINUX
@pytest.mark.parametrize(
    "deed",
    [
        "socket.socket(socket.AF_INET)",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "open('new', 'w')",
        "open('/proc/self/comm', 'r+')",
        "os.open('/dev/null', os.O_WRONLY)",
        "os.open('.', os.O_TMPFILE | os.O_RDWR)",
        "os.memfd_create('x')",
        "os.unlink('victim')",
        "os.rename('victim', 'stolen')",
        "os.truncate('victim', 0)",
        "os.chmod('victim', 0o777)",
        "os.fchmod(0, 0o777)",
        "os.utime('victim')",
        "os.symlink('victim', 'link')",
        "os.link('victim', 'link')",
        "os.mkdir('folder')",
        "os.setxattr('victim', 'user.x', b'')",
        "os.kill(os.getppid(), 9)",
        "os.kill(-1, 0)",
    ],
)
def test_a_limited_process_is_denied(deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("victim").write_bytes(b"whole")

    done = run_limited(deed)

    assert "PermissionError: [Errno 1]" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["victim"]
    assert Path("victim").read_bytes() == b"whole"


@LINUX
@pytest.mark.parametrize("call", sorted(seccomp._NEVER))
def test_ways_round_the_filter_are_closed(call: str):
    which = 0 if os.uname().machine == "x86_64" else 1
    code = "libc = ctypes.CDLL(None, use_errno=True)\n"
    code += f"libc.syscall({seccomp._NEVER[call][which]}, 0, 0, 0, 0, 0)\n"
    code += "print(os.strerror(ctypes.get_errno()))"

    assert run_limited(code).stdout == "Operation not permitted\n"


@LINUX
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 is a thing of x86_64")
def test_the_second_set_of_numbers_is_no_way_round():
    code = "libc = ctypes.CDLL(None, use_errno=True)\n"
    code += f"libc.syscall({seccomp._X32_CALLS} + 41, 2, 1, 0)\n"
    code += "print(os.strerror(ctypes.get_errno()))"

    assert run_limited(code).stdout == "Operation not permitted\n"


@LINUX
def test_limits_cannot_be_raised_again_even_by_root():
    code = "print(resource.getrlimit(resource.RLIMIT_CPU))\n"
    code += "resource.setrlimit(resource.RLIMIT_CPU, (99, 99))"

    done = run_limited(code)

    assert done.stdout == "(5, 7)\n"
    assert "not allowed to raise maximum limit" in done.stderr


@LINUX
def test_a_limited_process_has_no_threads():
    assert "can't start new thread" in run_limited("threading.Thread(target=print).start()").stderr


def test_a_limited_process_still_reads_and_answers(tmp_path: Path):
    path = tmp_path / "text"
    path.write_text("heard")

    assert run_limited(f"print(open({str(path)!r}).read())").stdout == "heard\n"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no RLIMIT_AS that works")
def test_a_limited_process_cannot_take_more_memory_than_it_may():
    assert "MemoryError" in run_limited(f"bytearray({400 * MIB})").stderr


def test_a_limited_process_cannot_open_many_files():
    assert "Too many open files" in run_limited("[open('/dev/null') for _ in range(20)]").stderr


@LINUX
def test_a_limited_process_may_still_abort():
    assert run_limited("os.abort()").returncode == -6


def test_what_is_allowed_is_not_denied(tmp_path: Path):
    asked = f"memory={384 * MIB}, cpu_seconds=5, file_size=10, processes=True, network=True"
    code = "socket.socketpair(); print(os.waitpid(os.posix_spawnp('true', ['true'], {}), 0)[1])\n"
    code += f"open({str(tmp_path / 'new')!r}, 'w').write('x' * 10)"

    done = run_limited(code, asked=asked)

    assert (done.stdout, done.stderr) == ("0\n", "")
    assert (tmp_path / "new").read_text() == "x" * 10


@LINUX
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_strace_sees_no_connection_leave(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        log = tmp_path / "log"
        code = f"socket.create_connection(('127.0.0.1', {port}))"

        run_limited(code, "strace", "-f", "-e", "trace=%network", "-o", str(log))

        calls = [line for line in log.read_text().splitlines() if "socket(" in line]
        assert calls
        assert all("EPERM" in call for call in calls)
        assert "connect(" not in log.read_text()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_foreign_program_runs_with_its_arguments_and_environment(tmp_path: Path):
    limited = limited_command(["printenv", "NAME"], memory=256 * MIB, cpu_seconds=5)

    done = subprocess.run(
        limited, capture_output=True, text=True, check=False, env={"NAME": "имя=x"}, cwd=tmp_path
    )

    assert (done.returncode, done.stdout) == (0, "имя=x\n")


def test_a_program_that_does_not_exist_is_said_before_anything_starts():
    with pytest.raises(FileNotFoundError, match="no program no-such-program"):
        limited_command(["no-such-program"], memory=MIB, cpu_seconds=1)


@LINUX
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("true & wait", "fork"),
        ("exec ls", "not permitted"),
        ("echo x > new", "cannot create"),
    ],
)
def test_a_foreign_program_starts_no_other_and_writes_nothing(
    script: str, said: str, tmp_path: Path
):
    done = run_program("sh", "-c", script, cwd=tmp_path)

    assert done.returncode != 0
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


@LINUX
def test_a_foreign_program_may_have_threads(tmp_path: Path):
    code = "import threading; t = threading.Thread(target=print, args=['there']); t.start()"

    assert run_program(sys.executable, "-c", code, cwd=tmp_path).stdout == "there\n"


def test_a_foreign_program_writes_no_more_than_it_may(tmp_path: Path):
    done = run_program(
        "dd", "if=/dev/zero", "of=out", "bs=1000", "count=5", cwd=tmp_path, file_size=3000
    )

    assert done.returncode != 0
    assert (tmp_path / "out").stat().st_size == 3000


def test_a_foreign_program_is_ended_by_its_limit_of_time(tmp_path: Path):
    done = run_program("sh", "-c", "while :; do :; done", cwd=tmp_path, cpu_seconds=1)

    assert done.returncode == -24


@LINUX
def test_a_foreign_program_ends_with_the_process_that_started_it(tmp_path: Path):
    code = "import subprocess, sys, time; sys.path.insert(0, sys.argv[1])\n"
    code += "from catalog.limits import limited_command\n"
    code += (
        "child = subprocess.Popen(limited_command(['sleep', '60'], memory=2**28, cpu_seconds=5))"
    )
    code += "\nprint(child.pid, flush=True); time.sleep(60)"
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(limits._CODE)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    _wait_for(lambda: _name(child) == "sleep")

    parent.kill()
    parent.communicate()

    _wait_for(lambda: _name(child) != "sleep")


def _name(pid: int) -> str:
    """Return the name of a living process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""
    return "" if "State:\tZ" in status else status.split()[1]


def _wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("waited half a minute in vain")
