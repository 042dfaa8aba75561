"""The arithmetic of the latency bench: whose time is whose, and where sound begins and ends."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.benches.first_sound import first_over, last_over
from edge.benches.latency_trace import Trace, own_share, summarise
from edge.ledger import Ledger, Span, busy
from edge.worker import Worker

_TRACE = Trace(last_voiced=0.9, speech_end=1.0, decided=1.3, text=1.4, call=1.45, written=1.5, audible=1.52)
_spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=8)


@given(_spans, st.integers(0, 40), st.integers(0, 40))
def test_busy_counts_each_moment_that_lies_in_any_span_once(
    pairs: list[tuple[int, int]], start: int, length: int
) -> None:
    spans = [Span("asr", begin, begin + for_) for begin, for_ in pairs]
    moments = {at for begin, for_ in pairs for at in range(begin, begin + for_) if start <= at < start + length}
    assert busy(spans, start, start + length) == len(moments)


def test_what_an_engine_computes_for_the_turn_is_not_our_share() -> None:
    spans = [Span("asr", 1.2, 1.39), Span("tts", 1.46, 1.6), Span("disk", 1.38, 1.4)]
    assert own_share(_TRACE, spans) == pytest.approx(0.06)


def test_the_detector_goes_on_beside_a_turn_and_excuses_nothing() -> None:
    assert own_share(_TRACE, [Span("detect", 1.3, 1.5)]) == pytest.approx(0.2)


def test_the_stages_of_a_turn_add_up_to_the_whole() -> None:
    whole, *rest = summarise([_TRACE], [])
    assert whole.p50_ms == pytest.approx(620)
    assert sum(row.p50_ms for row in rest[:-1]) == pytest.approx(whole.p50_ms)


def test_no_turns_give_no_rows() -> None:
    assert summarise([], []) == []


def test_sound_is_found_by_its_first_and_last_loud_sample_of_either_sign() -> None:
    pcm = np.array([0, 500, -32768, 0, -400, 3, 0], "<i2").tobytes()
    assert (first_over(pcm, 400, 0), first_over(pcm, 400, 3), last_over(pcm, 400)) == (1, 4, 4)
    assert (first_over(pcm, 400, -9), first_over(pcm, 400, 5), last_over(bytes(8), 400)) == (1, None, None)


def test_a_worker_with_a_ledger_notes_its_calls_and_those_that_fail() -> None:
    async def work(ledger: Ledger) -> int:
        with Worker("disk", ledger) as worker:
            with pytest.raises(ZeroDivisionError):
                await worker.call(divmod, 1, 0)
            return await worker.call(abs, -3)

    ledger = Ledger()
    assert asyncio.run(work(ledger)) == 3
    assert [span.name for span in ledger.spans] == ["disk", "disk"]
    assert all(span.start <= span.end for span in ledger.spans)
