"""Every parser of bytes that come from outside, each with what it may do: give a value, or raise its own error."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from mcp_types import CallToolResult
from pydantic import ValidationError

import firmware_bridge
from companion.config import read_mcp_servers
from companion.errors import ToolFailed
from companion.results import MAX_RESULT_BYTES, plain_result
from edge.config import PROJECT_FILE, ConfigError, load_config
from edge.feed import Finish, NotAnOrder, Play, Press, Wear, decode_order, encode_order
from firmware_bridge import gatt, messages, packet
from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.inbox import INBOX_MESSAGES
from firmware_bridge.keyring import Keyring
from firmware_bridge.link import Link
from firmware_bridge.messages import Hello
from firmware_bridge.noise import KEY_BYTES, public_key
from firmware_bridge.outbox import MAX_LINK_MESSAGE
from firmware_bridge.packet import WINDOW, Priority
from firmware_bridge.secure import AnyCompanion, Greeter, KnownWearable, NewWearable, Refused, Secured
from firmware_bridge.session import Session, SessionViolation
from models.gguf_file import BadGguf
from models.gguf_language_model import check_language_model
from models.gguf_reader import read_gguf
from tests.gguf_corpus import ATTACKS
from tests.gguf_forge import take_apart
from tests.handshakes import Door, told
from tests.tiny_gguf import write_tiny_gguf

Vector = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One parser."""

    name: str
    check: Callable[[bytes], None]
    """Feeds it any bytes. What it raises is a bug."""
    seeds: Callable[[], Sequence[bytes]]
    """Gives bytes that lead deep into it."""


def _load(file: str) -> Any:
    return json.loads((Path(firmware_bridge.__file__).parent / "vectors" / file).read_text("utf-8"))


def _hexes(file: str) -> list[bytes]:
    vectors = _load(file)
    return [bytes.fromhex(vector["hex"]) for kind in ("valid", "invalid") for vector in vectors[kind]]


def check_packet(data: bytes) -> None:
    with suppress(RemoteProtocolError):
        assert packet.encode(packet.decode(data)) == data


def check_info(data: bytes) -> None:
    with suppress(RemoteProtocolError):
        info = gatt.decode_info(data)
        assert gatt.decode_info(gatt.encode_info(info)) == info


def check_message(data: bytes) -> None:
    try:
        message = messages.decode(data)
    except RemoteProtocolError:
        return
    # Only what has a longer form in our encoding than in the peer's may not go back.
    with suppress(LocalProtocolError):
        assert messages.decode(messages.encode(message)) == message


def pieces(data: bytes) -> Iterator[bytes]:
    """Cut bytes into what arrives one after another: each piece behind its length, two bytes."""
    while len(data) > 2:
        length = int.from_bytes(data[:2], "little")
        yield data[2 : 2 + length]
        data = data[2 + length :]


def joined(parts: Sequence[bytes]) -> bytes:
    """Give the bytes that `pieces` cuts into these parts."""
    return b"".join(len(part).to_bytes(2, "little") + part for part in parts)


def check_session(data: bytes) -> None:
    """The first byte says who we are; then messages come."""
    session = Session(Hello(1, "companion" if data[:1] == b"\1" else "wearable", "us"))
    session.greet()
    for message in pieces(data[1:]):
        try:
            session.receive(message)
        except SessionViolation as exc:
            messages.encode(exc.fault)
            return


def _session_seeds() -> list[bytes]:
    return [
        bytes([messages.decode(bytes.fromhex(trace["own"])).role == "companion"])  # type: ignore[union-attr]  # a Hello
        + joined([bytes.fromhex(step["receive"]) for step in trace["steps"] if "receive" in step])
        for trace in _load("session.json")
    ]


_SEND, _FETCH = 0xF0, 0xF1
"""First bytes of pieces, of a kind that no packet has, that are not packets but what our side does."""


def check_link(data: bytes) -> None:
    """Let packets arrive; a piece begins with the time that has passed, in hundredths of a second."""
    link, now = Link(244, token=1, now=0.0), 0.0
    for piece in pieces(data):
        now += piece[0] / 100 if piece else 0.0
        match piece[1:2]:
            case b"\xf0" if not link.ended:
                with suppress(LocalProtocolError):
                    link.send(piece[2:], Priority(len(piece) % 3))
            case b"\xf1":
                link.next_message()
            case _:
                _let_arrive(link, piece[1:], now)
        sent = len(list(iter(partial(link.next_packet, now), None)))
        assert sent <= WINDOW + 2, "a flood"
        assert link.in_flight <= WINDOW
        assert link.held <= (INBOX_MESSAGES + len(Priority)) * MAX_LINK_MESSAGE


def _let_arrive(link: Link, data: bytes, now: float) -> None:
    try:
        link.receive(data, now)
    except RemoteProtocolError:
        assert link.ended


def _link_seeds() -> list[bytes]:
    return [joined(list(_link_pieces(trace["steps"]))) for trace in _load("link.json")]


def _link_pieces(steps: Sequence[Vector]) -> Iterator[bytes]:
    now = 0.0
    for step in steps:
        passed = bytes([min(round((step["now"] - now) * 100), 255)])
        now = step["now"]
        match step:
            case {"receive": data}:
                yield passed + bytes.fromhex(data)
            case {"send": data}:
                yield passed + bytes([_SEND]) + bytes.fromhex(data)
            case {"messages": _}:
                yield passed + bytes([_FETCH])
            case _:
                yield passed


