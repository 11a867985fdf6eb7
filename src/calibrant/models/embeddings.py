"""The wire of OpenAI's embeddings, which most servers of embedding models speak: ``POST /embeddings``.

Source: the OpenAI API reference, "Create embeddings". One text for each request, so that every vector is kept, paid
once and counted as any other reply. The reply's text is the vector, scaled to length 1, as base64 of little-endian half
floats: of cosines that costs about 1e-3 and a few kilobytes in place of tens.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from calibrant.errors import InputError
from calibrant.models.protocol import Failure, Prompt, Reply
from calibrant.models.wire import Billed, WireError, decoded, error_of, merged, number_at, read_by, tokens_at
from calibrant.types import Usage

__all__ = ["EmbeddingsWire", "vector_of"]


class _One(msgspec.Struct):
    embedding: Any = None


class _Embedded(msgspec.Struct):
    data: list[_One] | None = None
    usage: Any = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Embedded, strict=False)
_ENCODER = msgspec.json.Encoder()


class EmbeddingsWire:
    """Embeddings.

    Args:
        model: name of the model as the endpoint knows it.
        fields: extra body, such as ``dimensions``; merged into every request.
    """

    method = "POST"
    path = "/embeddings"
    headers: Mapping[str, str] = {}

    def __init__(self, model: str, *, fields: Mapping[str, Any] | None = None) -> None:
        self._model = model
        self._fields = dict(fields or {})

    def body(self, prompt: Prompt, samples: int) -> bytes:  # noqa: ARG002 - the wires share one shape
        """The request as JSON.

        Raises:
            InputError: the prompt is more than one text, as one that wants an answer is.
        """
        if len(prompt.messages) != 1:
            raise InputError("an embedding model gives vectors and answers no questions")
        asked = {"model": self._model, "input": prompt.messages[0].content}
        return _ENCODER.encode(merged(asked, self._fields) if self._fields else asked)

    def output_limit(self, prompt: Prompt) -> int | None:  # noqa: ARG002 - the wires share one shape
        """No tokens come back."""
        return 0

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """The one vector.

        Raises:
            WireError: no JSON, another shape, an error inside, a vector that is none.
        """
        return read_by(self._read, _billed, payload)

    def _read(self, payload: bytes) -> list[Reply]:
        found: _Embedded = decoded(payload, _DECODER)
        if found.error and not found.data:
            told = error_of(payload)
            raise WireError(Failure.MALFORMED, told.message, status=told.status, code=told.code)
        if not found.data:
            raise WireError(Failure.MALFORMED, "no embedding in the body")
        vector = _floats(found.data[0].embedding)
        billed = _billed({"usage": found.usage})
        return [Reply(text=_text_of(vector), usage=billed.usage, cost_usd=billed.cost_usd)]


def _floats(given: Any) -> NDArray[np.float64]:
    """A vector of length 1, from a list of numbers or from base64 of single floats (``encoding_format``)."""
    try:
        if isinstance(given, str):
            vector = np.frombuffer(base64.b64decode(given, validate=True), dtype="<f4").astype(np.float64)
        else:
            vector = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, binascii.Error):
        raise WireError(Failure.MALFORMED, "the embedding is no list of numbers") from None
    size = float(np.linalg.norm(vector)) if vector.ndim == 1 and vector.size else 0.0
    if not np.isfinite(size) or size == 0:
        raise WireError(Failure.MALFORMED, "the embedding is no list of numbers")
    return vector / size


def _text_of(vector: NDArray[np.float64]) -> str:
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def vector_of(text: str) -> Sequence[float]:
    """The vector of a reply's text, of about length 1.

    Raises:
        ValueError: the text is none.
    """
    found: list[float] = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f2").astype(np.float64).tolist()
    if not found:
        raise ValueError("no vector")
    return found


def _billed(found: Any) -> Billed:
    read = tokens_at(found["usage"], "prompt_tokens")
    read = tokens_at(found["usage"], "total_tokens") if read is None else read
    return Billed(Usage(input_tokens=read, output_tokens=0), number_at(found, "usage", "cost"))
