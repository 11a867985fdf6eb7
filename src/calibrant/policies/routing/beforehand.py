"""What is known of a question before any arm has answered: its category and its words.

A ridge regression of each arm's being right on TF-IDF of words and word pairs, with the category beside them. On
questions alone every method comes to the same plateau (design notes cite arXiv 2606.07587, 2601.07206), so this is the
cheapest one that reaches it: no embedding, no download, fitted in seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from calibrant.confidence.calibrate import cluster_folds
from calibrant.metrics.arrays import Floats
from calibrant.policies.routing.arms import ArmTable

__all__ = ["Beforehand", "fit_beforehand"]

PENALTIES = (3.0, 10.0, 30.0, 100.0)
MOST_TERMS = 20_000
CATEGORY_WEIGHT = 0.5
"""Of the category's column beside a text of length 1."""
FOLDS = 5

_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """P(right) of each arm from the question alone. Of a linear model: only differences between arms should be used."""

    arms: int
    terms: Mapping[str, int]
    """Word or pair of words -> its row in ``weights``."""
    idf: Floats
    """Shape (terms,)."""
    categories: tuple[str, ...]
    weights: Floats
    """Shape (terms + categories, arms)."""
    intercept: Floats
    """Shape (arms,)."""
    penalty: float

    def predict(self, texts: Sequence[str] | None, domains: Sequence[str] | None, n: int) -> Floats:
        """Shape (n, arms). A word or category not seen in the fit adds nothing."""
        found = np.tile(self.intercept, (n, 1))
        if texts is not None and self.terms:
            for row, text in enumerate(texts):
                columns, values = self._text(text)
                found[row] += values @ self.weights[columns]
        if domains is not None and self.categories:
            place = {name: len(self.terms) + i for i, name in enumerate(self.categories)}
            for row, name in enumerate(domains):
                if (column := place.get(str(name))) is not None:
                    found[row] += CATEGORY_WEIGHT * self.weights[column]
        return found

    def of_table(self, table: ArmTable) -> Floats:
        """Shape (n, arms), of the questions of a table."""
        return self.predict(table.texts, table.domains, len(table))

    def _text(self, text: str) -> tuple[list[int], Floats]:
        counts = Counter(term for term in _terms(text) if term in self.terms)
        columns = [self.terms[term] for term in counts]
        values = (1 + np.log(np.array(list(counts.values()), dtype=np.float64))) * self.idf[columns]
        length = float(np.sqrt((values**2).sum()))
        return columns, values / length if length else values

    def to_dict(self) -> dict[str, Any]:
        """Plain values, weights to six digits."""
        return {
            "arms": self.arms,
            "terms": list(self.terms),
            "idf": [round(float(one), 6) for one in self.idf],
            "categories": list(self.categories),
            "weights": [[float(f"{one:.6g}") for one in row] for row in self.weights],
            "intercept": self.intercept.tolist(),
            "penalty": self.penalty,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Beforehand:
        """What ``to_dict`` gave.

        Raises:
            ValueError: the parts do not belong together.
        """
        terms = {str(term): i for i, term in enumerate(data["terms"])}
        categories = tuple(str(one) for one in data["categories"])
        arms = int(data["arms"])
        weights = np.array(data["weights"], dtype=np.float64).reshape(-1, arms)
        idf = np.array(data["idf"], dtype=np.float64)
        intercept = np.array(data["intercept"], dtype=np.float64)
        if len(weights) != len(terms) + len(categories) or len(idf) != len(terms) or len(intercept) != arms:
            raise ValueError("the router's weights do not fit its words and categories")
        return cls(
            arms=arms,
            terms=terms,
            idf=idf,
            categories=categories,
            weights=weights,
            intercept=intercept,
            penalty=float(data["penalty"]),
        )


def _terms(text: str) -> Iterable[str]:
    words = _WORD.findall(text.lower())
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words))


def fit_beforehand(table: ArmTable, seed: int = 0) -> tuple[Beforehand, Floats]:
    """Fit on labelled questions; the penalty by cross-validation of the *differences* between neighbouring arms.

    Args:
        table: with texts, domains, or both. What an arm did not answer counts as not right.
        seed: of the folds, which keep clusters whole.

    Returns:
        The model, and for each question what models fitted without its fold say, shape (n, arms): what a later stage
        may learn from.

    Raises:
        ValueError: neither texts nor domains, or fewer than two clusters.
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    if table.texts is None and table.domains is None:
        raise ValueError("neither the questions' texts nor their categories are known")
    right = np.nan_to_num(table.right)
    parts: list[Any] = []
    terms: dict[str, int] = {}
    idf = np.zeros(0)
    if table.texts is not None:
        vectors = TfidfVectorizer(analyzer=_analyse, sublinear_tf=True, min_df=2, max_features=MOST_TERMS)
        try:
            parts.append(vectors.fit_transform(table.texts))
            terms = {term: int(i) for term, i in sorted(vectors.vocabulary_.items(), key=lambda one: one[1])}
            idf = np.asarray(vectors.idf_, dtype=np.float64)
        except ValueError:  # no word occurs twice: nothing to learn from words
            if table.domains is None:
                raise ValueError("no word occurs in two questions") from None
    categories: tuple[str, ...] = ()
    if table.domains is not None:
        names, codes = np.unique(np.asarray(table.domains, dtype=str), return_inverse=True)
        categories = tuple(names.tolist())
        ones = (np.full(len(codes), CATEGORY_WEIGHT), (np.arange(len(codes)), codes))
        parts.append(sparse.csr_matrix(ones, shape=(len(codes), len(names))))
    columns = sparse.hstack(parts).tocsr()
    folds = cluster_folds(table.clusters, len(table), folds=FOLDS, seed=seed)
    penalty, aside = _cross_validated(columns, right, folds)
    weights, intercept = _ridge(columns, right, penalty)
    made = Beforehand(
        arms=right.shape[1],
        terms=terms,
        idf=idf,
        categories=categories,
        weights=weights,
        intercept=intercept,
        penalty=penalty,
    )
    return made, aside


def _analyse(text: str) -> list[str]:
    return list(_terms(text))


def _ridge(columns: Any, right: Floats, penalty: float) -> tuple[Floats, Floats]:
    from sklearn.linear_model import Ridge

    fitted = Ridge(alpha=penalty).fit(columns, right)
    weights = np.asarray(fitted.coef_, dtype=np.float64).reshape(right.shape[1], -1)
    return weights.T, np.asarray(fitted.intercept_, dtype=np.float64).reshape(-1)


def _cross_validated(columns: Any, right: Floats, folds: Any) -> tuple[float, Floats]:
    """The penalty of the least squared error of differences between arms, and its predictions out of fold."""
    best = (np.inf, PENALTIES[0], np.zeros_like(right))
    for penalty in PENALTIES:
        aside = np.zeros_like(right)
        for fold in np.unique(folds):
            out = folds == fold
            weights, intercept = _ridge(columns[~out], right[~out], penalty)
            aside[out] = columns[out] @ weights + intercept
        wrong = aside - right
        loss = float((np.diff(wrong, axis=1) ** 2).mean()) if right.shape[1] > 1 else float((wrong**2).mean())
        if loss < best[0]:
            best = loss, penalty, aside
    return best[1], best[2]
