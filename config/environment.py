"""Typed readers of environment variables that fail loudly.

Every value may also come from a file: ``X_FILE=/run/secrets/x`` is read when ``X`` is not set,
which is how container secrets arrive.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

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
