"""Prepares the guest once, outside the repository, and runs tests in it."""

from __future__ import annotations

import hashlib
import lzma
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from firmware_bridge.lockfile import LockFile

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
TESTS = tuple(f"tests/hardware/test_bluez{part}.py" for part in ("", "_channel", "_bond"))
PREPARE = "python -m tests.bluez_guest prepare"
SUITE, PYTHON = "trixie", "3.13"
"""Debian 13 with BlueZ 5.82, and its Python."""
_DEBIAN = ("dbus", "bluez", "python3", "iproute2")
_WITHOUT = tuple(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "doc", "locale"))
_WHEELS = ("bleak", "bumble", "cryptography", "dbus-fast", "hypothesis", "msgspec", "spake2")
_TESTERS = ("pytest", "pytest-asyncio", "pytest-timeout")
_PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux2014", "manylinux_2_17")
_BUILT_KERNEL = ROOT.parent / "shared" / "spikes" / "ble" / "bluez_guest" / "uml-linux.xz"
_MEMORY = "768M"
_LIMIT_S = 400


class GuestError(Exception):
    """The guest cannot be prepared or does not boot."""


def folder() -> Path:
    """Give where the guest is kept; it takes 350 MB."""
    named = os.environ.get("EARRAND_BLUEZ_GUEST")
    return Path(named) if named else Path.home() / ".cache" / "earrand" / "bluez_guest"


def ready() -> bool:
    """Say whether all is there."""
    return all(path.exists() for path in (_kernel(), _tree(), _site()))


def hindrance() -> str | None:
    """Say why the guest cannot boot here, nor be prepared within a minute, and what would help; none if it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "the guest needs Linux on x86-64"
    is_quick = os.geteuid() == 0 and shutil.which("mmdebstrap") and (_kernel().exists() or _BUILT_KERNEL.exists())
    return None if ready() or is_quick else f"the guest with BlueZ is not in {folder()}; as root: {PREPARE}"


def prepare(say: Callable[[str], None]) -> None:
    """Make what is missing: half a minute, and many where the kernel must be built. Raises GuestError."""
    folder().mkdir(parents=True, exist_ok=True)
    with LockFile(folder() / "lock", wait=True):
        if not _kernel().exists():
            _make_kernel(say)
        if not _tree().exists():
            say(f"installing Debian {SUITE} into {_tree()}")
            with _draft(_tree()) as draft:
                include = f"--include={','.join(_DEBIAN)}"
                _run("mmdebstrap", "--variant=minbase", "--mode=root", include, *_WITHOUT, SUITE, str(draft))
        if not _site().exists():
            say(f"installing packages into {_site()}")
            _make_site()


def run(tests: Sequence[str] = TESTS) -> tuple[int, str]:
    """Boot, run tests, power off; give pytest's exit status and all that was printed.

    Raises GuestError when it does not get as far as that.
    """
    command = [str(_kernel()), f"mem={_MEMORY}", "root=/dev/root", "rootfstype=hostfs", f"rootflags={_tree()}", "rw"]
    command += ["init=/init.sh", f"REPO={ROOT}", f"SITE={_site()}", f"TESTS={','.join(tests)}"]
    command += ["con0=null,fd:1", "con=null", "quiet"]
    with LockFile(folder() / "lock", wait=True):
        init = _tree() / "init.sh"
        shutil.copy(HERE / "init.sh", init)
        init.chmod(0o755)
        printed = _boot(command)
    status = re.search(r"^guest: exit status (\d+)\r?$", printed, re.MULTILINE)
    if status is None:
        raise GuestError(f"{printed}\nthe guest did not run the tests; without {folder()} it is made anew")
    return int(status[1]), printed


def _boot(command: Sequence[str]) -> str:
    """Run a guest to its end; it is many processes, and none must stay. Raises GuestError."""
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    try:
        guest = subprocess.Popen(
            command, stdin=nothing, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
    except OSError as exc:
        raise GuestError(f"{_kernel()} does not run ({exc.strerror}); remove it, and it is made anew") from exc
    with guest:
        try:
            return guest.communicate(timeout=_LIMIT_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(guest.pid, signal.SIGKILL)
            return f"{guest.communicate()[0]}\nthe guest did not end within {_LIMIT_S} s"
        except KeyboardInterrupt:
            os.killpg(guest.pid, signal.SIGKILL)
            raise


def _kernel() -> Path:
    return folder() / "linux"


def _tree() -> Path:
    return folder() / f"{SUITE}-{_digest(*_DEBIAN)}"


def _site() -> Path:
    return folder() / f"site-{_digest((ROOT / 'requirements-test.lock').read_text(), *_WHEELS, *_TESTERS)}"


def _digest(*made_of: str) -> str:
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]


def _make_kernel(say: Callable[[str], None]) -> None:
    with _draft(_kernel()) as draft:
        if _BUILT_KERNEL.exists():
            say(f"unpacking {_BUILT_KERNEL.name}")
            with lzma.open(_BUILT_KERNEL) as packed, draft.open("wb") as out:
                shutil.copyfileobj(packed, out)
        else:
            say("building the kernel from Debian's source: 4 minutes on two quick cores")
            _run("sh", str(HERE / "build_kernel.sh"), str(draft))
        draft.chmod(0o755)


def _make_site() -> None:
    pinned = [line.rstrip(" \\") for line in (ROOT / "requirements-test.lock").read_text().splitlines() if "==" in line]
    with _draft(_site()) as draft:
        constraints = draft.with_suffix(".txt")
        constraints.write_text("\n".join(pinned))
        where = ["--target", str(draft), "--python-version", PYTHON, "--only-binary=:all:"]
        tags = [word for name in _PLATFORMS for word in ("--platform", f"{name}_x86_64")]
        try:
            pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            _run(*pip, *where, *tags, "-c", str(constraints), *_WHEELS, *_TESTERS)
        finally:
            constraints.unlink()


@contextmanager
def _draft(final: Path) -> Iterator[Path]:
    """Give a place to make something in; it gets its name when it is whole, and goes when it is not."""
    draft = final.with_name(f"{final.name}.draft")
    _remove(draft)
    try:
        yield draft
        draft.rename(final)
    finally:
        _remove(draft)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except FileNotFoundError as exc:
        raise GuestError(f"{command[0]} is not installed: sudo apt install {command[0]}") from exc
    if done.returncode != 0:
        raise GuestError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
