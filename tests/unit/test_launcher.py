from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment with the tools of a bare system and no compiler."""
    for name in (
        "sh",
        "readlink",
        "dirname",
        "cmp",
        "grep",
        "sed",
        "awk",
        "tee",
        "tail",
        "cp",
        "mkdir",
        "ls",
        "flock",
        "rm",
    ):
        if (path := shutil.which(name)) is not None:
            (tmp_path / "bin").mkdir(exist_ok=True)
            (tmp_path / "bin" / name).symlink_to(path)
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}


def checkout(folder: Path) -> Path:
    """Copy what the launcher needs."""
    folder.mkdir()
    for name in ("earrand", "requirements.lock", "requirements-test.lock", "requirements-llama.lock"):
        shutil.copy(ROOT / name, folder)
    return folder / "earrand"


def test_it_works_through_a_symlink_from_another_folder(tmp_path: Path) -> None:
    if not (ROOT / ".venv" / "requirements.lock.installed").exists():
        pytest.skip("this checkout was not set up by the launcher")
    link = tmp_path / "link"
    link.symlink_to(ROOT / "earrand")
    run = subprocess.run([link, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.strip().count(".") == 2


def test_without_python_it_says_what_to_install(tmp_path: Path, bare: dict[str, str]) -> None:
    run = subprocess.run([checkout(tmp_path / "here"), "demo"], env=bare, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "needs Python 3.11 or later" in run.stderr
    assert "sudo apt install" in run.stderr


def test_without_a_compiler_it_says_what_to_install(tmp_path: Path, bare: dict[str, str]) -> None:
    launcher = checkout(tmp_path / "here")
    python = launcher.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 0\n")  # a pip that finds everything in place
    python.chmod(0o755)
    run = subprocess.run([launcher, "demo"], env=bare, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "sudo apt install g++" in run.stderr


def test_a_failing_installation_is_told_with_its_log(tmp_path: Path, bare: dict[str, str]) -> None:
    launcher = checkout(tmp_path / "here")
    python = launcher.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho no such package; exit 3\n")
    python.chmod(0o755)
    run = subprocess.run([launcher, "demo"], env=bare, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "no such package" in run.stderr
    assert "install.log" in run.stderr
    assert not (launcher.parent / ".venv" / "requirements.lock.installed").exists()
