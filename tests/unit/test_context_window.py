"""The window of the language model: every tool, six turns and an answer fit into the default."""

from __future__ import annotations

import inspect

from edge.config import UnderstandingSection
from edge.tools import AboutTools, ClockTools, NotYetTools, PhoneTools, QuietTools, SoundTools, SumTools, collect
from models.dialects import MiniCpmXml
from models.llama_cpp_llm import LlamaCppModel
from models.llm import ChatMessage
from models.registry import open_language_model
from models.template_sandbox import TemplateSandbox
from tests.chat_templates import MINICPM_XML

GROUPS = (ClockTools, SoundTools, AboutTools, PhoneTools, SumTools, QuietTools, NotYetTools)
LETTERS_A_TOKEN = 3.3
"""Of such a prompt, with the vocabularies of Llama 2, Llama 3 and Qwen 2: 3.4, 3.6 and 3.6."""
INSTRUCTIONS = 1000
"""Letters of the system text and of what the template of MiniCPM5 says of calls."""
QUESTION = "what is the weather like in the mountains tomorrow"
ANSWER = "It will be sunny, with a light wind from the west and about twelve degrees."
DEFAULT = UnderstandingSection().context_tokens


def test_all_tools_six_turns_and_an_answer_fit_into_the_default_window() -> None:
    tools = [tool.schema for tool in collect(*(object.__new__(group) for group in GROUPS)).values()]
    turn = [ChatMessage("user", QUESTION), ChatMessage("assistant", ANSWER)]
    talk = [ChatMessage("system", "x" * INSTRUCTIONS), *turn * 6, ChatMessage("user", QUESTION)]
    prompt = MiniCpmXml().lay_out(talk, tools)
    chat = [{"role": message.role, "content": message.text} for message in prompt.messages]
    text = TemplateSandbox(MINICPM_XML).render(messages=chat, tools=prompt.tools, add_generation_prompt=True)
    answer = inspect.signature(LlamaCppModel).parameters["answer_tokens"].default
    assert len(text) / LETTERS_A_TOKEN + answer <= DEFAULT


def test_the_registry_opens_the_same_window() -> None:
    assert inspect.signature(open_language_model).parameters["context_tokens"].default == DEFAULT
