"""The first start on a machine with nothing: real `venv`, real pip, a lock of one tiny wheel."""

import ast
import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.processes import ROOT, wait_for

pytestmark = pytest.mark.processes
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
ENTRY = "import sys, django\ndef run(argv): print(sys.prefix, django.VERSION, argv[1:])\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that looks like a fresh clone, under a name with a space and Cyrillic letters."""
    root = tmp_path / "мой подкаст"
    (root / "config" / "embedded").mkdir(parents=True)
    shutil.copy2(ROOT / "manage.py", root / "manage.py")
    shutil.copy2(ROOT / "config" / "bootstrap.py", root / "config" / "bootstrap.py")
    (root / "config" / "__init__.py").touch()
    (root / "config" / "embedded" / "__init__.py").touch()
    (root / "config" / "embedded" / "entry.py").write_text(ENTRY)
    (root / "requirements").mkdir()
    (root / "requirements" / "base.in").write_text("# what runs\ndjango>=5.2\n")
    (root / "requirements" / "dev.in").write_text("pytest-of-a-kind>=9\n")
    write_lock(root, "embedded", "1.0")
    return root


def write_lock(root: Path, name: str, version: str) -> None:
    wheel = make_wheel(root.parent / "wheels", version)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = f"django=={version} \\\n    --hash=sha256:{digest}\n"
    (root / "requirements" / f"{name}.txt").write_text(lock)


def make_wheel(folder: Path, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    wheel = folder / f"django-{version}-py3-none-any.whl"
    info = f"django-{version}.dist-info"
    files = {
        "django/__init__.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: django\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for name, text in files.items()
    )
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return wheel


def start(clone: Path, *arguments: str, python: str = BASE_PYTHON) -> "subprocess.Popen[str]":
    env = {
        "PATH": os.defpath,
        "HOME": str(clone.parent / "empty-home"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": (clone.parent / "wheels").as_uri(),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    return subprocess.Popen(
        [python, str(clone / "manage.py"), *arguments],
        env=env,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(clone: Path, *arguments: str, python: str = BASE_PYTHON) -> tuple[int, str, str]:
    process = start(clone, *arguments, python=python)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_old_pythons_can_read_manage_py_and_so_say_what_is_wrong():
    ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 6))


def test_first_start_makes_an_environment_and_later_starts_use_it(clone: Path):
    first = start(clone, "help")
    second = start(clone, "help")
    outputs = [process.communicate(timeout=120) for process in (first, second)]

    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert all(out.endswith("1.0 ['help']\n") for out, _ in outputs)
    assert all(str(clone / ".venv") in out for out, _ in outputs)
    told = sorted(err for _, err in outputs)
    assert told[0].startswith("Another start is setting up .venv")
    assert told[1].startswith("Setting up ")

    # Nothing is fetched again: there is nothing left to fetch from.
    shutil.rmtree(clone.parent / "wheels")
    code, out, err = run(clone, "migrate", "--check")
    assert (code, err) == (0, "")
    assert out.endswith("['migrate', '--check']\n")

    # A lock that changed, as after `git pull`, is installed over the old one.
    write_lock(clone, "embedded", "1.1")
    code, out, err = run(clone, "help")
    assert code == 0, err
    assert "1.1" in out

    # What cannot be fetched is said in a sentence, and the half-done state is known as such.
    write_lock(clone, "embedded", "1.2")
    shutil.rmtree(clone.parent / "wheels")
    code, out, err = run(clone, "help")
    assert code == 1
    assert "This needs the network once" in err
    assert json.loads((clone / ".venv" / "made-by-fortnight").read_text()) == {}


def test_a_set_up_that_was_killed_is_done_again(clone: Path):
    process = start(clone, "help")
    marker = clone / ".venv" / "made-by-fortnight"
    wait_for(marker.exists, what="the set-up to begin")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert json.loads(marker.read_text()) == {}

    code, out, err = run(clone, "help")

    assert code == 0, err
    assert "1.0 ['help']" in out


def test_an_environment_of_ones_own_is_used_or_told_what_it_lacks(clone: Path):
    own = clone.parent / "own"
    subprocess.run([BASE_PYTHON, "-m", "venv", "--without-pip", str(own)], check=True)
    packages = next(own.glob("lib/python3*/site-packages"))
    zipfile.ZipFile(make_wheel(clone.parent / "wheels", "1.0")).extractall(packages)

    code, out, err = run(clone, "help", python=str(own / "bin" / "python"))
    assert (code, err) == (0, "")
    assert out.startswith(str(own))

    code, out, err = run(clone, "test", python=str(own / "bin" / "python"))
    assert code == 1
    assert "lacks pytest-of-a-kind" in err
    assert "pip install -e '.[dev]'" in err
    assert not (clone / ".venv").exists()


def test_an_environment_that_somebody_else_made_is_never_removed(clone: Path):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "keep").touch()

    code, _, err = run(clone, "help")

    assert code == 1
    assert "was not made by Fortnight and is left alone" in err
    assert (clone / ".venv" / "keep").exists()


def test_the_larger_lock_holds_everything_of_the_smaller():
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / name).read_text().splitlines()
        return {line.split(";")[0].split("\\")[0].strip() for line in lines if "==" in line}

    assert pins("embedded.txt") <= pins("dev.txt")
    assert pins("base.txt") <= pins("embedded.txt")
