"""tus 1.0 as frozen values: what a request's headers say, and nothing of what is done about it.

Source: the resumable upload protocol 1.0.x (tus.io). Extensions: creation, creation-with-upload,
checksum, expiration, termination. Neither Django nor a file is known here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "expiration", "checksum", "termination")
ALGORITHMS = ("sha1", "md5", "sha256", "sha512")
CONTENT_TYPE = "application/offset+octet-stream"

_NUMBER = re.compile(r"[0-9]{1,18}")
_KEY = re.compile(r"[!-+\--~]+")  # printable ASCII without space and comma


class BadRequest(Exception):
    """The request is not tus 1.0; `code` says in what, the text tells the client's author."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Creation:
    """A POST: a file of `size` bytes with the metadata that the client gave it."""

    size: int
    metadata: Mapping[str, str]
    has_content: bool
    """Whether the first bytes come with it (creation-with-upload)."""
    checksum: Checksum | None = None

    @property
    def name(self) -> str:
        return self.metadata.get("filename") or self.metadata.get("name", "")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A PATCH: bytes from `offset` on. `length` is `None` when the body tells its own end."""

    offset: int
    length: int | None
    checksum: Checksum | None = None


def check_version(headers: Mapping[str, str]) -> None:
    """Raise `BadRequest` with the code `tus-version` unless the client speaks 1.0.0."""
    spoken = headers.get("Tus-Resumable")
    if spoken != VERSION:
        raise BadRequest(
            "tus-version",
            f"Send “Tus-Resumable: {VERSION}”, the version that is spoken here, not {spoken!r}.",
        )


def read_creation(headers: Mapping[str, str]) -> Creation:
    """Read a POST. The size may be 0 or too large: that is for the receiver to say."""
    if "Upload-Defer-Length" in headers:
        raise _bad("The length of the file must be known: send Upload-Length.")
    if "Upload-Concat" in headers:
        raise _bad("Files are not put together here: send the whole file as one upload.")
    has_content = _has_body(headers)
    if has_content:
        _check_content_type(headers)
    return Creation(
        size=_number(headers, "Upload-Length"),
        metadata=read_metadata(headers.get("Upload-Metadata", "")),
        has_content=has_content,
        checksum=read_checksum(headers.get("Upload-Checksum")),
    )


def read_chunk(headers: Mapping[str, str]) -> Chunk:
    """Read a PATCH, or the part of a POST that comes with its first bytes."""
    _check_content_type(headers)
    return Chunk(
        offset=_number(headers, "Upload-Offset"),
        length=read_length(headers),
        checksum=read_checksum(headers.get("Upload-Checksum")),
    )


def read_length(headers: Mapping[str, str]) -> int | None:
    """Return the length of the body; `None` when it comes in chunks that tell their end."""
    if headers.get("Transfer-Encoding", "").strip():
        return None
    return _number(headers, "Content-Length") if headers.get("Content-Length") else 0


def read_metadata(header: str) -> dict[str, str]:
    """Parse Upload-Metadata: `key base64, key base64, key`. Values are whatever a stranger wrote.

    Bytes that are no UTF-8 become U+FFFD: a name is only a label, and no reason to refuse a file.
    """
    pairs: dict[str, str] = {}
    if not header.strip():
        return pairs
    for each in header.split(","):
        key, _space, value = each.strip().partition(" ")
        if not _KEY.fullmatch(key):
            raise _bad(f"Upload-Metadata: {key!r} is no key.")
        if key in pairs:
            raise _bad(f"Upload-Metadata: {key!r} is there twice.")
        pairs[key] = _decode(value.strip(), "Upload-Metadata").decode("utf-8", "replace")
    return pairs


def write_metadata(pairs: Mapping[str, str]) -> str:
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode('ascii')}".strip()
        for key, value in pairs.items()
    )


def read_checksum(header: str | None) -> Checksum | None:
    """Parse Upload-Checksum: `sha1 base64`."""
    if header is None:
        return None
    algorithm, _space, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise _bad(f"Upload-Checksum: use one of {', '.join(ALGORITHMS)}, not {algorithm!r}.")
    digest = _decode(value.strip(), "Upload-Checksum")
    if not digest:
        raise _bad("Upload-Checksum: the digest is missing.")
    return Checksum(algorithm, digest)


def http_date(moment: datetime) -> str:
    """Write a moment as RFC 9110 §5.6.7 wants it (Upload-Expires)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _has_body(headers: Mapping[str, str]) -> bool:
    return read_length(headers) != 0


def _check_content_type(headers: Mapping[str, str]) -> None:
    sent = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if sent != CONTENT_TYPE:
        raise BadRequest("content-type", f"Send the bytes as “Content-Type: {CONTENT_TYPE}”.")


def _number(headers: Mapping[str, str], name: str) -> int:
    value = headers.get(name, "").strip()
    if not _NUMBER.fullmatch(value):
        raise _bad(f"{name} must be a whole number of bytes, not {value[:40]!r}.")
    return int(value)


def _decode(value: str, header: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad(f"{header}: {value[:40]!r} is no base64.") from error


def _bad(message: str) -> BadRequest:
    return BadRequest("bad-header", message)
