"""Says how bad a rate may still be when so few failures were seen: exact bounds, without approximation.

Rate: F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936. Share: C. Clopper and E. Pearson,
"The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934. Both bounds are
the value at which so few events, or fewer, would be seen only once in twenty times; found by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable

_CONFIDENCE = 0.95
_HALVINGS = 200


def rate_bound(events: int, hours: float, confidence: float = _CONFIDENCE) -> float:
    """Give the events an hour that are not exceeded with this confidence, after so many in so many hours."""
    if events < 0 or hours <= 0:
        raise ValueError("events are at least 0, hours over 0")
    highest = 10.0 + 10 * events
    return _bisect(lambda mean: _poisson_at_most(events, mean), highest, 1 - confidence) / hours


def share_bound(failures: int, trials: int, confidence: float = _CONFIDENCE) -> float:
    """Give the share of failures that is not exceeded with this confidence, after so many in so many trials."""
    if not 0 <= failures <= trials or trials == 0:
        raise ValueError("failures are 0 to the number of trials, which is over 0")
    if failures == trials:
        return 1.0
    return _bisect(lambda share: _binomial_at_most(failures, trials, share), 1.0, 1 - confidence)


def _bisect(chance: Callable[[float], float], highest: float, wanted: float) -> float:
    """Give where a chance that falls from 1 reaches `wanted`."""
    low, high = 0.0, highest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) > wanted else (low, middle)
    return high


def _poisson_at_most(events: int, mean: float) -> float:
    if mean == 0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(events + 1))


def _binomial_at_most(failures: int, trials: int, share: float) -> float:
    if share in (0.0, 1.0):
        return 1.0 - share
    return math.fsum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(failures + 1))
