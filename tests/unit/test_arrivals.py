from contextlib import aclosing

from firmware_bridge.transports.arrivals import ROOM, Arrivals


async def read_all(arrivals: Arrivals) -> list[bytes]:
    async with aclosing(arrivals.read()) as packets:  # type: ignore[type-var]  # an async generator behind AsyncIterator
        return [packet async for packet in packets]


async def test_what_arrived_before_the_end_is_still_read_in_order() -> None:
    arrivals = Arrivals()
    arrivals.put(b"one")
    arrivals.put(b"two")
    arrivals.end()
    assert await read_all(arrivals) == [b"one", b"two"]


async def test_without_a_reader_the_newest_packets_are_dropped_and_counted() -> None:
    arrivals = Arrivals()
    for number in range(ROOM + 3):
        arrivals.put(number.to_bytes(2, "big"))
    arrivals.end()
    read = await read_all(arrivals)
    assert arrivals.dropped == 3
    assert read == [number.to_bytes(2, "big") for number in range(ROOM)]
