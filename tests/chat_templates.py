"""Small chat templates, one for each dialect, in the manner of the models that speak it."""

from __future__ import annotations

from tests.tiny_gguf import CHAT_TEMPLATE

_TOOLS = (
    "<|im_start|>system\n{{ messages[0]['content'] }}\n"
    "<tools>{% for t in tools %}\n{{ t | tojson }}{% endfor %}\n</tools>\n"
)
_TURNS = (
    "{% for m in messages %}{% if not (tools and loop.first) %}"
    "<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

SAY_JSON = CHAT_TEMPLATE
TOOL_CALL_JSON = (
    "{% if tools %}" + _TOOLS + '<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
    "<|im_end|>\n{% endif %}" + _TURNS
)
MINICPM_XML = (
    "{% if tools %}" + _TOOLS + '<function name="function-name"><param name="param-name">param-value</param></function>'
    "<|im_end|>\n{% endif %}" + _TURNS
)
