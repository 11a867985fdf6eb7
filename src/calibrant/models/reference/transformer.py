"""The forward pass in NumPy: a decoder-only transformer with a cache of keys and values.

Pre-norm (RMSNorm), rotary positions (base 10000, the two halves of a head turned against each other), causal softmax
attention, a GELU in its tanh form, tied embeddings. Letters of shapes: P prompts of at most T tokens, N tokens of all
prompts together, B sequences under way, H heads of width d, D = H d, V words, S places in the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from calibrant.models.reference.weights import Floats, Layer, Weights

__all__ = ["Cache", "Transformer"]

Places: TypeAlias = NDArray[np.intp]
_EPSILON = np.float32(1e-5)
_BASE = 10_000.0
_GELU = np.float32(np.sqrt(2 / np.pi))
_CUBIC = np.float32(0.044715)
_ROOM = 12
"""Places that a cache gets, and grows by, beyond the tokens it has: most answers are short."""
_AT_ONCE = 1024
"""Tokens of prompts that are read at once."""
_LARGE = np.float32(80)
"""exp of more is no float32."""
_NEVER = np.float32(-1e30)


@dataclass(slots=True)
class Cache:
    """Keys and values of sequences under way."""

    keys: list[Floats]
    """For each layer [B, H, S, d]."""
    values: list[Floats]
    lengths: Places
    """[B]: tokens that each sequence has so far."""

    def grow(self) -> None:
        """Make room for more tokens."""
        for arrays in (self.keys, self.values):
            for place, array in enumerate(arrays):
                more = np.zeros((*array.shape[:2], _ROOM, array.shape[3]), np.float32)
                arrays[place] = np.concatenate([array, more], axis=2)

    def of(self, rows: Places) -> Cache:
        """The cache of some sequences, in this order; one may be there several times."""
        return Cache([keys[rows] for keys in self.keys], [values[rows] for values in self.values], self.lengths[rows])


@dataclass(frozen=True, slots=True)
class _Packing:
    """Where the N tokens of prompts of several lengths lie; nothing is computed for padding but in attention."""

    rows: Places
    """[N]"""
    columns: Places
    """[N]"""
    lengths: Places
    """[P]"""

    @property
    def last(self) -> Places:
        """[P]: which of the N tokens are the last of their prompts."""
        return np.cumsum(self.lengths) - 1


class Transformer:
    """Next-token logits of a model.

    Args:
        weights: of the model.
    """

    def __init__(self, weights: Weights) -> None:
        self.shape = weights.shape
        self._weights = weights
        half = self.shape.head // 2
        turns = np.outer(np.arange(self.shape.context), _BASE ** (-np.arange(half) / half))
        self._cos = np.cos(turns).astype(np.float32)[:, None, None]
        self._sin = np.sin(turns).astype(np.float32)[:, None, None]

    def prefill(self, prompts: Sequence[Sequence[int]]) -> tuple[Floats, Cache]:
        """Read prompts.

        Args:
            prompts: token ids, at least one each and at most the context's length.

        Returns:
            Logits [P, V] after the last token of each prompt, and the cache to go on with.
        """
        cache = self._cache(np.array([len(prompt) for prompt in prompts]))
        read = []
        for part in _parts(cache.lengths):
            rows = Cache([keys[part] for keys in cache.keys], [values[part] for values in cache.values], cache.lengths)
            read.append(self._read(prompts[part], _packed(prompts[part]), rows, every=False))
        return self._logits(np.concatenate(read)), cache

    def logits(self, prompts: Sequence[Sequence[int]]) -> list[Floats]:
        """Logits [T, V] after every token of each prompt."""
        packing = _packed(prompts)
        x = self._read(prompts, packing, self._cache(packing.lengths), every=True)
        return np.split(self._logits(x), np.cumsum(packing.lengths)[:-1])

    def step(self, tokens: Places, cache: Cache) -> Floats:
        """Read one more token of each sequence, and put it into the cache.

        Args:
            tokens: ids [B].
            cache: of the sequences.

        Returns:
            Logits [B, V].
        """
        x = self._weights.embedding[tokens]
        rows, places = np.arange(len(tokens)), cache.lengths
        end = int(places.max()) + 1
        if end > cache.keys[0].shape[2]:
            cache.grow()
        hidden = np.arange(end) > places[:, None, None, None]
        for layer, all_keys, all_values in zip(self._weights.layers, cache.keys, cache.values, strict=True):
            query, key, value = self._projected(layer, x, places)
            all_keys[rows, :, places], all_values[rows, :, places] = key, value
            scores = query[:, :, None] @ all_keys[:, :, :end].swapaxes(2, 3)
            scores[np.broadcast_to(hidden, scores.shape)] = _NEVER
            mixed = _softmax(scores) @ all_values[:, :, :end]
            x += mixed.reshape(len(x), -1) @ layer.attention_out
            x += _mlp(layer, x)
        cache.lengths = places + 1
        return self._logits(x)

    def _read(self, prompts: Sequence[Sequence[int]], packing: _Packing, cache: Cache, *, every: bool) -> Floats:
        """Activations [N, D] after the last layer, or [P, D] of the last tokens alone: the others end with its keys."""
        x: Floats = self._weights.embedding[np.concatenate([np.asarray(prompt) for prompt in prompts])]
        longest = int(packing.lengths.max())
        asking = packing
        for place, layer in enumerate(self._weights.layers):
            query, key, value = self._projected(layer, x, packing.columns)
            keys, values = cache.keys[place], cache.values[place]
            keys[packing.rows, :, packing.columns], values[packing.rows, :, packing.columns] = key, value
            keys, values = keys[:, :, :longest], values[:, :, :longest]
            if not every and place == len(self._weights.layers) - 1:
                last = packing.last
                x, query = x[last], query[last]
                asking = _Packing(packing.rows[last], packing.columns[last], packing.lengths)
                mixed = _attend_last(query, keys, values, asking.columns)
            else:
                mixed = _attend(query, keys, values, asking)
            x = x + mixed @ layer.attention_out
            x += _mlp(layer, x)
        return x

    def _projected(self, layer: Layer, x: Floats, places: Places) -> tuple[Floats, Floats, Floats]:
        """Query, key and value, each [N, H, d], the first two turned to their places."""
        parts = (_normed(x) @ layer.attention_in).reshape(len(x), 3, self.shape.heads, self.shape.head)
        turned, half = parts[:, :2], self.shape.head // 2
        cos, sin = self._cos[places], self._sin[places]
        first, second = turned[..., :half].copy(), turned[..., half:].copy()
        turned[..., :half] = first * cos - second * sin
        turned[..., half:] = second * cos + first * sin
        return parts[:, 0], parts[:, 1], parts[:, 2]

    def _logits(self, x: Floats) -> Floats:
        logits: Floats = _normed(x) @ self._weights.unembedding
        return logits

    def _cache(self, lengths: Places) -> Cache:
        # Zeros: what lies behind a shorter prompt is multiplied with 0, and whatever was in memory may be no number.
        size = (len(lengths), self.shape.heads, int(lengths.max()) + _ROOM, self.shape.head)
        keys = [np.zeros(size, np.float32) for _ in range(self.shape.layers)]
        return Cache(keys, [np.zeros(size, np.float32) for _ in keys], lengths.copy())


def _parts(lengths: Places) -> list[slice]:
    """Prompts to read at once: so few tokens that they stay in the processor's cache."""
    cuts = [0]
    for place, end in enumerate(np.cumsum(lengths)):
        if end - lengths[: cuts[-1]].sum() > _AT_ONCE and place > cuts[-1]:
            cuts.append(place)
    return [slice(start, end) for start, end in zip(cuts, [*cuts[1:], len(lengths)], strict=True)]


