"""Chooses the dialect of a model by the chat template in its file."""

from __future__ import annotations

from models.dialects.dialect import Dialect
from models.dialects.minicpm_xml import MiniCpmXml
from models.dialects.say_json import SayJson
from models.dialects.tool_call_json import ToolCallJson


def choose_dialect(template: str) -> Dialect:
    """Give the dialect that the template teaches; our own, which every model can follow, when it teaches none we know.

    Others put XML of their own into <tool_call>; only those that say so put a JSON object there.
    """
    if '<function name="' in template and '<param name="' in template:
        return MiniCpmXml()
    if "<tool_call>" in template and "<args-json-object>" in template:
        return ToolCallJson()
    return SayJson()
