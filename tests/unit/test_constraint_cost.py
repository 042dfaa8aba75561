"""The two engines are compared on the same answers."""

from __future__ import annotations

from pathlib import Path

from models.constraint_cost import constraint_costs
from tests.fuzz_calls import TOOLS
from tests.tiny_gguf import write_tiny_gguf


def test_the_two_engines_walk_the_same_answers_and_one_of_them_sees_what_is_forced(tmp_path: Path) -> None:
    answers = ['{"tool": "set_timer", "arguments": {"minutes": 5}}', '{"say": "It is five."}']
    ours, llama = constraint_costs(write_tiny_gguf(tmp_path / "tiny.gguf"), TOOLS, answers)
    assert (ours.engine, llama.engine) == ("llguidance", "gbnf")
    assert llama.forced_tokens == 0
    assert ours.chosen_tokens + ours.forced_tokens == llama.chosen_tokens
    assert ours.forced_tokens > llama.chosen_tokens / 2
    assert 0 < ours.mask_s <= ours.slowest_mask_s <= ours.answers_s
