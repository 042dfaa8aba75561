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


def test_half_duplex_takes_what_begins_in_our_speech_or_in_its_echo_for_our_own_voice() -> None:
    floor = Floor(FloorOptions(half_duplex=True, tail_s=0.3))
    assert not floor.is_our_own_voice(1.0)
    floor.we_began()
    assert floor.is_our_own_voice(2.0)
    floor.we_ended(3.0)
    assert floor.is_our_own_voice(3.2)
    assert not floor.is_our_own_voice(3.4)


def test_with_an_echo_canceller_that_works_nothing_is_our_own_voice_and_with_one_that_fails_it_is() -> None:
    floor = Floor()
    floor.we_began()
    assert not floor.is_our_own_voice(2.0)
    floor.echo_remains(True)
    assert floor.is_our_own_voice(2.0)
    floor.echo_remains(False)
    assert not floor.is_our_own_voice(2.0)


def test_while_nobody_wears_the_device_nothing_is_announced() -> None:
    floor = Floor()
    floor.worn(False)
    assert not floor.may_announce(100.0)
    floor.worn(True)
    assert floor.may_announce(100.0)


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
