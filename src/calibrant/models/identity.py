"""Who exactly was asked, as a hash: the same settings give the same hash on every machine, and no key is part of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["identity_of"]


def identity_of(parts: Mapping[str, Any]) -> str:
    """Hash what decides a model's replies.

    Args:
        parts: JSON-like values; what is None or empty does not count, so that a new setting changes no hash.

    Returns:
        32 hexadecimal characters.
    """
    told = {name: value for name, value in parts.items() if value not in (None, "", {}, [], ())}
    text = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
