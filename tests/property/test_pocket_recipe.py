"""What the pocket model is trained on: spans stay where they belong, whatever is varied."""

import random

from hypothesis import given
from hypothesis import strategies as st

from models.pocket.annotated import Example
from models.pocket.augment import Augmenter
from models.pocket.frames import FRAMES, TOOLS
from models.pocket.lessons import moved_to
from models.pocket.words import MOST_WORDS
from models.pocket.written import read_lists, read_written

LISTS = read_lists()
DICE = random.Random(4)
EXAMPLES = [written.example(LISTS, DICE) for written in read_written(LISTS)]
AUGMENTER = Augmenter(EXAMPLES, DICE)


@given(st.sampled_from(EXAMPLES))
def test_a_varied_example_keeps_its_meaning_and_its_arguments(example: Example) -> None:
    varied = AUGMENTER.vary(example)
    assert varied.example.frame == example.frame
    assert [span.argument for span in varied.example.spans] == [span.argument for span in example.spans]
    assert 0 < len(varied.example.words) <= MOST_WORDS
    end = 0
    for span in varied.example.spans:
        assert end <= span.start < span.end <= len(varied.example.words)
        end = span.end
    assert all(0 <= place < len(varied.example.words) for place in varied.known)


@given(st.sampled_from(EXAMPLES), st.data())
def test_spans_move_with_the_words_that_a_recogniser_heard(example: Example, data: st.DataObject) -> None:
    heard = tuple(data.draw(st.sampled_from([word, word, word, "er", word + "s"])) for word in example.words)
    moved = moved_to(example, heard)
    if moved is not None:
        assert moved.words == heard
        for span in moved.spans:
            assert 0 <= span.start < span.end <= len(heard)


def test_what_was_heard_right_is_the_same_example() -> None:
    for example in EXAMPLES[::50]:
        assert moved_to(example, example.words) == example


def test_every_tool_and_every_closed_word_has_sentences_of_ours() -> None:
    taught = {example.frame for example in EXAMPLES}
    assert {frame for frame in FRAMES if frame.tool != "several"} <= taught
    assert {frame.tool for frame in taught} | {"several"} == set(TOOLS)
