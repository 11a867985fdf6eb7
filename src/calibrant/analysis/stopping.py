"""Whether enough has been asked: looks at complete blocks, each with bounds that hold at all looks together.

Definitions, section 2: one value per cluster, clusters in random order, strata in complete blocks. No I/O: what was
answered is handed in, and what was seen can be written down and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isnan, nan, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.mean_sequence import MeanSequence, SequenceOptions, blocks_of
from calibrant.types import OutcomeState, Question, Stratum

__all__ = ["Course", "Ending", "Look", "StopRule", "Unit", "course_blocks", "score_of", "units_of"]

_CORRECT, _INCORRECT, _ABSTAINED = OutcomeState.CORRECT, OutcomeState.INCORRECT, OutcomeState.ABSTAINED
_UNCOUNTED: Final = (OutcomeState.ERROR, OutcomeState.UNGRADED)
_SCORES: Final[Mapping[str, Callable[[OutcomeState], float]]] = {
    "index": lambda state: 100.0 * (state is _CORRECT) - 100.0 * (state is _INCORRECT),
    "accuracy": lambda state: 100.0 * (state is _CORRECT),
    "attempt_rate": lambda state: 100.0 * (state is not _ABSTAINED),
    "wrong_of_all": lambda state: 100.0 * (state is _INCORRECT),
}
_LEAST: Final = {"index": -100.0}
_MOST_LEFT_OUT: Final = 0.1
"""Share of questions without an outcome beyond which nothing is called decided: they may differ from the others."""
_FEWEST: Final = 30
"""Units before which nothing is called futile."""
_LAST_TENTH: Final = 0.9
_POINTS: Final = {True: (201, 2.0), False: (401, 1.0)}
"""Candidates, and how they crowd around 0: where two models are compared, or each is to be known precisely."""


class Ending(StrEnum):
    """Why looking ended."""

    DECIDED = "decided"
    PRECISE = "precise"
    TOO_CLOSE = "too close"
    """The gap is surely smaller than the smallest one of interest."""
    FUTILE = "futile"
    """Not to be decided with what the questions left can tell."""
    LEFT_OUT = "left out"
    """Too many questions without an outcome."""
    ENDED = "questions ended"
    BUDGET = "budget"
    STOPPED = "stopped"
    """Asking ended otherwise: failures, a model that cannot be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When enough has been asked.

    Raises:
        ValueError: an unknown metric, a level outside (0, 1), a negative gap or half width.
    """

    models: tuple[str, ...]
    """Two where it is to be decided which is better; all of those that are to be known precisely."""
    metric: str = "index"
    half_width: float | None = None
    """Of the bounds of every model, in points of the metric; None = decide between two."""
    smallest_gap: float = 2.0
    """Points below which a gap is of no interest. 0 = every gap is."""
    futility: bool = True
    """Whether to end where the questions left cannot decide."""
    level: float = 0.95
    whole: bool = True
    """About what all questions of the file would say. Otherwise about the source they are a random sample of."""

    def __post_init__(self) -> None:
        if self.metric not in _SCORES:
            raise ValueError(f"'{self.metric}' is no score of single questions; there are: {', '.join(_SCORES)}")
        if not 0 < self.level < 1 or self.smallest_gap < 0 or (self.half_width is not None and self.half_width <= 0):
            raise ValueError("need level in (0, 1), a gap of at least 0 and a positive half width")
        if self.half_width is None and len(set(self.models)) != 2:
            raise ValueError("two different models are needed to decide between")

    @property
    def decides(self) -> bool:
        """Whether two models are compared; else each is to be known precisely."""
        return self.half_width is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value that a question can have."""
        least = _LEAST.get(self.metric, 0.0)
        return (least - 100.0, 100.0 - least) if self.decides else (least, 100.0)


