"""Typed readers of environment variables that fail loudly.

Every value may also come from a file: ``X_FILE=/run/secrets/x`` is read when ``X`` is not set,
which is how container secrets arrive.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.FileAwareEnv()

_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}


def read_bool(name: str, *, default: bool) -> bool:
    """Read a yes/no variable; anything but the listed words is refused, never guessed."""
    raw = env.str(name, default="").strip().lower()
    if not raw:
        return default
    if raw in _TRUE:
        return True
    if raw in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither true nor false. Write true or false.")


def read_int(name: str, *, default: int, minimum: int = 0) -> int:
    raw = env.str(name, default="").strip()
    if not raw:
        return default
    if not raw.isdecimal() or int(raw) < minimum:
        raise ImproperlyConfigured(f"{name}={raw!r} must be a whole number of {minimum} or more.")
    return int(raw)


def read_list(name: str, *, default: list[str] | None = None) -> list[str]:
    raw = env.str(name, default="")
    return [part.strip() for part in raw.split(",") if part.strip()] or list(default or [])


def read_origin(name: str, *, default: str) -> str:
    """Read an absolute ``scheme://host[:port]`` without a path, the form every link starts with."""
    raw = str(env.str(name, default=default)).rstrip("/")
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"{name}={raw!r} must be an address such as https://podcasts.example.org, "
            "with nothing after the host."
        )
    return raw


def read_directory(name: str, *, default: Path) -> Path:
    return Path(env.str(name, default=str(default))).expanduser().resolve()


def is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def read_storage(bucket: str, endpoint: str) -> dict[str, Any]:
    """Return Django's entry for the default storage: the disk, or a bucket when one is named."""
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "S3_BUCKET is set, but the library for it is not installed. "
            "Run: pip install -r requirements/s3.txt"
        )
    return {
        "BACKEND": "catalog.object_storage.ObjectStorage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
            "signature_version": "s3v4",
            # A server of one's own has one name; Amazon has one for each bucket.
            "addressing_style": "path" if endpoint else "virtual",
            "file_overwrite": True,
        },
    }


def bucket_origin(bucket: str, endpoint: str) -> str:
    """Return the origin from which browsers get a bucket's files; empty without a bucket."""
    if not bucket:
        return ""
    if endpoint:
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{parts.netloc}"
    region = env.str("S3_REGION", default="")
    return f"https://{bucket}.s3.{region + '.' if region else ''}amazonaws.com"


def cache_url_beside(broker_url: str) -> str:
    """Return the address of database 1 on the broker's server, or refuse to guess one."""
    parts = urlsplit(broker_url)
    if parts.scheme == "redis+socket":
        return f"unix://{parts.path}?db=1"
    if parts.scheme in {"redis", "rediss"}:
        return urlunsplit((parts.scheme, parts.netloc, "/1", parts.query, ""))
    raise ImproperlyConfigured(
        "CACHE_URL must be set (redis://host:6379/1) because BROKER_URL is not a Valkey or Redis."
    )
