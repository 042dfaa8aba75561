"""What we say is understood: the default recogniser hears a written sentence that espeak spoke."""

from __future__ import annotations

import pytest

from models.asr import Recogniser
from models.espeak_tts import EspeakVoice
from models.pocketsphinx_asr import PocketsphinxRecogniser
from models.spoken import spoken

SENTENCES = [
    *(
        f"wake me up at {hour} {minute}"
        for hour in ("seven", "nine", "ten")
        for minute in ("thirty", "fifteen", "forty five")
    ),
    *(
        f"what is {above} {below} of {number}"
        for above in ("one", "two", "three")
        for below in ("thirds", "quarters", "half")
        for number in ("nine", "ninety", "nineteen")
    ),
    *(
        f"how much is {number} percent of {price} dollars"
        for number in ("twenty", "seventy")
        for price in ("fifteen", "fifty")
    ),
    *(
        f"set a timer for {number} {unit}"
        for number in ("five", "ten", "twenty")
        for unit in ("seconds", "minutes", "hours")
    ),
]
_READINGS = 3
"""espeak reads no text twice alike, and one reading in fifty or so is misheard; wrong words are wrong in each."""


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Recogniser:
    return PocketsphinxRecogniser(SENTENCES, [], tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Wake me up at 9:30.", "nine thirty"),
        ("What is 2/3 of 90?", "two thirds"),
        ("How much is 20% of $50?", "fifty dollars"),
        ("Set a timer for 20 min.", "twenty minutes"),
    ],
)
def test_what_is_written_is_heard_as_it_is_meant(recogniser: Recogniser, written: str, heard: str) -> None:
    assert any(heard in listen(recogniser, spoken(written)) for _ in range(_READINGS))


def listen(recogniser: Recogniser, text: str) -> str:
    recogniser.start()
    recogniser.feed(b"".join(EspeakVoice().speak(text)) + bytes(16_000))
    return recogniser.finish().text