@dataclass(frozen=True, slots=True)
class Unit:
    """A cluster of questions, asked as a whole."""

    questions: tuple[int, ...]
    """Places in the set."""
    counted: tuple[int, ...]
    """Those that enter its value: questions that have an answer."""
    stratum: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What was known after a block."""

    block: int
    units: int
    """Asked so far."""
    questions: int
    left_out: int
    """Of them without an outcome for every model."""
    estimates: tuple[float | None, ...]
    """The gap; or one for each model."""
    bounds: tuple[tuple[float, float], ...]
    """Valid at this and every other look together."""


def units_of(questions: Sequence[Question]) -> list[Unit]:
    """Clusters of a set, each with the domain of its first question as stratum."""
    by_cluster: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        by_cluster.setdefault(question.cluster or question.id, []).append(place)
    return [
        Unit(
            tuple(places),
            tuple(place for place in places if questions[place].stratum is Stratum.ANSWERABLE),
            questions[places[0]].domain,
        )
        for places in by_cluster.values()
    ]


def course_blocks(units: Sequence[Unit], *, stratified: bool, seed: int) -> tuple[int, list[list[int]]]:
    """Units in a random order, in blocks; those that count nothing are spread over the blocks.

    Returns:
        Counting units in a full block, and the blocks.
    """
    counting = [at for at, unit in enumerate(units) if unit.counted]
    strata = [units[at].stratum if stratified else None for at in counting]
    # Small blocks are looked at sooner, large ones keep more prompts under way; a cell may hold two small strata.
    cells = min(24, max(4, len(counting) // 100), max(1, len(counting) // 12))
    blocks = [[counting[place] for place in block] for block in blocks_of(strata, cells=cells, seed=seed)]
    if not blocks:
        return cells, [list(range(len(units)))]
    for number, at in enumerate(at for at, unit in enumerate(units) if not unit.counted):
        blocks[number % len(blocks)].append(at)
    return cells, blocks


def score_of(metric: str, states: Sequence[OutcomeState]) -> float:
    """Mean score of a question's repeats in points, of those with an outcome; nan without any."""
    scores = [_SCORES[metric](state) for state in states if state not in _UNCOUNTED]
    return sum(scores) / len(scores) if scores else nan


