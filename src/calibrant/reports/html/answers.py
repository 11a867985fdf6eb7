"""The answers behind the numbers: which go into the page, and how they are packed so that it opens at once.

They lie in the page as gzip in base64, an index and chunks of some hundred answers, unpacked when they are looked at.
No byte of an answer is ever part of the page's HTML.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.analysis.table import Asked
from calibrant.store import RunInfo, RunItem, Store
from calibrant.types import OutcomeState, Question

__all__ = [
    "CHUNK",
    "MOST",
    "Answers",
    "Sampled",
    "chosen_places",
    "pack_answers",
    "packed",
    "permalink",
    "read_answers",
]

MOST = 20_000
"""Answers in a page unless said otherwise."""
CHUNK = 400
LONGEST = 20_000
"""Characters of a text that are shown; the rest is left out, and that is said."""
_HEAD = 240
_ORDER = (
    OutcomeState.INCORRECT,
    OutcomeState.UNGRADED,
    OutcomeState.PARTIAL,
    OutcomeState.ERROR,
    OutcomeState.ABSTAINED,
    OutcomeState.CORRECT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """How many answers of each state are in the page, of how many."""

    shown: dict[str, int]
    of: dict[str, int]

    @property
    def whole(self) -> bool:
        """Whether all are in."""
        return self.shown == self.of

    def sentence(self) -> str:
        """What is in the page, in words."""
        total, shown = sum(self.of.values()), sum(self.shown.values())
        if not total:
            return "No answers."
        if self.whole:
            return f"All {total:,} answers, the wrong ones first."
        if not shown:
            return f"None of the {total:,} answers are in this page."
        parts = [f"{self.shown.get(state, 0):,} of {count:,} {state}" for state, count in self.of.items()]
        return (
            f"{shown:,} of {total:,} answers: the wrong ones first, then those not right, the rest a random sample. "
            f"In this page: {', '.join(parts)}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Packed answers."""

    index: str
    """base64 of gzip of JSON."""
    chunks: Sequence[str]
    sampled: Sampled
    texts: bool
    """Whether texts are in; else their hashes."""


def permalink(question: Question, model: str, repeat: int) -> str:
    """The name of an answer in the page's address: the same in every report of the run, whatever the sample."""
    told = "\x1f".join([question.id, question.condition.value, model, str(repeat)])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def chosen_places(states: Sequence[OutcomeState], most: int, seed: int) -> tuple[list[int], Sampled]:
    """Which answers go in: the wrong ones first, then other states by how much there is to see, each a random sample
    where not all of it fits.

    Args:
        states: of every answer, in order.
        most: so many at most.
        seed: of the sample.
    """
    by_state: dict[OutcomeState, list[int]] = defaultdict(list)
    for place, state in enumerate(states):
        by_state[state].append(place)
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    chosen: list[int] = []
    for state in _ORDER:
        here, room = by_state[state], most - len(chosen)
        chosen += here if len(here) <= room else chance.sample(here, max(0, room))
    counted = Counter(states[place] for place in chosen)
    known = [state for state in _ORDER if by_state[state]]
    sampled = Sampled(
        shown={state.value: counted[state] for state in known},
        of={state.value: len(by_state[state]) for state in known},
    )
    return sorted(chosen), sampled


def read_answers(
    store: Store, run: RunInfo, states: Sequence[OutcomeState], *, grader: str | None, most: int, seed: int, texts: bool
) -> Answers:
    """Choose, read and pack the answers of a run."""
    places, sampled = chosen_places(states, most, seed)
    whole = len(places) == len(states)
    items: Iterable[RunItem] = ()
    if places:
        items = store.items(run, grader=grader, places=None if whole else places, bodies=False)
    return pack_answers(items, sampled, texts=texts)


