"""Everything Calibrant raises on purpose, as one small tree.

::

    CalibrantError
    ├── InputError    the user's file, column or flag: says where and what to do
    ├── ModelError    a model or its endpoint failed for good
    ├── StoreError    the database cannot be read or written
    └── PolicyError   a policy cannot be made or does not apply

Each class carries the exit code with which the command line ends.
"""

from __future__ import annotations

__all__ = ["CalibrantError", "InputError", "ModelError", "PolicyError", "StoreError"]


class CalibrantError(Exception):
    """Base of all errors that a user can do something about.

    Args:
        message: what is wrong, one line.
        place: where: ``file:line``, a column, a flag.
        remedy: what to do about it.
    """

    exit_code = 3

    def __init__(self, message: str, *, place: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message, place, remedy)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        if not self.remedy:
            return text
        return f"{text.rstrip('.')}. {self.remedy}"


class InputError(CalibrantError):
    """Something the user handed in cannot be used as it is."""

    exit_code = 2


class ModelError(CalibrantError):
    """A model or its endpoint failed and asking again will not help."""


class StoreError(CalibrantError):
    """The database cannot be opened, read or written."""


class PolicyError(CalibrantError):
    """A policy cannot be made, read or applied."""

    exit_code = 2
