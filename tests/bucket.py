"""A bucket to test against: moto's S3 over real HTTP, since Amazon is the outside network."""

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from moto.server import ThreadedMotoServer

NAME = "podcasts"
KEYS = {"access_key": "test", "secret_key": "test"}


@contextmanager
def running_bucket() -> Iterator[str]:
    """Yield the address of an S3 server that holds one empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    try:
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        client.create_bucket(Bucket=NAME)
        yield address
    finally:
        urllib.request.urlopen(f"{address}/moto-api/reset", data=b"", timeout=10).close()
        server.stop()


def storage_entry(address: str) -> dict:
    return {
        "BACKEND": "catalog.object_storage.ObjectStorage",
        "OPTIONS": {
            **KEYS,
            "bucket_name": NAME,
            "endpoint_url": address,
            "region_name": "us-east-1",
            "signature_version": "s3v4",
            "addressing_style": "path",
            "file_overwrite": True,
        },
    }


@contextmanager
def refusing_bucket(status: int, code: str) -> Iterator[str]:
    """Yield the address of an S3 server that says the same no to everything."""
    told = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()

    class Refusal(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(told)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server's names

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def dead_address() -> str:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return f"http://127.0.0.1:{found.getsockname()[1]}"
