"""What a calibrator is fitted on: rows of scores with right and wrong, and a record of them that travels with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, cluster_codes, labels, same_length, scores

__all__ = ["FittedOn", "Rows", "laplace", "read_field", "read_finite", "read_numbers", "read_rows"]

_DIGITS = 16
"""Hexadecimal digits of a cluster's digest: two of a million clusters are alike with a chance of about 3 in 10^8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedOn:
    """The rows that a calibrator has seen. On them its probabilities flatter, and a promise made there is false.

    Labels of clusters are kept as digests: a policy that is handed on names no documents, though whoever guesses a name
    can check it.
    """

    n: int
    """Answers."""
    right: int
    """How many of them were right."""
    clusters: int
    """How many clusters they came from."""
    seed: int
    digest: str
    """Of the rows, whatever their order: says whether the very same rows come again."""
    identities: frozenset[str] | None
    """A digest for each cluster; None where the rows came without clusters, so that overlap cannot be known."""

    def overlap(self, clusters: ArrayLike) -> tuple[str, ...] | None:
        """The clusters among these that the calibrator was fitted on, as they are written, sorted.

        Args:
            clusters: label of each row's cluster, shape (n,).

        Returns:
            The labels; None where it cannot be known, because the fit was given no clusters.
        """
        if self.identities is None:
            return None
        given = {str(label) for label in np.asarray(clusters).tolist()}
        return tuple(sorted(label for label in given if _identity(label) in self.identities))

    def refuse_overlap(self, scores: Any, correct: ArrayLike, clusters: ArrayLike | None) -> None:
        """Refuse rows that the calibrator was fitted on, by cluster where clusters are known, else as a whole.

        Args:
            scores: scores of the rows, shape (n,), or a mapping of signals.
            correct: 1 where the answer was right, shape (n,).
            clusters: label of each row's cluster, shape (n,); None where they are unknown.

        Raises:
            ValueError: a cluster occurs in both, or these are the very same rows.
        """
        shared = () if clusters is None else self.overlap(clusters)
        if shared:
            named = ", ".join(shared[:3]) + (", ..." if len(shared) > 3 else "")
            some = f"{len(shared)} cluster{'' if len(shared) == 1 else 's'}"
            raise ValueError(
                f"the calibrator was fitted on {some} of these rows ({named}): what it says of them proves nothing. "
                "Fit on one part of the clusters, test and certify on another"
            )
        if self.digest == _rows_digest(scores, labels(correct, "correct")):
            raise ValueError("the calibrator was fitted on these very rows: what it says of them proves nothing")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "n": self.n,
            "right": self.right,
            "clusters": self.clusters,
            "seed": self.seed,
            "digest": self.digest,
            "identities": None if self.identities is None else sorted(self.identities),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FittedOn:
        """The record that ``to_dict`` wrote.

        Raises:
            ValueError: a field is missing or of another kind.
        """
        identities = read_field(data, "identities")
        try:
            return cls(
                **{name: int(read_field(data, name)) for name in ("n", "right", "clusters", "seed")},
                digest=str(read_field(data, "digest")),
                identities=None if identities is None else frozenset(map(str, identities)),
            )
        except TypeError as error:
            raise ValueError(f"what a calibrator was fitted on cannot be read: {error}") from None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to fit on, checked."""

    scores: Floats
    correct: Floats
    fitted_on: FittedOn

    @property
    def one_class(self) -> bool:
        """Whether all are right or all wrong."""
        return self.fitted_on.right in (0, self.fitted_on.n)

    @property
    def targets(self) -> Floats:
        """Platt's (1999) targets: (right + 1)/(right + 2) and 1/(wrong + 2), which no fit can reach at infinity."""
        right = self.fitted_on.right
        wrong = self.fitted_on.n - right
        return np.where(self.correct == 1, (right + 1) / (right + 2), 1 / (wrong + 2))


def read_rows(given: ArrayLike, correct: ArrayLike, clusters: ArrayLike | None, seed: int) -> Rows:
    """Check rows of one score.

    Raises:
        ValueError: there are none, lengths differ, a score is not finite, or ``correct`` holds other than 0 and 1.
    """
    score, truth = scores(given, "scores"), labels(correct, "correct")
    same_length(scores=score, correct=truth)
    return Rows(score, truth, fitted_on(score, truth, clusters, seed))


def fitted_on(given: Any, truth: Floats, clusters: ArrayLike | None, seed: int) -> FittedOn:
    """The record of rows.

    Raises:
        ValueError: there are none, or clusters are no labels of them.
    """
    if not truth.size:
        raise ValueError("there is nothing to fit on: no rows")
    groups = cluster_codes(clusters, truth.size)[1]
    known = None
    if clusters is not None:
        known = frozenset(_identity(str(label)) for label in np.unique(np.asarray(clusters)).tolist())
    return FittedOn(
        n=int(truth.size),
        right=int(truth.sum()),
        clusters=groups,
        seed=seed,
        digest=_rows_digest(given, truth),
        identities=known,
    )


def laplace(right: int, n: int) -> float:
    """(right + 1)/(n + 2): the probability given to all where rows are all right or all wrong, never 0 or 1."""
    return (right + 1) / (n + 2)


def read_field(data: Any, name: str) -> Any:
    """A field of a calibrator that was written down.

    Raises:
        ValueError: it is missing.
    """
    if not isinstance(data, Mapping) or name not in data:
        raise ValueError(f"a calibrator's '{name}' is missing")
    return data[name]


def read_finite(data: Mapping[str, Any], name: str) -> float:
    """A finite number of a calibrator that was written down.

    Raises:
        ValueError: it is missing, or no finite number.
    """
    return float(read_numbers({name: [read_field(data, name)]}, name)[0])


def read_numbers(data: Mapping[str, Any], name: str) -> Floats:
    """A list of finite numbers of a calibrator that was written down.

    Raises:
        ValueError: it is missing, or not such a list.
    """
    try:
        return scores(read_field(data, name), name)
    except TypeError:
        raise ValueError(f"a calibrator's '{name}' must hold numbers") from None


def _identity(label: str) -> str:
    return hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _rows_digest(given: Any, truth: Floats) -> str:
    """The same for the same rows in any order."""
    columns: Iterable[Any] = [given[name] for name in sorted(given)] if isinstance(given, Mapping) else [given]
    table = np.column_stack([np.asarray(column, dtype=np.float64) + 0.0 for column in columns] + [truth])
    table = table[np.lexsort(table.T)]
    return hashlib.sha256(np.ascontiguousarray(table).tobytes()).hexdigest()
