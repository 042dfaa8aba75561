from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.floor import Floor, FloorOptions


def test_nothing_is_announced_while_the_wearer_speaks_or_soon_after() -> None:
    floor = Floor(FloorOptions(pause_s=0.7))
    floor.wearer_began()
    assert not floor.may_announce(100.0)
    floor.wearer_ended(100.0)
    assert not floor.may_announce(100.69)
    assert floor.may_announce(100.71)


def test_a_turn_holds_the_floor_until_its_last_sound_and_a_pause() -> None:
    floor = Floor(FloorOptions(pause_s=0.7))
    floor.turn_began()
    assert not floor.may_announce(50.0)
    floor.turn_ended(50.0)
    assert not floor.may_announce(50.5)
    assert floor.may_announce(50.8)


def test_nothing_is_announced_while_a_question_waits() -> None:
    floor = Floor()
    floor.question(True)
    assert not floor.may_announce(1000.0)
    floor.question(False)
    assert floor.may_announce(1000.0)


@given(
    st.lists(
        st.tuples(st.sampled_from(["began", "ended", "turn", "over", "ask", "answered"]), st.floats(0.01, 3)),
        max_size=40,
    )
)
def test_an_announcement_never_begins_within_the_pause_after_anybody_spoke(steps: list[tuple[str, float]]) -> None:
    floor = Floor(FloorOptions(pause_s=0.7))
    now, spoke_at, speaking, turn, question = 0.0, 0.0, False, False, False
    for what, after in steps:
        now += after
        if floor.may_announce(now):
            assert not any((speaking, turn, question))
            assert now - spoke_at >= 0.7
        match what:
            case "began":
                floor.wearer_began()
                speaking = True
            case "ended":
                floor.wearer_ended(now)
                speaking, spoke_at = False, now
            case "turn":
                floor.turn_began()
                turn = True
            case "over":
                floor.turn_ended(now)
                turn, spoke_at = False, now
            case _:
                question = what == "ask"
                floor.question(question)
