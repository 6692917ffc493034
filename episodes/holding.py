"""Keeping stored bytes and the rows that name them in step, while several write at once.

The same bytes may be stored by one process while another deletes the last row that named them. Both
take the address's lock, which ends with their transaction.
"""

from django.db import connection, transaction

from episodes import storing
from episodes.models import AudioFile, AudioUpload

_LOCKS = 0x666E_6164  # PostgreSQL's advisory locks come in groups; this one is ours


def hold(path: str, size: int) -> None:
    """Keep stored bytes where they are until the transaction ends; raise `OSError` if they are not.

    Call it behind the write of the row that names them: who deletes meanwhile is waited for, and
    then found out; who comes later finds the row.
    """
    _lock(path)
    if (found := storing.size_of(path)) != size:
        raise FileNotFoundError(f"{path} has {found} bytes, {size} were stored")


def discard_unnamed(path: str) -> bool:
    """Delete stored bytes, unless a row names them; return whether they were deleted."""
    with transaction.atomic():
        _lock(path)
        rows = (AudioFile.objects.filter(path=path), AudioUpload.objects.filter(path=path))
        if any(each.exists() for each in rows):
            return False
        storing.discard(path)
        return True


def _lock(path: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A lock of bytes belongs in the transaction that names them.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCKS, path])
