"""Bytes between devices: typed messages over packets that may be lost, over any radio. PROTOCOL.md is normative."""

from firmware_bridge.channel import Channel, Connected, Disconnected, Event, Received
from firmware_bridge.errands import TERMINAL, TRANSITIONS, Errand, IllegalTransition, State
from firmware_bridge.errors import LinkDown, LinkError, LocalProtocolError, ProtocolError, RemoteProtocolError
from firmware_bridge.link import Link
from firmware_bridge.messages import PROTOCOL_VERSION, Ask, Cancel, Fault, Hello, Message, Update
from firmware_bridge.packet import Priority
from firmware_bridge.pipe import Pipe, Transport
from firmware_bridge.session import Session

__all__ = [
    "PROTOCOL_VERSION",
    "TERMINAL",
    "TRANSITIONS",
    "Ask",
    "Cancel",
    "Channel",
    "Connected",
    "Disconnected",
    "Errand",
    "Event",
    "Fault",
    "Hello",
    "IllegalTransition",
    "Link",
    "LinkDown",
    "LinkError",
    "LocalProtocolError",
    "Message",
    "Pipe",
    "Priority",
    "ProtocolError",
    "Received",
    "RemoteProtocolError",
    "Session",
    "State",
    "Transport",
    "Update",
]
