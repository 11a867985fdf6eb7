"""What is asked for, and the rows as they will be tested: clusters dealt with, a pilot set aside."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from calibrant.policies.certificate import ClusterFacts
from calibrant.policies.clusters import FEWEST_EFFECTIVE, FEWEST_FOR_A_PROMISE, one_of_each, split_clusters
from calibrant.policies.declared import Declared, Method
from calibrant.policies.labelled import Labelled

__all__ = ["Asked", "Prepared", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be promised, and how it is to be tested."""

    alpha: float
    delta: float
    level: float
    method: Method
    exact: bool
    look: int | None
    seed: int
    declared: Declared


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows as they are tested."""

    data: Labelled
    pilot: Labelled | None
    facts: ClusterFacts | None
    left_out: dict[str, int]
    too_few: bool


def prepare(data: Labelled, asked: Asked) -> Prepared:
    """Deal with clusters, and set the pilot's rows aside."""
    left_out: dict[str, int] = {}
    facts, too_few = None, False
    if data.cluster is not None:
        found = len(np.unique(data.cluster[: data.answered]))
        tested = 1 - asked.declared.pilot_share if asked.method == "pilot" else 1.0
        if asked.declared.population != "new documents":
            facts = ClusterFacts(clusters=data.groups, handling=f"ignored: about {asked.declared.population}")
            data = replace(data, cluster=None)
        elif found < FEWEST_FOR_A_PROMISE:
            facts, too_few = ClusterFacts(clusters=data.groups, handling="too few"), True
        elif asked.method == "betting" or data.weight is not None:
            facts = ClusterFacts(clusters=data.groups, handling="all items, by betting")
        elif asked.exact or found * tested < FEWEST_EFFECTIVE or asked.method == "band":
            used = data.part(one_of_each(data.cluster, asked.seed))
            left_out["other rows of a cluster of which one was drawn"] = data.rows - used.rows
            facts = ClusterFacts(
                clusters=data.groups, handling="one random item of each", left_out=data.rows - used.rows
            )
            data = replace(used, cluster=None)
        else:
            facts = ClusterFacts(clusters=data.groups, handling="effective counts", approximate=True)
    pilot = None
    if asked.method == "pilot":
        chosen = split_clusters(data, asked.declared.pilot_share, asked.seed)
        pilot, data = data.part(chosen), data.part(~chosen)
        left_out["pilot rows, which chose the start"] = pilot.rows
    return Prepared(data=data, pilot=pilot, facts=facts, left_out=left_out, too_few=too_few)
