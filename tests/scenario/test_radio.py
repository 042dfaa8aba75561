"""Wearable and companion on the virtual radio: real HCI over real TCP, Bumble's host stack, unmodified bleak code."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bumble.keys import MemoryKeyStore

from firmware_bridge import gatt
from firmware_bridge.air import Air
from firmware_bridge.errors import LinkDown, LocalProtocolError, NotLetIn
from firmware_bridge.messages import PROTOCOL_VERSION
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.pipe import Pipe, Transport
from firmware_bridge.transports import OpenableTransport, open_central, open_peripheral
from firmware_bridge.transports.bumble_bleak import bumble_backend
from tests.paired import bonded

NAME = "Glasses of somebody"
MANUFACTURER = "00002a29-0000-1000-8000-00805f9b34fb"
PATIENCE_S = 10
"""Everything here takes well under a second on an idle machine."""


@asynccontextmanager
async def radio(
    *, rate_bps: float = 0, supervision_s: float = 0.2
) -> AsyncIterator[tuple[Air, OpenableTransport, OpenableTransport]]:
    with bonded() as (ours, theirs):
        async with (
            asyncio.timeout(PATIENCE_S),
            Air(rate_bps=rate_bps, supervision_s=supervision_s) as air,
            open_peripheral(air.spec(0), NAME, folder=ours) as wearable,
            open_central(air.spec(1), NAME, folder=theirs) as companion,
        ):
            yield air, wearable, companion


@asynccontextmanager
async def joined(wearable: Transport, companion: Transport) -> AsyncIterator[tuple[Pipe, Pipe]]:
    async with AsyncExitStack() as stack:
        async with asyncio.TaskGroup() as group:
            down = group.create_task(stack.enter_async_context(wearable.connect()))
            up = group.create_task(stack.enter_async_context(companion.connect()))
        yield down.result(), up.result()


async def read_all(pipe: Pipe) -> list[bytes]:
    return [packet async for packet in pipe.packets()]


def some_packets(count: int) -> list[bytes]:
    """Give packets of 3 to 512 bytes that all differ."""
    return [number.to_bytes(3, "big") + bytes((number * 37) % 510) for number in range(count)]


async def test_the_agreed_mtu_of_517_makes_packets_of_512_bytes() -> None:
    async with radio() as (_, wearable, companion), joined(wearable, companion) as (down, up):
        assert (down.max_packet, up.max_packet) == (512, 512)
        await down.send(b"d" * 512)
        await up.send(b"u" * 512)
        assert await anext(up.packets()) == b"d" * 512
        assert await anext(down.packets()) == b"u" * 512


async def test_a_packet_that_the_stack_would_cut_off_is_refused() -> None:
    async with radio() as (_, wearable, companion), joined(wearable, companion) as (down, up):
        for pipe in (down, up):
            with pytest.raises(LocalProtocolError):
                await pipe.send(bytes(513))


async def test_200_packets_each_way_on_a_slow_radio_arrive_whole_and_in_order() -> None:
    packets = some_packets(200)

    async def send(pipe: Pipe) -> None:
        for packet in packets:
            await pipe.send(packet)

    async def read(pipe: Pipe) -> list[bytes]:
        arrived = pipe.packets()
        return [await anext(arrived) for _ in packets]

    async with (
        radio(rate_bps=1_500_000) as (_, wearable, companion),
        joined(wearable, companion) as ends,
        asyncio.TaskGroup() as group,
    ):
        readers = [group.create_task(read(pipe)) for pipe in ends]
        for pipe in ends:
            group.create_task(send(pipe))
    assert [reader.result() for reader in readers] == [packets, packets]


@pytest.mark.parametrize("direction", ["down", "up"])
async def test_a_slow_radio_holds_the_sender_back(direction: str) -> None:
    sent = 0

    async def send(pipe: Pipe) -> None:
        nonlocal sent
        for packet in some_packets(60):
            await pipe.send(packet)
            sent += 1

    async with radio(rate_bps=200_000) as (_, wearable, companion), joined(wearable, companion) as (down, up):
        sender, receiver = (down, up) if direction == "down" else (up, down)
        ahead = []
        async with asyncio.TaskGroup() as group:
            group.create_task(send(sender))
            arrived = receiver.packets()
            for received in range(60):
                await anext(arrived)
                ahead.append(sent - received)
    # 8 in the host's queue and 8 in the controller's: nothing grows with the number of packets.
    assert max(ahead) <= 16


async def test_a_supervision_timeout_ends_both_sides_and_they_find_each_other_again() -> None:
    async with radio() as (air, wearable, companion):
        async with joined(wearable, companion) as (down, up):
            air.cut()
            assert await read_all(down) == await read_all(up) == []
            for pipe in (down, up):
                with pytest.raises(LinkDown):
                    await pipe.send(b"too late")
        async with joined(wearable, companion) as (down, up):
            await up.send(b"here again")
            assert await anext(down.packets()) == b"here again"


async def test_what_was_sent_out_of_range_arrives_after_a_quick_return() -> None:
    async with (
        radio(supervision_s=PATIENCE_S) as (air, wearable, companion),
        joined(wearable, companion) as (down, up),
    ):
        air.out_of_range = True
        await down.send(b"while away")
        air.out_of_range = False
        assert await anext(up.packets()) == b"while away"


async def test_staying_out_of_range_ends_the_connection_until_the_return() -> None:
    async with radio() as (air, wearable, companion):
        async with joined(wearable, companion) as (down, up):
            air.out_of_range = True
            assert await read_all(down) == await read_all(up) == []
        air.out_of_range = False
        async with joined(wearable, companion) as (down, _):
            assert down.max_packet == 512


async def test_a_sender_that_waits_for_room_hears_of_the_end() -> None:
    async def send_for_ever(pipe: Pipe) -> None:
        while True:
            await pipe.send(bytes(512))

    async with radio() as (air, wearable, companion), joined(wearable, companion) as ends:
        air.out_of_range = True
        for pipe in ends:
            with pytest.raises(LinkDown):
                await send_for_ever(pipe)


async def test_when_one_side_leaves_the_other_hears_it() -> None:
    async with radio() as (_, wearable, companion), AsyncExitStack() as stack:
        async with joined(wearable, companion) as (down, _):
            stack.push_async_callback(read_all, down)
        async with joined(wearable, companion) as (_, up):
            assert up.max_packet == 512


async def test_the_companion_waits_for_a_wearable_that_is_absent() -> None:
    with bonded() as (ours, theirs):
        async with Air() as air, open_central(air.spec(1), folder=theirs) as companion:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await companion.connect().__aenter__()
            async with (
                open_peripheral(air.spec(0), NAME, folder=ours) as wearable,
                joined(wearable, companion) as (down, _),
            ):
                assert down.max_packet == 512


async def test_a_phone_bonds_again_with_a_wearable_that_forgot_it(tmp_path: Path) -> None:
    window = PairingWindow(lambda: 0.0)
    with bonded() as (_, theirs):
        async with (
            asyncio.timeout(PATIENCE_S),
            Air() as air,
            open_peripheral(air.spec(0), NAME, folder=tmp_path, window=window) as wearable,
        ):
            async with open_central(air.spec(1), folder=theirs) as phone, asyncio.TaskGroup() as tasks:
                waiting = tasks.create_task(wearable.connect().__aenter__())
                with pytest.raises(NotLetIn):
                    await phone.connect().__aenter__()
                waiting.cancel()
            window.open("271828")
            async with open_central(air.spec(1), folder=theirs, passkey="271828") as phone, joined(wearable, phone):
                window.close()
            async with open_central(air.spec(1), folder=theirs) as phone, joined(wearable, phone) as (down, up):
                await up.send(b"again")
                assert await anext(down.packets()) == b"again"


async def test_the_companion_connects_to_the_wearable_of_the_given_name_only() -> None:
    with bonded(1, 2) as (ours, theirs):
        async with (
            asyncio.timeout(PATIENCE_S),
            Air(radios=3) as air,
            open_peripheral(air.spec(0), "Glasses of a neighbour") as stranger,
            open_peripheral(air.spec(1), NAME, folder=ours) as wearable,
            open_central(air.spec(2), NAME, folder=theirs) as companion,
            asyncio.TaskGroup() as group,
        ):
            neighbour = group.create_task(stranger.connect().__aenter__())
            async with joined(wearable, companion) as (down, up):
                await up.send(b"mine")
                assert await anext(down.packets()) == b"mine"
            assert not neighbour.done()
            neighbour.cancel()


async def test_two_airs_at_once_do_not_hear_each_other() -> None:
    async with radio() as one, radio() as other:
        assert not set(one[0].ports) & set(other[0].ports)
        async with joined(*one[1:]) as (down, up), joined(*other[1:]) as (other_down, _):
            one[0].cut()
            assert await read_all(up) == []
            await other_down.send(b"still here")
            assert down.max_packet == other_down.max_packet


async def test_plain_bleak_code_can_look_and_leave_and_does_not_get_the_session() -> None:
    async with radio() as (air, wearable, companion), AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        down = group.create_task(stack.enter_async_context(wearable.connect()))
        visitor = bumble_backend(air.spec(1).removeprefix("bumble:"), MemoryKeyStore())
        device = await BleakScanner.find_device_by_name(NAME, backend=visitor.scanner)
        assert device is not None
        async with BleakClient(device, backend=visitor.client) as client:
            assert await client.read_gatt_char(MANUFACTURER) == b"Earrand"
            info = gatt.decode_info(bytes(await client.read_gatt_char(gatt.INFO)))
            assert info == gatt.Info(PROTOCOL_VERSION, 512, bond=True)
            with pytest.raises(BleakGATTProtocolError) as refused:
                await client.start_notify(gatt.DOWN, lambda *_: None)
            assert refused.value.code == BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION
            assert not down.done()
        await visitor.close()
        up = await stack.enter_async_context(companion.connect())
        await up.send(b"the session")
        assert await anext((await down).packets()) == b"the session"


async def test_a_wearable_that_is_killed_ends_the_companions_connection() -> None:
    with bonded() as (ours, theirs):
        async with Air(supervision_s=0.2) as air, asyncio.timeout(PATIENCE_S):
            program = (
                "import asyncio\nfrom pathlib import Path\nfrom firmware_bridge.transports import open_peripheral\n"
                "async def main():\n"
                f" transport = open_peripheral({air.spec(0)!r}, {NAME!r}, folder=Path({str(ours)!r}))\n"
                " async with transport, transport.connect() as pipe:\n"
                "  async for packet in pipe.packets(): await pipe.send(packet)\n"
                "asyncio.run(main())"
            )
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
            try:
                async with open_central(air.spec(1), folder=theirs) as companion, companion.connect() as up:
                    await up.send(b"echo")
                    assert await anext(up.packets()) == b"echo"
                    process.kill()
                    assert await read_all(up) == []
            finally:
                await process.wait()


async def test_without_a_controller_connecting_fails_instead_of_waiting() -> None:
    async with Air(radios=1) as air:
        gone = air.spec(0)
    for transport in (open_peripheral(gone, NAME), open_central(gone)):
        with pytest.raises(LinkDown, match="no Bluetooth controller"):
            await transport.connect().__aenter__()


async def test_a_controller_that_is_pulled_out_ends_the_wait_for_the_companion() -> None:
    async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
        ours, theirs = stack.enter_context(bonded())
        air = await stack.enter_async_context(Air())
        wearable = await stack.enter_async_context(open_peripheral(air.spec(0), NAME, folder=ours))
        companion = await stack.enter_async_context(open_central(air.spec(1), folder=theirs))
        async with joined(wearable, companion) as (down, up):
            await air.__aexit__(None, None, None)
            assert await read_all(down) == await read_all(up) == []
        with pytest.raises(LinkDown):
            await wearable.connect().__aenter__()
        stack.pop_all()


@pytest.mark.parametrize("transport", [open_peripheral("bluez", NAME), open_central("bleak")])
async def test_without_a_system_bus_connecting_fails_instead_of_waiting(
    transport: OpenableTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    async with asyncio.timeout(PATIENCE_S), transport:
        with pytest.raises(LinkDown):
            await transport.connect().__aenter__()
