"""What Whisper makes up is told from what it heard."""

from __future__ import annotations

import pytest

from models.hallucination import Doubts, believe, too_many, without_loop
from models.transcript import TimedWord, plain_words

SURE = Doubts(-0.2, 0.02, 1.1)


def words(text: str) -> list[TimedWord]:
    return [TimedWord(one, place * 0.3, place * 0.3 + 0.3, 0.9, one) for place, one in enumerate(plain_words(text))]


def kept(text: str) -> str:
    return " ".join(word.text for word in without_loop(words(text)))


def test_a_sentence_is_believed() -> None:
    hypothesis = believe(words("set a timer for ten minutes"), SURE, 1.6)
    assert len(hypothesis.words) == 6
    assert hypothesis.confidence > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you for watching.",
        "Subtitles by the Amara.org community",
        "字幕由Amara.org社群提供",
        "请不吝点赞订阅转发打赏支持明镜与点点栏目",
        "",
    ],
)
def test_what_is_known_for_silence_is_not_believed(text: str) -> None:
    assert believe(words(text), SURE, 9.0).confidence == 0.0


@pytest.mark.parametrize("text", ["thank you", "thanks for watching the kids", "bye", "谢谢"])
def test_what_people_say_to_us_is_believed(text: str) -> None:
    assert believe(words(text), SURE, 2.0).confidence > 0.9


def test_its_own_prompt_is_not_believed() -> None:
    prompt = "以下是普通话的句子。"
    assert believe(words("以下是普通话的句子"), SURE, 3.0, prompt).confidence == 0.0
    assert believe(words("以下是普通话的句子吗"), SURE, 3.0, prompt).confidence > 0.9


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("turn on the light the light the light", "turn on the light"),
        ("I'm bad, I'm bad, I'm bad, I'm bad", "i'm bad"),
        ("stop " * 6, "stop"),
        ("one two three four one two three four one two three four and more", "one two three four"),
    ],
)
def test_a_loop_ends_after_its_first_turn_and_is_not_acted_on(text: str, beginning: str) -> None:
    assert kept(text) == beginning
    assert believe(words(text), SURE, 20.0).confidence < 0.5


@pytest.mark.parametrize("text", ["no no no", "call zero zero zero one one one", "very very very good", "a b a b c"])
def test_people_repeat_themselves_too(text: str) -> None:
    assert kept(text) == " ".join(plain_words(text))


@pytest.mark.parametrize(("text", "voiced_s"), [("it should be a good night", 0.67), ("no", 0.1), ("k u n t z", 0.96)])
def test_the_fastest_people_are_not_too_fast(text: str, voiced_s: float) -> None:
    """Measured: six words of which the detector found 0.67 s, and spelled letters."""
    assert not too_many(words(text), voiced_s)


def test_more_words_than_the_time_holds_are_made_up() -> None:
    assert too_many(words("i will see you in the next video"), 0.3)
    assert believe(words("i will see you in the next video"), SURE, 0.3).confidence == 0.0
    assert too_many(words("我们下期视频再见好吗各位观众"), 0.3)
    assert not too_many(words("现在几点了"), 0.5)


@pytest.mark.parametrize("doubts", [Doubts(-1.5, 0.02, 1.1), Doubts(-0.2, 0.9, 1.1), Doubts(-0.2, 0.02, 3.0)])
def test_what_whisper_doubts_is_not_believed(doubts: Doubts) -> None:
    assert believe(words("turn on the light"), doubts, 2.0).confidence < 0.5
