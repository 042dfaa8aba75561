"""Every target of the fuzzer over its seeds and some thousand mutations of them, the same ones each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.one import fuzz
from tests.fuzz.targets import TARGETS, Target

_SLOW = {"handshake", "keys", "settings", "servers", "gguf"}


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_a_parser_gives_a_value_or_its_own_error(target: Target, tmp_path: Path) -> None:
    fuzz(target, 400 if target.name in _SLOW else 3000, seconds=300, crashes=tmp_path)
