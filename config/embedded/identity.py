"""Which user the servers run as when we are root, which PostgreSQL refuses to be.

A fixed number that no account has: no user is created, and no other program runs under it.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

_SERVERS_UID = 54329


@dataclass(frozen=True)
class Identity:
    uid: int
    gid: int


def servers_identity() -> Identity | None:
    """Return the user of PostgreSQL and Valkey, or None where we are an ordinary user already."""
    return Identity(_SERVERS_UID, _SERVERS_UID) if os.geteuid() == 0 else None


def initdb_identity() -> Identity | None:
    """Return the user of initdb, which insists on one with a name; its files change hands after."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid)


def give_to(identity: Identity | None, path: Path) -> None:
    """Hand over one directory of ours with everything in it; its parents are left alone."""
    if identity is None:
        return
    os.chown(path, identity.uid, identity.gid)
    for entry in Path(path).rglob("*"):
        os.chown(entry, identity.uid, identity.gid, follow_symlinks=False)
