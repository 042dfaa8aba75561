"""Fuzzes the parsers of bytes that come from outside: `./earrand fuzz [TARGET ...] [--minutes N]`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.one import HAS_ATHERIS
from tests.fuzz.targets import TARGETS

_ENDLESS = 1 << 31


def main() -> int:
    """Fuzz one target after another; give 1 if something was found. What broke a target is kept in fuzz-crashes/."""
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
    crashes = Path("fuzz-crashes") / name
    crashes.mkdir(parents=True, exist_ok=True)
    before = set(crashes.iterdir())
    print(f"{name}: {seconds:.0f} s", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.fuzz.one", name, str(_ENDLESS - 1), str(seconds), str(crashes)]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = run.stderr.splitlines()
    for line in [line for line in lines if "cov:" in line][-1:] + [line for line in lines if "executed_units" in line]:
        print(f"  {line}")
    if run.returncode != 0:
        print(run.stdout[-2000:], "\n".join(lines[-20:]), f"  ended after {time.monotonic() - started:.0f} s", sep="\n")
        for crash in sorted(set(crashes.iterdir()) - before):
            print(f"  again: {sys.executable} -m tests.fuzz.one {name} 1 1 . {crash}")
    elif not any(crashes.iterdir()):
        crashes.rmdir()
        if not any(crashes.parent.iterdir()):
            crashes.parent.rmdir()
    return run.returncode == 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
