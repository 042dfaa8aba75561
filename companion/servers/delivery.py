"""Hands messages to the services that the owner configured, through apprise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import apprise


class Delivery(Protocol):
    """Takes messages further than the outbox."""

    def deliver(self, to: str, text: str) -> bool:
        """Send and say whether every service took it."""
        ...


class AppriseDelivery:
    """Every configured apprise target."""

    def __init__(self, targets: Sequence[str]) -> None:
        self._apprise = apprise.Apprise()
        self._refused = [target for target in targets if not self._apprise.add(target)]

    def deliver(self, to: str, text: str) -> bool:
        """Send to all targets; False when one refused, or when a target's address made no sense."""
        return not self._refused and bool(self._apprise.notify(title=f"To {to}", body=text))
