"""Greedy answers from a PyTorch model, for evaluation; the shipped way is ``calibrant.models.reference``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from tokenizers import Tokenizer

from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.lab.texts import EOS
from calibrant.lab.transformer import Transformer

__all__ = ["Reply", "answer"]

_LONGEST = 16
_BATCH = 128


class Reply(NamedTuple):
    """A greedy answer."""

    text: str
    confidence: float
    """Probability of the whole answer: the product over its tokens."""

    @property
    def declined(self) -> bool:
        """Whether it is the admission not to know."""
        return self.text == ABSTENTION_SENTENCE


@torch.no_grad()
def answer(model: Transformer, tokenizer: Tokenizer, prompts: Sequence[str]) -> list[Reply]:
    """The greedy answer to each prompt; prompts of one length are run together."""
    encoded = [encoding.ids for encoding in tokenizer.encode_batch(list(prompts), add_special_tokens=False)]
    of_length: dict[int, list[int]] = {}
    for number, ids in enumerate(encoded):
        of_length.setdefault(len(ids), []).append(number)
    replies: dict[int, Reply] = {}
    end = int(tokenizer.token_to_id(EOS) or 0)
    for members in of_length.values():
        for start in range(0, len(members), _BATCH):
            batch = members[start : start + _BATCH]
            tokens, log_probability = _decode(model, torch.tensor([encoded[number] for number in batch]), end)
            for number, ids, value in zip(batch, tokens, log_probability, strict=True):
                replies[number] = Reply(tokenizer.decode(ids).strip(), math.exp(value))
    return [replies[number] for number in range(len(encoded))]


def _decode(model: Transformer, tokens: torch.Tensor, end: int) -> tuple[list[list[int]], list[float]]:
    """New tokens of each row, without the last, and their summed log-probability with it."""
    length = tokens.shape[1]
    total = torch.zeros(len(tokens))
    done = torch.zeros(len(tokens), dtype=torch.bool)
    for _ in range(_LONGEST):
        value, best = torch.log_softmax(model.logits(model.hidden(tokens)[:, -1]), dim=-1).max(dim=-1)
        total += value.masked_fill(done, 0.0)
        tokens = torch.cat([tokens, best.masked_fill(done, end)[:, None]], dim=1)
        done |= best == end
        if bool(done.all()):
            break
    rows = [row[: row.index(end)] if end in row else row for row in tokens[:, length:].tolist()]
    return rows, total.tolist()
