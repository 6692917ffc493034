"""A client that sends audio by tus and writes down what it was promised."""

import base64
import hashlib
import http.client
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.episodes.audio import corpus

_PIECE = 96 * 1024


@dataclass
class Promises:
    """What the server acknowledged, by the upload's id."""

    begun: dict[str, int] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """What it took back afterwards: each is a fault."""
    interruptions: int = 0


@dataclass
class Sender:
    """Sends one file after the other until it is told to stop; a started one is finished."""

    port: int
    token: str
    episode: str
    promises: Promises
    stop: threading.Event
    number: int

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            self.send(recording(self.number, count))
            self.stop.wait(random.uniform(1, 4))  # what is sent has to be read as well

    def send(self, data: bytes) -> None:
        address = self._begin(len(data))
        uid = address.rsplit("/", 1)[-1]
        self.promises.begun[uid] = len(data)
        offset, most = 0, 0
        while offset < len(data):
            try:
                offset = self._offset(address, uid, most, len(data))
                most = max(most, offset)
                while offset < len(data):
                    offset = self._patch(address, data, offset)
                    most = max(most, offset)
            except (OSError, http.client.HTTPException):
                self.promises.interruptions += 1
                time.sleep(random.uniform(0.05, 0.4))
        self.promises.whole[uid] = hashlib.sha256(data).hexdigest()

    def _begin(self, size: int) -> str:
        name = base64.b64encode(f"Выпуск {self.number}.mp3".encode()).decode()
        headers = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        while True:
            try:
                status, found = self._ask(
                    "POST", f"/api/v1/episodes/{self.episode}/uploads", headers
                )
                if status == 201:
                    return str(found["location"])
            except (OSError, http.client.HTTPException):
                self.promises.interruptions += 1
            time.sleep(random.uniform(0.05, 0.4))

    def _offset(self, address: str, uid: str, most: int, size: int) -> int:
        status, headers = self._ask("HEAD", address, {})
        if status in {404, 410}:
            self.promises.broken.append(f"{uid}: {status} after it was begun")
            return size
        if status != 200:
            raise http.client.HTTPException(status)
        offset = int(headers["upload-offset"])
        if offset < most:
            self.promises.broken.append(f"{uid}: {offset} bytes after {most} were acknowledged")
        return offset

    def _patch(self, address: str, data: bytes, offset: int) -> int:
        body = data[offset : offset + _PIECE]
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        status, answer = self._ask("PATCH", address, headers, body)
        if status != 204:
            raise http.client.HTTPException(status)
        return int(answer["upload-offset"])

    def _ask(
        self, method: str, address: str, headers: dict[str, str], body: bytes | None = None
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        given = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.token}", **headers}
        try:
            connection.request(method, address, body, given)
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()


def recording(number: int, count: int) -> bytes:
    """Return a valid MP3 of up to 1 MB; the same sender's next ones have another length each.

    Tags alone would not do: two originals with the same sound give the same published bytes.
    """
    whole, rest = divmod(100 + count * 787 % 2900, 50)  # 787 and 2900 have no common divisor
    frames = corpus.first_frames(50) * whole + corpus.first_frames(rest)
    title = f"{number}-{count}".encode()
    return corpus.id3(corpus.frame(b"TIT2", b"\0" + title)) + frames
