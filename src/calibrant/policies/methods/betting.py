"""Multi-start testing on betting evidence: for clusters of any kind, with all their items, and for weighted rows.

The order of tests is that of :mod:`calibrant.policies.methods.multistart`; what differs is the p-value, the inverse of
a capital won by betting on clusters' mean losses (:func:`calibrant.policies.evidence.betting`).
"""

from calibrant.policies.methods.multistart import run

__all__ = ["run"]
