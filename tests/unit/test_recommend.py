from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalog import Board, Role, find, load_catalog
from models.recommend import Advice, Machine, recommend

ENTRIES = load_catalog()
PI_5 = Machine(
    cores=4,
    memory_mb=7000,
    disk_mb=20_000,
    bandwidth_gbs=11.0,
    decode_gbs=9.2,
    board_name="Raspberry Pi 5 Model B Rev 1.0",
    board=Board.PI_5,
)


def advice(machine: Machine, language: str = "en", here: tuple[str, ...] = ()) -> dict[str, Advice]:
    return {one.entry.name: one for one in recommend(ENTRIES, machine, language, here)}


def taken(machine: Machine, language: str = "en", here: tuple[str, ...] = ()) -> list[str]:
    return [name for name, one in advice(machine, language, here).items() if one.recommended]


def test_a_pi_5_gets_the_best_of_each_role() -> None:
    assert taken(PI_5) == ["minicpm5-1b", "whisper-base.en", "piper-ljspeech"]


def test_tokens_a_second_are_bytes_a_second_over_bytes_of_the_model() -> None:
    assert advice(PI_5)["minicpm5-1b"].tokens_s == pytest.approx(9.2e9 / 657e6)
    assert advice(replace(PI_5, decode_gbs=None))["minicpm5-1b"].tokens_s == pytest.approx(11e9 / 657e6)
    assert advice(PI_5)["whisper-base.en"].tokens_s is None


def test_the_eye_of_a_vision_model_is_not_read_for_each_token() -> None:
    assert advice(PI_5)["minicpm-v-4.6"].tokens_s == pytest.approx(9.2e9 / 529e6)


def test_little_memory_gets_the_smaller_model() -> None:
    assert taken(replace(PI_5, memory_mb=1300)) == ["minicpm4-0.5b", "whisper-base.en"]


def test_what_does_not_fit_in_memory_is_refused_with_the_numbers() -> None:
    refused = advice(replace(PI_5, memory_mb=1300))["minicpm5-1b"]
    assert not refused.fits
    assert "1400 MB" in refused.why
    assert "1300 MB are free" in refused.why


def test_what_does_not_fit_on_the_disk_is_refused_unless_it_is_there() -> None:
    full = replace(PI_5, disk_mb=100)
    assert not advice(full)["minicpm5-1b"].fits
    assert advice(full, here=("minicpm5-1b",))["minicpm5-1b"].recommended


def test_two_that_fit_alone_must_fit_together() -> None:
    tight = advice(replace(PI_5, disk_mb=800))
    assert tight["minicpm5-1b"].recommended
    assert "together with minicpm5-1b" in tight["whisper-base.en"].why
    assert tight["whisper-base.en"].fits


def test_a_model_slower_than_speech_is_refused() -> None:
    slow = advice(replace(PI_5, bandwidth_gbs=3.0, decode_gbs=2.9))
    assert not slow["minicpm5-1b"].fits
    assert "4.4 tokens a second (estimate)" in slow["minicpm5-1b"].why
    assert slow["minicpm4-0.5b"].recommended


def test_a_small_board_gets_what_ships() -> None:
    zero = replace(PI_5, memory_mb=600, board=Board.ZERO_2W, board_name="Raspberry Pi Zero 2 W Rev 1.0")
    assert taken(zero) == ["pocket"]
    pi_4 = advice(replace(PI_5, board=Board.PI_4, board_name="Raspberry Pi 4 Model B"))
    assert pi_4["minicpm5-1b"].why == "is too much for a Raspberry Pi 4 Model B"


def test_chinese_gets_models_that_know_it() -> None:
    assert taken(PI_5, "zh") == ["minicpm5-1b", "whisper-base", "piper-huayan"]
    assert "does not know 'zh'" in advice(PI_5, "zh")["whisper-base.en"].why


def test_a_language_that_no_model_knows_gets_none() -> None:
    assert taken(PI_5, "tlh") == []


@given(
    st.builds(
        Machine,
        cores=st.integers(1, 64),
        memory_mb=st.integers(0, 20_000),
        disk_mb=st.integers(0, 20_000),
        bandwidth_gbs=st.floats(0.1, 200),
        decode_gbs=st.none() | st.floats(0.1, 200),
        board_name=st.just("board"),
        board=st.none() | st.sampled_from(Board),
    ),
    st.sampled_from(["en", "zh"]),
)
def test_what_is_recommended_fits_together_and_once_a_role(machine: Machine, language: str) -> None:
    found = recommend(ENTRIES, machine, language)
    chosen = [one for one in found if one.recommended]
    assert [one.entry for one in found] == list(ENTRIES)
    assert len({one.entry.role for one in chosen}) == len(chosen)
    assert all(one.fits and language in one.entry.languages for one in chosen)
    assert all(one.recommended is (one.why == "") for one in found)
    assert not chosen or sum(one.entry.ram_mb for one in chosen) + 400 <= machine.memory_mb
    assert sum(one.entry.about_bytes for one in chosen if not one.entry.ships) / 1e6 <= machine.disk_mb
    assert Role.VISION not in {one.entry.role for one in chosen}


def test_more_memory_never_costs_a_model() -> None:
    pocket = find(ENTRIES, "pocket")
    small = advice(replace(PI_5, memory_mb=pocket.ram_mb + 400))
    assert small["pocket"].recommended
    for memory_mb in range(500, 3000, 50):
        fits = {name for name, one in advice(replace(PI_5, memory_mb=memory_mb)).items() if one.fits}
        assert fits <= {name for name, one in advice(replace(PI_5, memory_mb=memory_mb + 50)).items() if one.fits}
