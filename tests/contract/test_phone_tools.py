"""The five built-in servers as any MCP host sees them: official client, real processes, stdio."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp_types import RequestParamsMeta, Tool

from companion.effects import BUILTIN, Effect

ARGUMENTS = {
    "calendar.add_event": {"title": "string", "start": "string", "all_day": "boolean"},
    "calendar.list_events": {"day": "string"},
    "calendar.remove_event": {"title": "string"},
    "reminders.add_reminder": {"what": "string", "due": ("string", "null")},
    "reminders.list_reminders": {},
    "reminders.finish_reminder": {"what": "string"},
    "contacts.find_contact": {"name": "string"},
    "contacts.add_contact": {"name": "string", "phone": "string"},
    "messages.send_message": {"to": "string", "text": "string"},
    "messages.read_messages": {"sender": "string"},
    "messages.wait_for_reply": {"sender": "string"},
    "notes.take_note": {"text": "string"},
    "notes.read_notes": {},
    "notes.add_to_list": {"item": "string", "list_name": "string"},
    "notes.remove_from_list": {"item": "string", "list_name": "string"},
    "notes.read_list": {"list_name": "string"},
}
RESULTS = {
    "calendar.add_event": {"title", "start", "all_day"},
    "calendar.list_events": {"day", "events"},
    "calendar.remove_event": {"title", "start"},
    "reminders.add_reminder": {"what", "due"},
    "reminders.list_reminders": {"reminders"},
    "reminders.finish_reminder": {"what", "due"},
    "contacts.find_contact": {"name", "phone", "email"},
    "contacts.add_contact": {"name", "phone"},
    "messages.send_message": {"to", "text", "how"},
    "messages.read_messages": {"messages"},
    "messages.wait_for_reply": {"sender", "text"},
    "notes.take_note": {"text"},
    "notes.read_notes": {"notes"},
    "notes.add_to_list": {"item", "list_name"},
    "notes.remove_from_list": {"item", "list_name"},
    "notes.read_list": {"list_name", "items"},
}
SERVERS = sorted({tool.split(".")[0] for tool in ARGUMENTS})


async def session(stack: AsyncExitStack, server: str, folder: Path) -> ClientSession:
    """Start a server as its README line says."""
    arguments = ["-m", f"companion.servers.{server}", "--data", str(folder)]
    streams = await stack.enter_async_context(
        stdio_client(StdioServerParameters(command=sys.executable, args=arguments))
    )
    client = await stack.enter_async_context(ClientSession(*streams))
    await client.initialize()
    return client


def types(tool: Tool) -> Mapping[str, Any]:
    """Give the JSON types of a tool's arguments."""
    properties = tool.input_schema["properties"]
    return {
        name: tuple(part["type"] for part in schema["anyOf"]) if "anyOf" in schema else schema["type"]
        for name, schema in properties.items()
    }


@pytest.mark.parametrize("server", SERVERS)
async def test_names_arguments_results_and_annotations_are_as_agreed(tmp_path: Path, server: str) -> None:
    async with AsyncExitStack() as stack:
        client = await session(stack, server, tmp_path)
        tools = {f"{server}.{tool.name}": tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == {tool for tool in ARGUMENTS if tool.startswith(f"{server}.")}
    for name, tool in tools.items():
        assert types(tool) == ARGUMENTS[name], name
        assert tool.output_schema is not None
        assert set(tool.output_schema["properties"]) == RESULTS[name], name
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (BUILTIN[name].effect is Effect.READS), name
        assert tool.annotations.destructive_hint is name.split(".")[1].startswith("remove_"), name
        assert tool.annotations.open_world_hint is (name == "messages.send_message"), name


def test_every_tool_that_the_companion_knows_is_in_the_agreement() -> None:
    assert BUILTIN.keys() == ARGUMENTS.keys() == RESULTS.keys()


async def test_results_and_failures_come_as_data_that_a_program_can_read(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        client = await session(stack, "calendar", tmp_path)
        arguments = {"title": "Dentist", "start": "2026-11-24T09:00:00+01:00", "all_day": False}
        meta = cast(RequestParamsMeta, {"earrand/errand_id": "a" * 32})  # an open map, says its docstring
        for _ in range(2):
            added = await client.call_tool("add_event", arguments, meta=meta)
            assert added.structured_content == arguments
        assert (tmp_path / "calendar.ics").read_text().count("BEGIN:VEVENT") == 1
        missing = await client.call_tool("remove_event", {"title": "party"})
        wrong = await client.call_tool("remove_event", {"name": "party"})
    assert missing.is_error
    assert "not_found: no event is called 'party'" in str(missing.content)
    assert wrong.is_error
    assert "validation error" in str(wrong.content)
