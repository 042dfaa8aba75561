"""How families of chat models write words and calls."""

from models.dialects.choose import choose_dialect as choose_dialect
from models.dialects.dialect import Dialect as Dialect
from models.dialects.dialect import Prompt as Prompt
from models.dialects.dialect import Words as Words
from models.dialects.minicpm_xml import MiniCpmXml as MiniCpmXml
from models.dialects.say_json import SayJson as SayJson
from models.dialects.tool_call_json import ToolCallJson as ToolCallJson
