"""Orders on standard input: what was written is read, and any line gives an order or NotAnOrder."""

from __future__ import annotations

import pytest

from edge.feed import Finish, NotAnOrder, Order, Play, Press, Wear, decode_order, encode_order


@pytest.mark.parametrize("order", [Play("a.flac"), Press(), Wear(True), Finish(2.0)])
def test_an_order_that_was_written_is_read(order: Order) -> None:
    assert decode_order(encode_order(order)) == order


@pytest.mark.parametrize("line", [b"", b"{}", b'{"do":"play","file":"\xff"}', b'{"do":"play","x":' + b"[" * 100_000])
def test_a_line_that_is_no_order_is_refused(line: bytes) -> None:
    with pytest.raises(NotAnOrder):
        decode_order(line)
