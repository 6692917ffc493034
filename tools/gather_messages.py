"""Gather the texts to translate: those of the public site into its catalogue, the rest into ours.

    python tools/gather_messages.py

`makemessages` alone would put the words of the site's templates into `locale/`, where they would
win over the site's own catalogue. No guesses at new texts are written: they stay empty.
"""

import os
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.core.management.commands.makemessages import Command

ROOT = Path(__file__).resolve().parent.parent
SITE = {"website", "templates/website", "templates/404.html"}
NEVER = [".*", "var", "node_modules", "tests", "staticfiles"]


class Gather(Command):
    """Gathers into one catalogue, whatever other ones lie nearer to a text."""

    msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]
    catalogue = ""

    def find_files(self, root: str) -> list[Any]:
        found = super().find_files(root)
        for file in found:
            file.locale_dir = self.catalogue
        self.locale_paths = [self.catalogue]
        return found

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Write the catalogue without the hour: who gathers nothing new changes nothing."""
        super().write_po_file(potfile, locale)
        path = Path(self.catalogue, locale, "LC_MESSAGES", "django.po")
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith('"POT-Creation-Date:')]
        path.write_text("".join(kept), "utf-8")


def gather(catalogue: Path, *, ignore: list[str]) -> None:
    command = Gather()
    command.catalogue = str(catalogue)
    call_command(command, all=True, no_location=True, ignore_patterns=[*NEVER, *ignore])


def not_of_the_site() -> list[str]:
    """Return the packages and templates that the site's catalogue does not speak for."""
    packages = [path.name for path in ROOT.iterdir() if path.is_dir()]
    templates = [path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").iterdir()]
    return sorted({*packages, *templates} - SITE - {"templates"} - set(NEVER))


def main() -> None:
    os.chdir(ROOT)
    django.setup()
    gather(ROOT / "locale", ignore=sorted(SITE))
    gather(ROOT / "website" / "locale", ignore=not_of_the_site())


if __name__ == "__main__":
    main()
