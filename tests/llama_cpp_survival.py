"""Run as a program: loads each file named on standard input and lets it answer, as the assistant would.

Prints each name before its file is opened. The last one printed is what ended the process, when something does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.engine import EngineFailed
from models.llama_session import LlamaSession, SessionOptions

_SAID = "the timer, Anna! \U0001f680 é 你好\n<|im_end|> \x07"
"""Words, marks, and characters that are no tokens."""


def answer(path: Path) -> None:
    """Do all that a turn does with a model."""
    session = LlamaSession(path, SessionOptions(threads=1, context_tokens=64, batch_tokens=32))
    session.marks()
    session.sentence_marks()
    for token in range(session.vocab_size):
        session.piece(token)
    tokens = session.tokenize(_SAID)[:40]
    for _ in range(2):
        session.evaluate(tokens)
        tokens.append(int(session.logits().argmax()))


def main() -> None:
    for line in sys.stdin:
        print(line.strip(), flush=True)
        try:
            answer(Path(line.strip()))
        except EngineFailed as exc:
            print(f"  refused: {exc}", flush=True)
    print("alive")


if __name__ == "__main__":
    main()
