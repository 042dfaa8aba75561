from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from models import probe
from models.decode_probe import decoded
from models.llama_session import LlamaSession, SessionOptions
from models.probe_model import write_probe_model


def test_bandwidth_is_bytes_read_and_written_over_the_best_time() -> None:
    # Each round reads the clock twice; the rounds take 1.0, 0.25 and 1.0 s, then the time is up.
    clock = iter([0.0, 0.0, 1.0, 1.0, 1.25, 1.25, 2.25])
    found = probe.measure_bandwidth(1 << 20, 2, 2.0, lambda: next(clock))
    assert found == pytest.approx((1 << 20) / 0.25)


def test_the_random_model_is_one_that_llama_cpp_runs(tmp_path: Path) -> None:
    size = write_probe_model(tmp_path / "probe.gguf", layers=1)
    assert 0.9 < size / (tmp_path / "probe.gguf").stat().st_size < 1
    session = LlamaSession(tmp_path / "probe.gguf", SessionOptions(threads=1, context_tokens=16))
    assert session.evaluate([65, 66])
    assert len(session.logits()) == session.vocab_size == 259


def test_decoding_counts_the_weights_that_every_token_reads() -> None:
    steps = itertools.count()  # a round of 63 tokens that takes one second, then the time is up
    found = decoded(0.5, lambda: float(next(steps)))
    assert found == pytest.approx(63 * write_size() / 1e9)


def write_size() -> int:
    with_norms_and_output = 4 * (4 * 1024 * 1024 + 3 * 1024 * 2816) // 32 * 18 + 1024 * 259 // 32 * 18
    return with_norms_and_output + 4 * 1024 * (2 * 4 + 1)


def test_a_machine_where_llama_cpp_dies_is_measured_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    found = probe.measure(tmp_path / "not" / "there", 0.01)
    assert found.decode_gbs is None
    assert found.weights_gbs == found.bandwidth_gbs > 0
    assert found.cores >= 1
    assert found.memory_mb > 0
    assert found.disk_mb > 0
