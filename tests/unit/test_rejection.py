"""How far words are believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.rejection import WordEvidence, confidence

EVIDENCE = st.builds(
    WordEvidence,
    word=st.sampled_from(["", "light", "the"]),
    order=st.integers(1, 4),
    posterior=st.floats(0, 1),
    duration_s=st.floats(0, 30),
)


def sentence(order: int = 3, posterior: float = 0.95, duration_s: float = 0.3) -> list[WordEvidence]:
    words = [WordEvidence(word, order, posterior, duration_s) for word in ("turn", "on", "the", "light")]
    return [*words, WordEvidence("", order, 1.0, 0.1)]


def test_a_known_sentence_said_clearly_is_believed() -> None:
    assert confidence(sentence()) > 0.8


def test_word_salad_is_not() -> None:
    """Words that follow on nothing known need a lattice without doubt; a known sentence does not."""
    assert confidence(sentence(order=1, posterior=0.7)) < 0.5 < confidence(sentence(order=3, posterior=0.7))


def test_words_that_the_lattice_doubts_are_not() -> None:
    assert confidence(sentence(posterior=0.03)) < 0.5


def test_a_word_drawn_out_over_a_noise_is_not() -> None:
    noise = [WordEvidence("thank", 2, 0.9, 2.5), WordEvidence("", 2, 1.0, 0.1)]
    assert confidence(noise) < 0.5


def test_no_words_are_never_believed() -> None:
    assert confidence([]) == 0.0
    assert confidence([WordEvidence("", 3, 1.0, 0.5)]) == 0.0


@given(st.lists(EVIDENCE, max_size=8))
def test_confidence_is_a_share(evidence: list[WordEvidence]) -> None:
    assert 0.0 <= confidence(evidence) <= 1.0
