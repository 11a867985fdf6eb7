"""From outcomes to what a promise is made of: for each question a score and whether the answer was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt

from calibrant.analysis.table import Asked
from calibrant.errors import InputError
from calibrant.types import Confidence, Outcome, OutcomeState

__all__ = ["ScoredRows", "routes_of", "scored_rows"]

_GROUPED = ("domain", "topic", "language", "condition")

_RIGHT = {OutcomeState.CORRECT: 1.0, OutcomeState.PARTIAL: 0.0, OutcomeState.INCORRECT: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRows:
    """One model's attempts with one signal, row by row; arrays and lists of one length."""

    scores: npt.NDArray[np.float64]
    """nan where the policy cannot answer: the model declined, failed, or gave no such confidence."""
    correct: npt.NDArray[np.float64]
    """1 right, 0 wrong (also partly right), nan where the policy cannot answer."""
    clusters: Sequence[str]
    groups: Sequence[str]
    """Domain, or whatever the promise is split by; empty text where unknown."""
    questions: Sequence[str]
    """Digest of each row's question, hexadecimal."""
    unanswered: Mapping[str, int]
    """Why rows cannot be answered -> how many; they count in the coverage."""
    ungraded: int
    """Attempts without a grade, left out altogether."""
    partial: npt.NDArray[np.bool_]
    """Partly right: wrong in ``correct``, 0 in the Index."""
    failed: npt.NDArray[np.bool_]
    """No usable answer: not in the Index's N."""

    def __len__(self) -> int:
        return len(self.questions)


def routes_of(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], int]:
    """(model as written, name of a signal) -> answered attempts that have it."""
    found: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        if outcome.state in _RIGHT:
            asked = str(Asked(str(outcome.model), outcome.price))
            found.update((asked, confidence.name) for confidence in outcome.confidences)
    return dict(found)


def scored_rows(outcomes: Iterable[Outcome], *, model: str, signal: str, by: str | None = None) -> ScoredRows:
    """The rows of one model and one signal.

    Args:
        outcomes: of a run.
        model: as the report writes it, with the price where the prompt stated one.
        signal: name of the confidence.
        by: ``domain``, ``topic``, ``language`` or ``condition``: what groups are.

    Raises:
        InputError: there is no graded attempt of this model, or ``by`` is nothing that a run can be split by.
    """
    if by is not None and by not in _GROUPED:
        raise InputError(f"a run is not split by '{by}'", place="--by", remedy=f"Use one of: {', '.join(_GROUPED)}.")
    scores, correct, clusters, groups, questions, states = [], [], [], [], [], []
    unanswered: Counter[str] = Counter()
    ungraded = 0
    for outcome in outcomes:
        if str(Asked(str(outcome.model), outcome.price)) != model:
            continue
        if outcome.state is OutcomeState.UNGRADED:
            ungraded += 1
            continue
        score, why = _score(outcome, signal)
        if why:
            unanswered[why] += 1
        scores.append(score)
        correct.append(nan if why else _RIGHT[outcome.state])
        clusters.append(outcome.cluster)
        groups.append(str(getattr(outcome, by) or "") if by else "")
        questions.append(outcome.question_hash or "")
        states.append(outcome.state)
    if not questions:
        raise InputError(f"no graded answer of '{model}' is there", place="--model")
    return ScoredRows(
        scores=np.array(scores),
        correct=np.array(correct),
        clusters=clusters,
        groups=groups,
        questions=questions,
        unanswered=dict(unanswered),
        ungraded=ungraded,
        partial=np.array([state is OutcomeState.PARTIAL for state in states]),
        failed=np.array([state is OutcomeState.ERROR for state in states]),
    )


def _score(outcome: Outcome, signal: str) -> tuple[float, str | None]:
    if outcome.state is OutcomeState.ABSTAINED:
        return nan, "the model declined"
    if outcome.state is OutcomeState.ERROR:
        return nan, "no usable answer"
    found: Confidence | None = next((one for one in outcome.confidences if one.name == signal), None)
    return (nan, "no such confidence") if found is None else (found.value, None)
