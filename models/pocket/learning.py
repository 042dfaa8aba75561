"""What the pocket model is taught by, and how well it does on examples that it never saw."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from models.pocket.annotated import Example
from models.pocket.augment import Varied
from models.pocket.batches import Batch, Encoder, batch_of, pad_token
from models.pocket.frames import FRAMES, LABELS, TOOLS, call_of, labels_of
from models.pocket.network import Pocket
from models.pocket.tokens import Tokens
from models.pocket.words import spans_of

_SMOOTHING = 0.05
"""Some labels are wrong: nothing is learned to be more certain than that."""
_NEVER = -1e4
_AT_ONCE = 64
_TOOLS = list(TOOLS)


class Lessons:
    """Scores of frames and labels, and the loss that they make."""

    def __init__(self, tokens: Tokens, device: torch.device) -> None:
        self.tokens = tokens
        self._frames = tokens.first_frame, tokens.first_label
        self._labels = tokens.first_label, tokens.size
        tool_of = torch.tensor([_TOOLS.index(frame.tool) for frame in FRAMES])
        self.same_tool = (tool_of[:, None] == tool_of[None, :]).to(device)
        """(frame, frame): whether two frames are of one tool."""
        allowed = [[label in labels_of(frame.tool) for label in LABELS] for frame in FRAMES]
        self.allowed = torch.tensor(allowed, device=device)
        """(frame, label)"""

    def frame_scores(self, model: Pocket, hidden: Tensor, batch: Batch) -> Tensor:
        """Give (example, frame)."""
        rows = torch.arange(len(batch.call), device=hidden.device)
        return model.logits(hidden[rows, batch.call], *self._frames)

    def label_scores(self, model: Pocket, hidden: Tensor, batch: Batch) -> Tensor:
        """Give (word, label), where labels that the frame does not have are impossible."""
        scores = model.logits(hidden[batch.label_row, batch.label_place], *self._labels)
        return scores.masked_fill(~self.allowed[batch.frame[batch.label_row]], _NEVER)

    def loss(self, model: Pocket, batch: Batch, dropout: float) -> tuple[Tensor, Tensor]:
        """Give the loss of the frames and that of the labels."""
        hidden = model(batch.tokens, dropout)
        scores = torch.log_softmax(self.frame_scores(model, hidden, batch), -1)
        right = scores.gather(1, batch.frame[:, None])[:, 0]
        right_tool = torch.logsumexp(scores.masked_fill(~self.same_tool[batch.frame], _NEVER), -1)
        frames = -torch.where(batch.tool_only, right_tool, right).mean()
        smoothed = (1 - _SMOOTHING) * frames - _SMOOTHING * scores.mean()
        labels = F.cross_entropy(self.label_scores(model, hidden, batch), batch.label, reduction="sum")
        return smoothed, labels / max(1, len(batch.label))


@torch.no_grad()
def exam(model: Pocket, lessons: Lessons, encoder: Encoder, examples: Sequence[Example]) -> dict[str, float]:
    """Give percent of right tools and of wholly right calls; the words' labels follow the frame that was chosen."""
    model.eval()
    right_tools = right_calls = 0
    device = next(model.parameters()).device
    pad = pad_token(lessons.tokens)
    for begin in range(0, len(examples), _AT_ONCE):
        some = examples[begin : begin + _AT_ONCE]
        blind = [Example(one.words, FRAMES[0], tool_only=True) for one in some]
        batch = batch_of([encoder.encode(Varied(one), broken=False) for one in blind], pad).to(device)
        scores = lessons.frame_scores(model, model(batch.tokens), batch).softmax(-1)
        tools = (scores @ lessons.same_tool.float()).argmax(-1)
        chosen = scores.masked_fill(~lessons.same_tool[tools], -1).argmax(-1).tolist()
        guesses = [Example(one.words, FRAMES[frame]) for one, frame in zip(some, chosen, strict=True)]
        encoded = [encoder.encode(Varied(one), broken=False) for one in guesses]
        labels: list[list[str]] = [[] for _ in some]
        batch = batch_of(encoded, pad).to(device)
        if len(batch.label):
            best = lessons.label_scores(model, model(batch.tokens), batch).argmax(-1).tolist()
            for row, label in zip(batch.label_row.tolist(), best, strict=True):
                labels[row].append(LABELS[label])
        for one, guess, words in zip(some, guesses, labels, strict=True):
            call = call_of(guess.frame, one.words, spans_of(words))
            right_tools += call.tool == one.call.tool
            right_calls += (call.tool, sorted(call.arguments)) == (one.call.tool, sorted(one.call.arguments))
    model.train()
    return {"tool": 100 * right_tools / len(examples), "call": 100 * right_calls / len(examples)}
