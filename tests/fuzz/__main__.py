"""Fuzzes the parsers of bytes that come from outside: `./earrand fuzz [TARGET ...] [--minutes N]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.one import HAS_ATHERIS
from tests.fuzz.targets import TARGETS

CRASHES = Path("fuzz-crashes")
_ENDLESS = (1 << 31) - 1


def main() -> int:
    """Fuzz one target after another; give 1 if something was found. What broke a target is kept in CRASHES."""
    names = [target.name for target in TARGETS]
    parser = argparse.ArgumentParser(prog="earrand fuzz", description="Fuzz the parsers of bytes from outside.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all by default")
    parser.add_argument("--minutes", type=float, default=3.0, help="for all targets together; 3 by default")
    parser.add_argument("--list", action="store_true", help="name the targets and end")
    options = parser.parse_args()
    if options.list:
        print("\n".join(names))
        return 0
    if unknown := set(options.targets) - set(names):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    if not HAS_ATHERIS:
        print(
            "atheris is not there (Linux on x86-64 has it): without it seeds are only mutated, not guided by coverage"
        )
    chosen = options.targets or names
    found = [name for name in chosen if not _is_well(name, max(1.0, options.minutes * 60 / len(chosen)))]
    print(f"found something in: {', '.join(found)}" if found else "nothing found")
    return 1 if found else 0


def _is_well(name: str, seconds: float) -> bool:
    """Fuzz a target in a process of its own, since atheris ends the process that it runs in."""
    crashes = CRASHES / name
    crashes.mkdir(parents=True, exist_ok=True)
    before = set(crashes.glob("*"))
    command = [sys.executable, "-m", "tests.fuzz.one", name, str(_ENDLESS), str(seconds), str(crashes)]
    try:
        with TemporaryDirectory() as scratch:  # atheris leaves behind what it put there
            status, lines = _run(command, Path(scratch), name, seconds)
    finally:
        _remove_if_empty(crashes, CRASHES)
    for line in [line for line in lines if "cov:" in line][-1:] + [line for line in lines if "executed_units" in line]:
        print(f"  {line}")
    if status != 0:
        print(*lines[-20:], sep="\n")
        for crash in sorted(set(crashes.glob("*")) - before):
            print(f"  again: {sys.executable} -m tests.fuzz.one {name} 1 1 . {crash}")
    return status == 0


def _run(command: Sequence[str], scratch: Path, name: str, seconds: float) -> tuple[int, list[str]]:
    """Give the exit status and what was printed."""
    printed, environment = scratch / "printed", dict(os.environ, TMPDIR=str(scratch))
    started = time.monotonic()
    with (
        printed.open("w") as out,
        Progress(
            TextColumn("{task.description:10}"), BarColumn(), TimeRemainingColumn(elapsed_when_finished=True)
        ) as bar,
        subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment) as process,
    ):
        shown = bar.add_task(name, total=seconds)
        try:
            while process.poll() is None:
                bar.update(shown, completed=min(time.monotonic() - started, seconds))
                time.sleep(0.2)
        finally:
            process.kill()
        bar.update(shown, completed=seconds)
    return process.returncode, printed.read_text(errors="replace").splitlines()


def _remove_if_empty(*folders: Path) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
