"""Boots the guest of tests/bluez_guest and runs the tests of real BlueZ in it."""

from __future__ import annotations

import pytest

from tests.bluez_guest.guest import GuestError, hindrance, prepare, run


@pytest.mark.skipif(hindrance() is not None, reason=hindrance() or "")
@pytest.mark.once  # the guest has a Python of its own
@pytest.mark.timeout(900)
def test_the_link_works_between_two_bluetoothds() -> None:
    try:
        prepare(print)
    except GuestError as exc:
        pytest.skip(f"the guest cannot be prepared: {exc}")
    status, printed = run()
    print(printed)
    assert status == 0
    assert "passed" in printed
    assert "skipped" not in printed
