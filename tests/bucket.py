"""A bucket to test against: moto's S3 over real HTTP, since Amazon is the outside network."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

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
