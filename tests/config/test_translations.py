"""Translations are compiled without gettext's tools, and say what gettext's would."""

import os
import shutil
import subprocess
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from config import translations
from tests.processes import ROOT

CATALOGUES = list(translations.catalogues())


def messages(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        found = GNUTranslations(file)._catalog
    return {key: text for key, text in found.items() if key}  # not the header with its dates


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_catalogue_compiles_to_what_gettext_makes_of_it(catalogue, tmp_path):
    if shutil.which("msgfmt") is None:
        pytest.skip("msgfmt is not installed, so there is nothing to compare with")
    ours, theirs = tmp_path / "ours.mo", tmp_path / "theirs.mo"

    translations.compile_catalogue(catalogue, ours)

    subprocess.run(["msgfmt", "--check-format", f"--output-file={theirs}", catalogue], check=True)
    assert messages(ours) == messages(theirs) != {}


def test_the_desk_and_the_site_have_their_catalogues():
    assert {path.relative_to(ROOT).parts[0] for path in CATALOGUES} >= {"locale", "website"}


def test_the_suite_itself_runs_with_compiled_translations():
    with translation.override("ru"):
        assert gettext("Episodes") == "Выпуски"


def test_only_what_is_older_than_its_source_is_compiled_again(tmp_path, monkeypatch):
    folder = tmp_path / "locale" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(CATALOGUES[0], folder / "django.po")
    monkeypatch.setattr(translations, "ROOT", tmp_path)

    translations.compile_translations()
    first = (folder / "django.mo").stat()
    translations.compile_translations()
    unchanged = (folder / "django.mo").stat()
    os.utime(folder / "django.po", ns=(first.st_mtime_ns + 10**9,) * 2)
    translations.compile_translations()

    assert unchanged.st_ino == first.st_ino
    assert (folder / "django.mo").stat().st_ino != first.st_ino
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]
