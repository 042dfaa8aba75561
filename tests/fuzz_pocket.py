"""Lets pocket models with random weights understand texts, and checks each: python -m tests.fuzz_pocket --count 100000

No trained model comes near the corners as often as ones that know nothing. Whatever the weights are, what comes out
must be calls of the table in frames.py, and every value a piece of what was said. Ends with an exception at the first
that is not.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from models.pocket.frames import CLOSED, SEVERAL, TOOLS, Call, Understanding
from models.pocket.words import MOST_WORDS, normalise
from tests.tiny_pocket import open_tiny_pocket, write_tiny_pocket

_ROUND = 1000
"""Texts for each model."""
_COMMANDS = """
add milk and eggs to the shopping list then tell anna i am late tomorrow at nine turn on kitchen lights
<s> </s> <means> <asked> <known> <several> <=when> <control_home on> play . , ' " _ - # 7 é 你好 🙂 naïve's ﷺ
"""
_WORDS = (*_COMMANDS.split(), "\u00a0", "\u200b", "\u2028", "\ufeff", "\x00", "e\u0301", "\U0010ffff", "x" * 300)
"""What commands are made of, the names of our own tokens, and what upsets tokenizers."""


def check(text: str, meant: Understanding) -> None:
    """Check what a text was understood as. Raises AssertionError."""
    words = normalise(text)[:MOST_WORDS]
    assert meant.calls, "no call"
    assert 0 <= meant.confidence <= 1, meant.confidence
    assert 0 <= meant.values <= 1, meant.values
    assert meant.effort.batches >= 1, meant.effort
    said = f" {' '.join(words)} "
    for call, part in zip(meant.calls, meant.texts, strict=True):
        assert call.tool in TOOLS, call
        assert call.tool != SEVERAL, call
        # Between fences, so that a part is whole words.
        assert f" {part} " in said, meant
        _check_arguments(call, f" {part} ")


def _check_arguments(call: Call, said: str) -> None:
    for name, value in call.arguments:
        assert name in TOOLS[call.tool], call
        if (call.tool, name) in CLOSED:
            assert value in CLOSED[call.tool, name], call
        else:
            assert value, call
            assert f" {value} " in said, call
    for tool, name in CLOSED:
        if tool == call.tool:
            assert [argument for argument, _ in call.arguments].count(name) == 1, call


def random_text(dice: random.Random) -> str:
    """Give some words, some of them of random letters; one in a hundred times a very long text."""
    count = 500 if dice.random() < 0.01 else dice.randint(0, 14)
    return " ".join(dice.choice(_WORDS) if dice.random() < 0.9 else _letters(dice) for _ in range(count))


def _letters(dice: random.Random) -> str:
    letters = (
        dice.choice((dice.randrange(0x80), dice.randrange(0xD800), dice.randrange(0xE000, 0x110000)))
        for _ in range(dice.randint(1, 12))
    )
    return "".join(map(chr, letters))


def main(arguments: list[str]) -> int:
    """Run, a new model for each thousand texts; say after each how far it is."""
    parser = argparse.ArgumentParser(description="Check what pocket models with random weights understand.")
    parser.add_argument("--count", type=int, default=3000, help="texts in all")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other models and texts")
    options = parser.parse_args(arguments)
    dice = random.Random(options.seed)
    started, done, silent = time.monotonic(), 0, 0
    called: Counter[str] = Counter()
    while done < options.count:
        with tempfile.TemporaryDirectory() as folder:
            model = open_tiny_pocket(write_tiny_pocket(Path(folder), dice.getrandbits(32)))
            for _ in range(min(_ROUND, options.count - done)):
                text = random_text(dice)
                known = [random_text(dice) for _ in range(dice.randint(0, 3))]
                meant = model.understand(text, asked=dice.random() < 0.2, known=known)
                done += 1
                if meant is None:
                    assert not normalise(text), f"nothing is made of {text!r}"
                    silent += 1
                else:
                    check(text, meant)
                    called.update(call.tool for call in meant.calls)
        print(f"{done} texts in {time.monotonic() - started:.0f} s, all well", flush=True)
    print("\n".join(f"{number:8} {tool}" for tool, number in called.most_common()))
    print(f"{silent:8} texts had no words; {len(TOOLS) - 1 - len(called)} tools never came")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
