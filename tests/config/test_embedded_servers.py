"""PostgreSQL and Valkey under our own care: refusals in a sentence, kills, leftovers, recovery."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded.children import Nursery, Program
from config.embedded.datadir import DataDirectory
from config.embedded.environment import PLACEHOLDERS, missing_servers
from config.embedded.errors import CannotStart
from config.embedded.restarting import Service
from config.embedded.servers import Servers, hold, running_servers
from config.embedded.supervisor import refuse_busy_port
from tests.processes import ROOT, alive, descendants, free_port, wait_for

WANTED = {"DATABASE_URL", "BROKER_URL"}
HOLDER = """
    import sys, time
    from pathlib import Path
    from config.embedded.datadir import DataDirectory
    from config.embedded.servers import hold, running_servers
    data = DataDirectory(Path(sys.argv[1]))
    data.prepare()
    wanted = set(sys.argv[2:])
    with hold(data, print) as nursery:
        with running_servers(data, nursery, print, wanted=wanted, throw_away=True):
            print("up", flush=True)
            time.sleep(600)
"""


def quiet(_text: str) -> None:
    pass


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    found = DataDirectory(tmp_path / "данные")
    found.prepare()
    return found


@contextlib.contextmanager
def running(data: DataDirectory) -> Iterator[Servers]:
    with hold(data, quiet) as nursery, servers_of(data, nursery) as servers:
        yield servers


def servers_of(data: DataDirectory, nursery: Nursery) -> contextlib.AbstractContextManager[Servers]:
    return running_servers(data, nursery, quiet, wanted=WANTED, throw_away=True)


def start_holder(data: DataDirectory, wanted: set[str]) -> "subprocess.Popen[str]":
    """Run a process that holds the directory and its servers, to be killed by the test."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(data.path), *wanted],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.processes
def test_servers_keep_their_data_and_their_secrets_to_themselves(data: DataDirectory):
    with running(data) as servers:
        url = servers.environment["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'Среда' AS name")
            role = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = user")
            assert role.fetchone() == (False,)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace("postgres://fortnight:", "postgres://fortnight:x"))
        assert Path(data.services()["sockets"]).stat().st_mode & 0o777 == 0o700

    with running(data) as servers, psycopg.connect(servers.environment["DATABASE_URL"]) as again:
        assert again.execute("SELECT name FROM kept").fetchone() == ("Среда",)

    for secret in (data.path / "secrets").iterdir():
        assert secret.stat().st_mode & 0o777 == 0o600, secret
    assert (data.path / "postgres").stat().st_mode & 0o777 == 0o700
    assert data.services() == {}


@pytest.mark.processes
def test_second_start_on_the_same_data_names_the_process_that_has_it(data: DataDirectory):
    with hold(data, quiet), pytest.raises(CannotStart) as refusal, hold(data, quiet):
        pass

    assert f"process {os.getpid()}" in str(refusal.value)
    assert "--data" in str(refusal.value)


@pytest.mark.processes
def test_killed_holder_leaves_nothing_and_the_next_start_recovers(data: DataDirectory):
    holder = start_holder(data, WANTED)
    family = descendants(holder.pid)
    assert len(family) > 3

    holder.kill()
    holder.communicate()

    with hold(data, quiet) as nursery:  # waits for the watchdog of the killed one
        assert not [pid for pid in family if alive(pid)]
        # The number in the file a crash leaves behind may be another program's by now.
        (data.path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
        with servers_of(data, nursery) as servers:
            psycopg.connect(servers.environment["DATABASE_URL"]).close()


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the death of a parent")
def test_even_without_its_watchdog_a_killed_holder_leaves_nothing(data: DataDirectory):
    holder = start_holder(data, {"BROKER_URL"})
    family = descendants(holder.pid)
    watchdog = next(
        pid for pid in family if b"watchdog" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )

    os.kill(watchdog, signal.SIGKILL)
    holder.kill()
    holder.communicate()

    wait_for(lambda: not any(alive(pid) for pid in family), what="Valkey to end")
    data.remove_stale_sockets()


@pytest.mark.processes
def test_watchdog_alone_ends_whole_groups_and_spares_what_has_left_its_list():
    command = ["sh", "-c", "sleep 600 & sleep 600"]
    listed, spared = (subprocess.Popen(command, start_new_session=True) for _ in range(2))
    family = [listed.pid, *descendants(listed.pid)]
    watchdog = subprocess.Popen(
        [sys.executable, "-I", "-S", str(ROOT / "config" / "embedded" / "watchdog.py")],
        stdin=subprocess.PIPE,
        text=True,
    )

    try:
        watchdog.communicate(f"+ {listed.pid} 9\n+ {spared.pid} 9\n- {spared.pid}\n")

        assert listed.wait(timeout=20) == -signal.SIGKILL
        wait_for(lambda: not any(alive(pid) for pid in family), what="the group to end")
        assert spared.poll() is None
    finally:
        for group in (listed, spared):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group.pid, signal.SIGKILL)
            group.wait()