def pack_answers(items: Iterable[RunItem], sampled: Sampled, *, texts: bool) -> Answers:
    """Pack answers, the wrong ones first."""
    seen: dict[tuple[str, str], int] = {}
    questions: list[list[Any]] = []
    models: dict[str, int] = {}
    domains: dict[str | None, int] = {}
    rows: list[tuple[int, int, list[Any], dict[str, Any]]] = []
    details: list[dict[str, Any]] = []
    for item in items:
        question, response = item.question, item.response
        identity = question.id, question.condition.value
        if identity not in seen:
            seen[identity] = len(questions)
            domain = domains.setdefault(question.domain, len(domains))
            questions.append(
                [question.id, _head(question.text) if texts else _hashed(question.text), domain, question.stratum.value]
            )
            details.append(_question(question, texts=texts))
        name = str(Asked(str(response.model), item.price))
        model = models.setdefault(name, len(models))
        sure = response.confidences[0].value if response.confidences else None
        at = seen[identity]
        row = [permalink(question, name, response.key.repeat), at, model, _ORDER.index(item.state), _short(sure)]
        rows.append((_ORDER.index(item.state), at, row, _answer(item, texts=texts)))
    rows.sort(key=lambda row: (row[0], row[1]))
    answers = [packed([detail for _, _, _, detail in part]) for part in _parts(rows)]
    asked = [packed(part) for part in _parts(details)]
    index = {
        "chunk": CHUNK,
        "states": [state.value for state in _ORDER],
        "models": list(models),
        "domains": list(domains),
        "questions": questions,
        "rows": [row for _, _, row, _ in rows],
        "answer_chunks": len(answers),
        "texts": texts,
    }
    return Answers(index=packed(index), chunks=[*answers, *asked], sampled=sampled, texts=texts)


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def packed(content: Any) -> str:
    """JSON, gzip, base64; a lone half of a surrogate pair stays an escape, which JSON may hold."""
    told = json.dumps(content, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")
    return base64.b64encode(gzip.compress(told, 6, mtime=0)).decode("ascii")


def _question(question: Question, *, texts: bool) -> dict[str, Any]:
    def shown(text: str) -> Any:
        return _cut(text) if texts else _hashed(text)

    found: dict[str, Any] = {
        "text": shown(question.text),
        "golds": [shown(one) for one in question.golds],
        "wrong": [shown(one) for one in question.wrong],
        "choices": [shown(one) for one in question.choices],
        "passages": [[(one.source or "") if texts else "", shown(one.text)] for one in question.passages],
        "evidence": [shown(one) for one in question.evidence],
        "topic": question.topic,
        "cluster": question.cluster if texts else None,
        "condition": question.condition.value if question.condition.value != "none" else None,
    }
    return {name: value for name, value in found.items() if value}


def _answer(item: RunItem, *, texts: bool) -> dict[str, Any]:
    response = item.response
    found: dict[str, Any] = {
        "text": None if response.text is None else _cut(response.text) if texts else _hashed(response.text),
        "error": response.error,
        "finish": response.finish_reason,
        "repeat": response.key.repeat or None,
        "grader": item.grade.grader if item.grade else None,
        "reason": item.grade.reason if item.grade and texts else None,
        "grades": [[one.grader, one.state.value, (one.reason or "") if texts else ""] for one in item.grades],
        "confidences": [[one.name, _short(one.value)] for one in response.confidences],
        "tokens": [
            response.usage.input_tokens,
            response.usage.cached_input_tokens,
            response.usage.output_tokens,
            response.usage.reasoning_tokens,
        ],
        "cost": response.cost_usd,
        "latency": _short(response.latency_s),
    }
    if not any(count is not None for count in found["tokens"]):
        found["tokens"] = None
    return {name: value for name, value in found.items() if value is not None and value != []}


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _head(text: str) -> str:
    return text if len(text) <= _HEAD else f"{text[:_HEAD]}..."


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n[{len(text) - LONGEST:,} more characters are not in this page]"


def _hashed(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
