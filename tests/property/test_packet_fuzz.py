"""Any bytes to every parser of the link: a value or RemoteProtocolError, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_bridge import gatt, messages, packet
from firmware_bridge.errands import State
from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.messages import Hello
from firmware_bridge.session import Session

ID = "0123456789abcdef" * 2
VALID = [
    messages.encode(messages.Hello(1, "companion", "phone", ("a", "b"))),
    messages.encode(messages.Ask(ID, "echo", {"a": [1, {"b": None}], "c": 1.5}, 1.0, "ab" * 32)),
    messages.encode(messages.Update(ID, State.COMPLETED, "p", {"a": "b"}, "r")),
    packet.encode(packet.Open(1, 99, 8, 244)),
    packet.encode(packet.Data(1, packet.Priority.BULK, True, False, b"payload")),
    packet.encode(packet.Ack(9, 8, True)),
    gatt.encode_info(gatt.Info(1, 244, bond=True)),
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Valid bytes with a few of them changed, added or taken away: gets deeper into a parser than noise does."""
    data = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(data)


anything = st.one_of(st.binary(max_size=600), damaged())


def receive_first(data: bytes) -> object:
    return Session(Hello(1, "wearable", "glasses")).receive(data)


@pytest.mark.parametrize("parse", [packet.decode, messages.decode, gatt.decode_info, receive_first])
@given(data=anything)
@example(data=b"\x91" * 16_384)
@example(data=b"\xdf\xff\xff\xff\xff")
@settings(max_examples=400, deadline=None)
def test_any_bytes_give_a_value_or_a_protocol_error(parse: Callable[[bytes], object], data: bytes) -> None:
    with suppress(RemoteProtocolError):
        parse(data)


@settings(deadline=None)
@given(anything)
def test_what_parses_as_a_packet_encodes_to_the_same_bytes_again(data: bytes) -> None:
    try:
        parsed = packet.decode(data)
    except RemoteProtocolError:
        return
    assert packet.encode(parsed) == data


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.binary(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.text(max_size=4), st.integers(-9, 9)), inner, max_size=4),
    ),
    max_leaves=30,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=8), json_values, max_size=6))
def test_arguments_that_can_be_sent_are_json_and_arrive_unchanged(arguments: dict[str, object]) -> None:
    ask = messages.Ask(ID, "echo", arguments, 1.0)
    try:
        data = messages.encode(ask)
    except LocalProtocolError:
        return
    assert messages.decode(data) == ask
    assert msgspec.json.decode(msgspec.json.encode(arguments)) == arguments
