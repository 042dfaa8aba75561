"""Lets a model with random weights make calls, and checks each: python -m tests.fuzz_calls --count 100000

No trained model comes near the corners of a grammar as often as one that knows nothing. Every answer must be read by
its dialect and fit its schema by the judgement of another program (jsonschema). Ends with status 1 at the first that
does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # ships no types
import numpy as np

from models.dialects import Dialect, MiniCpmXml, SayJson, ToolCallJson
from models.grammar import Choice, Rule
from models.llama_session import LlamaSession, SessionOptions
from models.llama_writer import LlamaWriter
from models.llguidance_constraint import Vocabulary
from models.llm import Delta, ToolSchema
from tests.tiny_gguf import write_tiny_gguf

DIALECTS: tuple[Dialect, ...] = (SayJson(), ToolCallJson(), MiniCpmXml())
_ROUND = 1000
_LONGEST_ANSWER = 500
"""Tokens; with the tools below no call is longer."""


def _tool(name: str, required: list[str], **properties: object) -> ToolSchema:
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return ToolSchema(name, "Do it.", parameters)


def _text(longest: int, least: int = 1) -> dict[str, object]:
    return {"type": "string", "minLength": least, "maxLength": longest}


def _whole(low: int, high: int) -> dict[str, object]:
    return {"type": "integer", "minimum": low, "maximum": high}


_ANY_WHOLE = {"type": "integer"}
_SWITCHES = {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 3}
_PLACE = {"type": "object", "properties": {"x": _ANY_WHOLE, "a<b": _text(3)}, "required": ["x"]}
TOOLS = (
    _tool("stop", []),
    _tool("set_timer", ["minutes"], minutes=_whole(1, 180), label=_text(8)),
    _tool("set_time", [], hour=_whole(0, 23), part={"enum": ["", "am", 'the "small" <hours>']}),
    _tool("set_level", ["level"], level={"type": "number", "minimum": -2.5, "maximum": 7}, room={"enum": ["a", "R&D"]}),
    _tool("set_lights", ["on"], on=_SWITCHES),
    _tool("send", ["to"], to=_text(6, 2), urgent={"type": ["boolean", "null"]}),
    _tool("note", [], tags={"type": "array", "items": _text(4), "maxItems": 2}, at={"anyOf": [_ANY_WHOLE, _text(5)]}),
    _tool("go", ["to"], to=_PLACE),
)
_VALIDATORS = {tool.name: jsonschema.Draft202012Validator(tool.parameters) for tool in TOOLS}


def random_calls(path: Path, dialect: Dialect, count: int, seed: int) -> Iterator[tuple[str, float]]:
    """Give the texts of that many calls of the model in `path`, and how sure it was of each."""
    session = LlamaSession(path, SessionOptions(threads=1, context_tokens=1024))
    vocabulary = Vocabulary(session, [token for token, (_, may) in session.marks().items() if not may])
    constraint = vocabulary.hold_to(_calls_only(dialect.grammar(TOOLS)))
    random = np.random.default_rng(seed)
    prompt = session.tokenize("set a timer")
    for _ in range(count):
        constraint.begin()
        writer = LlamaWriter(session, constraint, _LONGEST_ANSWER, temperature=10.0, random=random)
        yield "".join(writer.pieces(prompt)), writer.confidence


def check_call(text: str, dialect: Dialect) -> str:
    """Give the name of the called tool, or "words". Raises BadCall or jsonschema.ValidationError."""
    call = dialect.read(text, TOOLS)
    if isinstance(call, Delta):
        return "words"
    _VALIDATORS[call.tool].validate(call.arguments)
    return call.tool


def _calls_only(rule: Rule) -> Rule:
    # The first option is words. A random model would take it nearly always, where words need no mark.
    assert isinstance(rule, Choice)
    return Choice(rule.options[1:])


def main(arguments: list[str]) -> int:
    """Run, a thousand calls in each dialect in turn; say after each thousand how far it is."""
    parser = argparse.ArgumentParser(description="Check calls that a model with random weights makes.")
    parser.add_argument("--count", type=int, default=3000, help="calls in all")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other calls")
    options = parser.parse_args(arguments)
    started, done = time.monotonic(), 0
    called: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = write_tiny_gguf(Path(folder) / "tiny.gguf", layers=1, width=32)
        for turn, dialect in enumerate(cycle(DIALECTS)):
            count = min(_ROUND, options.count - done)
            if count <= 0:
                break
            for text, _ in random_calls(path, dialect, count, seed=options.seed + turn):
                called[f"{type(dialect).__name__} {check_call(text, dialect)}"] += 1
            done += count
            print(f"{done} answers in {time.monotonic() - started:.0f} s, all fit", flush=True)
    print("\n".join(f"{number:8} {what}" for what, number in sorted(called.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
