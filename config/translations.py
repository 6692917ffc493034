"""Making the compiled translations (.mo) from their sources (.po) without gettext's tools.

A bare system has no `msgfmt`, and compiled files do not belong into the repository. Run as a script
(`python config/translations.py`) where no settings exist, as in the Dockerfile.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def catalogues() -> Iterator[Path]:
    """Yield every .po file that Django reads: the project's and those of its packages."""
    yield from sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    yield from sorted(ROOT.glob("[a-z]*/locale/*/LC_MESSAGES/*.po"))


def compile_translations() -> None:
    """Compile what is missing or older than its source; safe beside another process doing it."""
    for source in catalogues():
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            compile_catalogue(source, target)


def compile_catalogue(source: Path, target: Path) -> None:
    """Write the finished translations of `source`; fuzzy ones are left out, as msgfmt does."""
    aside = target.with_suffix(f".{os.getpid()}.tmp")
    aside.write_bytes(polib.pofile(str(source)).to_binary())
    aside.replace(target)


if __name__ == "__main__":
    compile_translations()
