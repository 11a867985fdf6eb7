"""The confidence in the probabilities of a reply's own tokens: sequence log-probability (definitions, section 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from calibrant.types import Confidence, ConfidenceSource, TokenLogprob

__all__ = ["LOGPROB_SIGNALS", "read_logprobs"]

LOGPROB_SIGNALS = ("sum_logprob", "mean_logprob", "min_logprob")
"""Log-probability of the whole answer; of its tokens in the mean (log of 1 / perplexity); of the least one."""


def read_logprobs(tokens: Sequence[TokenLogprob], *, answer: str | None = None) -> tuple[Confidence, ...]:
    """The three signals of a reply's tokens, natural logarithms, at most 0.

    Args:
        tokens: of the whole reply, in order.
        answer: where the answer is the reply's beginning (a stated confidence follows it), that beginning: only its
            tokens count. Where the tokens do not spell it, all count.

    Returns:
        ``sum_logprob``, ``mean_logprob`` and ``min_logprob``; nothing where there are no tokens or one has no finite
        log-probability.

    >>> [round(one.value, 2) for one in read_logprobs([TokenLogprob("Par", -0.1), TokenLogprob("is", -0.3)])]
    [-0.4, -0.2, -0.3]
    """
    given = [token.logprob for token in tokens[: _length(tokens, answer)]]
    if not given or not math.isfinite(sum(given)):
        return ()
    # Some servers round a certain token's to just above 0.
    values = [min(0.0, value) for value in given]
    found = (sum(values), sum(values) / len(values), min(values))
    return tuple(
        Confidence(source=ConfidenceSource.LOGPROB, value=value, name=name)
        for name, value in zip(LOGPROB_SIGNALS, found, strict=True)
    )


def _length(tokens: Sequence[TokenLogprob], answer: str | None) -> int:
    """How many tokens spell the answer; all where they do not, or there is none."""
    if not answer:
        return len(tokens)
    spelled = ""
    for count, token in enumerate(tokens, start=1):
        spelled += token.token
        if len(spelled) >= len(answer):
            return count if spelled.startswith(answer) else len(tokens)
        if not answer.startswith(spelled):
            break
    return len(tokens)
