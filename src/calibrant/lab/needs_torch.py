"""Training needs PyTorch, which is an extra: say so plainly instead of failing at an import."""

from __future__ import annotations

import importlib.util

from calibrant.errors import CalibrantError

__all__ = ["need_torch"]


def need_torch() -> None:
    """Check that PyTorch is installed.

    Raises:
        CalibrantError: it is not; the remedy names the extra.
    """
    if importlib.util.find_spec("torch") is None:
        raise CalibrantError(
            "training a reference model needs PyTorch",
            remedy="Install it with: pip install 'calibrant[lab]'. Asking the shipped models needs no PyTorch.",
        )
