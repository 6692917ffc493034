"""Where bytes lie: `incoming/` until they are whole, then under their own SHA-256, for good.

Names are ours, never the client's. A file is visible under its address only when it is complete
and on the disk (written, synced, renamed, directory synced).
"""

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

_ABANDONED = timedelta(hours=24)


class TooLarge(Exception):
    """More bytes arrived than the limit allows."""


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: str
    path: str
    """Relative to MEDIA_ROOT."""
    size: int


def full_path(path: str) -> Path:
    """Return where a stored file lies; `path` is one of ours and is checked all the same."""
    root = Path(settings.MEDIA_ROOT).resolve()
    found = (root / path).resolve()
    if not found.is_relative_to(root):
        raise ValueError(f"{path!r} lies outside the media directory")
    return found


def store(pieces: Iterable[bytes], *, limit: int) -> Stored:
    """Write pieces to the disk as they come and move them to their address in one step.

    Bytes that are there already are not stored twice. Raises `TooLarge` past `limit` and `OSError`
    when the disk refuses; nothing is left behind then.
    """
    incoming = _directory("incoming")
    part = incoming / f"{uuid.uuid4().hex}.part"
    try:
        sha256, size = _write(part, pieces, limit)
        path = f"audio/{sha256[:2]}/{sha256}"
        if size:
            _settle(part, full_path(path), size)
        return Stored(sha256, path, size)
    finally:
        part.unlink(missing_ok=True)


def forget_abandoned(now: datetime) -> int:
    """Delete parts whose writer died more than a day ago; return how many."""
    count = 0
    for part in _directory("incoming").glob("*.part"):
        modified = datetime.fromtimestamp(part.stat().st_mtime, tz=now.tzinfo)
        if now - modified > _ABANDONED:
            part.unlink(missing_ok=True)
            count += 1
    return count


def _write(part: Path, pieces: Iterable[bytes], limit: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with part.open("xb") as file:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise TooLarge
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _settle(part: Path, final: Path, size: int) -> None:
    _directory(str(final.parent.relative_to(Path(settings.MEDIA_ROOT).resolve())))
    if not final.exists() or final.stat().st_size != size:
        part.replace(final)
    _sync_directory(final.parent)


def _directory(name: str) -> Path:
    """Return a directory under MEDIA_ROOT; new ones are synced into their parents."""
    path = full_path(name)
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in missing:
        _sync_directory(each.parent)
    return path


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
