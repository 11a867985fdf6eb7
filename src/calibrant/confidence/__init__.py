"""How sure an answer is: signals read from what models give."""

from calibrant.confidence.stated import read_stated, split_stated

__all__ = ["read_stated", "split_stated"]
