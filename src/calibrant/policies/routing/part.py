"""Some of a table's questions, and the two parts that a promise needs: one to fit on, one to certify on."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from calibrant.metrics.arrays import Bools, Ints
from calibrant.policies.routing.arms import ArmTable

__all__ = ["fit_part", "part_of"]


def part_of(table: ArmTable, rows: Ints) -> ArmTable:
    """The table of these questions."""
    numbers = rows.tolist()
    return replace(
        table,
        right=table.right[rows],
        failed=table.failed[rows],
        cost=table.cost[rows],
        clusters=table.clusters[rows],
        signals={name: values[rows] for name, values in table.signals.items()},
        texts=None if table.texts is None else [table.texts[row] for row in numbers],
        domains=None if table.domains is None else [table.domains[row] for row in numbers],
        questions=[table.questions[row] for row in numbers] if len(table.questions) else (),
    )


def fit_part(table: ArmTable, share: float, seed: int = 0) -> Bools:
    """Which questions a policy is fitted on, whole clusters only; the others are for its certificate.

    A cluster's side hangs on the seed and the least digest of its questions: more clusters move none to the other side,
    a further question of a cluster may move that whole cluster.

    Args:
        table: the questions.
        share: of the clusters that are fitted on, in (0, 1).
        seed: another seed, another parting.

    Returns:
        Shape (n,), True = fitted on.
    """
    names: dict[int, str] = {}
    given = table.questions if len(table.questions) else [str(code) for code in table.clusters.tolist()]
    for code, question in zip(table.clusters.tolist(), given, strict=True):
        names[code] = min(question, names.get(code, question))
    side = {
        code: int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:8], "big") < share * 2**64
        for code, name in names.items()
    }
    return np.array([side[code] for code in table.clusters.tolist()], dtype=np.bool_)
