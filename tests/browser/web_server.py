"""Fortnight's own web server as a process of its own, on a test's database; kill it if you like."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.application import web
from config.embedded.children import Child, Nursery
from tests.browser.line import Line
from tests.processes import NOWHERE, free_port, wait_for, with_database


@dataclass
class WebServer:
    """gunicorn behind a `line`; a browser comes by the line's address and no other."""

    nursery: Nursery
    log: Path
    database: str
    port: int
    line: Line
    child: Child | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        env = {
            **os.environ,
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], self.database),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BROKER_URL": NOWHERE,
            "BASE_URL": self.line.address,
            "AUDIO_UPLOAD_MAX_MB": "256",
            "WEB_THREADS": "8",
            **self.settings,
        }
        program = web(env, self.log, host="127.0.0.1", port=self.port)
        self.child = self.nursery.launch(program)
        wait_for(self.answers, what=f"the web server to answer\n{self.log_text()}")

    def kill(self) -> None:
        """Kill -9 every process of it at once."""
        if self.child is not None:
            self.nursery.kill(self.child)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                line.sendall(b"GET /accounts/login/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                return line.recv(12).endswith(b"200")
        except OSError:
            return False

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")[-5000:] if self.log.exists() else ""


def start_behind_a_line(nursery: Nursery, log: Path, database: str, **settings: str) -> WebServer:
    port = free_port()
    line = Line(target=port)
    line.mend()
    server = WebServer(nursery, log, database, port, line, settings=settings)
    server.start()
    return server
