"""Compiled translations are in the repository: a bare system has no `msgfmt` to make them with."""

import shutil
import subprocess
from gettext import GNUTranslations
from pathlib import Path

import pytest

from tests.processes import ROOT

CATALOGUES = sorted(
    [*ROOT.glob("locale/*/LC_MESSAGES/*.po"), *ROOT.glob("*/locale/*/LC_MESSAGES/*.po")]
)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_compiled_translation_is_that_of_its_source(catalogue: Path, tmp_path: Path):
    assert catalogue.with_suffix(".mo").exists(), "run `make messages` and commit the .mo file"
    if shutil.which("msgfmt") is None:
        pytest.skip("msgfmt is not installed, so nothing can be compared")

    fresh = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "--check-format", f"--output-file={fresh}", catalogue], check=True)

    assert messages(catalogue.with_suffix(".mo")) == messages(fresh), "run `make messages`"


def messages(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        found = GNUTranslations(file)._catalog
    return {key: text for key, text in found.items() if key}  # not the header with its dates


def test_there_are_translations_to_compare():
    assert CATALOGUES
