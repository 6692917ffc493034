"""Rules of docs/architecture.md that import-linter cannot say."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["config", "accounts", "catalog", "episodes", "feeds", "desk", "api", "website"]
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_import_hides_inside_a_function(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    hidden = [
        f"{name(path)}:{inner.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_the_desk_uses_djangos_admin(path):
    if path.is_relative_to(ROOT / "desk"):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert [used for used in imports(tree) if used.startswith("django.contrib.admin")] == []


def test_no_module_has_a_name_that_says_nothing():
    empty_names = {"utils", "helpers", "services", "common", "misc"}

    assert [name(path) for path in SOURCES if path.stem in empty_names] == []


def test_only_publishing_writes_the_status_of_an_episode():
    writers = [
        name(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute)
        and target.attr == "status"
        and isinstance(target.value, ast.Name)
        and target.value.id in {"episode", "row", "obj", "self"}
    ]

    assert set(writers) <= {"episodes/publishing.py"}
