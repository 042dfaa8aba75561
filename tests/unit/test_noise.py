"""The Noise handshakes, against the published vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.errors import RemoteProtocolError
from firmware_bridge.noise import IK, XXPSK3, Handshake, Pattern, new_private_key, public_key

XX = Pattern("XX", (("e",), ("e", "ee", "s", "es"), ("s", "se")))
VECTORS = json.loads((Path(__file__).parents[1] / "data" / "noise_vectors.json").read_text())["vectors"]
PATTERNS = {pattern.name: pattern for pattern in (IK, XX, XXPSK3)}


def both_sides(vector: dict[str, Any]) -> tuple[Handshake, Handshake]:
    pattern = PATTERNS[vector["pattern"]]

    def side(name: str, *, initiator: bool) -> Handshake:
        return Handshake(
            pattern,
            initiator=initiator,
            static=bytes.fromhex(vector[f"{name}_static"]),
            prologue=bytes.fromhex(vector["prologue"]),
            remote_static=bytes.fromhex(vector["responder_public"]) if initiator and pattern.responder_known else None,
            ephemeral=bytes.fromhex(vector[f"{name}_ephemeral"]),
        )

    return side("initiator", initiator=True), side("responder", initiator=False)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["pattern"])
def test_every_message_is_that_of_the_published_vector(vector: dict[str, Any]) -> None:
    initiator, responder = both_sides(vector)
    psk = bytes.fromhex(vector["psk"])
    messages = [(bytes.fromhex(payload), bytes.fromhex(message)) for payload, message in vector["messages"]]
    steps = len(PATTERNS[vector["pattern"]].messages)
    speaker, listener = initiator, responder
    for payload, message in messages[:steps]:
        assert speaker.write(payload, psk) == message
        assert listener.read(message, psk) == payload
        speaker, listener = listener, speaker
    assert initiator.finished
    assert responder.finished
    assert initiator.remote_static == bytes.fromhex(vector["responder_public"])
    assert responder.remote_static == public_key(bytes.fromhex(vector["initiator_static"]))
    ours, theirs = initiator.split(), responder.split()
    for number, (payload, message) in enumerate(messages[steps:], steps):
        (send, _), (_, receive) = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        nonce = (number - steps) // 2
        assert send.encrypt(nonce, b"", payload) == message
        assert receive.decrypt(nonce, b"", message) == payload


def fresh(pattern: Pattern) -> tuple[Handshake, Handshake]:
    ours, theirs = new_private_key(), new_private_key()
    known = public_key(theirs) if pattern.responder_known else None
    return (
        Handshake(pattern, initiator=True, static=ours, prologue=b"", remote_static=known, ephemeral=new_private_key()),
        Handshake(pattern, initiator=False, static=theirs, prologue=b"", ephemeral=new_private_key()),
    )


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_message_in_which_one_bit_is_other_ends_the_handshake(place: int) -> None:
    initiator, responder = fresh(IK)
    message = bytearray(initiator.write())
    message[place] ^= 1
    with pytest.raises(RemoteProtocolError):
        responder.read(bytes(message))


def test_another_pre_shared_key_is_noticed_by_the_last_message() -> None:
    initiator, responder = fresh(XXPSK3)
    responder.read(initiator.write())
    initiator.read(responder.write())
    with pytest.raises(RemoteProtocolError):
        responder.read(initiator.write(psk=bytes(32)), psk=b"\1" * 32)


@pytest.mark.parametrize("message", [b"", b"short", bytes(32), bytes(200)])
def test_bytes_that_are_no_handshake_are_refused(message: bytes) -> None:
    _, responder = fresh(IK)
    with pytest.raises(RemoteProtocolError):
        responder.read(message)


def test_what_was_encrypted_with_another_nonce_does_not_decrypt() -> None:
    initiator, responder = fresh(IK)
    responder.read(initiator.write())
    initiator.read(responder.write())
    message = initiator.split()[0].encrypt(0, b"", b"stop")
    receive = responder.split()[1]
    with pytest.raises(RemoteProtocolError):
        receive.decrypt(1, b"", message)
    assert receive.decrypt(0, b"", message) == b"stop"
