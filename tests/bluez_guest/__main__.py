"""Real BlueZ on both ends, without hardware: `python -m tests.bluez_guest [prepare] [TEST ...]`."""

from __future__ import annotations

import argparse
import sys

from tests.bluez_guest.guest import TESTS, GuestError, prepare, ready, run


def main() -> int:
    """Prepare the guest if need be, and run the tests in it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bluez_guest",
        description="Boots Linux as a process, with BlueZ on two virtual controllers, and runs the tests of the link "
        "in it. The first run prepares it (as root; needs mmdebstrap).",
    )
    parser.add_argument("what", nargs="*", default=["run"], help="prepare, or tests to run instead of all")
    what = parser.parse_args().what
    try:
        if not ready():
            prepare(lambda text: print(text, flush=True))
        if what == ["prepare"]:
            return 0
        status, printed = run(TESTS if what == ["run"] else what)
    except GuestError as exc:
        print(f"tests.bluez_guest: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(printed)
    return status


if __name__ == "__main__":
    sys.exit(main())
