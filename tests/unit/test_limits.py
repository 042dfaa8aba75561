from __future__ import annotations

from pathlib import Path

import pytest

from models.catalog import Board
from models.limits import board_name, board_of, cores_left, memory_left


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_without_cgroups_all_that_is_free_is_ours(tmp_path: Path) -> None:
    assert memory_left(1000, tmp_path) == 1000
    assert cores_left(4, tmp_path) == 4


def test_a_limit_leaves_what_is_not_used_but_files_that_can_be_dropped(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/a/b"
    files = {"proc/self/cgroup": "0::/a/b\n", f"{group}/memory.max": "500\n", f"{group}/memory.current": "300\n"}
    put(tmp_path, {**files, f"{group}/memory.stat": "anon 100\ninactive_file 120\n"})
    assert memory_left(1000, tmp_path) == 500 - (300 - 120)
    assert memory_left(200, tmp_path) == 200


def test_the_groups_above_limit_too(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n"}
    put(tmp_path, {**files, "sys/fs/cgroup/a/memory.max": "400\n", "sys/fs/cgroup/a/memory.current": "390\n"})
    assert memory_left(1000, tmp_path) == 10


def test_in_a_container_the_top_counts_though_the_path_is_the_hosts(tmp_path: Path) -> None:
    put(tmp_path, {"proc/self/cgroup": "0::/../host/path\n", "sys/fs/cgroup/memory.max": "300\n"})
    assert memory_left(1000, tmp_path) == 300


def test_a_group_over_its_limit_leaves_nothing(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "300\n"}
    put(tmp_path, {**files, "sys/fs/cgroup/memory.current": "350\n"})
    assert memory_left(1000, tmp_path) == 0


def test_the_first_version_of_cgroups_limits_too(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/memory/a"
    files = {"proc/self/cgroup": "5:cpu:/x\n4:memory:/a\n", f"{group}/memory.limit_in_bytes": "600\n"}
    put(
        tmp_path,
        {**files, f"{group}/memory.usage_in_bytes": "100\n", f"{group}/memory.stat": "total_inactive_file 50\n"},
    )
    assert memory_left(1000, tmp_path) == 550


@pytest.mark.parametrize(
    ("quota", "cores"), [("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1), ("max 100000", 4)]
)
def test_a_share_of_the_processor_is_whole_cores(quota: str, cores: int, tmp_path: Path) -> None:
    put(tmp_path, {"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/cpu.max": f"{quota}\n"})
    assert cores_left(4, tmp_path) == cores


@pytest.mark.parametrize(
    ("name", "board"),
    [
        ("Raspberry Pi Zero 2 W Rev 1.0", Board.ZERO_2W),
        ("Raspberry Pi 4 Model B Rev 1.4", Board.PI_4),
        ("Raspberry Pi 400 Rev 1.0", Board.PI_4),
        ("Raspberry Pi 5 Model B Rev 1.0", Board.PI_5),
        ("Raspberry Pi 500 Rev 1.0", Board.PI_5),
        ("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", Board.ORIN_NANO),
        ("Raspberry Pi 3 Model B", None),
        ("", None),
    ],
)
def test_a_board_is_known_by_what_it_calls_itself(name: str, board: Board | None, tmp_path: Path) -> None:
    put(tmp_path, {"proc/device-tree/model": f"{name}\0"})
    assert board_name(tmp_path) == name
    assert board_of(name) is board


def test_a_pc_has_no_such_name(tmp_path: Path) -> None:
    assert board_name(tmp_path) == ""
