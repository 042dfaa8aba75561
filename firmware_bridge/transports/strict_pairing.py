"""Bluetooth pairing on Bumble as PROTOCOL.md allows it: LE Secure Connections, passkey entry, 16-byte keys, bonding.

What Bumble lets pass is refused here: legacy pairing, Just Works, short keys (CVE-2019-9506's kin), our own public key
reflected (CVE-2020-26558), commands out of order, and a second attempt on the same connection. Core Specification 6.0,
Vol 3, Part H.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from bumble import smp
from bumble.device import Connection, Device
from bumble.hci import OwnAddressType
from bumble.keys import KeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import AuthReq, IoCapability, SMP_Command

from firmware_bridge.pairing import PairingWindow
from firmware_bridge.transports.bonds import LTK_BYTES
from firmware_bridge.transports.bumble_adapter import own_address

_LOGGER = logging.getLogger(__name__)

_ROUNDS = 20
"""One for each bit of the passkey."""
_TYPES = (IoCapability.KEYBOARD_ONLY, IoCapability.KEYBOARD_DISPLAY)
_SHOWS = (IoCapability.DISPLAY_ONLY, IoCapability.DISPLAY_YES_NO, IoCapability.KEYBOARD_DISPLAY)
_NEEDED = AuthReq.BONDING | AuthReq.MITM | AuthReq.SC


def display(device: Device, window: PairingWindow, bonds: KeyStore) -> None:
    """Let phones bond with this device, a wearable's, while the window is open."""
    _set_up(device, bonds, lambda: _Display(window))
    device.on(
        Device.EVENT_CONNECTION,
        lambda connection: connection.on(Connection.EVENT_PAIRING, lambda _: window.bonded()),
    )


def keyboard(device: Device, bonds: KeyStore, passkey: str) -> None:
    """Let this device, a phone's, bond with a wearable that spoke these digits."""
    _set_up(device, bonds, lambda: _Keyboard(passkey))


def _set_up(device: Device, bonds: KeyStore, delegate: Callable[[], PairingDelegate]) -> None:
    device.keystore = bonds
    device.smp_manager.session_proxy = StrictSession

    def config(_: Connection) -> PairingConfig:
        kinds = PairingConfig.AddressType
        kind = kinds.PUBLIC if own_address(device) is OwnAddressType.PUBLIC else kinds.RANDOM
        return PairingConfig(delegate=delegate(), identity_address_type=kind)

    device.pairing_config_factory = config


class _Display(PairingDelegate):
    """The wearable, which has spoken the digits."""

    def __init__(self, window: PairingWindow) -> None:
        super().__init__(PairingDelegate.DISPLAY_OUTPUT_ONLY)
        self._window = window
        self._digits = ""

    async def accept(self) -> bool:
        self._digits = self._window.bond_passkey() or ""
        if not self._digits:
            _LOGGER.warning("Bluetooth pairing refused: not_pairing")
        return bool(self._digits)

    async def generate_passkey(self) -> int:
        return int(self._digits)


class _Keyboard(PairingDelegate):
    """The phone, whose owner has heard them."""

    def __init__(self, passkey: str) -> None:
        super().__init__(PairingDelegate.KEYBOARD_INPUT_ONLY)
        self._passkey = passkey

    async def accept(self) -> bool:
        return False  # it is we who begin

    async def get_number(self) -> int | None:
        return int(self._passkey) if self._passkey else None


class StrictSession(smp.Session):
    """One attempt to pair on one connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # as Bumble calls it
        super().__init__(*arguments, **options)
        self._expected = _order(self.is_initiator)
        self._checked = False

    def on_smp_command(self, command: SMP_Command) -> None:
        """Let Bumble handle what is in order; end the attempt otherwise, and begin no other on this connection."""
        if self.completed:
            self.send_command(smp.SMP_Pairing_Failed_Command(reason=smp.ErrorCode.REPEATED_ATTEMPTS))
        elif isinstance(command, smp.SMP_Pairing_Failed_Command):
            super().on_smp_command(command)
        elif (objection := self._objection(command)) is not None:
            self._refuse(*objection)
        else:
            super().on_smp_command(command)

    def on_smp_pairing_public_key_command(self, command: smp.SMP_Pairing_Public_Key_Command) -> None:
        """Refuse a point that is not on the curve (CVE-2018-5383); Bumble would go on without a key."""
        try:
            super().on_smp_pairing_public_key_command(command)
        except ValueError:
            self._refuse("public_key", smp.ErrorCode.DHKEY_CHECK_FAILED)

    def on_smp_pairing_dhkey_check_command(self, command: smp.SMP_Pairing_DHKey_Check_Command) -> None:
        """Note that the peer has the same key."""
        self._checked = command.dhkey_check == (self.eb if self.is_initiator else self.ea)
        super().on_smp_pairing_dhkey_check_command(command)

    def get_long_term_key(self, rand: bytes, ediv: int) -> bytes | None:
        """Give the key only to a peer that has proved that it has it."""
        return super().get_long_term_key(rand, ediv) if self._checked else None

    def _objection(self, command: SMP_Command) -> tuple[str, smp.ErrorCode] | None:
        """Say what is wrong with a command, if something is."""
        expected = next(self._expected, None)
        if expected is None or not isinstance(command, expected):
            return "order", smp.ErrorCode.UNSPECIFIED_REASON
        match command:
            case smp.SMP_Pairing_Request_Command() | smp.SMP_Pairing_Response_Command():
                return self._objection_to_method(command)
            case smp.SMP_Pairing_Public_Key_Command(public_key_x=x) if x in (self.ecc_key.x[::-1], _DEBUG_KEY_X):
                return "public_key", smp.ErrorCode.INVALID_PARAMETERS
        return None

    def _objection_to_method(
        self, command: smp.SMP_Pairing_Request_Command | smp.SMP_Pairing_Response_Command
    ) -> tuple[str, smp.ErrorCode] | None:
        if not command.auth_req & AuthReq.SC:
            return "legacy", smp.ErrorCode.AUTHENTICATION_REQUIREMENTS
        if command.io_capability not in (_SHOWS if self.is_initiator else _TYPES) or command.oob_data_flag:
            return "just_works", smp.ErrorCode.AUTHENTICATION_REQUIREMENTS
        if command.auth_req & _NEEDED != _NEEDED:
            return "requirements", smp.ErrorCode.AUTHENTICATION_REQUIREMENTS
        if command.maximum_encryption_key_size != LTK_BYTES:
            return "short_key", smp.ErrorCode.ENCRYPTION_KEY_SIZE
        return None

    def _refuse(self, reason: str, code: smp.ErrorCode) -> None:
        _LOGGER.warning("Bluetooth pairing refused: %s", reason)
        self.send_pairing_failed(code)


_DEBUG_KEY_X = bytes.fromhex("20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6")[::-1]
"""Vol 3, Part H, 2.3.5.6.1: whoever uses it shows the key to all who listen."""


def _order(is_initiator: bool) -> Iterator[type[SMP_Command]]:
    """Give the commands that a peer sends, one after another."""
    yield smp.SMP_Pairing_Response_Command if is_initiator else smp.SMP_Pairing_Request_Command
    yield smp.SMP_Pairing_Public_Key_Command
    for _ in range(_ROUNDS):
        yield smp.SMP_Pairing_Confirm_Command
        yield smp.SMP_Pairing_Random_Command
    yield smp.SMP_Pairing_DHKey_Check_Command
    yield smp.SMP_Identity_Information_Command
    yield smp.SMP_Identity_Address_Information_Command