class Course:
    """The looks at one run, block after block.

    Args:
        rule: when to end.
        units: all of the set.
        blocks: of them, in the order in which they are asked.
        cells: counting units in a full block.
        covariates: known of every unit beforehand, shape (units, J).

    Raises:
        ValueError: no unit counts anything.
    """

    def __init__(
        self,
        rule: StopRule,
        units: Sequence[Unit],
        blocks: Sequence[Sequence[int]],
        cells: int,
        covariates: ArrayLike | None = None,
    ) -> None:
        self.rule = rule
        self._units = units
        self._blocks = blocks
        counting = [at for at, unit in enumerate(units) if unit.counted]
        if not counting:
            raise ValueError("no question has an answer, so there is nothing to decide on")
        self._place = {at: place for place, at in enumerate(counting)}
        sizes = np.array([len(units[at].counted) for at in counting], dtype=np.float64)
        self._weights = sizes / sizes.mean()
        parts = 1 if rule.decides else len(rule.models)
        options = SequenceOptions(
            bounds=rule.bounds,
            level=1 - (1 - rule.level) / parts,
            whole=rule.whole,
            points=_POINTS[rule.decides][0],
            crowding=_POINTS[rule.decides][1],
        )
        known = None if covariates is None else np.asarray(covariates, dtype=np.float64)[counting]
        self._sequences = [
            MeanSequence(self._weights, cells=cells, options=options, covariates=known) for _ in range(parts)
        ]
        self._values: list[list[float]] = [[] for _ in range(parts)]
        self.looks: list[Look] = []
        self.seen: list[list[list[float]]] = []
        """Of each block looked at, of each of its units the values, nan = none: enough to replay the course."""
        self.ending: Ending | None = None
        self.better: str | None = None
        """The model decided for."""

    @property
    def next_block(self) -> int | None:
        """Number of the block to be looked at next; None = it is over."""
        return None if self.ending is not None or len(self.looks) == len(self._blocks) else len(self.looks)

    def values_of(self, block: int, score: Callable[[str, int], float]) -> list[list[float]]:
        """Values of a block's units.

        Args:
            block: its number.
            score: of a model (by name) on a question (by place), in points; nan = none.
        """
        found = []
        for at in self._blocks[block]:
            table = np.array([[score(model, place) for model in self.rule.models] for place in self._units[at].counted])
            if not table.size:
                found.append([nan] * len(self._sequences))
            elif self.rule.decides:
                found.append([_mean(table[:, 0] - table[:, 1])])
            else:
                found.append([_mean(column) for column in table.T])
        return found

    def look(self, values: Sequence[Sequence[float]]) -> Look:
        """Look at the next block.

        Args:
            values: of each of its units, as `values_of` gives them.
        """
        number = len(self.looks)
        block = self._blocks[number]
        counting = [(self._place[at], value) for at, value in zip(block, values, strict=True) if at in self._place]
        for part, sequence in enumerate(self._sequences):
            weighted = [value[part] * self._weights[place] for place, value in counting]
            sequence.add([place for place, _ in counting], weighted)
            self._values[part] += [one for one in weighted if not isnan(one)]
        before = self.looks[-1] if self.looks else None
        left_out = sum(
            len(self._units[at].counted) for at, value in zip(block, values, strict=True) if any(map(isnan, value))
        )
        look = Look(
            block=number,
            units=len(block) + (before.units if before else 0),
            questions=sum(len(self._units[at].questions) for at in block) + (before.questions if before else 0),
            left_out=left_out + (before.left_out if before else 0),
            estimates=tuple(sequence.estimate for sequence in self._sequences),
            bounds=tuple((sequence.low, sequence.high) for sequence in self._sequences),
        )
        self.looks.append(look)
        self.seen.append([list(value) for value in values])
        self.ending = self._decide(look)
        if self.ending is None and len(self.looks) == len(self._blocks):
            self.ending = Ending.LEFT_OUT if self._too_few(look) else Ending.ENDED
        return look

    def end(self, ending: Ending) -> None:
        """Asking ended for a reason from outside; what is over already stays as it ended."""
        self.ending = self.ending or ending

    def _too_few(self, look: Look) -> bool:
        return look.left_out > _MOST_LEFT_OUT * look.questions

    def _decide(self, look: Look) -> Ending | None:
        if self._too_few(look):
            return None
        if not self.rule.decides:
            wide = max((high - low) / 2 for low, high in look.bounds)
            return Ending.PRECISE if wide < (self.rule.half_width or 0.0) else None
        sequence = self._sequences[0]
        if sequence.is_greater(0.0) or sequence.is_less(0.0):
            self.better = self.rule.models[0 if sequence.is_greater(0.0) else 1]
            return Ending.DECIDED
        if -self.rule.smallest_gap <= sequence.low and sequence.high <= self.rule.smallest_gap:
            return Ending.TOO_CLOSE
        return Ending.FUTILE if self.rule.futility and self._is_futile(sequence) else None

    def _is_futile(self, sequence: MeanSequence) -> bool:
        """Whether a gap two standard errors greater than the one seen would not be decided within the questions left.

        The bounds narrow as the standard error does. The last tenth of a file is not asked in the hope of them: what is
        decided by exhausting a table says nothing beyond it.
        """
        values, drawn = np.array(self._values[0]), sequence.share_drawn
        if values.size < _FEWEST or drawn <= 0:
            return False
        last = _LAST_TENTH if self.rule.whole else 1.0
        left = (1 - drawn) if self.rule.whole else 1.0
        error = sqrt(float(values.var()) * left / values.size)
        if drawn >= last:
            return True
        narrower = ((1 - last) / last) / ((1 - drawn) / drawn) if self.rule.whole else drawn
        half = (sequence.high - sequence.low) / 2 * sqrt(narrower)
        return max(abs(sequence.estimate or 0.0) + 2 * error, self.rule.smallest_gap) < half

    def sentence(self) -> str:
        """How it stands, in one line of plain text."""
        look = self.looks[-1] if self.looks else None
        after = f"after {look.questions:,} questions" if look else "before the first complete block"
        if self.ending is Ending.DECIDED:
            worse = next(model for model in self.rule.models if model != self.better)
            return f"decided: {self.better} > {worse}, {self.rule.metric}, {after}{self._known(look)}"
        if self.ending is Ending.PRECISE:
            return f"precise: {self.rule.metric} within {self.rule.half_width:g} points, {after}"
        why = {
            None: "asking goes on",
            Ending.TOO_CLOSE: f"the gap is smaller than {self.rule.smallest_gap:g} points",
            Ending.FUTILE: "the questions left cannot tell them apart",
            Ending.LEFT_OUT: "more than a tenth of the questions have no outcome",
            Ending.ENDED: "the questions ended",
            Ending.BUDGET: "the budget ended",
            Ending.STOPPED: "asking was stopped",
        }[self.ending]
        return f"not {'decided' if self.rule.decides else 'precise enough'}: {why}, {after}{self._known(look)}"

    def _known(self, look: Look | None) -> str:
        if look is None or not self.rule.decides:
            return ""
        low, high = look.bounds[0]
        return (
            f"; the gap is {_points(look.estimates[0])} points, between {_points(low)} and {_points(high)} "
            f"at {100 * self.rule.level:g}%"
        )

    def to_dict(self) -> dict[str, Any]:
        """Rule, looks and verdict as plain values."""
        return {
            "kind": "decided" if self.rule.decides else "precision",
            "models": list(self.rule.models),
            "metric": self.rule.metric,
            "half_width": self.rule.half_width,
            "smallest_gap": self.rule.smallest_gap,
            "futility": self.rule.futility,
            "level": self.rule.level,
            "about": "file" if self.rule.whole else "source",
            "ending": None if self.ending is None else str(self.ending),
            "better": self.better,
            "sentence": self.sentence(),
            "looks": [
                {
                    "block": look.block,
                    "units": look.units,
                    "questions": look.questions,
                    "left_out": look.left_out,
                    "estimates": [None if one is None else round(one, 6) for one in look.estimates],
                    "bounds": [[round(low, 6), round(high, 6)] for low, high in look.bounds],
                }
                for look in self.looks
            ],
        }


def _mean(values: np.ndarray) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else nan


def _points(value: float | None) -> str:
    return "unknown" if value is None or abs(value) == inf else f"{value:+.1f}"
