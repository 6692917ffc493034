"""Uploads through the real web server: lines that break, servers that are killed, memory."""

import contextlib
import hashlib
import http.client
import os
import random
import re
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from knox.models import get_token_model

from config.embedded.application import web
from config.embedded.children import Child, Nursery
from episodes import storing
from episodes.models import AudioUpload, Episode, IncomingUpload, Job
from tests.factories import EpisodeFactory, UserFactory
from tests.processes import descendants, free_port, wait_for, with_database

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

MB = 2**20


@dataclass
class WebServer:
    """gunicorn as `manage.py up` runs it, but with a heartbeat of one second to be missed."""

    nursery: Nursery
    log: Path
    port: int = field(default_factory=free_port)
    child: Child | None = None

    def start(self) -> None:
        env = {
            **os.environ,
            "DATABASE_URL": with_database(
                os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
            ),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "WEB_THREADS": "8",
        }
        program = web(env, self.log, host="127.0.0.1", port=self.port)
        program.command.extend(["--timeout", "2"])
        self.child = self.nursery.launch(program)
        wait_for(self.answers, seconds=60, what=f"the web server\n{self.log_text()}")

    def kill(self) -> None:
        assert self.child is not None
        self.nursery.kill(self.child)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), contextlib.closing(self.connect()) as line:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        return False

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def peak_bytes(self) -> int:
        assert self.child is not None
        peaks = []
        for pid in descendants(self.child.pid):
            status = Path(f"/proc/{pid}/status").read_text()
            peaks.append(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024)
        return max(peaks)


@pytest.fixture
def server(nursery: Nursery, tmp_path: Path) -> Iterator[WebServer]:
    found = WebServer(nursery, tmp_path / "web.log")
    found.start()
    yield found
    found.kill()


@pytest.fixture
def episode() -> Episode:
    return EpisodeFactory.create()


@dataclass
class Client:
    """Speaks tus over connections of its own, as an app does that nobody stops."""

    server: WebServer
    token: str
    address: str = ""

    def ask(self, method: str, address: str = "", body=None, **headers) -> http.client.HTTPResponse:
        line = self.server.connect()
        headers = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", **headers}
        chunked = body is not None and not isinstance(body, bytes)
        line.request(method, address or self.address, body, headers, encode_chunked=chunked)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer

    def begin(self, episode: Episode, size: int) -> None:
        answer = self.ask(
            "POST", reverse("api:uploads", args=[episode.uid]), **{"Upload-Length": str(size)}
        )
        assert answer.status == 201
        self.address = answer.headers["Location"]

    def offset(self) -> int:
        answer = self.ask("HEAD")
        assert answer.status == 200
        return int(answer.headers["Upload-Offset"])

    def send(self, data, offset: int, **headers) -> http.client.HTTPResponse:
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return self.ask("PATCH", body=data, **kind, **headers)

    @contextlib.contextmanager
    def open_patch(self, offset: int, length: int) -> Iterator[socket.socket]:
        """Begin a PATCH and leave the rest to the caller."""
        head = [
            f"PATCH {self.address} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self.token}",
            "Tus-Resumable: 1.0.0",
            "Content-Type: application/offset+octet-stream",
            f"Upload-Offset: {offset}",
            f"Content-Length: {length}",
        ]
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as line:
            line.sendall("\r\n".join([*head, "", ""]).encode())
            yield line


@pytest.fixture
def client(server: WebServer) -> Client:
    user = UserFactory.create(is_superuser=True)
    return Client(server, get_token_model().objects.create(user=user)[1])


def part_length() -> int:
    incoming = IncomingUpload.objects.get()
    with contextlib.suppress(FileNotFoundError):
        return storing.incoming_path(f"{incoming.uid.hex}.part").stat().st_size
    return -1


def check_arrived_once(data: bytes) -> None:
    upload = AudioUpload.objects.get()
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    assert storing.full_path(upload.path).read_bytes() == data
    assert Job.objects.filter(key=str(upload.pk)).count() == 1
    assert IncomingUpload.objects.get().upload == upload


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def test_a_server_killed_in_the_middle_goes_on_where_it_was(server, client, episode):
    data = noise(6 * MB)
    client.begin(episode, len(data))
    with client.open_patch(0, len(data)) as line:
        line.sendall(data[: 4 * MB])
        wait_for(lambda: part_length() > MB, what="bytes on the disk")
        server.kill()
    server.start()

    offset = client.offset()
    assert MB < offset <= 4 * MB
    assert client.send(data[offset:], offset).status == 204
    check_arrived_once(data)


