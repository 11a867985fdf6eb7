"""Text to tokens and back, with the text that each single token stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

__all__ = ["Tokens"]

_HALF = "�"
"""What a token is decoded to that holds a part of a character."""


class Tokens:
    """The tokenizer of the reference models.

    Args:
        content: bytes of a ``tokenizer.json`` of the ``tokenizers`` library.

    Raises:
        ValueError: it is none, or lacks one of ``<bos>``, ``<eos>``, ``<ask>``.
    """

    def __init__(self, content: bytes) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_str(content.decode())
        except Exception as error:  # the library raises nothing more special
            raise ValueError(f"no tokenizer: {error}") from None
        self.bos, self.eos, self.ask = (self._special(name) for name in ("<bos>", "<eos>", "<ask>"))
        self.size: int = self._tokenizer.get_vocab_size()
        added = self._tokenizer.get_added_tokens_decoder().values()
        self._marks = re.compile("|".join(re.escape(token.content) for token in added if token.special))

    def _special(self, name: str) -> int:
        found: int | None = self._tokenizer.token_to_id(name)
        if found is None:
            raise ValueError(f"the tokenizer has no {name}")
        return found

    def encode(self, text: str) -> list[int]:
        """Ids of a text; what looks like a mark such as ``<eos>`` in it is left out."""
        found: list[int] = self._tokenizer.encode(self._marks.sub("", text), add_special_tokens=False).ids
        return found

    @cached_property
    def pieces(self) -> dict[int, str]:
        """Each token as the tokenizer writes it: ``Ġ`` for a space."""
        return {token: piece for piece, token in self._tokenizer.get_vocab().items()}

    def decode(self, ids: Sequence[int]) -> str:
        """The text of a reply; without the space between prompt and answer, and without a character cut in halves."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text.lstrip(" ").rstrip(_HALF)
