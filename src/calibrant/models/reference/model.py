"""A reference model as a `Model`: it answers on this machine, offline, and costs nothing."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from calibrant.errors import InputError
from calibrant.models.identity import identity_of
from calibrant.models.prices import Price
from calibrant.models.protocol import Failure, Prompt, Reply, Sampling
from calibrant.models.reference.almanac import Entry
from calibrant.models.reference.batching import FullError
from calibrant.models.reference.decoding import Written
from calibrant.models.reference.engine import PASSAGES, Engine, Request, TooLongError
from calibrant.models.reference.files import ALMANAC, TOKENIZER, ReferenceFiles
from calibrant.models.reference.wording import asked
from calibrant.models.wire import with_defaults
from calibrant.types import ModelRef, Usage

__all__ = ["EFFORTS", "FREE", "ReferenceModel", "looks_up", "seeds_of"]

EFFORTS = ("low", "high")
"""From memory; by reading what the almanac has about the thing asked about, and from memory where it has nothing."""
FREE = Price(input=0.0, output=0.0, source="runs on this machine")
_RULES = 2
"""Goes up when the same weights would answer otherwise: another wording, another way of drawing."""


class ReferenceModel:
    """A small transformer in NumPy.

    Without a temperature it gives its likeliest answer. Drawn answers depend on the seed, the prompt and the repeat
    alone, not on what is asked beside them. Every reply has the log-probabilities of its tokens (at temperature 1).

    Args:
        engine: the model; efforts share it.
        files: where it came from.
        ref: name and effort to go by.
        looks_up: whether it reads the almanac.
        defaults: sampling where the prompt leaves it open.
        price: what tokens cost. Default: nothing.
    """

    concurrency = 128
    max_samples = 64
    destination = None

    def __init__(
        self,
        engine: Engine,
        files: ReferenceFiles,
        *,
        ref: ModelRef,
        looks_up: bool,
        defaults: Sampling = Sampling(),  # noqa: B008 - frozen
        price: Price | None = None,
    ) -> None:
        self.ref = ref
        self.price = price or FREE
        self.identity = identity_of(
            {
                "wire": "reference",
                "rules": _RULES,
                "weights": files.digest(files.weights(engine.name)),
                "tokenizer": files.digest(TOKENIZER),
                "almanac": [files.digest(ALMANAC), PASSAGES] if looks_up else None,
                "sampling": defaults.chosen,
                "ref": [ref.model, ref.effort],
            }
        )
        self._engine = engine
        self._looks_up = looks_up
        self._defaults = defaults

    def output_limit(self, prompt: Prompt) -> int | None:
        """What was asked for, and no more than the context."""
        limit = with_defaults(prompt.sampling, self._defaults).max_tokens
        return self._engine.context if limit is None else min(limit, self._engine.context)

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        """Answer the last user message; see `Model.ask`."""
        if not prompt.text.strip():
            return _failed(prompt, "the prompt has no user message", 0.0)
        at = time.monotonic()
        sampling = with_defaults(prompt.sampling, self._defaults)
        request = Request(
            asked=asked(prompt.text),
            looks_up=self._looks_up,
            sampling=sampling,
            demands=prompt.demands,
            seeds=seeds_of(prompt.text, sampling.seed or 0, prompt.repeats or range(prompt.samples)),
        )
        try:
            answers = await asyncio.wrap_future(self._engine.hand_in(request))
        except TooLongError as error:
            return _failed(prompt, str(error), time.monotonic() - at)
        except FullError as error:
            return _failed(prompt, str(error), time.monotonic() - at, Failure.RATE_LIMITED)
        taken = time.monotonic() - at
        replies = [_reply(one, answers.entry, taken) for one in answers.replies]
        first = replies[0]
        counted = replace(first, usage=replace(first.usage, input_tokens=answers.prompt_tokens), requests=1)
        return [counted, *replies[1:]]

    async def close(self) -> None:
        """Nothing to let go: the thread ends by itself when it is idle."""


def seeds_of(text: str, seed: int | None, repeats: Sequence[int]) -> list[tuple[int, ...]]:
    """What the draws of each repeat start from; without a seed, chance."""
    start = secrets.randbits(64) if seed is None else seed % 2**64
    told = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "little")
    return [(start, told, repeat) for repeat in repeats]


def looks_up(fields: Mapping[str, Any], place: str) -> bool:
    """Whether the fields of an effort ask for a look-up in the almanac.

    Raises:
        InputError: there are others than ``reasoning_effort``, or it is none of `EFFORTS`.
    """
    unknown = sorted(set(fields) - {"reasoning_effort"})
    level = fields.get("reasoning_effort", EFFORTS[0])
    if unknown or level not in EFFORTS:
        what = (
            f"a reference model takes no field {unknown[0]}" if unknown else f"there is no reasoning_effort {level!r}"
        )
        raise InputError(what, place=place, remedy=f"Write reasoning_effort = one of: {', '.join(EFFORTS)}.")
    return bool(level == "high")


def _failed(prompt: Prompt, message: str, latency_s: float, failure: Failure = Failure.REJECTED) -> list[Reply]:
    failed = Reply(error=message, failure=failure, latency_s=latency_s, requests=0)
    return [failed for _ in range(prompt.samples)]


def _reply(written: Written, read: Entry | None, latency_s: float) -> Reply:
    failure, error = None, None
    if written.finish_reason == "length":
        failure, error = Failure.TRUNCATED, "cut off at the token limit"
    elif not written.text.strip():
        failure, error = Failure.MALFORMED, "an empty answer"
    return Reply(
        text=written.text or None if error else written.text,
        error=error,
        failure=failure,
        finish_reason=written.finish_reason,
        logprobs=written.logprobs,
        usage=Usage(input_tokens=0, output_tokens=written.tokens),
        latency_s=latency_s,
        requests=0,
        extra={"passages": [read.id]} if read is not None else {},
    )