class _Handshakes:
    """The handshakes of the vectors, whose keys and randomness are always the same."""

    def __init__(self) -> None:
        self.known, self.pairing = _load("secure.json")["handshakes"][:2]
        self.keys = tuple(bytes.fromhex(self.known[side]["private"]) for side in ("companion", "wearable"))

    def wearable(self, *, is_pairing: bool) -> AnyCompanion:
        door = Door(frozenset([public_key(self.keys[0])]), self.pairing["passkey"] if is_pairing else None)
        return AnyCompanion(self.keys[1], door, self._random("wearable", is_pairing))

    def companion(self, *, is_pairing: bool) -> Greeter:
        random = self._random("companion", is_pairing)
        if is_pairing:
            return NewWearable(self.keys[0], self.pairing["passkey"], random)
        return KnownWearable(self.keys[0], public_key(self.keys[1]), random)

    def said(self, is_pairing: bool) -> list[bytes]:
        return [bytes.fromhex(message) for message in (self.pairing if is_pairing else self.known)["messages"]]

    def secured(self) -> tuple[Secured, Secured]:
        companion, wearable = self.companion(is_pairing=False), self.wearable(is_pairing=False)
        answer = wearable.receive(companion.begin() or b"")
        companion.receive(answer or b"")
        assert companion.secured is not None
        assert wearable.secured is not None
        return companion.secured, wearable.secured

    def _random(self, side: str, is_pairing: bool) -> Callable[[int], bytes]:
        vector = (self.pairing if is_pairing else self.known)[side]
        return told(*(bytes.fromhex(vector.get(name, "")) for name in ("ephemeral", "scalar")))


HANDSHAKES = _Handshakes()


def check_handshake(data: bytes) -> None:
    """The first byte says whose handshake it is; then messages come."""
    who, is_pairing = data[:1] != b"\1", data[1:2] == b"\1"
    greeter = HANDSHAKES.wearable(is_pairing=is_pairing) if who else HANDSHAKES.companion(is_pairing=is_pairing)
    greeter.begin()
    with suppress(Refused):
        for message in pieces(data[2:]):
            greeter.receive(message)
            if greeter.secured is not None:
                return


def _handshake_seeds() -> list[bytes]:
    return [
        bytes([is_companion, is_pairing]) + joined(HANDSHAKES.said(is_pairing)[is_companion::2])
        for is_companion in (False, True)
        for is_pairing in (False, True)
    ]


def check_sealed(data: bytes) -> None:
    """Nothing but what the peer sealed is opened."""
    _, ours = HANDSHAKES.secured()
    for message in pieces(data):
        with suppress(Refused):
            ours.open(message, Priority.CONTROL)


def _sealed_seeds() -> list[bytes]:
    return [joined([bytes.fromhex(step["hex"]) for step in HANDSHAKES.known["sealed"]])]


def check_keys(data: bytes) -> None:
    with _file(data) as path:
        keyring = Keyring(path, 5)
        assert len(keyring.private) == KEY_BYTES
        assert Keyring(path, 5).peers() == keyring.peers()


def check_settings(data: bytes) -> None:
    with _file(data) as path, suppress(ConfigError):
        load_config(path)


def check_servers(data: bytes) -> None:
    with _file(data) as path, suppress(ConfigError):
        read_mcp_servers(path)


def check_order(data: bytes) -> None:
    with suppress(NotAnOrder):
        order = decode_order(data)
        assert decode_order(encode_order(order)) == order


def check_result(data: bytes) -> None:
    try:
        result = CallToolResult.model_validate_json(data)
    except ValidationError:
        return  # so far the MCP SDK reads
    with suppress(ToolFailed):
        assert len(msgspec.msgpack.encode(plain_result(result))) <= MAX_RESULT_BYTES


def check_gguf(data: bytes) -> None:
    with suppress(BadGguf):
        check_language_model(read_gguf(data))


def _gguf_seeds() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        parts = take_apart(write_tiny_gguf(Path(folder) / "valid.gguf", layers=1, width=32))
    whole = [parts.written(), *(attack.written(parts) for attack in ATTACKS[::20])]
    return [data[:16_000] for data in whole]


@contextmanager
def _file(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        yield path


TARGETS = (
    Target("packet", check_packet, lambda: _hexes("packets.json")),
    Target("info", check_info, lambda: _hexes("info.json")),
    Target("message", check_message, lambda: _hexes("messages.json")),
    Target("session", check_session, _session_seeds),
    Target("link", check_link, _link_seeds),
    Target("handshake", check_handshake, _handshake_seeds),
    Target("sealed", check_sealed, _sealed_seeds),
    Target(
        "keys",
        check_keys,
        lambda: [b'{"private": "%s", "peers": [{"key": "%s", "name": "x"}]}' % (b"a1" * 32, b"b2" * 32)],
    ),
    Target("settings", check_settings, lambda: [PROJECT_FILE.read_bytes(), b"[audio]\nvolume_percent = 3"]),
    Target(
        "servers", check_servers, lambda: [b'{"mcpServers": {"a": {"command": "x", "args": ["y"], "env": {"z": "1"}}}}']
    ),
    Target(
        "order", check_order, lambda: [encode_order(order) for order in (Play("a"), Press(), Wear(True), Finish(1.0))]
    ),
    Target(
        "result",
        check_result,
        lambda: [
            b'{"content": [{"type": "text", "text": "not_found: x"}], "isError": true}',
            b'{"content": [], "structuredContent": {"a": [1, 2.5, null, "x"]}}',
        ],
    ),
    Target("gguf", check_gguf, _gguf_seeds),
)
