"""Facts about the echo bench as a whole, on a room and a person that are made up."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import numpy as np
import pytest
from rich.console import Console
from rich.progress import Progress

from audio.files import write_wav
from audio.frames import SAMPLE_RATE, EchoError
from edge.benches import echo, speex
from edge.benches.room import pcm


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "clips").mkdir()
    voice = np.random.default_rng(1).standard_normal(SAMPLE_RATE * 2) * 0.1
    write_wav(tmp_path / "clips" / "somebody.flac", pcm(voice))
    return tmp_path


def measured(options: echo.EchoOptions) -> tuple[echo.Report, str]:
    with Progress(disable=True) as progress:
        report = echo.measure(options, progress)
    text = io.StringIO()
    echo.show(report, Console(file=text, width=160))
    assert msgspec.json.decode(msgspec.json.encode(report))["machine"] == report.machine
    return report, text.getvalue()


def test_webrtc_is_measured_in_each_condition_and_more_is_removed_as_it_learns(data: Path) -> None:
    report, text = measured(echo.EchoOptions(data, minutes=0.05, seconds=3.0, volumes=(100,), voices=1))
    webrtc = [trial for trial in report.trials if trial.canceller == "webrtc"]
    assert [trial.condition for trial in webrtc] == list(echo.CONDITIONS)
    for trial in webrtc:
        assert trial.removed.later_db > trial.removed.first_s_db > 10
        assert trial.removed.good_after_s is not None
        assert trial.removed.again_db is not None
        # A clipped echo is not what a filter can learn: after 3 s of it the next turn's first second is anywhere.
        least_db = 10 if trial.condition == "clipped" else trial.removed.first_s_db
        assert trial.removed.again_db > least_db
        assert trial.processor_ms > 0
    assert {row.canceller for row in report.kept} >= {"webrtc"}
    assert "dB removed" in text
    assert "webrtc" in text


def test_without_trials_only_what_our_voice_sets_off_is_counted(data: Path) -> None:
    report, text = measured(echo.EchoOptions(data, minutes=0.1, seconds=0, volumes=(100,)))
    assert (report.trials, report.kept) == ([], [])
    [row] = report.triggers
    assert row.room == "ear"
    assert row.triggers.seconds == pytest.approx(6, abs=0.1)
    assert row.raw.speech > row.triggers.utterances
    assert "set off by 0 minutes" in text


def test_without_speex_the_report_says_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speex, "_LIBRARY", "libnonesuch.so.1")
    with pytest.raises(EchoError):
        speex.SpeexEchoCanceller()
    report, text = measured(echo.EchoOptions(data, minutes=0.05, seconds=0, volumes=(40,)))
    assert any("libspeexdsp1" in reason for reason in report.missing)
    assert "left out" in text
