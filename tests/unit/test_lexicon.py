"""What the recogniser knows, for the wearable and for the training recipe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge import lexicon as program
from edge.config import WearableSection
from edge.corpus import Corpus


def test_the_lexicon_follows_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_SIZE", 40)
    known = program.lexicon(WearableSection(people=("xanthippe",)), tmp_path)
    assert len(known.sentences) == 40
    assert "xanthippe" in known.vocabulary


def test_the_program_writes_it_as_json(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(program, "lexicon", lambda *_: Corpus(("call anna",), ("anna", "call"), {}))
    program.main()
    assert json.loads(capsysbinary.readouterr().out) == {
        "sentences": ["call anna"],
        "vocabulary": ["anna", "call"],
        "endings": {},
    }
