"""Building `.venv`: every way in which a machine can be unfit has a sentence of its own, and no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import preflight


@pytest.fixture
def venv(tmp_path: Path, monkeypatch) -> Path:
    """A project folder with nothing built in it."""
    folder = tmp_path / ".venv"
    (tmp_path / "requirements.lock").write_text("django==5.2\n")
    monkeypatch.setattr(preflight, "ROOT", str(tmp_path))
    monkeypatch.setattr(preflight, "VENV", str(folder))
    monkeypatch.setattr(preflight, "VENV_PYTHON", str(folder / "bin" / "python"))
    monkeypatch.setattr(preflight, "LOG", str(folder / "install.log"))
    return folder


def sentence_of(call, capsys) -> str:
    with pytest.raises(SystemExit) as stopped:
        call()
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1, "one sentence"
    return said


def test_an_old_python_is_told_so(monkeypatch, capsys) -> None:
    monkeypatch.setattr(preflight.sys, "version_info", (3, 9, 2, "final", 0))
    said = sentence_of(preflight.check_python, capsys)
    assert "needs Python 3.11 or newer, and this is 3.9" in said
    assert "PYTHON=" in said


def test_a_python_without_venv_names_the_package_that_is_missing(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    said = sentence_of(preflight.check_python, capsys)
    assert f"python3.{sys.version_info[1]}-venv" in said


def test_a_folder_that_cannot_be_written_is_named(monkeypatch, tmp_path, capsys) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    monkeypatch.setattr(preflight, "ROOT", str(tmp_path / "taken"))
    said = sentence_of(preflight.check_folder, capsys)
    assert f"{tmp_path / 'taken'} is not writable" in said


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("ERROR: Could not find a version that satisfies the requirement django==5.2", "No package index"),
        ("NewConnectionError: Temporary failure in name resolution", "No package index"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one that"),
        ("something else", "see .venv/install.log"),
    ],
)
def test_a_failed_installation_says_why(venv, monkeypatch, capsys, log, expected) -> None:
    venv.mkdir()

    def pip(_arguments, stdout, stderr):
        stdout.write(log.encode())
        return 1

    monkeypatch.setattr(preflight.subprocess, "call", pip)
    assert expected in sentence_of(lambda: preflight.install("requirements.lock"), capsys)
    assert not (venv / "installed-requirements.lock").exists(), "the next run tries again"


def test_what_is_installed_is_not_installed_again_until_its_lock_changes(venv, monkeypatch) -> None:
    done = []
    monkeypatch.setattr(preflight, "build", lambda: venv.mkdir(exist_ok=True))
    monkeypatch.setattr(preflight, "install", done.append)
    monkeypatch.setattr(preflight, "works", lambda *_arguments: True)
    preflight.main(["requirements.lock"])
    preflight.main(["requirements.lock"])
    assert done == ["requirements.lock"]
    (venv.parent / "requirements.lock").write_text("django==5.2.1\n")
    preflight.main(["requirements.lock"])
    assert done == ["requirements.lock"] * 2


def test_it_can_be_read_by_a_python_that_is_too_old() -> None:
    """No syntax newer than 3.6, or an old Python answers with a syntax error instead of the sentence."""
    import ast

    source = Path(preflight.__file__).read_text()
    ast.parse(source, feature_version=(3, 6))
    assert 'f"' not in source


def test_make_says_when_there_is_no_python() -> None:
    root = Path(preflight.__file__).resolve().parents[1]
    made = subprocess.run(
        ["make", "--no-print-directory", "setup", "PYTHON=/nowhere/python3"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode != 0
    assert "Python is missing: install Python 3.11 or newer" in made.stderr
