"""Texts of different lengths packed into rows of equal length; within a row no text sees another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["Rows", "pack"]

_OPEN = 24


@dataclass(frozen=True, slots=True)
class Rows:
    """Packed texts, all arrays of shape [rows, length]."""

    tokens: np.ndarray
    weight: np.ndarray
    """Weight in the loss of predicting the token at this place from the ones before it."""
    text: np.ndarray
    """Number of the text within its row, -1 for padding."""

    def __len__(self) -> int:
        return len(self.tokens)


def pack(texts: Iterable[tuple[np.ndarray, np.ndarray]], length: int, *, padding: int = 0) -> Rows:
    """Pack texts (token ids and loss weights, each [T <= length]) in their order, first fit among a few open rows.

    Raises:
        ValueError: a text is longer than a row.
    """
    rows = list(_filled(texts, length))
    tokens = np.full((len(rows), length), padding, dtype=np.int64)
    weight = np.zeros((len(rows), length), dtype=np.float32)
    text = np.full((len(rows), length), -1, dtype=np.int16)
    for row, members in enumerate(rows):
        at = 0
        for number, (ids, weights) in enumerate(members):
            end = at + len(ids)
            tokens[row, at:end], weight[row, at:end], text[row, at:end] = ids, weights, number
            at = end
    return Rows(tokens, weight, text)


def _filled(
    texts: Iterable[tuple[np.ndarray, np.ndarray]], length: int
) -> Iterator[list[tuple[np.ndarray, np.ndarray]]]:
    members: list[list[tuple[np.ndarray, np.ndarray]]] = []
    free: list[int] = []
    for ids, weights in texts:
        size = len(ids)
        if size > length:
            raise ValueError(f"a text of {size} tokens does not fit into a row of {length}")
        at = next((number for number, room in enumerate(free) if room >= size), None)
        if at is None:
            if len(free) == _OPEN:
                fullest = min(range(_OPEN), key=free.__getitem__)
                yield members.pop(fullest)
                free.pop(fullest)
            members.append([])
            free.append(length)
            at = len(free) - 1
        members[at].append((ids, weights))
        free[at] -= size
    yield from members
