"""What the documents say of the tree is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("static/**/*.md")])
FOLDERS = "|".join(
    path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in {"var", ".venv"}
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_relative_link_leads_somewhere(document):
    targets = [link.split("#")[0] for link in LINK.findall(document.read_text("utf-8"))]

    relative = [target for target in targets if target and "://" not in target]
    assert [link for link in relative if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_file_that_is_named_exists(document):
    named = NAMED.findall(document.read_text("utf-8"))

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_decision_is_listed():
    decisions = ROOT / "docs" / "decisions"
    listed = LINK.findall((decisions / "README.md").read_text("utf-8"))

    assert listed == sorted(path.name for path in decisions.glob("0*.md"))


def test_every_library_has_its_reason():
    reasons = (ROOT / "docs/decisions/0004-libraries.md").read_text("utf-8").lower()
    wanted = "\n".join(
        (ROOT / "requirements" / f"{lock}.in").read_text("utf-8")
        for lock in ("base", "embedded", "s3")
    )

    libraries = re.findall(r"^([a-z][\w-]*)", wanted, re.MULTILINE)
    assert len(libraries) > 20
    assert [library for library in libraries if library not in reasons] == []
