"""The session: who may say what, and when."""

from __future__ import annotations

import pytest

from firmware_bridge import messages
from firmware_bridge.errands import State
from firmware_bridge.errors import LocalProtocolError
from firmware_bridge.messages import Ask, Cancel, Fault, Hello, Message, Update
from firmware_bridge.session import COMPANION, TABLE, WEARABLE, FaultCode, Phase, Session, SessionViolation

ID = "0123456789abcdef" * 2
GLASSES = Hello(1, WEARABLE, "glasses")
PHONE = Hello(1, COMPANION, "phone", ("echo",))
EXAMPLES: dict[type[Message], Message] = {
    Hello: PHONE,
    Ask: Ask(ID, "echo", {}, 1.0),
    Cancel: Cancel(ID),
    Update: Update(ID, State.WORKING),
    Fault: Fault("message"),
}


def established(own: Hello, peer: Hello) -> Session:
    session = Session(own)
    session.greet()
    session.receive(messages.encode(peer))
    assert session.established
    return session


def violation(session: Session, message: Message) -> FaultCode:
    with pytest.raises(SessionViolation) as caught:
        session.receive(messages.encode(message))
    return FaultCode(caught.value.fault.code)


def test_both_hellos_make_a_session() -> None:
    session = Session(GLASSES)
    assert messages.decode(session.greet()) == GLASSES
    assert session.receive(messages.encode(PHONE)) == PHONE
    assert session.established
    assert session.peer == PHONE
    assert session.version == 1


def test_one_hello_makes_no_session() -> None:
    said, heard = Session(GLASSES), Session(GLASSES)
    said.greet()
    heard.receive(messages.encode(PHONE))
    assert not said.established
    assert not heard.established


def test_the_lower_version_is_spoken() -> None:
    assert established(GLASSES, Hello(7, COMPANION, "phone of the future")).version == 1


def test_a_peer_without_a_common_version_is_refused() -> None:
    assert violation(Session(GLASSES), Hello(0, COMPANION, "old phone")) is FaultCode.VERSION


@pytest.mark.parametrize("role", [WEARABLE, "toaster", ""])
def test_a_peer_with_a_wrong_role_is_refused(role: str) -> None:
    assert violation(Session(GLASSES), Hello(1, role, "x")) is FaultCode.ROLE


@pytest.mark.parametrize("message", [EXAMPLES[kind] for kind in (Ask, Cancel, Update)])
def test_nothing_but_hello_or_fault_opens_a_session(message: Message) -> None:
    assert violation(Session(GLASSES), message) is FaultCode.UNEXPECTED
    with pytest.raises(LocalProtocolError):
        Session(GLASSES).send(message)


@pytest.mark.parametrize("kind", list(EXAMPLES))
@pytest.mark.parametrize(("own", "peer"), [(GLASSES, PHONE), (PHONE, GLASSES)])
def test_the_table_says_what_each_side_takes_and_sends(own: Hello, peer: Hello, kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    if kind in TABLE[Phase.TALKING, peer.role]:
        assert established(own, peer).receive(messages.encode(message)) == message
    else:
        assert violation(established(own, peer), message) is FaultCode.UNEXPECTED
    if kind in TABLE[Phase.TALKING, own.role]:
        assert messages.decode(established(own, peer).send(message)) == message
    else:
        with pytest.raises(LocalProtocolError):
            established(own, peer).send(message)


def test_the_wearable_asks_and_the_companion_answers() -> None:
    assert set(TABLE[Phase.TALKING, WEARABLE]) == {Ask, Cancel, Fault}
    assert set(TABLE[Phase.TALKING, COMPANION]) == {Update, Fault}


def test_after_a_fault_nothing_may_follow() -> None:
    session = established(GLASSES, PHONE)
    session.receive(messages.encode(Fault("unexpected")))
    assert not session.established
    assert violation(session, EXAMPLES[Update]) is FaultCode.UNEXPECTED


def test_bytes_that_are_no_message_are_answered_with_a_fault_that_can_be_sent() -> None:
    session = established(GLASSES, PHONE)
    with pytest.raises(SessionViolation) as caught:
        session.receive(b"\xc1" * 4000)
    assert caught.value.fault.code == FaultCode.MESSAGE
    session.send(caught.value.fault)


def test_a_role_of_ours_that_does_not_exist_is_our_own_fault() -> None:
    with pytest.raises(LocalProtocolError):
        Session(Hello(1, "toaster", "x"))
