from __future__ import annotations

import pytest

from edge.benches.figures import percentile
from edge.benches.turn import summarise
from edge.timeline import Turn


def turn(speech_end: float, first_sound: float | None) -> Turn:
    return Turn(
        speech_end_s=speech_end,
        decided_s=speech_end + 0.5,
        text_s=speech_end + 0.55,
        call_s=speech_end + 0.56,
        first_sound_s=first_sound,
        end_s=speech_end + 3,
    )


@pytest.mark.parametrize(("percent", "expected"), [(50, 2.0), (95, 4.0), (100, 4.0), (1, 1.0)])
def test_percentiles_are_values_that_were_measured(percent: float, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], percent) == expected


def test_the_stages_add_up_to_the_whole() -> None:
    rows = {row.stage: row for row in summarise([turn(1.0, 1.6), turn(2.0, 2.7)])}
    whole = rows.pop("END OF SPEECH TO FIRST SOUND")
    assert whole.turns == 2
    assert whole.p50_ms == pytest.approx(650)
    assert sum(row.p50_ms for row in rows.values()) == pytest.approx(650)


def test_a_turn_without_sound_does_not_count_as_fast() -> None:
    rows = {row.stage: row.turns for row in summarise([turn(1.0, None)])}
    assert "END OF SPEECH TO FIRST SOUND" not in rows
