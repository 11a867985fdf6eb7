"""The confidence in the probabilities of an answer's own tokens: sequence log-probability (definitions, section 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from calibrant.confidence.signal import Evidence, Needs
from calibrant.grading.replies import final_answer
from calibrant.types import Confidence, ConfidenceSource, TokenLogprob

__all__ = ["LOGPROB_SIGNALS", "SequenceLogprob", "answer_tokens", "read_logprobs"]

LOGPROB_SIGNALS = ("sum_logprob", "mean_logprob", "min_logprob")
"""Log-probability of the whole answer; of its tokens in the mean (log of 1 / perplexity); of the least one."""
_THOUGHT = "</think>"


def read_logprobs(tokens: Sequence[TokenLogprob], *, answer: str | None = None) -> tuple[Confidence, ...]:
    """The three signals of an answer's tokens, natural logarithms, at most 0.

    Args:
        tokens: of the whole reply, in order.
        answer: the answer in it, see `answer_tokens`.

    Returns:
        ``sum_logprob``, ``mean_logprob`` and ``min_logprob``; nothing where there are no tokens or one has no finite
        log-probability.

    >>> [round(one.value, 2) for one in read_logprobs([TokenLogprob("Par", -0.1), TokenLogprob("is", -0.3)])]
    [-0.4, -0.2, -0.3]
    """
    given = [token.logprob for token in answer_tokens(tokens, answer)]
    if not given or not math.isfinite(sum(given)):
        return ()
    # Some servers round a certain token's to just above 0.
    values = [min(0.0, value) for value in given]
    found = (sum(values), sum(values) / len(values), min(values))
    return tuple(
        Confidence(source=ConfidenceSource.LOGPROB, value=value, name=name)
        for name, value in zip(LOGPROB_SIGNALS, found, strict=True)
    )


def answer_tokens(tokens: Sequence[TokenLogprob], answer: str | None = None) -> tuple[TokenLogprob, ...]:
    r"""The tokens that spell the answer: not those of a confidence stated after it, nor of reasoning before it.

    Reasoning is what stands before a final answer that the reply marks (``Answer: ...``, a LaTeX box) or before the end
    of a ``<think>`` block. A token that lies partly in the answer counts.

    Args:
        tokens: of the whole reply, in order.
        answer: the reply's beginning that is the answer, where a stated confidence follows it; None = all of it.

    Returns:
        Its tokens; all of them where they do not spell the answer.

    >>> [token.token for token in answer_tokens([TokenLogprob(text, -1) for text in ("2+2.\n", "Answer:", " 4")])]
    [' 4']
    """
    spelled = "".join(token.token for token in tokens)
    end = len(spelled)
    if answer:
        if not spelled.startswith(answer):
            return tuple(tokens)
        end = len(answer)
    body = spelled[:end]
    start = body.rfind(_THOUGHT) + len(_THOUGHT) if _THOUGHT in body else 0
    marked = final_answer(body) if "\n" in body.strip() or "\\boxed" in body else None
    if marked is not None:
        start = body.rfind(marked)
        end = start + len(marked)
    found, at = [], 0
    for token in tokens:
        if at < end and at + len(token.token) > start:
            found.append(token)
        at += len(token.token)
    return tuple(found) or tuple(tokens)


@dataclass(frozen=True, slots=True)
class SequenceLogprob:
    """Log-probability of the answer's tokens: their sum, mean or least; at most 0 (definitions, section 4)."""

    name: str
    source: ConfidenceSource = ConfidenceSource.LOGPROB
    bounds: tuple[float, float] = (-math.inf, 0.0)
    needs: Needs = Needs(logprobs=True)  # noqa: RUF009 - frozen

    def score(self, evidence: Evidence) -> float | None:
        """The sum, mean or least; None without finite log-probabilities."""
        found = read_logprobs(evidence.answer.logprobs)
        return next((one.value for one in found if one.name == self.name), None)
