"""What our reader lets through, llama.cpp survives: in a process of its own, in case it does not."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.gguf_file import BadGguf, Kind, Scalar
from models.gguf_language_model import check_language_model
from models.gguf_reader import read_gguf
from tests.gguf_forge import CODES, Parts, take_apart, u32, u64, value
from tests.tiny_gguf import write_tiny_gguf

pytest.importorskip("llama_cpp")

ROOT = Path(__file__).parents[2]
EDGES = (0, 1, 2, 8, 33, 500, 512, 4096, 1 << 20, (1 << 31) - 1, (1 << 32) - 1)
REALS = (0.0, 1e-12, 1e-6, 0.1, -1.0, 1e6)
TYPES = (0, 1, 2, 8, 20, 30)


def _mutations(parts: Parts, data: bytes) -> Iterator[bytes]:
    """Change each number, each tensor and, by dice, single bytes of the header."""
    for name, content in parts.metadata:
        kind = int.from_bytes(content[:4], "little")
        if kind in CODES:
            for number in REALS if Kind(kind) is Kind.FLOAT32 else EDGES:
                yield parts.with_entry(name.decode(), _scalar(Kind(kind), number)).written()
    for key in ("attention.key_length", "attention.value_length", "nextn_predict_layers", "full_attention_interval"):
        for number in EDGES:
            yield parts.with_entry(f"minicpm.{key}", _scalar(Kind.UINT32, number)).written()
    for index, head in enumerate(parts.heads):
        for kind in TYPES:
            if head.shape[0] % 32 == 0:
                yield parts.with_head(index, replace(head, type=kind)).laid_out().written()
        yield parts.with_head(index, replace(head, shape=head.shape[::-1])).laid_out().written()
        yield parts.with_head(index, replace(head, shape=(*head.shape, 1))).laid_out().written()
        yield parts.with_head(index, replace(head, name=b"rope_freqs.weight")).written()
    dice = random.Random(0)
    header = read_gguf(data).tensors[0].start
    for _ in range(100):
        at = dice.randrange(header)
        piece = dice.choice((dice.randbytes(1), u32(dice.choice(EDGES)), u64(dice.choice(EDGES))))
        yield data[:at] + piece + data[at + len(piece) :]


def _scalar(kind: Kind, number: float) -> bytes:
    try:
        return value(Scalar(kind, number))
    except struct.error:
        return value(Scalar(kind, 0))


def _is_accepted(data: bytes) -> bool:
    try:
        check_language_model(read_gguf(data))
    except BadGguf:
        return False
    return True


def test_llama_cpp_survives_every_mutation_that_is_let_through(tmp_path: Path) -> None:
    parts = take_apart(write_tiny_gguf(tmp_path / "valid.gguf", layers=1, width=32))
    accepted = [tmp_path / "valid.gguf"]
    for number, data in enumerate(sorted(set(_mutations(parts, parts.written())))):
        if _is_accepted(data):
            accepted.append(tmp_path / f"{number}.gguf")
            accepted[-1].write_bytes(data)
    child = subprocess.run(
        [sys.executable, "-m", "tests.llama_cpp_survival"],
        input="\n".join(map(str, accepted)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    lines = child.stdout.splitlines()
    assert (child.returncode, lines[-1]) == (0, "alive"), child.stderr[-2000:]
    refused = sum(line.startswith("  refused") for line in lines)
    # Else the test would say nothing: neither that nothing is let through nor that nothing is answered.
    assert len(accepted) > 80
    assert refused < len(accepted) / 2
