"""From the responses of a run to signals of confidence: computed from what is stored, without asking anybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calibrant.confidence import Chosen, Evidence, Said, answer_tokens, same_by
from calibrant.grading import is_abstention
from calibrant.runs.answers import split_answer
from calibrant.runs.extras import Collecting, Extra, answer_of
from calibrant.store import Gradable, RunInfo, Store, response_digest
from calibrant.types import Confidence, ConfidenceSource, Response, ResponseKey, StatedAs

__all__ = ["Scoring", "score_run"]

_PAGE = 200


@dataclass(slots=True, kw_only=True)
class Scoring:
    """What came of the signals of a run."""

    run: RunInfo
    names: tuple[str, ...]
    answers: int = 0
    """Answers that do not decline: only of these a confidence is wanted."""
    declined: int = 0
    found: Counter[str] = field(default_factory=Counter)
    """Name of a signal -> answers that have it."""
    failures: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Name of a signal of another package -> what it raised, or gave instead of a score, and how often."""

    @property
    def missing(self) -> dict[str, int]:
        """Name of a signal -> answers that lack it, where there are any."""
        return {name: self.answers - self.found[name] for name in self.names if self.found[name] < self.answers}

    def to_dict(self) -> dict[str, Any]:
        """For programs: plain values."""
        return {
            "run": self.run.id,
            "answers": self.answers,
            "declined": self.declined,
            "signals": {name: self.found[name] for name in self.names},
            "failures": {name: dict(causes) for name, causes in self.failures.items()},
        }


def score_run(store: Store, collecting: Collecting) -> Scoring:
    """Compute the signals of every answer of a run from what is stored, and keep them.

    Samples are those that were asked for; where they are too few, other repeats of the run, if these were drawn at a
    temperature or imported. An answer that declines gets no signal. A signal that came with the reply is kept as it is.

    Args:
        store: where the run is.
        collecting: the signals.

    Returns:
        How many answers have each. The others lack what it needs.
    """
    scoring = Scoring(run=collecting.run, names=tuple(one.name for one in collecting.chosen))
    repeats = _Repeats(store, collecting)
    after = 0
    while page := store.gradable(collecting.run, after=after, limit=_PAGE, sure=True):
        after = page[-1].item
        extras = _Extras(store, collecting, page)
        kept: list[tuple[int, Confidence]] = []
        for one in page:
            if is_abstention(answer_of(one)):
                scoring.declined += 1
                continue
            scoring.answers += 1
            known = {confidence.name for confidence in one.response.confidences if confidence.extra_calls is None}
            for chosen, confidence in _signals(collecting, one, extras, repeats):
                if isinstance(confidence, str):
                    scoring.failures[chosen.name][confidence] += 1
                    continue
                scoring.found[chosen.name] += 1
                if confidence.name not in known:
                    kept.append((one.item, confidence))
        store.keep_signals(collecting.run, kept)
    return scoring


def _signals(
    collecting: Collecting, one: Gradable, extras: _Extras, repeats: _Repeats
) -> Iterator[tuple[Chosen, Confidence | str]]:
    """Each signal that could be told, or why a plug-in's could not."""
    same = same_by(one.question, collecting.grader)
    answer = _answer(one)
    for chosen in collecting.chosen:
        needs = chosen.needs
        used: list[Response] = []
        samples: list[Said] = []
        if needs.samples:
            drawn, others = extras.samples(one, needs.samples), repeats.beside(one, needs.samples)
            came = [response for response in drawn if response.error is None]
            if len(came) >= min(needs.samples, len(others)):
                used, samples = drawn, [_said(response, one.states_confidence) for response in came]
            else:
                used, samples = [response for response, _ in others], [said for _, said in others]
        replies = {}
        if needs.ask is not None:
            reply = extras.reply(chosen, one)
            if reply is not None:
                used = [*used, reply]
                if reply.error is None:
                    stating = one.states_confidence if needs.ask.how == "again" else False
                    replies[needs.ask.name] = _said(reply, stating)
        score, why = chosen.tried(
            Evidence(question=one.question, answer=answer, same=same, samples=tuple(samples), replies=replies)
        )
        if why is not None:
            yield chosen, why
        elif score is not None:
            yield chosen, _confidence(chosen, score, used)


