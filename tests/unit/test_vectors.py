"""Runs vectors/*.json, the truth that every implementation shares, and holds PROTOCOL.md to it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

import firmware_bridge
from firmware_bridge import gatt, messages, packet
from firmware_bridge.errands import TRANSITIONS
from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.link import Ended, Link
from firmware_bridge.messages import Hello, Message
from firmware_bridge.noise import public_key
from firmware_bridge.packet import Packet, Priority, ResetCode, Violation
from firmware_bridge.secure import AnyCompanion, Greeter, KnownWearable, NewWearable, Reason, Refused
from firmware_bridge.session import FaultCode, Session, SessionViolation
from tests.handshakes import Door, told

FOLDER = Path(firmware_bridge.__file__).parent
PROTOCOL = (FOLDER / "PROTOCOL.md").read_text("utf-8")
Vector = dict[str, Any]


def load(file: str) -> Any:
    return json.loads((FOLDER / "vectors" / file).read_text("utf-8"))


def cases(vectors: list[Vector]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["name"]) for vector in vectors])


PACKETS, INFO, MESSAGES, LINK, SECURE, SESSION = map(
    load, ["packets.json", "info.json", "messages.json", "link.json", "secure.json", "session.json"]
)
SIDES = "companion", "wearable"


def packet_fields(value: Packet) -> Vector:
    fields: Vector = {"kind": type(value).__name__.lower()}
    for name in value.__dataclass_fields__:
        field = getattr(value, name)
        match field:
            case Priority():
                fields[name] = field.name.lower()
            case bytes():
                fields[name] = field.hex()
            case _:
                fields[name] = field
    return fields


@cases(PACKETS["valid"])
def test_packet_vector(vector: Vector) -> None:
    value = packet.decode(bytes.fromhex(vector["hex"]))
    assert packet_fields(value) == vector["packet"]
    assert packet.encode(value).hex() == vector["hex"]


@cases(PACKETS["invalid"])
def test_invalid_packet_vector(vector: Vector) -> None:
    with pytest.raises(Violation) as caught:
        packet.decode(bytes.fromhex(vector["hex"]))
    assert caught.value.code.name.lower() == vector["error"]


@cases(INFO["valid"])
def test_info_vector(vector: Vector) -> None:
    info = gatt.decode_info(bytes.fromhex(vector["hex"]))
    assert info == gatt.Info(**vector["info"])
    assert vector["hex"].startswith(gatt.encode_info(info).hex())


@cases(INFO["invalid"])
def test_invalid_info_vector(vector: Vector) -> None:
    with pytest.raises(RemoteProtocolError):
        gatt.decode_info(bytes.fromhex(vector["hex"]))


@cases(MESSAGES["valid"])
def test_message_vector(vector: Vector) -> None:
    message = messages.decode(bytes.fromhex(vector["hex"]))
    assert json.loads(msgspec.json.encode(message)) == vector["message"]
    if not vector.get("one_way"):
        assert messages.encode(message).hex() == vector["hex"]


@cases(MESSAGES["invalid"])
def test_invalid_message_vector(vector: Vector) -> None:
    with pytest.raises(RemoteProtocolError):
        messages.decode(bytes.fromhex(vector["hex"]))


@cases(LINK)
def test_link_trace(vector: Vector) -> None:
    link = Link(vector["max_packet"], vector["token"], 0.0)
    for step in vector["steps"]:
        run_link_step(link, step)


def run_link_step(link: Link, step: Vector) -> None:
    now = step["now"]
    match step:
        case {"receive": data, "error": error}:
            with pytest.raises(Violation) as caught:
                link.receive(bytes.fromhex(data), now)
            assert caught.value.code.name.lower() == error
        case {"receive": data}:
            link.receive(bytes.fromhex(data), now)
        case {"send": data, "priority": priority}:
            link.send(bytes.fromhex(data), Priority[priority.upper()])
        case {"packet": data}:
            assert link.next_packet(now) == bytes.fromhex(data)
        case {"packets": wanted}:
            assert [value.hex() for value in iter(lambda: link.next_packet(now), None)] == wanted
        case {"messages": wanted}:
            assert [value.hex() for _, value in iter(link.next_message, None)] == wanted
        case {"deadline": wanted}:
            assert link.deadline == pytest.approx(wanted)
        case {"ended": wanted}:
            assert link.ended == Ended(wanted["code"], wanted["by_peer"])
        case _:
            pytest.fail(f"unknown step {step}")


@cases(SESSION)
def test_session_trace(vector: Vector) -> None:
    own = messages.decode(bytes.fromhex(vector["own"]))
    assert isinstance(own, Hello)
    session = Session(own)
    for step in vector["steps"]:
        match step:
            case {"receive": data, "fault": fault}:
                with pytest.raises(SessionViolation) as caught:
                    session.receive(bytes.fromhex(data))
                assert caught.value.fault.code == fault
            case {"receive": data}:
                session.receive(bytes.fromhex(data))
            case {"send": data, "refused": True}:
                with pytest.raises(LocalProtocolError):
                    session.send(messages.decode(bytes.fromhex(data)))
            case {"send": data}:
                message = messages.decode(bytes.fromhex(data))
                said = session.greet() if message == own else session.send(message)
                assert said.hex() == data
            case _:
                pytest.fail(f"unknown step {step}")
        assert session.established == step["established"]


@cases(SECURE["handshakes"])
def test_handshake_vector(vector: Vector) -> None:
    keys, passkey = [bytes.fromhex(vector[side]["private"]) for side in SIDES], vector.get("passkey")
    randoms = [told(*(bytes.fromhex(vector[side].get(name, "")) for name in ("ephemeral", "scalar"))) for side in SIDES]
    companion = (
        NewWearable(keys[0], passkey, randoms[0])
        if passkey
        else KnownWearable(keys[0], public_key(keys[1]), randoms[0])
    )
    wearable = AnyCompanion(keys[1], Door(frozenset([public_key(keys[0])]), passkey), randoms[1])
    said: bytes | None = companion.begin()
    hearer: Greeter = wearable
    for message in vector["messages"]:
        assert said is not None
        assert said.hex() == message
        said = hearer.receive(said)
        hearer = companion if hearer is wearable else wearable
    assert said is None
    assert companion.secured is not None
    assert wearable.secured is not None
    for step in vector["sealed"]:
        priority = Priority[step["priority"].upper()]
        ours, theirs = companion.secured, wearable.secured
        (speaker, listener) = (ours, theirs) if step["from"] == "companion" else (theirs, ours)
        assert speaker.seal(bytes.fromhex(step["plain"]), priority).hex() == step["hex"]
        assert listener.open(bytes.fromhex(step["hex"]), priority).hex() == step["plain"]


@cases(SECURE["refused"])
def test_refused_handshake_vector(vector: Vector) -> None:
    own = SECURE["handshakes"][1]["wearable"]
    door = Door(frozenset(map(bytes.fromhex, vector["knows"])), vector.get("passkey"))
    random = told(bytes.fromhex(own["ephemeral"]), bytes.fromhex(own["scalar"]))
    wearable = AnyCompanion(bytes.fromhex(own["private"]), door, random)
    *before, last = map(bytes.fromhex, vector["messages"])
    for message in before:
        wearable.receive(message)
    with pytest.raises(Refused) as caught:
        wearable.receive(last)
    assert caught.value.reason == vector["refused"]
    assert wearable.secured is None


def test_every_reason_to_refuse_has_a_vector() -> None:
    assert {vector["refused"] for vector in SECURE["refused"]} == set(Reason)


def test_every_kind_of_packet_has_a_vector() -> None:
    assert {vector["packet"]["kind"] for vector in PACKETS["valid"]} == {
        kind.__name__.lower() for kind in get_args(Packet)
    }


def test_every_type_of_message_has_a_vector() -> None:
    assert {vector["message"]["type"] for vector in MESSAGES["valid"]} == {
        kind.__struct_config__.tag for kind in get_args(Message)
    }


def test_every_field_of_every_message_is_set_in_some_vector() -> None:
    for kind in get_args(Message):
        tag = kind.__struct_config__.tag
        seen = {
            key
            for vector in MESSAGES["valid"]
            if vector["message"]["type"] == tag
            for key, value in vector["message"].items()
            if value not in (None, [])
        }
        assert seen == {*kind.__struct_fields__, "type"}, tag


def test_every_reason_to_end_a_link_or_a_session_has_a_trace() -> None:
    ended = {step["ended"]["code"] for vector in LINK for step in vector["steps"] if "ended" in step}
    # TOO_LONG takes 33 packets of 512 bytes: tests/property/test_link.py has it.
    assert ended == set(ResetCode) - {ResetCode.TOO_LONG}
    faults = {step["fault"] for vector in SESSION for step in vector["steps"] if "fault" in step}
    assert faults == set(FaultCode) - {FaultCode.TIMEOUT, FaultCode.KEYS}  # neither time nor files are in a Session


EXAMPLES = re.findall(r"^```hex (\S+) (\S+)\n(.*?)^```", PROTOCOL, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("file", "name", "text"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
def test_hex_examples_in_protocol_md_are_the_vectors(file: str, name: str, text: str) -> None:
    # What stands two spaces or more behind the hex is a comment; the hex of a line is pairs with single spaces.
    shown = "".join(re.match(r"\s*((?:[0-9a-f]{2} ?)*)", line)[1] for line in text.splitlines())  # type: ignore[index]  # it matches ""
    vector = next(vector for vector in load(file)["valid"] if vector["name"] == name)
    assert shown.replace(" ", "") == vector["hex"]


def test_protocol_md_has_an_example_of_most_kinds() -> None:
    assert len(EXAMPLES) >= 10


def test_protocol_md_names_every_code_uuid_field_and_state() -> None:
    for code in ResetCode:
        assert f"| {code.value} | {code.name.lower()} |" in PROTOCOL
    for fault in FaultCode:
        assert f"| `{fault}` |" in PROTOCOL
    for uuid in (gatt.SERVICE, gatt.UP, gatt.DOWN, gatt.INFO):
        assert f"`{uuid}`" in PROTOCOL
    for kind in get_args(Message):
        section = PROTOCOL.split(f"**{kind.__name__}**")[1]
        assert all(f"| `{field}` |" in section for field in kind.__struct_fields__)
    for state, following in TRANSITIONS.items():
        row = next(
            line for line in PROTOCOL.splitlines() if line.startswith("| `") and f"`{state}`" in line.split("|")[1]
        )
        assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == set(following)
