"""How alike texts are, by TF-IDF: pairs above a likeness, and the texts nearest to one.

Embeddings would see paraphrases that share no words; this sees shared rare words, needs no model, and is quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Index", "alike_pairs"]

_BLOCK = 512


def _matrix(texts: Sequence[str], pattern: str = r"(?u)\b\w[\w.]*\b") -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(token_pattern=pattern, sublinear_tf=True)
    try:
        return vectorizer, vectorizer.fit_transform(texts)
    except ValueError:  # no word in any of them
        return vectorizer, None


def alike_pairs(texts: Sequence[str], least: float) -> Iterator[tuple[int, int]]:
    """Places (i, j) with i < j of texts whose cosine similarity is at least so much.

    >>> list(alike_pairs(["who wrote Emma", "who wrote Emma", "where is Jena"], 0.9))
    [(0, 1)]
    """
    _, matrix = _matrix(texts)
    if matrix is None:
        return
    turned = matrix.T.tocsc()
    for start in range(0, matrix.shape[0], _BLOCK):
        product = (matrix[start : start + _BLOCK] @ turned).tocoo()
        near = (product.data >= least) & (product.col > product.row + start)
        yield from zip((product.row[near] + start).tolist(), product.col[near].tolist(), strict=True)


class Index:
    """Texts, to find the most similar ones to another."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._vectorizer, self._matrix = _matrix(texts)

    def nearest(self, text: str, count: int) -> list[int]:
        """Places of the most similar texts that share a word with it, the most similar first."""
        import numpy as np

        if self._matrix is None:
            return []
        scores = np.asarray((self._matrix @ self._vectorizer.transform([text]).T).todense()).ravel()
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(place) for place in best if scores[place] > 0]
