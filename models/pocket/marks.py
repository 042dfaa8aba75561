"""The names of the pocket model's own tokens."""

from __future__ import annotations

from models.pocket.frames import FRAMES, LABELS

BEGIN, END, PAD, MEANS, ASKED, KNOWN = "<s>", "</s>", "<pad>", "<means>", "<asked>", "<known>"
"""MEANS stands after the utterance, ASKED before it while a question is open, KNOWN before a name of the owner's."""
MARKS = (BEGIN, END, PAD, MEANS, ASKED, KNOWN)
FRAME_TOKENS = tuple(f"<{frame.name}>" for frame in FRAMES)
LABEL_TOKENS = tuple(f"<={label}>" for label in LABELS)
