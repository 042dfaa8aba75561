"""The medium of the virtual radio: Bumble controllers that share one channel with a rate, a latency and a range."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Iterator
from typing import Any

from bumble import hci, ll
from bumble.controller import AdvertisingSet, Connection, Controller, LegacyAdvertiser
from bumble.core import PhysicalTransport
from bumble.link import LocalLink
from bumble.transport.common import Transport

_LOGGER = logging.getLogger(__name__)

ACL_LENGTH = 251
"""Bytes in one link-layer packet with Data Length Extension. Bumble's default of 27 costs nine times the packets."""
CREDITS = 8
"""ACL packets that a controller holds for its host; real ones hold 4 to 12. It bounds every queue in here."""
FEATURE_DELAY_S = 0.05
"""How long the exchange of features takes. Real links need an interval or more; answered at once, bluetoothd 5.82 sees
the ATT socket before "Device Connected", never signals Connected=true, and the central gives up."""


class Radio(Controller):
    """One controller on the ether, with what Bumble 0.0.236 leaves out of its virtual controller."""

    def __init__(self, name: str, address: str, ether: Ether) -> None:
        super().__init__(name, link=ether, public_address=address)
        self.le_acl_data_packet_length = ACL_LENGTH
        self.total_num_le_acl_data_packets = CREDITS
        self._ether = ether
        self._wire: asyncio.StreamWriter | None = None

    def plug(self, wire: asyncio.StreamWriter) -> None:
        """Give the controller a host at the other end of the wire."""
        self._wire = wire
        self.host = _HostSide(wire)

    def unplug(self) -> None:
        """Lose the host and with it the power: the air hears nothing more of this radio."""
        self.host = self._wire = None
        self._silence()

    def lend_to_linux(self, kernel: Transport) -> None:
        """Serve a kernel through /dev/vhci, without the features that it trips over (bumble issue 841)."""
        hidden = hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        self.le_features &= ~hidden
        self.host = kernel.sink
        kernel.source.set_packet_sink(self)

    def _silence(self) -> None:
        self.le_legacy_advertiser.stop()
        for advertising_set in self.advertising_sets.values():
            advertising_set.stop()
        self.advertising_sets.clear()
        self.le_scan_enable = False
        self.pending_le_connection = None
        if self.le_connections:
            self.le_connections.clear()
            self._ether.lost.set()

    async def drained(self) -> None:
        """Wait until the host has room for more."""
        if self._wire is not None:
            with contextlib.suppress(ConnectionError):
                await self._wire.drain()

    def lose(self, connection: Connection) -> None:
        """Tell the host that nothing was heard on this connection for too long."""
        self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def land(self, connection: Connection, packet: hci.HCI_AclDataPacket) -> None:
        """Deliver a packet that has crossed the air, and give the host its credit back."""
        if self.le_connections.get(connection.peer_address) is connection:
            connection.on_hci_acl_data_packet(packet)

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        """Put a packet on the air. Bumble returns the credit at once, and so no host ever feels back-pressure."""
        connection = self.find_le_connection_by_handle(packet.connection_handle)
        if connection is not None:
            self._ether.carry(self, connection, packet)

    def on_ll_control_pdu(self, sender_address: hci.Address, packet: ll.ControlPdu) -> None:
        """Take it, unless the connection ended while it was on the way: when both sides hang up, both cross."""
        if sender_address in self.le_connections:
            super().on_ll_control_pdu(sender_address, packet)

    def on_hci_reset_command(self, command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        """Forget what the last host left behind; Bumble forgets nothing."""
        self._silence()
        return super().on_hci_reset_command(command)

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """End the attempt with the event that the specification asks for; Bumble's host waits for it for ever."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is not None:
            self.send_hci_packet(_cancelled(pending.peer_address))
        return super().on_hci_le_create_connection_cancel_command(command)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Send to the host what a real controller would send, when it would."""
        match packet:
            case hci.HCI_LE_Read_Remote_Features_Complete_Event():
                asyncio.get_running_loop().call_later(FEATURE_DELAY_S, super().send_hci_packet, packet)
            case hci.HCI_LE_Extended_Advertising_Report_Event() | hci.HCI_LE_Advertising_Report_Event():
                super().send_hci_packet(type(packet)([self._heard(report) for report in packet.reports]))
            case _:
                super().send_hci_packet(packet)

    def _heard(self, report: Any) -> Any:  # one of two unrelated report classes of Bumble
        """Put the advertiser's real scan response into the report: Bumble repeats the advertisement."""
        extended = isinstance(report, hci.HCI_LE_Extended_Advertising_Report_Event.Report)
        scan_response = (
            hci.HCI_LE_Extended_Advertising_Report_Event.EventType.SCAN_RESPONSE
            if extended
            else hci.HCI_LE_Advertising_Report_Event.EventType.SCAN_RSP
        )
        if report.event_type != scan_response:
            return report
        return dataclasses.replace(report, data=self._ether.scan_response(report.address))


class Ether(LocalLink):
    """One radio channel. Packets share its rate in both directions, arrive in order and are never lost: a real link
    layer repeats what was not acknowledged until the supervision timeout ends the connection."""

    rate_bps: float
    """Bits per second for everybody together; 0 = without limit."""
    latency_s: float
    """From the end of sending to arrival, one way."""

    def __init__(self, rate_bps: float, latency_s: float, supervision_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Bumble leaves it without annotations
        self.rate_bps = rate_bps
        self.latency_s = latency_s
        self.supervision_s = supervision_s
        self.lost = asyncio.Event()
        """Set when a radio went silent; what it leaves half-open ends after the supervision timeout."""
        self.in_range = asyncio.Event()
        self.in_range.set()
        self._busy_until = 0.0
        # No size: hosts may have at most CREDITS packets in flight for each radio.
        self._flights: asyncio.Queue[tuple[float, Radio, Connection, hci.HCI_AclDataPacket]] = asyncio.Queue()

    def radios(self) -> Iterator[Radio]:
        """Give every controller on this channel."""
        yield from (controller for controller in self.controllers if isinstance(controller, Radio))

    def carry(self, sender: Radio, connection: Connection, packet: hci.HCI_AclDataPacket) -> None:
        """Send one link-layer packet when the channel is free."""
        now = asyncio.get_running_loop().time()
        air_time_s = len(packet.data) * 8 / self.rate_bps if self.rate_bps else 0.0
        self._busy_until = max(now, self._busy_until) + air_time_s
        self._flights.put_nowait((self._busy_until + self.latency_s, sender, connection, packet))

    async def fly(self) -> None:
        """Bring packets down in order, for ever. A receiver whose host does not read holds up the channel."""
        loop = asyncio.get_running_loop()
        while True:
            due, sender, connection, packet = await self._flights.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self.in_range.wait()
            sender.land(connection, packet)
            receiver = self.find_le_controller(connection.peer_address)
            if isinstance(receiver, Radio):
                await receiver.drained()

    async def supervise(self) -> None:
        """End the connections that have heard nothing for the supervision timeout, for ever."""
        while True:
            await self.lost.wait()
            self.lost.clear()
            await asyncio.sleep(self.supervision_s)
            self.cut(only_half_open=self.in_range.is_set())

    def cut(self, *, only_half_open: bool = False) -> None:
        """Let the supervision timeout strike now, on every connection or on those whose peer is gone."""
        ends = [(radio, connection) for radio in self.radios() for connection in radio.le_connections.values()]
        known = {(str(connection.self_address), str(connection.peer_address)) for _, connection in ends}
        for radio, connection in ends:
            if only_half_open and (str(connection.peer_address), str(connection.self_address)) in known:
                continue
            _LOGGER.info("supervision timeout on %s", radio.name)
            radio.lose(connection)

    def scan_response(self, advertiser: hci.Address) -> bytes:
        """Give what the advertiser answers to an active scan."""
        for radio in self.radios():
            advertisers: list[LegacyAdvertiser | AdvertisingSet] = [radio.le_legacy_advertiser]
            for advertising in advertisers + list(radio.advertising_sets.values()):
                if advertising.enabled and advertising.address == advertiser:
                    return bytes(advertising.scan_response_data)
        return b""

    def send_acl_data(
        self, sender_controller: Controller, destination_address: hci.Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        """Hand a whole PDU to the peer, from the address that the connection was made with.

        Bumble stamps the sender's random address on it even when the link was made with its public one; then the
        receiver knows no such connection (a BlueZ central changes its random address while it scans).
        """
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if connection is not None and receiver is not None and connection.self_address in receiver.le_connections:
            receiver.on_link_acl_data(connection.self_address, transport, data)

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        """Let everybody in range hear it."""
        if self.in_range.is_set():
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Deliver it, or leave the peer to its supervision timeout."""
        receiver = self.find_le_controller(receiver_address)
        if self.in_range.is_set() and receiver is not None and sender_address in receiver.le_connections:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)
        else:
            self.lost.set()


class _HostSide:
    """What the controller sends to its host, as a Bumble packet sink."""

    def __init__(self, wire: asyncio.StreamWriter) -> None:
        self._wire = wire

    def on_packet(self, packet: bytes) -> None:
        """Write one HCI packet; a host that left does not get it."""
        if not self._wire.is_closing():
            self._wire.write(packet)


def _cancelled(peer: hci.Address) -> hci.HCI_LE_Connection_Complete_Event:
    """Give the event that ends an attempt to connect."""
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=peer.address_type,
        peer_address=peer,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )
