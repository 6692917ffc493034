"""Where bytes lie: `incoming/` until they are whole, then under their own SHA-256, for good.

Names are ours, never the client's. A file is visible under its address only when it is complete
and on the disk (written, synced, renamed, directory synced).
"""

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from episodes import object_storage

_ABANDONED = timedelta(hours=24)
# What a file system without hard links answers.
_ONE_NAME_ONLY = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


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
    with workspace() as part:
        sha256, size = _write(part, pieces, limit)
        return settle(part, sha256=sha256, size=size)


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a path of one's own beside the stored files, to make a file aside; gone afterwards."""
    part = _directory("incoming") / f"{uuid.uuid4().hex}.part"
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def settle(
    part: Path,
    *,
    sha256: str,
    size: int,
    keep: bool = False,
    beat: Callable[[], None] | None = None,
) -> Stored:
    """Move a complete file from `incoming/` to its address in one step; it is on the disk then.

    The caller has written, synced and hashed it. Bytes that are there already stay as they are and
    the part is left for the caller to remove. With `keep` it is left in any case, as a second name
    of the same bytes, on file systems that know such: whoever dies before the database knows of
    the file can do it again. An empty file has an address and no bytes. `beat` is called now
    and then while a bucket takes the file.
    """
    path = address_of(sha256)
    if size and object_storage.is_used():
        if object_storage.size_of(path) != size:
            object_storage.put(part, path, beat=beat)
    elif size:
        _move(part, full_path(path), size, keep=keep)
    return Stored(sha256, path, size)


def address_of(sha256: str) -> str:
    return f"audio/{sha256[:2]}/{sha256}"


@contextmanager
def local_copy(path: str, *, beat: Callable[[], None] | None = None) -> Iterator[Path]:
    """Give a path on this machine under which the stored file can be opened, for reading only.

    A file in a bucket is fetched into `incoming/`, with a call of `beat` now and then.
    """
    if not object_storage.is_used():
        yield full_path(path)
        return
    with workspace() as copy:
        object_storage.fetch(path, copy, beat=beat)
        yield copy


@contextmanager
def settled_copy(key: str, *, beat: Callable[[], None]) -> Iterator[tuple[Path, Stored]]:
    """Fetch and hash what went straight to a bucket, and copy it to its address there.

    The object under `key` stays, for the caller to delete when the address is written down.
    """
    with workspace() as copy:
        sha256, size = object_storage.fetch(key, copy, beat=beat)
        path = address_of(sha256)
        if object_storage.size_of(path) != size:
            object_storage.copy(key, path, beat=beat)
        yield copy, Stored(sha256, path, size)


def size_of(path: str) -> int | None:
    """Return how many bytes are stored under a path; `None` when nothing is."""
    if object_storage.is_used():
        return object_storage.size_of(path)
    try:
        return full_path(path).stat().st_size
    except FileNotFoundError:
        return None


def discard(path: str) -> None:
    """Delete stored bytes that no row names any more."""
    if object_storage.is_used():
        object_storage.delete(path)
    else:
        full_path(path).unlink(missing_ok=True)


def incoming_path(name: str) -> Path:
    """Return where a file called `name` (ours) lies while it arrives; its directory is there."""
    return _directory("incoming") / name


def free_bytes() -> int:
    """Return how much room the disk has for files that arrive."""
    return shutil.disk_usage(_directory("incoming")).free


def forget_abandoned(now: datetime, *, but: Collection[Path] = ()) -> int:
    """Delete parts whose writer died more than a day ago, except some; return how many."""
    count = 0
    for part in _directory("incoming").glob("*.part"):
        if part in but:
            continue
        with suppress(FileNotFoundError):  # it was finished meanwhile
            modified = datetime.fromtimestamp(part.stat().st_mtime, tz=now.tzinfo)
            if now - modified > _ABANDONED:
                part.unlink()
                count += 1
    return count


def sync_directory(path: Path) -> None:
    """Have the names in a directory survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _move(part: Path, final: Path, size: int, *, keep: bool) -> None:
    _directory(str(final.parent.relative_to(Path(settings.MEDIA_ROOT).resolve())))
    if not final.exists() or final.stat().st_size != size:
        name = _second_name(part) if keep else part
        name.replace(final)
        if name != part:
            # Where another was a moment faster both are names of one file: a rename does nothing.
            name.unlink(missing_ok=True)
    sync_directory(final.parent)


def _second_name(part: Path) -> Path:
    """Return another name for the same bytes; the part's own where there can be only one."""
    second = _directory("incoming") / f"{uuid.uuid4().hex}.part"
    try:
        second.hardlink_to(part)
    except OSError as error:
        if error.errno not in _ONE_NAME_ONLY:
            raise
        return part
    return second


def _directory(name: str) -> Path:
    """Return a directory under MEDIA_ROOT; new ones are synced into their parents."""
    path = full_path(name)
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_directory(each.parent)
    return path
