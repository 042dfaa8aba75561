"""Facts about what was heard when speech is cut off."""

from __future__ import annotations

import pytest

from audio.playout import Playout


def spoken(*sentences: tuple[str, int], start: int = 0) -> Playout:
    playout = Playout(start)
    for sentence, samples in sentences:
        playout.begin(sentence)
        playout.wrote(samples)
    playout.finish()
    return playout


def test_whole_sentences_and_the_words_of_the_current_one_were_heard() -> None:
    playout = spoken(("It is ten.", 16000), ("You have two errands left today.", 32000))
    assert playout.heard(0) == ""
    assert playout.heard(16000) == "It is ten."
    assert playout.heard(32000) == "It is ten. You have two"
    assert playout.heard(48000) == "It is ten. You have two errands left today."


def test_a_turn_may_begin_anywhere_on_the_speaker() -> None:
    playout = spoken(("One two three four.", 19000), start=100_000)
    assert playout.heard(100_000) == ""
    assert playout.heard(108_000) == "One two"
    assert playout.written == 119_000


def test_a_sentence_that_is_still_being_made_is_not_taken_for_heard() -> None:
    playout = Playout()
    playout.begin("The train to Basel leaves at nine from platform four.")
    playout.wrote(16000)
    assert playout.heard(16000) == "The train to"


def test_a_sound_without_words_is_no_text() -> None:
    playout = Playout()
    playout.wrote(3000)
    playout.begin("Done.")
    playout.wrote(8000)
    playout.begin("")
    playout.wrote(3000)
    assert playout.heard(3000) == ""
    assert playout.heard(14000) == "Done."


def test_a_script_without_spaces_is_cut_between_characters() -> None:
    assert spoken(("今天天气很好。", 14000)).heard(8000) == "今天天气"


def test_a_sentence_without_sound_was_heard_only_when_time_passed_it() -> None:
    playout = spoken(("One.", 16000), ("", 0), ("Two.", 0), ("Three.", 16000))
    assert playout.heard(16000) == "One."
    assert playout.heard(32000) == "One. Two. Three."


def test_negative_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="samples"):
        Playout().wrote(-1)
