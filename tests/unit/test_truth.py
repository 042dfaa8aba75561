from __future__ import annotations

import pytest

from edge.truth import claims_effect


@pytest.mark.parametrize(
    "sentence",
    [
        "Done!",
        "I have sent your message to Anna.",
        "I've booked a table.",
        "Your message was sent.",
        "It is done.",
        "Task completed.",
        "I just added milk to your list.",
        "Successfully scheduled for nine.",
        "All set!",
    ],
)
def test_a_sentence_that_claims_a_deed_is_known(sentence: str) -> None:
    assert claims_effect(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["It is nine o'clock.", "Paris is the capital of France.", "I can ask your phone.", "What shall I send?"],
)
def test_an_answer_is_let_through(sentence: str) -> None:
    assert not claims_effect(sentence)
