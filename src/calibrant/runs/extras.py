"""What signals need beyond the answers of a run: further samples and calls about them, each with its key. No I/O.

An extra response belongs to the run that needed it, under a purpose of its own, so it is no attempt; its key holds what
it is about, so it is asked and paid once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from calibrant.confidence import Ask, Chosen
from calibrant.grading import EXACT, Grader, is_abstention
from calibrant.models import Model, Sampling
from calibrant.runs.answers import split_answer
from calibrant.runs.errands import Errand
from calibrant.runs.prompts import PromptTemplate
from calibrant.store import Gradable, RunInfo
from calibrant.types import Purpose, ResponseKey

__all__ = ["ASKED_ONCE_MORE", "Collecting", "Extra", "answer_of"]

ASKED_ONCE_MORE = (Purpose.SAMPLE, Purpose.PTRUE, Purpose.STATED, Purpose.SECOND, Purpose.PROBABILITY)
"""Purposes of extra responses."""
_SAMPLE_TEMPERATURE = 1.0


@dataclass(frozen=True, slots=True)
class Extra:
    """A response that signals need: the key under which it is kept, and what is asked for it."""

    key: ResponseKey
    ask: Ask | None
    """None = one more sample."""
    second: str | None
    """Name of the model asked, where it is not the one that answered."""
    instead: ResponseKey | None = None
    """A key under which the same reply may be there already."""


@dataclass(frozen=True, kw_only=True)
class Collecting:
    """Which signals of a run are wanted, and whom to ask for them."""

    run: RunInfo
    chosen: tuple[Chosen, ...]
    models: tuple[Model, ...] = ()
    """Those of the run; none where they cannot be asked: of imported answers."""
    seconds: Mapping[str, Model] | None = None
    """Name as written in a signal's -> the model. None = nobody is asked."""
    grader: Grader = EXACT
    """Whose normalisation says which answers are the same; needs no model."""
    budget_usd: float | None = None
    max_errors: float = 0.05
    concurrency: int | None = None

    @cached_property
    def templates(self) -> Mapping[str, PromptTemplate]:
        """Digest -> template of the run's prompts; none of an imported run."""
        found = [PromptTemplate(**one) for one in self.run.manifest.get("templates", ())]
        return {template.digest: template for template in found}

    @cached_property
    def sampling(self) -> Sampling:
        """As the run was sampled."""
        told: dict[str, Any] = dict(self.run.manifest.get("sampling", {}))
        if "stop" in told:
            told["stop"] = tuple(told["stop"])
        return Sampling(**told)

    @cached_property
    def sample_sampling(self) -> Sampling:
        """Of further samples: as the run, at a temperature of 1 where it has none or 0."""
        temperature = self.sampling.temperature or _SAMPLE_TEMPERATURE
        wants = any(one.needs.samples and one.needs.logprobs for one in self.chosen)
        return replace(self.sampling, temperature=temperature, logprobs=self.sampling.logprobs or wants)

    @property
    def repeats_are_samples(self) -> bool:
        """Whether other repeats of the run may stand for samples: drawn at a temperature, or imported."""
        return not self.templates or bool(self.sampling.temperature)

    @property
    def samples(self) -> int:
        """The most samples that a signal wants."""
        return max((one.needs.samples for one in self.chosen), default=0)

    @property
    def asks(self) -> Iterator[tuple[Chosen, Ask]]:
        """The signals that ask once more, each with its call."""
        return ((one, one.needs.ask) for one in self.chosen if one.needs.ask is not None)

    @property
    def fresh(self) -> str | None:
        """Not None: asked anew, under this name."""
        found: str | None = self.run.manifest.get("fresh")
        return found

    def sample(self, before: ResponseKey, number: int) -> Extra:
        """The key of a further sample, numbered from 1, beside an answer."""
        sampling = self._mark(self.sample_sampling.digest)
        return Extra(replace(before, sampling=sampling, purpose=Purpose.SAMPLE, sample=number), None, None)

    def about(self, chosen: Chosen, ask: Ask, before: ResponseKey, question_hash: str, answer: str) -> Extra | None:
        """The key of a call about an answer; None where the model to ask is not known."""
        second = None if chosen.second is None else (self.seconds or {}).get(chosen.second)
        if chosen.second is not None and second is None:
            return None
        model = before.model if second is None else second.identity
        if ask.how == "again":
            key = replace(before, model=model, purpose=ask.purpose)
            return Extra(key, ask, chosen.second, instead=replace(key, purpose=Purpose.ANSWER))
        prompt = ask.digest if ask.how == "alone" else _digest([ask.digest, before.prompt])
        sampling = self.sampling if ask.sampling is None else ask.sampling
        key = ResponseKey(
            question=_digest([question_hash, answer]),
            model=model,
            prompt=prompt,
            sampling=self._mark(sampling.digest),
            purpose=ask.purpose,
        )
        return Extra(key, ask, chosen.second)

    def wanted(self, one: Gradable, *, repeats: int = 0) -> list[Extra]:
        """Everything needed beside an answer; nothing beside one that declines.

        Args:
            one: the answer.
            repeats: how many other repeats stand for samples.
        """
        answer = answer_of(one)
        if is_abstention(answer) or not answer.strip():
            return []
        before = one.response.key
        missing = self.samples if repeats < self.samples else 0
        found = [self.sample(before, number) for number in range(1, missing + 1)] if one.template else []
        for chosen, ask in self.asks:
            extra = self.about(chosen, ask, before, one.question_hash, answer)
            if extra is not None and (one.template or ask.how == "alone"):
                found.append(extra)
        return found

    def errand(self, extra: Extra, alike: Sequence[Gradable], further: Sequence[Extra] = ()) -> Errand:
        """The prompt for an extra response, which all these answers need; for several where there are further samples.

        Raises:
            InputError: the template cannot be filled in for the question.
        """
        one, *others = alike
        ask, template = extra.ask, self.templates.get(one.template or "")
        before = template.messages(one.question) if template is not None else ()
        sampling = self.sample_sampling if ask is None else ask.sampling or self.sampling
        as_asked = ask is None or ask.how == "again"
        return Errand(
            messages=before if ask is None else ask.messages(one.question, answer_of(one), before),
            sampling=sampling,
            samples=1 + len(further),
            repeats=tuple(self._place(one.key) if ask is None else one.key.repeat for one in (extra, *further)),
            question=one.question if as_asked else None,
            key=extra.key,
            further=tuple(one.key for one in further),
            about=one.question,
            question_hash=one.question_hash,
            also=tuple((other.question, other.question_hash) for other in others),
            states_confidence=template.confidence if template is not None and as_asked else False,
            opening=ask is not None and ask.opening,
        )

    def _place(self, key: ResponseKey) -> int:
        """Which repeat a sample is, for models that replay or draw by a seed: none that the run has asked for."""
        return key.repeat + key.sample * int(self.run.manifest.get("repeats", 1))

    def _mark(self, sampling: str) -> str:
        return sampling if self.fresh is None else _digest([sampling, self.fresh])


def answer_of(one: Gradable) -> str:
    """The answer in a response, without a stated confidence."""
    return split_answer(one.response.text or "", one.states_confidence)[0]


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode("utf-8", "surrogatepass")).hexdigest()[:32]
