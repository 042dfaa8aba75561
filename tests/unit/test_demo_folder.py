from __future__ import annotations

from pathlib import Path

import pytest

from edge.demo.conductor import DemoFailed
from edge.demo.session import make_folder


def test_two_runs_in_the_same_second_get_two_folders(tmp_path: Path) -> None:
    assert make_folder(tmp_path) != make_folder(tmp_path)


def test_a_folder_that_cannot_be_made_is_told_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoFailed, match="begin in another folder"):
        make_folder(tmp_path / "file")
