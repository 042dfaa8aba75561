"""The error tree of the link."""

from __future__ import annotations

from typing import Final

import msgspec

UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for bytes that are not of a type: also UnicodeDecodeError, a ValueError, for those that are no
text, and RecursionError for lists in lists in lists."""


class LinkError(Exception):
    """The link failed.

    LinkError
    +-- LinkDown              not connected, or the connection ended
    |   +-- NotLetIn              the peer does not talk to us: pair first
    +-- ProtocolError         bytes or messages that break PROTOCOL.md
        +-- RemoteProtocolError   the peer broke it
        +-- LocalProtocolError    we were about to break it
    """


class LinkDown(LinkError):
    """There is no connection, or it ended."""


class NotLetIn(LinkDown):
    """The peer does not know us, or will not talk to us now."""


class ProtocolError(LinkError):
    """PROTOCOL.md is broken."""


class RemoteProtocolError(ProtocolError):
    """The peer sent what PROTOCOL.md does not allow."""


class LocalProtocolError(ProtocolError):
    """We were asked to send what PROTOCOL.md does not allow."""
