"""The chat template in a model file: makes one text of a conversation, in the form that the model learned."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import jinja2

from models.dialects import Prompt
from models.engine import EngineFailed
from models.llama_session import LlamaSession
from models.template_sandbox import BadTemplate, TemplateSandbox


class ChatTemplate:
    """Runs in a sandbox, since whoever made the file wrote it too. Owned by one thread."""

    def __init__(self, path: Path, session: LlamaSession, mark_names: list[str]) -> None:
        """`path` is for messages; `mark_names` are the tokens that no text may spell. Raises EngineFailed."""
        source = session.metadata("tokenizer.chat_template")
        if source is None:
            raise EngineFailed(f"{path} has no chat template: it is not a chat model, take the instruct version")
        self.source = source
        """As it is in the file."""
        self._first_mark, self._last_mark = session.sentence_marks()
        try:
            self._sandbox = TemplateSandbox(source)
        except BadTemplate as exc:
            raise EngineFailed(f"the chat template in {path} cannot be read: {exc}") from exc
        self._path = path
        longest_first = sorted(mark_names, key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def render(self, prompt: Prompt) -> str:
        """Write the prompt, up to where the answer begins. Raises EngineFailed when the template does."""
        chat = [{"role": message.role, "content": self._without_marks(message.text)} for message in prompt.messages]
        try:
            return self._sandbox.render(
                messages=chat,
                tools=prompt.tools,
                bos_token=self._first_mark,
                eos_token=self._last_mark,
                add_generation_prompt=True,
                # A voice answer has no time for thinking aloud; templates without the switch ignore it.
                enable_thinking=False,
                raise_exception=_refuse,
                strftime_now=_strftime_now,
            )
        except BadTemplate as exc:
            raise EngineFailed(f"the chat template in {self._path} fails: {exc}") from exc

    def _without_marks(self, text: str) -> str:
        """Take the names of marks out of a text: what was said or seen cannot open a system message."""
        while (cleaned := self._marks.sub("", text)) != text:
            text = cleaned
        return text


def _refuse(message: str) -> NoReturn:
    """Let a template say why it takes no such conversation."""
    raise jinja2.TemplateError(message)


def _strftime_now(form: str) -> str:
    """Let a template tell the model what day it is."""
    return datetime.now().strftime(form)