def _packed(prompts: Sequence[Sequence[int]]) -> _Packing:
    lengths = np.array([len(prompt) for prompt in prompts])
    rows = np.repeat(np.arange(len(prompts)), lengths)
    return _Packing(rows, np.concatenate([np.arange(length) for length in lengths]), lengths)


def _attend(query: Floats, keys: Floats, values: Floats, packing: _Packing) -> Floats:
    """Attention of all tokens to those before them, [N, D]."""
    prompts, heads, longest, width = keys.shape
    queries = np.zeros((prompts, heads, longest, width), np.float32)
    queries[packing.rows, :, packing.columns] = query
    scores = queries @ keys.swapaxes(2, 3)
    scores += np.triu(np.full((longest, longest), _NEVER), 1)
    mixed = _softmax(scores) @ values
    return mixed[packing.rows, :, packing.columns].reshape(len(query), -1)


def _attend_last(query: Floats, keys: Floats, values: Floats, places: Places) -> Floats:
    """Attention of the last tokens of their prompts, [P, D]."""
    scores = query[:, :, None] @ keys.swapaxes(2, 3)
    hidden = np.arange(keys.shape[2]) > places[:, None, None, None]
    scores[np.broadcast_to(hidden, scores.shape)] = _NEVER
    return (_softmax(scores) @ values).reshape(len(query), -1)


def _softmax(scores: Floats) -> Floats:
    """Over the last axis, in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def _normed(x: Floats) -> Floats:
    normed: Floats = x / np.sqrt(np.einsum("nd,nd->n", x, x)[:, None] / np.float32(x.shape[1]) + _EPSILON)
    return normed


def _mlp(layer: Layer, x: Floats) -> Floats:
    """What the second half of a layer adds, [N, D]."""
    up = _normed(x) @ layer.mlp_in
    # tanh by way of exp, which NumPy does twice as fast: (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u))
    inner = up * up
    inner *= -2 * _GELU * _CUBIC
    inner -= 2 * _GELU
    inner *= up
    np.minimum(inner, _LARGE, out=inner)
    np.exp(inner, out=inner)
    inner += np.float32(1)
    np.divide(up, inner, out=inner)
    added: Floats = inner @ layer.mlp_out
    return added
