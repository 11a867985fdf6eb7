"""What the question alone says of each arm: the mean of its category, drawn to the overall mean, and its words.

The words are TF-IDF of one and two, weighed by a ridge regression of what the category does not explain. scikit-learn
fits it; the router that is frozen is plain numbers and needs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from calibrant.metrics.arrays import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["FittedRouter", "QuestionRouter", "fit_router"]

SHRINKAGE = 10.0
"""A category weighs as much as so many questions of the overall mean."""
_RIDGES = (0.3, 1.0, 3.0, 10.0)
_WORDS = 4000
_FEWEST = 2
_TEXTS = 6000
"""Texts that weights of words are fitted on at most."""
_WORD = re.compile(r"(?u)\b\w\w+\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRouter:
    """P(right) of each arm, before anything is asked."""

    overall: tuple[float, ...]
    """Of each arm, over all questions of the fit."""
    domains: Mapping[str, tuple[float, ...]]
    """Category -> of each arm. Empty where there were none; an unknown category has the overall mean."""
    words: Mapping[str, tuple[float, ...]]
    """Word or pair of words -> its inverse document frequency, then what it adds to each arm. Empty: no help."""

    def at(self, domain: str | None, text: str | None) -> tuple[float, ...]:
        """Of one question."""
        means = self.domains.get(domain or "", self.overall)
        if not self.words or text is None:
            return means
        found = [(count, self.words[term]) for term, count in Counter(_terms(text)).items() if term in self.words]
        weighed = [((1 + log(count)) * row[0], row) for count, row in found]
        length = sqrt(sum(weight * weight for weight, _ in weighed))
        if not length:
            return means
        return tuple(mean + sum(w * row[arm + 1] for w, row in weighed) / length for arm, mean in enumerate(means))

    def values(self, domains: Sequence[str] | None, texts: Sequence[str] | None, n: int) -> Floats:
        """Of many, shape (n, arms)."""
        if not self.words or texts is None:
            table = {name: np.array(means) for name, means in self.domains.items()}
            overall = np.array(self.overall)
            if domains is None:
                return np.tile(overall, (n, 1))
            return np.array([table.get(name, overall) for name in domains]).reshape(n, len(overall))
        named: Sequence[str | None] = [None] * n if domains is None else domains
        rows = [self.at(domain, text) for domain, text in zip(named, texts, strict=True)]
        return np.array(rows).reshape(n, len(self.overall))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "overall": list(self.overall),
            "domains": {name: list(means) for name, means in self.domains.items()},
            "words": {term: list(row) for term, row in self.words.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> QuestionRouter:
        """The router that `to_dict` wrote."""
        return cls(
            overall=tuple(map(float, data["overall"])),
            domains={name: tuple(map(float, means)) for name, means in data["domains"].items()},
            words={term: tuple(map(float, row)) for term, row in data["words"].items()},
        )


@dataclass(frozen=True, slots=True)
class FittedRouter:
    """A router of all rows, and what routers that did not see a row say of it."""

    router: QuestionRouter
    held_out: Floats
    """Shape (n, arms)."""
    notes: tuple[str, ...]


def fit_router(
    right: Floats, folds: Ints, domains: Sequence[str] | None = None, texts: Sequence[str] | None = None
) -> FittedRouter:
    """Fit a router; words only where they foretell left-out rows better than the category does.

    Args:
        right: 1 or 0, shape (n, arms); an answer that is not there counts as 0.
        folds: the part of each row, shape (n,).
        domains: category of each question.
        texts: each question.
    """
    names, codes = np.unique(np.asarray(domains if domains is not None else [""] * len(right)), return_inverse=True)
    parts = range(int(folds.max()) + 1)
    means = _category_means(right, codes, len(names))
    held_out = np.empty_like(right)
    for part in parts:
        out = folds == part
        held_out[out] = _category_means(right[~out], codes[~out], len(names))[codes[out]]
    overall = tuple(right.mean(axis=0).tolist())
    known = {} if domains is None else {str(name): tuple(row.tolist()) for name, row in zip(names, means, strict=True)}
    notes = [] if domains is None else [f"means of {len(names)} categories, each drawn to the overall mean"]
    words: dict[str, tuple[float, ...]] = {}
    if texts is not None:
        found = _fit_words(texts, right, held_out, folds)
        if found is None:
            notes.append("words of the question: of no help on left-out questions, not used")
        else:
            words, added = found
            held_out = held_out + added
            notes.append(f"TF-IDF of {len(words)} words and pairs of words")
    return FittedRouter(QuestionRouter(overall=overall, domains=known, words=words), held_out, tuple(notes))


def _category_means(right: Floats, codes: Ints, groups: int) -> Floats:
    """(sum of the category + SHRINKAGE x overall mean) / (its number + SHRINKAGE)."""
    counts = np.bincount(codes, minlength=groups)[:, None]
    sums = np.stack([np.bincount(codes, weights=arm, minlength=groups) for arm in right.T], axis=1)
    means: Floats = (sums + SHRINKAGE * right.mean(axis=0)) / (counts + SHRINKAGE)
    return means


def _terms(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return words + [f"{one} {other}" for one, other in pairwise(words)]


def _fit_words(
    texts: Sequence[str], right: Floats, means: Floats, folds: Ints
) -> tuple[dict[str, tuple[float, ...]], Floats] | None:
    """Weights of words for what the category leaves over, and left-out predictions; None where they do not help."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    reader = TfidfVectorizer(ngram_range=(1, 2), max_features=_WORDS, min_df=_FEWEST, sublinear_tf=True)
    # Evenly through the rows, so that which texts are read does not hang on a draw.
    chosen = np.unique(np.linspace(0, len(texts) - 1, min(len(texts), _TEXTS)).astype(np.int64))
    try:
        reader.fit([texts[at] for at in chosen])
    except ValueError:  # no word occurs twice
        return None
    matrix: csr_matrix = reader.transform(texts)
    rest = right - means
    least, best, added = float((rest**2).mean()), None, None
    for strength in _RIDGES:
        guess = np.zeros_like(rest)
        for part in range(int(folds.max()) + 1):
            out = folds == part
            kept = chosen[~out[chosen]]
            ridge = Ridge(alpha=strength, fit_intercept=False, solver="sparse_cg", tol=1e-4)
            ridge.fit(matrix[kept], rest[kept])
            guess[out] = ridge.predict(matrix[out]).reshape(-1, rest.shape[1])
        error = float(((rest - guess) ** 2).mean())
        if error < least:
            least, best, added = error, strength, guess
    if best is None or added is None:
        return None
    weights = Ridge(alpha=best, fit_intercept=False, solver="sparse_cg", tol=1e-4)
    weights.fit(matrix[chosen], rest[chosen])
    coefficients = np.atleast_2d(weights.coef_)
    terms = reader.get_feature_names_out()
    rows = np.column_stack([reader.idf_, coefficients.T])
    return {str(term): tuple(float(f"{x:.5g}") for x in row) for term, row in zip(terms, rows, strict=True)}, added
