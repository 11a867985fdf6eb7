"""The policy that a decision is told: a file of any kind that this version writes, read in one place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.policies import Promise
from calibrant.policies.policy import POLICY_KIND

__all__ = ["read_policy"]

_READERS: Mapping[str, Callable[[Mapping[str, Any]], Promise]] = {"calibrant promise": Promise.from_dict}
"""Kind of the file -> its reader."""


def read_policy(path: Path) -> Promise:
    """The promise in a file of ``calibrant certify``; dispatches on the file's ``kind``.

    Raises:
        InputError: it cannot be read, is of no known kind (a policy of ``calibrant fit`` is told what to use instead),
            or promises nothing.
    """
    remedy = "Make one with: calibrant certify RUN."
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        kind = data.get("kind") if isinstance(data, dict) else None
        if kind == POLICY_KIND:
            remedy = f"See it beside each of its arms alone, on fresh questions: calibrant evaluate {path.name} RUN."
            raise ValueError("this is a policy of fit about several arms together; a decision takes what certify wrote")
        if not isinstance(kind, str) or kind not in _READERS:
            raise ValueError(f"this is no certificate of one model (kind: {kind!r})")
        promise = _READERS[kind](data)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from None
    except ValueError as error:
        raise InputError(str(error), place=str(path), remedy=remedy) from None
    if not promise.certificate.promised:
        raise InputError(f"it promises nothing: {promise.certificate.sentence()}", place=str(path), remedy=remedy)
    return promise
