"""Ways to test many candidate thresholds and keep the chance of any false one under the level: one file each."""

from collections.abc import Mapping
from types import MappingProxyType

from calibrant.policies.methods import band, betting, bonferroni, multistart, pilot, sgr, single
from calibrant.policies.methods.trial import Run, Step, Trial

__all__ = ["METHODS", "MONOTONE", "Run", "Step", "Trial"]

METHODS: Mapping[str, Run] = MappingProxyType(
    {
        "multistart": multistart.run,
        "band": band.run,
        "single": single.run,
        "pilot": pilot.run,
        "sgr": sgr.run,
        "bonferroni": bonferroni.run,
        "betting": betting.run,
    }
)
MONOTONE = frozenset({"band", "sgr"})
"""Methods whose promise holds where risk never falls as confidence falls."""
