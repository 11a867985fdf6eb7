"""Identity: what makes two requests the same request, two questions the same question, and how runs are called."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from calibrant.types import ResponseKey

__all__ = ["content_digest", "response_digest", "run_identity"]

_DIGEST_LENGTH = 32
_ID_LENGTH = 8
_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o and u, which are misread or spell words."""


def response_digest(key: ResponseKey) -> str:
    """Condense a response's key: equal keys, equal digests.

    Args:
        key: what was asked, of whom, how, what for, and which repeat and sample of it.

    Returns:
        32 hexadecimal characters: the first half of a SHA-256 over all seven parts.
    """
    purpose, repeat, sample = str(key.purpose), str(key.repeat), str(key.sample)
    return content_digest(("response", key.question, key.model, key.prompt, key.sampling, purpose, repeat, sample))


def content_digest(parts: Sequence[str | None]) -> str:
    """Condense a sequence of texts to 32 hexadecimal characters; order and boundaries count.

    >>> content_digest(["ab", "c"]) == content_digest(["a", "bc"])
    False
    """
    # Each part carries its length, which keeps the parts apart whatever they contain.
    told = "".join(["-," if part is None else f"{len(part)}:{part}," for part in parts])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


def run_identity(*parts: str) -> str:
    """A short name for a run, made from what tells it from other runs: 40 bits, 8 characters."""
    number = int.from_bytes(bytes.fromhex(content_digest(parts))[:5], "big")
    return "".join(_ID_LETTERS[(number >> shift) & 31] for shift in range(5 * (_ID_LENGTH - 1), -1, -5))
