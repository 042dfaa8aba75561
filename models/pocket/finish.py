"""Makes the files that ship out of a trained run: `python -m models.pocket.finish --run RUN --data FOLDER`.

Writes the quantized model and its checksum, fits the votes to the same lessons, calibrates the confidence on the rows
of nlu_dev.jsonl, and compares the exported model with the trainer's: the same scores within rounding, or it stops.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch

from models.llama_session import LlamaSession, SessionOptions
from models.pocket.annotated import Example, example_of, read_rows
from models.pocket.augment import Varied
from models.pocket.batches import Encoder, batch_of, pad_token
from models.pocket.confidence import Table, calibrated
from models.pocket.export import load_checkpoint, quantize, write_gguf
from models.pocket.fit_votes import fit_votes
from models.pocket.learning import Lessons
from models.pocket.lessons import gather
from models.pocket.network import Pocket
from models.pocket.tokens import Tokens
from models.pocket.understand import FOLDER, PocketModel

_COMPARED = 50
_MOST_APART = 0.05
"""Scores of 32-bit floats summed in another order; measured: 0.002."""
_TUNED_ON = "nlu_dev.jsonl"


def main() -> None:
    """Write all files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="folder that models.pocket.train wrote")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--heard", type=Path, help="the pairs of models.pocket.noise that the run was trained with")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the files go (where they ship from)")
    parser.add_argument("--keep-votes", action="store_true", help="use the votes.npz that is in --out already")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    tuning = [example for example in map(example_of, read_rows(options.data / _TUNED_ON)) if example is not None]
    with tempfile.TemporaryDirectory() as scratch:
        exact, half = Path(scratch) / "exact.gguf", Path(scratch) / "half.gguf"
        write_gguf(options.run, exact, exact=True)
        apart = furthest_apart(options.run, exact, tuning[:_COMPARED])
        print(f"scores of trainer and llama.cpp differ by {apart:.4f} at most, over {_COMPARED} sentences")
        if apart > _MOST_APART:
            raise SystemExit("the export is wrong: these are not the scores of the trained model")
        write_gguf(options.run, half)
        quantize(half, options.out / "pocket.gguf")
    write_checksum(options.out / "pocket.gguf")
    if not options.keep_votes:
        print("fitting the votes")
        fit_votes(gather(options.data, options.heard, 1)).save(options.out / "votes.npz")
    print("calibrating")
    write_confidence(options.out, tuning)
    shutil.copy(options.run / "log.jsonl", options.out / "training_log.jsonl")
    for name in ("pocket.gguf", "votes.npz", "confidence.json"):
        print(f"{(options.out / name).stat().st_size:>10,} bytes  {name}")


def furthest_apart(run: Path, gguf: Path, examples: Sequence[Example]) -> float:
    """Give the largest difference of a frame's score between the trainer and llama.cpp."""
    shape, weights = load_checkpoint(run)
    model = Pocket(shape)
    model.load_state_dict(weights)
    model.eval()
    tokens = Tokens.load(run / "tokenizer.json")
    lessons, encoder = Lessons(tokens, torch.device("cpu")), Encoder(tokens, None)
    session = LlamaSession(gguf, SessionOptions(threads=1, context_tokens=256, batch_tokens=256))
    apart = 0.0
    for example in examples:
        encoded = encoder.encode(Varied(Example(example.words, example.frame, tool_only=True)), broken=False)
        with torch.no_grad():
            batch = batch_of([encoded], pad_token(tokens))
            ours = lessons.frame_scores(model, model(batch.tokens), batch)[0].numpy()
        theirs = session.scores(encoded.tokens, [encoded.call], slice(tokens.first_frame, tokens.first_label))
        assert theirs is not None  # nobody interrupts
        apart = max(apart, float(np.abs(ours - theirs[0]).max()))
    return apart


def write_confidence(folder: Path, examples: Sequence[Example]) -> None:
    """Calibrate the model in this folder on these rows and write the table."""
    path = folder / "confidence.json"
    path.write_bytes(msgspec.json.encode(Table([0.0, 1.0], [0.0, 1.0])))
    model = PocketModel(folder / "pocket.gguf", folder / "votes.npz", path)
    read = [(model.understand(" ".join(one.words)), one) for one in examples]
    shares = [meant.confidence for meant, _ in read if meant]
    right = [meant.calls[0].tool == one.frame.tool for meant, one in read if meant]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(calibrated(shares, right)), indent=1) + b"\n")


def write_checksum(path: Path) -> None:
    """Write the SHA-256 of a file beside it, as sha256sum does."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    Path(f"{path}.sha256").write_text(f"{digest}  {path.name}\n")


if __name__ == "__main__":
    main()
