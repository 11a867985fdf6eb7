"""Write the replies to a batch of prompts, one token of each at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from calibrant.models.protocol import Sampling
from calibrant.models.reference.choosing import draw, likeliest, log_total
from calibrant.models.reference.spans import Spans
from calibrant.models.reference.tokens import Tokens
from calibrant.models.reference.transcript import News, Transcript
from calibrant.models.reference.transformer import Transformer
from calibrant.models.reference.weights import Floats
from calibrant.types import TokenLogprob

__all__ = ["Job", "Written", "write"]

_CROWDED = 0.75
"""Finished sequences are taken out of the batch when no more than this share is left."""


@dataclass(frozen=True, slots=True)
class Written:
    """One reply."""

    text: str
    finish_reason: str
    """``stop``, or ``length`` where the limit or the context ended it."""
    logprobs: tuple[TokenLogprob, ...]
    """At temperature 1, whatever the temperature it was drawn at. The texts of the tokens spell the reply."""
    tokens: int
    """All that were generated, the end mark among them."""


@dataclass(slots=True, kw_only=True)
class Job:
    """A prompt, and how many replies to it are wanted."""

    prompt: Sequence[int]
    sampling: Sampling
    seeds: Sequence[Sequence[int]]
    """For each reply what its draws start from."""
    spans: Spans | None = None
    """The answers that may be given, where something is read. None = any."""
    not_first: int | None = None
    """A token with which no reply may begin."""
    heard: Callable[[int, News, str | None], None] | None = None
    """Told after each token: which reply, what is new of it, and why it ends where it does."""
    is_left: Callable[[], bool] = field(default=lambda: False)
    """Whether nobody waits any more."""


def write(transformer: Transformer, tokens: Tokens, jobs: Sequence[Job]) -> list[list[Written]]:
    """Write all replies to all jobs.

    Returns:
        For each job as many replies as it has seeds.
    """
    replies = [[_Writing(job, place, transformer, tokens) for place in range(len(job.seeds))] for job in jobs]
    under_way = [one for job in replies for one in job]
    logits, cache = transformer.prefill([job.prompt for job in jobs])
    rows = np.repeat(np.arange(len(jobs)), [len(job.seeds) for job in jobs])
    if len(rows) > len(jobs):
        logits, cache = logits[rows], cache.of(rows)
    while True:
        totals = log_total(logits)
        chosen = [one.choose(row, total) for one, row, total in zip(under_way, logits, totals, strict=True)]
        going = [place for place, one in enumerate(under_way) if one.finish_reason is None]
        if not going:
            return [[one.result() for one in job] for job in replies]
        if len(going) <= _CROWDED * len(under_way) or cache.lengths.max() == transformer.shape.context:
            under_way = [under_way[place] for place in going]
            chosen = [chosen[place] for place in going]
            cache = cache.of(np.array(going))
        logits = transformer.step(np.array(chosen), cache)


class _Writing:
    """One reply under way."""

    def __init__(self, job: Job, place: int, transformer: Transformer, tokens: Tokens) -> None:
        left = transformer.shape.context - len(job.prompt)
        self._limit = left if job.sampling.max_tokens is None else min(left, job.sampling.max_tokens)
        self.finish_reason: str | None = None
        self._job = job
        self._place = place
        self._end = tokens.eos
        self._chance = np.random.default_rng(list(job.seeds[place])) if job.sampling.temperature else None
        self._transcript = Transcript(tokens, job.sampling.stop)
        self._count = 0
        self._spans = job.spans

    def choose(self, logits: Floats, total: float) -> int:
        """Take the next token; a reply that is over goes on with anything."""
        if self.finish_reason is not None:
            return self._end
        sampling = self._job.sampling
        token = self._drawn(logits)
        self._count += 1
        if token != self._end:
            top = likeliest(logits, sampling.top_logprobs) if sampling.top_logprobs else ()
            likely = [(one, float(logits[one] - total)) for one in top]
            self._transcript.add(token, float(logits[token] - total), likely)
        if token == self._end or self._transcript.is_stopped:
            self.finish_reason = "stop"
        elif self._count >= self._limit or self._job.is_left():
            self.finish_reason = "length"
        if self._job.heard is not None:
            self._job.heard(
                self._place, self._transcript.news(is_over=self.finish_reason is not None), self.finish_reason
            )
        return token

    def _drawn(self, logits: Floats) -> int:
        chance = self._chance.random() if self._chance else 0.0
        if self._job.not_first is not None and self._count == 0:
            logits = logits.copy()
            logits[self._job.not_first] = -np.inf
        if self._spans is None:
            return draw(logits, self._job.sampling, chance)
        allowed = self._spans.allowed()
        token = allowed[draw(logits[allowed], self._job.sampling, chance)]
        self._spans = self._spans.walk(token)
        return token

    def result(self) -> Written:
        """The finished reply."""
        return Written(
            self._transcript.text, self.finish_reason or "length", tuple(self._transcript.entries), self._count
        )
