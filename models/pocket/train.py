"""Trains the pocket model: `python -m models.pocket.train --data FOLDER --out RUN`.

The learning rate follows the clock, so a run always ends cooled down after `--minutes`. A run that was stopped
(Ctrl-C, a power cut) goes on from its last checkpoint when the same command is given again. Afterwards
`python -m models.pocket.export RUN` writes the files that ship.
"""

from __future__ import annotations

import argparse
import bisect
import itertools
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

# Before torch is imported: threads of OpenMP that spin for work waste their time slices on a busy machine (5x).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from models.pocket.annotated import Example, example_of, read_rows
from models.pocket.augment import Augmenter
from models.pocket.batches import Batch, Encoder, batch_of, pad_token
from models.pocket.learning import Lessons, exam
from models.pocket.lessons import Lesson, gather
from models.pocket.network import Pocket, Shape
from models.pocket.tokens import Tokens

_EXAMS = {"nlu": "nlu_dev.jsonl", "slurp": "slurp_devel.jsonl"}
_EXAM_ROWS = 300
"""Rows of each exam while training; the bench uses them all."""
_LOG_S, _EXAM_S, _SAVE_S = 30, 240, 120
_WARM_STEPS = 60
_FULL_RATE_UNTIL = 0.3
"""Share of the run after which the learning rate falls in a straight line to nearly nothing."""
_BUCKET = 24
"""Batches whose examples are sorted by length together, so that little is padding."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that a run depends on but its data."""

    minutes: float = 150.0
    shape: Shape = field(default_factory=lambda: Shape(vocabulary=4096))
    batch: int = 64
    rate: float = 2e-3
    dropout: float = 0.1
    label_weight: float = 1.0
    threads: int = 2
    seed: int = 1


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets (nlu_train.jsonl, ...)")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and tokenizer")
    parser.add_argument("--heard", type=Path, help="sentences as a recogniser heard them, from models.pocket.noise")
    parser.add_argument("--minutes", type=float, help="length of the whole run (150; 25 on a GPU)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe = _recipe_for(device, options)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    lessons = gather(options.data, options.heard, recipe.seed)
    tokens = _tokens(options.out / "tokenizer.json", lessons, recipe)
    exams = {name: _exam(options.data / file) for name, file in _EXAMS.items() if (options.data / file).exists()}
    Run(recipe, tokens, lessons, exams, options.out, device).train()


def _recipe_for(device: torch.device, options: argparse.Namespace) -> Recipe:
    on_gpu = device.type == "cuda"
    shape = Shape(vocabulary=4096, width=384, layers=8, heads=6, feed_forward=1024) if on_gpu else Shape(4096)
    minutes = options.minutes or (25.0 if on_gpu else 150.0)
    return Recipe(minutes=minutes, shape=shape, threads=options.threads, seed=options.seed)


def _tokens(path: Path, lessons: Sequence[Lesson], recipe: Recipe) -> Tokens:
    if not path.exists():
        sentences = (" ".join(one.example.words) for one in lessons for _ in range(max(1, int(one.weight))))
        Tokens.learn(sentences, recipe.shape.vocabulary).save(path)
    return Tokens.load(path)


def _exam(path: Path) -> list[Example]:
    examples = [example for example in map(example_of, read_rows(path)) if example is not None]
    return examples[:: max(1, len(examples) // _EXAM_ROWS)]


class Run:
    """One run of training, from its beginning or its checkpoint to its end."""

    def __init__(
        self,
        recipe: Recipe,
        tokens: Tokens,
        lessons: Sequence[Lesson],
        exams: dict[str, list[Example]],
        out: Path,
        device: torch.device,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self._recipe = replace(recipe, shape=replace(recipe.shape, vocabulary=tokens.size))
        self._dice = random.Random(recipe.seed)
        self._examples = [one.example for one in lessons]
        self._totals = list(itertools.accumulate(one.weight for one in lessons))
        self._augmenter = Augmenter(self._examples, self._dice)
        self._encoder = Encoder(tokens, self._dice)
        self._lessons = Lessons(tokens, device)
        self._exams = exams
        self._out = out
        self._device = device
        self._model = Pocket(self._recipe.shape).to(device)
        self._optimizer = _optimizer(self._model, recipe.rate)
        self._steps = self._seen = 0
        self._spent_s = 0.0
        self._resume()

    def train(self) -> None:
        """Train until the time is spent. Ctrl-C saves and ends."""
        parameters = sum(parameter.numel() for parameter in self._model.parameters())
        self._log({"parameters": parameters, "rows": len(self._examples), "epoch": round(self._totals[-1])})
        columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        try:
            with Progress(*columns) as bar:
                self._train(bar)
        finally:
            self._save()
        self._log({"final": self._measure(), "examples": self._seen, "steps": self._steps})

    def _train(self, bar: Progress) -> None:
        whole_s = self._recipe.minutes * 60
        task = bar.add_task("", total=whole_s)
        before_s, began = self._spent_s, time.monotonic()
        logged = examined = saved = self._spent_s
        mean = 0.0, 0.0
        for batch in self._batches():
            self._spent_s = before_s + time.monotonic() - began
            if self._spent_s >= whole_s:
                return
            losses = self._step(batch, self._spent_s / whole_s)
            share = 0.02 if self._steps > 1 else 1.0
            mean = mean[0] + share * (losses[0] - mean[0]), mean[1] + share * (losses[1] - mean[1])
            if self._spent_s - logged >= _LOG_S:
                logged = self._spent_s
                row: dict[str, object] = {"s": round(logged), "examples": self._seen}
                row |= {"frames": round(mean[0], 3), "labels": round(mean[1], 3)}
                if logged - examined >= _EXAM_S:
                    examined = logged
                    row["exams"] = self._measure()
                self._log(row)
                bar.update(task, completed=logged, description=f"{self._seen} examples, loss {sum(mean):.2f}")
            if self._spent_s - saved >= _SAVE_S:
                saved = self._spent_s
                self._save()

    def _step(self, batch: Batch, progress: float) -> tuple[float, float]:
        fall = max(0.0, (1 - progress) / (1 - _FULL_RATE_UNTIL)) + 0.01
        rate = self._recipe.rate * min(1.0, (self._steps + 1) / _WARM_STEPS) * min(1.0, fall)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            frames, labels = self._lessons.loss(self._model, batch, self._recipe.dropout)
        self._optimizer.zero_grad()
        (frames + self._recipe.label_weight * labels).backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._steps += 1
        self._seen += len(batch.call)
        return frames.item(), labels.item()

    def _batches(self) -> Iterator[Batch]:
        size, pad = self._recipe.batch, pad_token(self._lessons.tokens)
        while True:
            chances = (self._dice.random() * self._totals[-1] for _ in range(size * _BUCKET))
            drawn = [self._examples[bisect.bisect(self._totals, chance)] for chance in chances]
            varied = (self._augmenter.vary(example) for example in drawn)
            encoded = sorted(
                (self._encoder.encode(one, broken=True) for one in varied), key=lambda one: len(one.tokens)
            )
            batches = [encoded[begin : begin + size] for begin in range(0, len(encoded), size)]
            self._dice.shuffle(batches)
            yield from (batch_of(batch, pad).to(self._device) for batch in batches)

    def _measure(self) -> dict[str, dict[str, float]]:
        scores = {name: exam(self._model, self._lessons, self._encoder, rows) for name, rows in self._exams.items()}
        return {name: {key: round(value, 1) for key, value in one.items()} for name, one in scores.items()}

    def _save(self) -> None:
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "recipe": asdict(self._recipe),
            "steps": self._steps,
            "seen": self._seen,
            "spent_s": self._spent_s,
            "dice": self._dice.getstate(),
        }
        path = self._out / "checkpoint.pt"
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def _resume(self) -> None:
        path = self._out / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self._device, weights_only=True)
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._steps, self._seen, self._spent_s = state["steps"], state["seen"], state["spent_s"]
        version, numbers, rest = state["dice"]
        self._dice.setstate((version, tuple(numbers), rest))

    def _log(self, row: dict[str, object]) -> None:
        with (self._out / "log.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")


def _optimizer(model: Pocket, rate: float) -> torch.optim.Optimizer:
    named = list(model.named_parameters())
    matrices = [one for name, one in named if one.dim() > 1 and "embedding" not in name]
    others = [one for name, one in named if one.dim() == 1 or "embedding" in name]
    groups = [
        {"params": matrices, "weight_decay": 0.1, "share": 1.0},
        {"params": others, "weight_decay": 0.0, "share": 0.5},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)


if __name__ == "__main__":
    main()