@pytest.mark.processes
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may not run PostgreSQL")
def test_root_keeps_its_data_in_a_closed_home_and_opens_nothing(data: DataDirectory):
    home = data.path.parent
    home.chmod(0o700)

    with hold(data, quiet) as nursery, servers_of(data, nursery) as servers:
        psycopg.connect(servers.environment["DATABASE_URL"]).close()
        owners = {
            child.name: Path(f"/proc/{child.pid}").stat().st_uid for child in nursery.children
        }

    assert 0 not in owners.values()
    assert home.stat().st_mode & 0o777 == 0o700
    assert home.stat().st_uid == 0
    assert (data.path / "postgres").stat().st_uid == owners["PostgreSQL"]


def test_directory_with_other_things_in_it_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "thesis.odt").touch()
    (tmp_path / "media").mkdir()

    for use in (DataDirectory(tmp_path).prepare, DataDirectory(tmp_path).empty):
        with pytest.raises(CannotStart, match="holds other things"):
            use()

    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["media", "thesis.odt"]


def test_demo_and_real_installation_never_share_a_directory(tmp_path: Path):
    for first, second in (("demo", "up"), ("up", "demo")):
        directory = DataDirectory(tmp_path / first)
        directory.prepare(first)
        directory.prepare(first)
        with pytest.raises(CannotStart, match="log-in is public"):
            directory.prepare(second)


def test_emptying_removes_what_is_ours_and_keeps_the_lock(data: DataDirectory):
    (data.path / "media" / "audio.mp3").touch()
    (data.path / "notes.txt").touch()
    descriptor = data.lock()

    data.empty()

    assert sorted(entry.name for entry in data.path.iterdir()) == ["lock", "notes.txt"]
    os.close(descriptor)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_full_disk_is_said_in_a_sentence(tmp_path: Path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(tmp_path)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this container may not mount a small disk")
    try:
        with pytest.raises(CannotStart, match=r"has 2\d MB left and Fortnight needs 400 MB"):
            DataDirectory(tmp_path / "var").prepare()
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_file_in_place_of_the_directory_is_said_in_a_sentence(tmp_path: Path):
    (tmp_path / "var").touch()

    with pytest.raises(CannotStart, match="is a file"):
        DataDirectory(tmp_path / "var").prepare()


def test_sockets_move_to_a_short_private_place_when_the_path_is_long(tmp_path: Path):
    deep = DataDirectory(tmp_path / ("очень-длинный-путь" * 5))
    deep.prepare()

    sockets = deep.socket_directory()

    try:
        assert len(os.fsencode(sockets / ".s.PGSQL.5432.lock")) < 100
        assert sockets.stat().st_mode & 0o777 == 0o700
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(sockets / ".s.PGSQL.5432"))
    finally:
        shutil.rmtree(sockets)


def test_busy_port_names_another():
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        with pytest.raises(CannotStart, match=f"manage.py demo --port {port + 1}"):
            refuse_busy_port("127.0.0.1", port, "demo")

    refuse_busy_port("127.0.0.1", port, "demo")


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [("127.0.0.1", 99999, "no port"), ("192.0.2.1", 8000, "no address of this machine")],
)
def test_impossible_address_is_said_in_a_sentence(host, port, words):
    with pytest.raises(CannotStart, match=words):
        refuse_busy_port(host, port, "up")


@pytest.mark.processes
def test_service_that_keeps_dying_is_started_ever_more_slowly(nursery, tmp_path):
    program = Program("Test", [sys.executable, "-c", "raise SystemExit(3)"], log=tmp_path / "log")
    said: list[str] = []
    service = Service("Test", lambda: nursery.launch(program), nursery.launch(program))
    now = 1000.0
    starts = []
    for _ in range(5):
        service.child.process.wait()
        began = now
        before = service.child
        while service.child is before:
            service.look_after(nursery, said.append, now=now)
            now += 0.5
        starts.append(now - began)
    nursery.kill(service.child)

    assert starts == sorted(starts)
    assert starts[0] < 1
    assert starts[-1] >= 4
    assert said[0] == f"Test ended (exit code 3, see {tmp_path / 'log'}); starting it again."
    assert said[3].endswith("starting it again in 4 s.")


def test_an_address_of_ones_own_is_used_whatever_words_it_holds(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://placeholder@db.example.org/placeholder")
    monkeypatch.setenv("BROKER_URL", PLACEHOLDERS["BROKER_URL"])

    assert missing_servers() == {"BROKER_URL"}
