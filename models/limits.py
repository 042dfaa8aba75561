"""Reads what this machine lets a process have: memory and cores within cgroup limits, and which board it is.

In a container, or a systemd unit with MemoryMax, the kernel's totals are those of the whole machine, and a model that
seems to fit is killed. https://docs.kernel.org/admin-guide/cgroup-v2.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.catalog import Board

_ROOT = Path("/")
_BOARDS = {
    "Raspberry Pi Zero 2": Board.ZERO_2W,
    "Raspberry Pi 4": Board.PI_4,
    "Raspberry Pi 400": Board.PI_4,
    "Raspberry Pi Compute Module 4": Board.PI_4,
    "Raspberry Pi 5": Board.PI_5,
    "Raspberry Pi 500": Board.PI_5,
    "Raspberry Pi Compute Module 5": Board.PI_5,
    "Orin Nano": Board.ORIN_NANO,
}
"""What the device tree's name holds."""


def memory_left(available: int, root: Path = _ROOT) -> int:
    """Give the bytes that this process may still take: of those `available` in the system, or fewer by its cgroups."""
    return max(0, min([available, *(_left(group) for group in _groups(root))]))


def cores_left(cores: int, root: Path = _ROOT) -> int:
    """Give how many of its `cores` this process may keep busy, at least one."""
    quotas = [float(cores)]
    for group in _groups(root):
        match _words(group / "cpu.max"):
            case [quota, period] if quota.isdigit():
                quotas.append(int(quota) / int(period))
    return max(1, int(min(quotas)))


def board_name(root: Path = _ROOT) -> str:
    """Give what a board calls itself, like "Raspberry Pi 5 Model B Rev 1.0"; nothing on a PC."""
    try:
        return (root / "proc/device-tree/model").read_text(errors="replace").strip("\0\n ")
    except OSError:
        return ""


def board_of(name: str) -> Board | None:
    """Give the board that the catalog knows by this name."""
    known = [part for part in _BOARDS if part in name]
    return _BOARDS[max(known, key=len)] if known else None


def _groups(root: Path) -> Iterator[Path]:
    """Give the cgroup of this process and those above it: each may set a limit."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        hierarchy, controllers, path = line.split(":", 2)
        if hierarchy == "0" or "memory" in controllers.split(","):
            top = root / "sys/fs/cgroup" / ("" if hierarchy == "0" else "memory")
            group = top / path.strip("/")
            # In a container the path can be one of the host's, of which only the top is to be seen.
            yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top))


def _left(group: Path) -> int:
    """Give the bytes that a cgroup has left; where it sets no limit, more than there is."""
    limit = _number(group / "memory.max") or _number(group / "memory.limit_in_bytes")
    if limit is None:
        return 1 << 62
    used = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes") or 0
    # Files that were read and can be dropped at once count as used.
    pairs = (line.split() for line in _lines(group / "memory.stat"))
    cached = next((int(value) for key, value in pairs if key in ("inactive_file", "total_inactive_file")), 0)
    return limit - max(0, used - cached)


def _number(path: Path) -> int | None:
    match _words(path):
        case [text] if text.isdigit():
            return int(text)
    return None


def _words(path: Path) -> list[str]:
    return " ".join(_lines(path)).split()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
