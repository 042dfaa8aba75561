"""Fuzzes one target in this process: python -m tests.fuzz.one NAME RUNS SECONDS CRASHES [FILE ...]

With atheris where that is installed, guided by coverage; else by mutations of the seeds alone. FILEs are only tried.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import sys
import tempfile
import time
from pathlib import Path
from random import Random

_OURS = ["companion", "edge", "firmware_bridge", "models"]
_LONGEST = 20_000
HAS_ATHERIS = importlib.util.find_spec("atheris") is not None

if HAS_ATHERIS and __name__ == "__main__":
    import atheris

    with atheris.instrument_imports(include=_OURS):
        from tests.fuzz.targets import TARGETS, Target
else:
    from tests.fuzz.targets import TARGETS, Target


def mutated(seeds: list[bytes], dice: Random) -> bytes:
    """Change, add, take away or repeat a few bytes of a seed."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randint(0, len(data)), dice.randint(0, 4)
        data[at : at + dice.randint(0, 4)] = dice.choice((dice.randbytes(length), data[at : at + 9], b"\xff" * length))
    return bytes(data[:_LONGEST])


def fuzz(target: Target, runs: int, seconds: float, crashes: Path) -> None:
    """Try the seeds and mutations of them. What breaks the target is kept in a file of `crashes` and raised."""
    seeds, dice, until = list(target.seeds()), Random(target.name), time.monotonic() + seconds
    for number in range(runs):
        if time.monotonic() > until:
            return
        data = seeds[number] if number < len(seeds) else mutated(seeds, dice)
        try:
            target.check(data)
        except Exception:
            (crashes / f"crash-{hashlib.sha1(data).hexdigest()}").write_bytes(data)
            raise


def guided(target: Target, runs: int, seconds: float, crashes: Path) -> None:
    """The same by atheris, which ends the process."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [f"-runs={runs}", f"-max_total_time={int(seconds)}", f"-max_len={_LONGEST}", "-seed=1"]
        options += [f"-artifact_prefix={crashes}/", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"]
        atheris.Setup([target.name, *options, corpus], target.check)
        atheris.Fuzz()


def main() -> None:
    """Run."""
    name, runs, seconds, crashes, *files = sys.argv[1:]
    logging.disable()
    target = next(target for target in TARGETS if target.name == name)
    for file in files:
        target.check(Path(file).read_bytes())
    if not files:
        (guided if HAS_ATHERIS else fuzz)(target, int(runs), float(seconds), Path(crashes))


if __name__ == "__main__":
    main()
