"""What the latency bench makes of pipecat's turns, and of a peer's program that does not behave."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.progress import Progress

from audio.frames import SAMPLE_RATE
from edge.benches.latency import Report
from edge.benches.latency_tables import ratio, show
from edge.benches.latency_trace import Heard, Side, Trace, our_side
from edge.benches.peer import run_peer
from edge.benches.peer_environment import PeerMissing, interpreter, is_made, peer_python, requirements
from edge.benches.peer_protocol import Answer, Clip, Job, Variant
from edge.benches.peer_turns import PeerTurn, on_one_clock, peer_side
from edge.config import Config, HearingSection
from models.engine import EngineFailed

_FAKE = "tests.unit.fake_peer"
_STAGES = {"silent": 0.2, "text": 0.3, "turn": 0.5, "speak": 0.51, "written": 0.53, "audible": 0.54}
_GOOD = PeerTurn(_STAGES, False)
_OURS = Trace(last_voiced=0.0, speech_end=0.0, decided=0.2, text=0.25, call=0.26, written=0.26, audible=0.27)
_JOB = Job(
    sentences=(),
    vocabulary=(),
    cache="",
    silero="",
    language="en",
    people=(),
    lists=(),
    words_per_minute=165,
    variants=(Variant("as it comes"), Variant("after 0.3 s", 0.3)),
    clips=(Clip(b"\x01\x02" * 500_000, "twelve"), Clip(b"", "fine")),
    between_s=0,
    answer_s=0,
)


def sound(*runs: tuple[float, int]) -> bytes:
    """Give runs of so many seconds at so loud a sample."""
    return b"".join(np.full(round(seconds * SAMPLE_RATE), level, "<i2").tobytes() for seconds, level in runs)


def ask(behaviour: str) -> list[Answer]:
    return run_peer([sys.executable, "-m", _FAKE, behaviour], _JOB, lambda: None)


def peer(*turns: PeerTurn) -> Side:
    return peer_side("pipecat", turns, [])


def test_the_parts_of_a_peers_turn_add_up_to_the_whole() -> None:
    whole, *stages = peer(_GOOD).rows
    assert whole.p50_ms == pytest.approx(540)
    assert sum(one.p50_ms for one in stages) == pytest.approx(540)
    assert [one.p50_ms for one in peer(_GOOD).parts] == pytest.approx([500, 10, 30])


def test_a_turn_that_began_before_the_wearer_had_finished_is_counted_and_flatters_no_median() -> None:
    early = PeerTurn({name: at - 0.6 for name, at in _STAGES.items()}, True)
    side = peer_side("pipecat", [_GOOD, early, PeerTurn({}, False)], [early, _GOOD])
    assert (side.turns, side.not_answered, side.cut_off) == (1, 1, 1)
    assert (side.hesitating, side.hesitating_cut_off) == (2, 1)
    assert side.rows[0].p50_ms == pytest.approx(540)


def test_ours_are_counted_by_the_same_rule() -> None:
    side = our_side([Heard(_OURS), Heard(), Heard(cut_off=True)], [Heard(cut_off=True), Heard(_OURS)], [])
    assert (side.turns, side.not_answered, side.cut_off) == (1, 1, 1)
    assert (side.hesitating, side.hesitating_cut_off) == (2, 1)
    assert [one.p50_ms for one in side.parts] == pytest.approx([250, 10, 10])


def test_the_clock_starts_with_the_last_voiced_sample_and_ends_with_the_first_audible_one_after_it() -> None:
    answer = Answer(
        "as it comes",
        0,
        {"silent": 101.2, "text": 101.3, "turn": 101.4, "speak": 101.4, "written": 101.45},
        ended=(101.4,),
        said_at=100.0,
        said=sound((1.0, 5000), (0.5, 3)),
        played_at=99.0,
        played=sound((0.5, 900), (2.0, 0), (0.1, 900)),
    )
    turn = on_one_clock(answer)
    assert turn.answered
    assert turn.stages["turn"] == pytest.approx(0.4, abs=1e-3)
    assert turn.stages["audible"] == pytest.approx(0.5, abs=1e-3)


def test_a_turn_is_cut_off_when_any_end_lies_before_the_last_voiced_sample() -> None:
    said = sound((1.0, 5000))
    assert on_one_clock(Answer("", 0, {}, (10.5, 11.4), 10.0, said, 10.0, b"")).cut_off
    assert not on_one_clock(Answer("", 0, {}, (11.4,), 10.0, said, 10.0, b"")).cut_off
    assert on_one_clock(Answer("", 0, {}, (), 10.0, bytes(8), 10.0, b"")) == PeerTurn({}, False)


def test_the_ratio_is_that_of_the_medians_and_there_is_none_without_turns() -> None:
    ours = our_side([Heard(_OURS)], [], [])
    assert ratio(ours, peer(_GOOD)) == pytest.approx(2.0)
    assert ratio(ours, peer()) is None
    assert ratio(our_side([Heard()], [], []), peer(_GOOD)) is None


def test_the_table_has_both_sides_the_ratio_the_cut_offs_and_the_parts() -> None:
    text = StringIO()
    sides = [peer_side("pipecat", [_GOOD], [_GOOD, PeerTurn({}, True)]), peer_side("mute", [], [])]
    show(Report("a machine", our_side([Heard(_OURS)], [Heard()], []), sides), Console(file=text, width=140))
    lines = [line.strip() for line in text.getvalue().splitlines()]
    [row] = [line.split() for line in lines if line.startswith("pipecat  ")]
    assert row == ["pipecat", "540", "540", "2.00", "0", "of", "1", "1", "of", "2"]
    [parts] = [line for line in lines if line.startswith("the words are there")]
    assert parts.split()[-2:] == ["250", "500"]


def test_without_a_peer_only_our_side_is_shown() -> None:
    text = StringIO()
    show(Report("a machine", our_side([Heard(_OURS)], [], []), []), Console(file=text, width=140))
    assert "side by side" not in text.getvalue()


def test_a_peer_gets_the_whole_job_and_answers_each_clip_in_each_variant() -> None:
    told: list[int] = []
    found = run_peer([sys.executable, "-m", _FAKE, "answers"], _JOB, lambda: told.append(1))
    assert [(one.variant, one.clip) for one in found] == [
        (variant.name, number) for variant in _JOB.variants for number in (0, 1)
    ]
    assert [one.said for one in found] == [clip.pcm for clip in _JOB.clips] * 2
    assert len(told) == 4


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("breaks", "ended after 1 clips with status 3: no module named pipecat"),
        ("refuses", "ended after 0 clips with status 3: no module named pipecat"),
        ("babbles", "gave no answer"),
        ("mixes", "answered clip 1 of as it comes, not 0"),
    ],
)
def test_a_peer_that_does_not_answer_as_it_should_is_an_error_that_says_why(behaviour: str, why: str) -> None:
    with pytest.raises(EngineFailed, match=why):
        ask(behaviour)


def test_a_peer_that_cannot_be_started_is_an_error() -> None:
    with pytest.raises(EngineFailed, match="cannot be started"):
        run_peer(["/nowhere"], _JOB, lambda: None)


def test_both_sides_have_the_same_engines_and_all_versions_are_exact() -> None:
    assert "pipecat-ai==1.14.0" in requirements()
    assert all("==" in one for one in requirements())


def test_an_environment_with_other_versions_than_wanted_counts_for_not_made(tmp_path: Path) -> None:
    made = tmp_path / "made.txt"
    assert not is_made(tmp_path)
    interpreter(tmp_path).parent.mkdir()
    interpreter(tmp_path).touch()
    made.write_text("\n".join(requirements()))
    assert is_made(tmp_path)
    made.write_text("pipecat-ai==0.1")
    assert not is_made(tmp_path)


def test_a_peer_with_other_engines_than_ours_is_not_compared() -> None:
    other = Config(hearing=HearingSection(recogniser="faster-whisper"))
    with pytest.raises(PeerMissing, match="default recogniser"):
        peer_python(other, Progress(disable=True))
