"""The mean of tuned weights and those they were tuned from, with the share chosen on the development questions."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from tokenizers import Tokenizer

from calibrant.lab.development import Choice, Tried, choose_share
from calibrant.lab.evaluation import Measured, measure
from calibrant.lab.questions import ANSWERABLE, Asked
from calibrant.lab.transformer import Transformer
from calibrant.lab.weights import blend

__all__ = ["average"]


def average(
    model: Transformer,
    base: Transformer,
    tokenizer: Tokenizer,
    asked: Sequence[Asked],
    *,
    shares: Sequence[float],
    keep: float,
) -> Choice:
    """Try the shares, choose one, and replace the model's weights by that mean.

    Args:
        model: tuned; changed in place.
        base: what it was tuned from.
        tokenizer: of both.
        asked: development questions, with and without an answer.
        shares: of the tuned weights, to try.
        keep: part of the base's accuracy that is enough, in (0, 1].
    """
    tried = []
    for share in shares:
        mean = copy.deepcopy(model)
        blend(mean, base, share)
        measured = measure(mean, tokenizer, asked)
        tried.append(
            Tried(
                share=share,
                accuracy=_accuracy(measured),
                hallucination_rate=round(measured.hallucination_rate or 0.0, 4),
            )
        )
    choice = choose_share(tried, base_accuracy=_accuracy(measure(base, tokenizer, asked)), keep=keep)
    blend(model, base, choice.share)
    return choice


def _accuracy(measured: Measured) -> float:
    return round(measured.share("correct", *ANSWERABLE) or 0.0, 4)