def _confidence(chosen: Chosen, score: float, used: Sequence[Response]) -> Confidence | str:
    """A score as it is kept, with what it cost; why not, where a plug-in gave what is no score of its kind."""
    costs = [response.cost_usd for response in used]
    known = [cost for cost in costs if cost is not None]
    try:
        return Confidence(
            source=ConfidenceSource(chosen.source),
            value=float(score),
            name=chosen.name,
            extra_calls=len(used),
            extra_cost_usd=sum(known) if len(known) == len(costs) else None,
        )
    except (TypeError, ValueError) as error:
        return f"no score: {error}"[:200]


def _answer(one: Gradable) -> Said:
    """The answer; of imported ones the stated confidence is in a column."""
    said = _said(one.response, one.states_confidence)
    if said.stated is not None or one.states_confidence:
        return said
    stated = (c.value for c in one.response.confidences if c.source is ConfidenceSource.STATED and not c.extra_calls)
    return Said(text=said.text, stated=next(stated, None), logprobs=said.logprobs)


def _said(response: Response, states_confidence: StatedAs) -> Said:
    text, stated = split_answer(response.text or "", states_confidence)
    return Said(text=text, stated=stated, logprobs=answer_tokens(response.logprobs, text or None))


class _Extras:
    """The extra responses to a page of answers."""

    def __init__(self, store: Store, collecting: Collecting, page: Sequence[Gradable]) -> None:
        self._collecting = collecting
        wanted = {response_digest(key) for one in page for key in self._keys(one)}
        self._found = store.responses(wanted, logprobs=True, failed=True)

    def _keys(self, one: Gradable) -> Iterator[ResponseKey]:
        collecting, before = self._collecting, one.response.key
        for number in range(1, collecting.samples + 1):
            yield collecting.sample(before, number).key
        for chosen, _ in collecting.asks:
            extra = self._about(chosen, one)
            if extra is not None:
                yield extra.key
                if extra.instead is not None:
                    yield extra.instead

    def _about(self, chosen: Chosen, one: Gradable) -> Extra | None:
        ask = chosen.needs.ask
        if ask is None:
            return None
        return self._collecting.about(chosen, ask, one.response.key, one.question_hash, answer_of(one))

    def samples(self, one: Gradable, most: int) -> list[Response]:
        """The samples asked for beside an answer, failed ones among them."""
        keys = (self._collecting.sample(one.response.key, number).key for number in range(1, most + 1))
        found = (self._found.get(response_digest(key)) for key in keys)
        return [response for response in found if response is not None]

    def reply(self, chosen: Chosen, one: Gradable) -> Response | None:
        """The reply to a signal's call about an answer; None where it was not asked."""
        extra = self._about(chosen, one)
        if extra is None:
            return None
        keys = [extra.key, *([] if extra.instead is None else [extra.instead])]
        found = [self._found.get(response_digest(key)) for key in keys]
        there = [response for response in found if response is not None]
        return next((response for response in there if response.error is None), there[0] if there else None)


class _Repeats:
    """The answers of a run by what they answer, where other repeats may stand for samples. Held in memory."""

    def __init__(self, store: Store, collecting: Collecting) -> None:
        self._groups: Mapping[tuple[str, ...], list[tuple[Response, Said]]] = {}
        if not collecting.samples or not collecting.repeats_are_samples:
            return
        tokens = any(one.needs.samples and one.needs.logprobs for one in collecting.chosen)
        groups: dict[tuple[str, ...], list[tuple[Response, Said]]] = defaultdict(list)
        after = 0
        while page := store.gradable(collecting.run, after=after, limit=_PAGE, sure=True):
            after = page[-1].item
            for one in page:
                said = _answer(one)
                kept = said if tokens else Said(text=said.text, stated=said.stated)
                groups[_group(one)].append((one.response, kept))
        self._groups = groups

    def beside(self, one: Gradable, most: int) -> list[tuple[Response, Said]]:
        """At most so many other answers of the model to the question, beginning with the repeat that follows."""
        group = self._groups.get(_group(one), [])
        at = next((place for place, (response, _) in enumerate(group) if response.key == one.response.key), None)
        return [] if at is None else [*group[at + 1 :], *group[:at]][:most]


def _group(one: Gradable) -> tuple[str, ...]:
    key = one.response.key
    return (one.question.id, key.question, key.model, key.prompt, key.sampling)
