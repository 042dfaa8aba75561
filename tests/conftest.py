"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

# These machines are noisy: how long an example took says nothing.
settings.register_profile("earrand", deadline=None)
settings.load_profile("earrand")