def test_killed_again_and_again_the_file_arrives_once(server, client, episode):
    data = noise(3 * MB)
    client.begin(episode, len(data))
    moments = random.Random(4)
    for _kill in range(4):
        with contextlib.suppress(OSError):
            offset = client.offset()
            with client.open_patch(offset, len(data) - offset) as line:
                line.sendall(data[offset : offset + moments.randrange(MB)])
                time.sleep(moments.random() / 5)
                server.kill()
        server.kill()
        server.start()

    while (offset := client.offset()) < len(data):
        client.send(data[offset : offset + MB], offset)
    check_arrived_once(data)


def test_a_server_killed_over_the_last_byte_still_acknowledges_once(server, client, episode):
    """The end is where everything happens: sync, move, commit. Kill around it, at any moment."""
    data = noise(MB)
    client.begin(episode, len(data))
    client.send(data[:-1], 0)
    for delay in (0, 0.005, 0.02, 0.05):
        with contextlib.suppress(OSError), client.open_patch(len(data) - 1, 1) as line:
            line.sendall(data[-1:])
            time.sleep(delay)
            server.kill()
        server.kill()
        server.start()

    if (offset := client.offset()) < len(data):
        client.send(data[offset:], offset)
    assert client.offset() == len(data)
    check_arrived_once(data)


def test_a_client_that_goes_away_leaves_its_bytes_and_no_fault_in_the_log(server, client, episode):
    data = noise(3 * MB)
    client.begin(episode, len(data))

    with client.open_patch(0, len(data)) as line:
        line.sendall(data[:MB])
    wait_for(lambda: part_length() == MB, what="all that was sent")
    with client.open_patch(MB, 2 * MB) as cut_hard:
        cut_hard.sendall(data[MB : MB + 1000])
        cut_hard.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_for(lambda: client.send(b"", client.offset()).status == 204, what="the lock")

    offset = client.offset()
    assert client.send(data[offset:], offset).status == 204
    check_arrived_once(data)
    assert "Traceback" not in server.log_text()
    assert "'code': 500" not in server.log_text()


def test_a_client_that_fell_silent_does_not_block_the_one_that_comes_back(server, client, episode):
    """A phone that changes networks says nothing on the old line; the server must not wait."""
    data = noise(2 * MB)
    client.begin(episode, len(data))
    answers = []

    def go_on() -> bool:
        offset = client.offset()
        answers.append(client.send(data[offset:], offset).status)
        return answers[-1] == 204

    with client.open_patch(0, len(data)) as silent:
        silent.sendall(data[:MB])
        wait_for(lambda: part_length() > 0, what="bytes on the disk")
        wait_for(go_on, what="the silent request to give way")

    assert set(answers) <= {423, 409, 204}
    check_arrived_once(data)


def test_a_slow_line_is_longer_than_any_timeout_of_the_server(server, client, episode):
    """The heartbeat of this server is 2 seconds; a request may take hours."""
    data = noise(50_000)
    client.begin(episode, len(data))
    with client.open_patch(0, len(data)) as line:
        for start in range(0, len(data), 10_000):
            line.sendall(data[start : start + 10_000])
            time.sleep(1.3)
        answer = line.recv(200)

    assert answer.startswith(b"HTTP/1.1 204"), answer
    check_arrived_once(data)


def test_a_body_in_chunks_is_taken(server, client, episode):
    """Android's tus client sends them."""
    data = noise(3 * MB)
    client.begin(episode, len(data))

    first = client.send((data[at : at + 70_000] for at in range(0, MB, 70_000)), 0)
    offset = int(first.headers["Upload-Offset"])
    last = client.send(iter([data[offset:]]), offset)

    assert (first.status, last.status) == (204, 204)
    assert offset == (MB + 69_999) // 70_000 * 70_000
    check_arrived_once(data)


def test_a_refusal_is_heard_while_the_body_is_still_on_its_way(server, client, episode):
    client.begin(episode, 4 * MB)

    assert client.send(noise(2 * MB), 17).status == 409
    assert client.send(noise(5 * MB), 0).status == 413
    assert client.offset() == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_does_not_grow_with_the_file(server, client, episode):
    piece = bytes(8 * MB)
    client.begin(episode, 15 * len(piece))
    for number in range(3):
        client.send(piece, number * len(piece))
    before = server.peak_bytes()
    client.send(bytes(12 * len(piece)), 3 * len(piece))

    assert AudioUpload.objects.get().size == 15 * len(piece)
    assert server.peak_bytes() - before < 24 * MB
