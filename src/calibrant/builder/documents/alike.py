"""How alike texts are: pairs above a likeness, and the texts nearest to one.

TF-IDF sees shared rare words, needs no model and is quick; embeddings, which a model makes, see other words for the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Index", "Likeness", "Vectors"]

_BLOCK = 512


def _matrix(texts: Sequence[str], pattern: str = r"(?u)\b\w[\w.]*\b") -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(token_pattern=pattern, sublinear_tf=True)
    try:
        return vectorizer, vectorizer.fit_transform(texts)
    except ValueError:  # no word in any of them
        return vectorizer, None


class Likeness:
    """Texts, to find those among them that are alike.

    >>> list(Likeness(["who wrote Emma", "who wrote Emma", "where is Jena"]).pairs(range(3), 0.9))
    [(0, 1)]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        _, self._matrix = _matrix(texts)

    def pairs(self, places: Sequence[int], least: float) -> Iterator[tuple[int, int]]:
        """Pairs (i, j) with i < j among some places whose cosine similarity is at least so much, in order."""
        if self._matrix is None or len(places) < 2:
            return
        chosen = sorted(places)
        part = self._matrix[chosen]
        turned = part.T.tocsc()
        for start in range(0, len(chosen), _BLOCK):
            product = (part[start : start + _BLOCK] @ turned).tocoo()
            near = (product.data >= least) & (product.col > product.row + start)
            for row, column in sorted(
                zip((product.row[near] + start).tolist(), product.col[near].tolist(), strict=True)
            ):
                yield chosen[row], chosen[column]


class Vectors:
    """Embeddings, to find those among them that are alike.

    Args:
        vectors: one for each text, all of one length; None = there is none, so that it is like no other.

    >>> list(Vectors([(1.0, 0.0), (0.6, 0.8), None, (1.0, 0.1)]).pairs(range(4), 0.9))
    [(0, 3)]
    """

    def __init__(self, vectors: Sequence[Sequence[float] | None]) -> None:
        import numpy as np

        width = next((len(one) for one in vectors if one is not None), 0)
        rows = np.array([[0.0] * width if one is None else list(one) for one in vectors])
        sizes = np.linalg.norm(rows, axis=1, keepdims=True) if width else np.ones((len(rows), 1))
        self._rows = rows / np.where(sizes == 0, 1.0, sizes)

    def pairs(self, places: Sequence[int], least: float) -> Iterator[tuple[int, int]]:
        """Pairs (i, j) with i < j among some places whose cosine similarity is at least so much, in order."""
        import numpy as np

        chosen = sorted(places)
        if len(chosen) < 2 or self._rows.shape[1] == 0:
            return
        part = self._rows[chosen]
        for start in range(0, len(chosen), _BLOCK):
            near = part[start : start + _BLOCK] @ part.T >= least
            for row, column in zip(*np.nonzero(near), strict=True):
                if column > row + start:
                    yield chosen[row + start], chosen[column]


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
