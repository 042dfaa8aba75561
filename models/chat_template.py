"""The chat template in a model file: makes one text of a conversation, in the form that the model learned."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from models.dialects import Prompt
from models.engine import EngineFailed
from models.llama_session import LlamaSession
from models.template_check import BadTemplate, check_template


class ChatTemplate:
    """Runs in Jinja's sandbox."""

    def __init__(self, path: Path, session: LlamaSession, mark_names: list[str]) -> None:
        """`path` is for messages; `mark_names` are the tokens that no text may spell. Raises EngineFailed."""
        source = session.metadata("tokenizer.chat_template")
        if source is None:
            raise EngineFailed(f"{path} has no chat template: it is not a chat model, take the instruct version")
        self.source = source
        """As it is in the file."""
        first, last = session.sentence_marks()
        try:
            check_template(source)
            self._formatter = Jinja2ChatFormatter(source, eos_token=last, bos_token=first)
        except (jinja2.TemplateError, BadTemplate) as exc:
            raise EngineFailed(f"the chat template in {path} cannot be used: {exc}") from exc
        self._path = path
        longest_first = sorted(mark_names, key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def render(self, prompt: Prompt) -> str:
        """Write the prompt, up to where the answer begins. Raises EngineFailed when the template does."""
        chat = [{"role": message.role, "content": self._without_marks(message.text)} for message in prompt.messages]
        try:
            # A voice answer has no time for thinking aloud; templates without the switch ignore it.
            rendered = self._formatter(messages=chat, tools=prompt.tools, enable_thinking=False)  # type: ignore[arg-type]  # plain dicts
        except (jinja2.TemplateError, ValueError, TypeError, ArithmeticError, MemoryError, RecursionError) as exc:
            raise EngineFailed(f"the chat template in {self._path} fails ({exc})") from exc
        return str(rendered.prompt)

    def _without_marks(self, text: str) -> str:
        """Take the names of marks out of a text: what was said or seen cannot open a system message."""
        while (cleaned := self._marks.sub("", text)) != text:
            text = cleaned
        return text
