"""Weights of a reference model, from a safetensors file to the matrices that the forward pass multiplies with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layer", "Shape", "Weights", "read_weights"]

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a model.

    Raises:
        ValueError: a size is not positive, or the heads do not divide the width into even parts.
    """

    vocab: int
    width: int
    layers: int
    heads: int
    mlp: int
    context: int
    """Most tokens of a prompt and its reply together."""

    def __post_init__(self) -> None:
        if min(self.vocab, self.width, self.layers, self.heads, self.mlp, self.context) < 1:
            raise ValueError("every size of a model is at least 1")
        if self.width % (2 * self.heads):
            raise ValueError(f"a width of {self.width} has no {self.heads} heads of even size")

    @property
    def head(self) -> int:
        """Width of one head."""
        return self.width // self.heads


@dataclass(frozen=True, slots=True)
class Layer:
    """Matrices of one layer, for ``x @ matrix``; each has the gain of the norm before it multiplied in."""

    attention_in: Floats
    """[D, 3 D]: query, key and value side by side; the query is divided by the root of the head's width."""
    attention_out: Floats
    """[D, D]"""
    mlp_in: Floats
    """[D, M]"""
    mlp_out: Floats
    """[M, D]"""


@dataclass(frozen=True, slots=True)
class Weights:
    """All of a model."""

    shape: Shape
    embedding: Floats
    """[V, D]"""
    layers: tuple[Layer, ...]
    unembedding: Floats
    """[D, V]: the embedding turned, with the gain of the last norm."""
    tokenizer: str = ""
    """The sha256 of the ``tokenizer.json`` that they were trained with, hexadecimal."""


def read_weights(content: bytes) -> Weights:
    """Weights from the bytes of a safetensors file.

    Its metadata hold the sizes as JSON under ``config``, and the tokenizer's sha256 under ``tokenizer``.

    Raises:
        ValueError: no such file, a tensor is missing or has another shape.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(content)
        metadata = _metadata(content)
        shape = _shape(metadata)
    except (SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no weights of a reference model: {error}") from None
    return _arranged(_Tensors(tensors), shape, str(metadata.get("tokenizer", "")))


def _metadata(content: bytes) -> dict[str, str]:
    """The header is a length (8 bytes, little endian) and so much JSON."""
    length = int.from_bytes(content[:8], "little")
    found: dict[str, str] = json.loads(content[8 : 8 + length])["__metadata__"]
    return found


def _shape(metadata: Mapping[str, str]) -> Shape:
    config = json.loads(metadata["config"])
    return Shape(**{part.name: int(config[part.name]) for part in fields(Shape)})


@dataclass(frozen=True)
class _Tensors:
    found: Mapping[str, NDArray[np.floating]]

    def get(self, name: str, *shape: int) -> Floats:
        tensor = self.found.get(f"{name}.weight")
        if tensor is None or tensor.shape != shape:
            has = "is missing" if tensor is None else f"has the shape {list(tensor.shape)}"
            raise ValueError(f"{name}.weight {has}, and should have {list(shape)}")
        return tensor.astype(np.float32)


def _arranged(tensors: _Tensors, shape: Shape, tokenizer: str) -> Weights:
    width = shape.width
    embedding = tensors.get("embed", shape.vocab, width)
    return Weights(
        shape=shape,
        embedding=embedding,
        layers=tuple(_layer(tensors, f"layers.{place}", shape) for place in range(shape.layers)),
        unembedding=_turned(embedding * tensors.get("norm", width)),
        tokenizer=tokenizer,
    )


def _layer(tensors: _Tensors, at: str, shape: Shape) -> Layer:
    width = shape.width
    query, key, value = (tensors.get(f"{at}.attention.{name}", width, width) for name in ("query", "key", "value"))
    scaled = query / np.float32(np.sqrt(shape.head))
    return Layer(
        attention_in=_turned(np.concatenate([scaled, key, value]) * tensors.get(f"{at}.attention_norm", width)),
        attention_out=_turned(tensors.get(f"{at}.attention.output", width, width)),
        mlp_in=_turned(tensors.get(f"{at}.mlp.up", shape.mlp, width) * tensors.get(f"{at}.mlp_norm", width)),
        mlp_out=_turned(tensors.get(f"{at}.mlp.down", width, shape.mlp)),
    )


def _turned(matrix: Floats) -> Floats:
    return np.ascontiguousarray(matrix.T)
