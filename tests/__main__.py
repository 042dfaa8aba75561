"""Everything that CI checks: `./earrand test [pytest arguments]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OTHER_PYTHONS = ("3.13",)
"""Tried besides the one that runs this, where they are there."""

CHECKS = (
    ("format", ("ruff", "format", "--check", "--quiet", ".")),
    ("lint", ("ruff", "check", "--quiet", ".")),
    ("types", ("mypy",)),
    ("layers", ("lint-imports",)),
)


def main() -> int:
    """Run the checks, then the tests, then the tests on the other Python; stop at the first that fails."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        print("usage: ./earrand test [PYTEST ARGUMENT ...]\n\nWith arguments, only pytest runs, and gets them.")
        return 0
    arguments = sys.argv[1:]
    if not arguments:
        for name, command in CHECKS:
            if not run(name, [str(Path(sys.executable).parent / command[0]), *command[1:]]):
                return 1
    if not run(f"tests on Python {sys.version.split()[0]}", [sys.executable, "-m", "pytest", *arguments]):
        return 1
    return 0 if arguments else on_other_pythons()


def on_other_pythons() -> int:
    """Run the tests that are not of `once` on each other Python that is there, in an environment of its own."""
    for version in OTHER_PYTHONS:
        if version == f"{sys.version_info.major}.{sys.version_info.minor}":
            continue
        python = find_python(version)
        if python is None:
            print(f"== Python {version} is not there: its tests did not run", flush=True)
            continue
        environment = dict(os.environ, EARRAND_PYTHON=python, EARRAND_VENV=str(ROOT / f".venv-{version}"))
        command = [str(ROOT / "earrand"), "test", "-m", "not once"]
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            return 1
    return 0


def find_python(version: str) -> str | None:
    """Give an interpreter of this version that runs: on the path (a pyenv shim there may not), or pyenv's own."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [
        shutil.which(f"python{version}"),
        *(f"{path}/bin/python" for path in sorted(pyenv.glob(f"{version}*"))),
    ]
    for python in filter(None, candidates):
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    return None


def run(name: str, command: list[str]) -> bool:
    """Run one check and say how it went."""
    print(f"== {name}", flush=True)
    if subprocess.run(command, cwd=ROOT, check=False).returncode == 0:
        return True
    print(f"== {name} FAILED", file=sys.stderr, flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
