"""The fixtures that the tests of the model store share."""

from tests.model_store import hub, one_client, store

__all__ = ["hub", "one_client", "store"]
