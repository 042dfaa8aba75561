"""What is loaded for good is out of the garbage collector's way."""

from __future__ import annotations

import gc

from edge.engines import spare_from_collection


def test_what_is_loaded_is_not_looked_at_again_by_the_garbage_collector() -> None:
    loaded = {"template": ["what time is it"]}
    try:
        spare_from_collection()
        assert not any(one is loaded for one in gc.get_objects())
    finally:
        gc.unfreeze()
    assert any(one is loaded for one in gc.get_objects())
