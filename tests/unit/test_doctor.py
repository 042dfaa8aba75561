from __future__ import annotations

from pathlib import Path

import msgspec

from edge.config import Config
from edge.doctor import examine


def test_everything_is_looked_at_and_whatever_is_amiss_has_a_fix() -> None:
    findings = list(examine(Config()))
    assert [finding.what for finding in findings] == [
        "Python",
        "packages",
        "memory",
        "disk",
        "sound",
        "Bluetooth",
        "models",
    ]
    assert all(finding.fix for finding in findings if finding.verdict != "ok")


def test_a_model_that_is_not_there_is_named_with_its_setting(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.gguf")
    config = msgspec.structs.replace(
        Config(), understanding=msgspec.structs.replace(Config().understanding, model=gone)
    )
    [models] = [finding for finding in examine(config) if finding.what == "models"]
    assert models.verdict == "missing"
    assert gone in models.detail
    assert "[understanding] model" in models.detail
