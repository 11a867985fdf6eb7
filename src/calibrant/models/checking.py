"""What an endpoint supports, found out by a handful of tiny requests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from calibrant.errors import ModelError
from calibrant.models.assembly import Workshop, efforts_of
from calibrant.models.protocol import Failure, Message, Model, Prompt, Reply, Sampling
from calibrant.models.registry import Named, load_model, named, plugged

__all__ = ["ModelCheck", "check_model"]

_PROMPT = Prompt(messages=(Message("user", "Reply with the single word: yes"),))
_NOT_ASKED = frozenset({"embeddings", "http", "callable", "recorded"})
_SEEDED = frozenset({"chat", "reference"})
_SINGLE = frozenset({"responses", "anthropic", "decisions", "systemone"})
_ALIVE = frozenset({Failure.TRUNCATED, Failure.FILTERED, Failure.NOT_RECORDED})
"""Failures that prove that somebody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """What was found out; None = not asked."""

    model: str
    reachable: bool
    error: str | None = None
    """Why it is not reachable, or not usable; without secrets."""
    latency_s: float | None = None
    usage: bool | None = None
    """Whether it reports tokens."""
    temperature: bool | None = None
    seed: bool | None = None
    logprobs: bool | None = None
    samples: bool | None = None
    """Whether one request can give several replies (``n``)."""
    efforts: Mapping[str, bool] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    """Efforts that were asked for: by name, or by a table of one's own in ``calibrant.toml``."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """What the endpoint said where it refused something."""
    requests: int = 0

    @property
    def is_fine(self) -> bool:
        """Whether it answers, at every effort that was asked for."""
        return self.reachable and all(self.efforts.get(effort, False) for effort in self.wanted)


async def check_model(
    name: str, *, folder: Path | None = None, environ: Mapping[str, str] = os.environ, timeout_s: float = 60.0
) -> ModelCheck:
    """Find out what a model supports.

    Args:
        name: as for `load_model`; with an effort, only this effort is tried.
        folder: where ``calibrant.toml`` lies. Default: the working folder.
        environ: environment variables.
        timeout_s: longest wait for one reply.

    Raises:
        InputError: unknown model or effort, no key, a fault in ``calibrant.toml``.
    """
    home = folder or Path.cwd()
    if plugged(name, folder=home) is not None:
        return await _asked_once(load_model(name, folder=home, environ=environ), name)
    what = named(name, folder=home, environ=environ)
    workshop = Workshop(folder=home, environ=environ)
    if what.config.wire in _NOT_ASKED:
        efforts = (what.effort,) if what.effort else tuple(efforts_of(what.config))
        found = await _asked_once(workshop.build(what.name, what.effort, what.config, place=what.place), name)
        if what.config.wire == "recorded" or not efforts:
            return found
        return await _Checking(workshop, what, timeout_s).with_efforts(found, efforts)
    return await _Checking(workshop, what, timeout_s).run(name)


async def _asked_once(model: Model, name: str) -> ModelCheck:
    try:
        (reply, *_) = await model.ask(_PROMPT)
    except ModelError as error:
        return ModelCheck(model=name, reachable=False, error=str(error))
    finally:
        await model.close()
    return _first(reply, name)


def _first(reply: Reply, name: str) -> ModelCheck:
    alive = reply.failure is None or reply.failure in _ALIVE
    return ModelCheck(
        model=name,
        reachable=alive,
        error=None if alive else reply.error,
        latency_s=reply.latency_s,
        usage=reply.usage.output_tokens is not None if alive else None,
        requests=reply.requests,
    )


class _Checking:
    """The requests to one endpoint, counted."""

    def __init__(self, workshop: Workshop, what: Named, timeout_s: float) -> None:
        quick = {"timeout_s": min(timeout_s, what.config.timeout_s), "max_tries": min(3, what.config.max_tries)}
        self._workshop = workshop
        self._what = what
        self._config = what.config.model_copy(update={**quick, "logprobs": True})
        self._remarks: dict[str, str] = {}
        self._requests = 0

    async def run(self, name: str) -> ModelCheck:
        first = await self._try(None, _PROMPT, "plain")
        if isinstance(first, str):
            return ModelCheck(model=name, reachable=False, error=first, requests=self._requests)
        found = _first(first[0], name)
        if not found.reachable:
            return replace(found, requests=self._requests)
        found = replace(
            found,
            temperature=await self._accepts("temperature", temperature=0.0),
            seed=await self._accepts("seed", seed=1) if self._what.config.wire in _SEEDED else None,
            logprobs=await self._gives_logprobs(),
            samples=await self._gives_samples(),
        )
        efforts = (self._what.effort,) if self._what.effort else tuple(efforts_of(self._what.config))
        return await self.with_efforts(found, efforts)

    async def with_efforts(self, found: ModelCheck, efforts: tuple[str, ...]) -> ModelCheck:
        works = {effort: await self._effort_works(effort) for effort in efforts}
        own = self._what.effort is not None or self._what.config.effort is not None
        return replace(
            found,
            efforts=works,
            wanted=efforts if own else (),
            remarks=self._remarks,
            requests=found.requests if self._requests == 0 else self._requests,
        )

    async def _effort_works(self, effort: str) -> bool:
        got = await self._try(effort, _PROMPT, f"effort {effort}")
        return not isinstance(got, str) and (got[0].error is None or got[0].failure in _ALIVE)

    async def _accepts(self, what: str, **sampling: float) -> bool:
        prompt = replace(_PROMPT, sampling=Sampling(**sampling))  # type: ignore[arg-type]
        got = await self._try(None, prompt, what)
        return not isinstance(got, str) and (got[0].error is None or got[0].failure in _ALIVE)

    async def _gives_logprobs(self) -> bool | None:
        if self._what.config.wire == "anthropic":
            return None
        prompt = replace(_PROMPT, sampling=Sampling(logprobs=True, top_logprobs=2))
        got = await self._try(None, prompt, "logprobs")
        return not isinstance(got, str) and bool(got[0].logprobs)

    async def _gives_samples(self) -> bool | None:
        if self._what.config.wire in _SINGLE:
            return None
        got = await self._try(None, replace(_PROMPT, samples=2), "samples", max_samples=2)
        return not isinstance(got, str) and all(reply.error is None or reply.failure in _ALIVE for reply in got)

    async def _try(self, effort: str | None, prompt: Prompt, what: str, **changes: int) -> list[Reply] | str:
        """The replies; or why the run would stop."""
        config = self._config.model_copy(update=changes)
        model = self._workshop.build(self._what.name, effort, config, place=self._what.place)
        try:
            replies = list(await model.ask(prompt))
        except ModelError as error:
            self._requests += 1
            self._remarks[what] = str(error)
            return str(error)
        finally:
            await model.close()
        self._requests += sum(reply.requests for reply in replies)
        told = next((reply.error for reply in replies if reply.error), None)
        if told:
            self._remarks[what] = told
        return replies
