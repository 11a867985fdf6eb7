"""What counts of outcomes come to: definitions, section 1. Undefined is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.metrics.arrays import whole_number

__all__ = [
    "ErrorRates",
    "GuessThresholds",
    "OutcomeMetrics",
    "StratumMetrics",
    "behaviourally_calibrated",
    "error_rates",
    "guess_thresholds",
    "missed_knowledge",
    "outcome_metrics",
    "stratum_metrics",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMetrics:
    """Metrics of one model on one set of questions; rates in [0, 1], indices at most 100, None = undefined."""

    n: int
    accuracy: float | None
    hallucination_rate: float | None
    omniscience_index: float | None
    attempt_rate: float | None
    accuracy_given_attempted: float | None
    f1: float | None
    index_at_price: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRates:
    """The three denominators of an error rate that are in use, and the one without partial answers."""

    wrong_of_all: float | None
    """i / N."""
    selective_risk: float | None
    """(p + i) / (c + p + i): of what was answered, the share not right."""
    incorrect_of_answered: float | None
    """i / (c + p + i)."""
    hallucination_rate: float | None
    """i / (p + i + a): of what was not got right, the share answered wrongly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumMetrics:
    """What declining comes to where questions have an answer, and where they have none."""

    correct_refusal: float | None
    """Of the unanswerable questions, the share declined."""
    false_acceptance: float | None
    """Of the unanswerable questions, the share answered all the same."""
    false_refusal: float | None
    """Of the answerable questions, the share declined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessThresholds:
    """The chance of being right above which a guess pays, under each metric."""

    accuracy: float
    omniscience_index: float
    index_at_price: float
    f1: float | None


def _counts(**counts: int) -> tuple[int, ...]:
    """The counts as Python integers, in the order given."""
    checked = []
    for name, count in counts.items():
        whole = whole_number(count)
        if whole is None:
            raise ValueError(f"{name} must be a whole number >= 0, not {count!r}")
        checked.append(whole)
    return tuple(checked)


def _checked_price(price: float) -> float:
    if not 0 <= price < 1:
        raise ValueError(f"price must lie in [0, 1), not {price}")
    return price


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def outcome_metrics(
    *, correct: int, partial: int, incorrect: int, abstained: int, price: float = 0.5
) -> OutcomeMetrics:
    """Accuracy, hallucination rate, Omniscience Index and their kin (definitions, section 1).

    Args:
        correct: attempts that were right, c.
        partial: attempts that were partly right, p.
        incorrect: attempts that were wrong, i.
        abstained: attempts in which the model declined, a.
        price: t; a wrong answer costs t/(1-t) right ones. The Index is t = 0.5.

    Returns:
        The metrics. Sources: AA-Omniscience (accuracy, hallucination rate, Index), SimpleQA (accuracy given
        attempted, F1), Kalai et al. 2025 (index at a price).

    Raises:
        ValueError: a count is negative or not whole, or the price lies outside [0, 1).

    >>> m = outcome_metrics(correct=57, partial=0, incorrect=37, abstained=6)
    >>> m.omniscience_index, round(m.hallucination_rate, 3)
    (20.0, 0.86)
    """
    correct, partial, incorrect, abstained = _counts(
        correct=correct, partial=partial, incorrect=incorrect, abstained=abstained
    )
    penalty = _checked_price(price) / (1 - price)
    n = correct + partial + incorrect + abstained
    precision, recall = _share(correct, correct + incorrect), _share(correct, n)
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
    return OutcomeMetrics(
        n=n,
        accuracy=_share(correct, n),
        hallucination_rate=_share(incorrect, partial + incorrect + abstained),
        omniscience_index=_share(100 * (correct - incorrect), n),
        attempt_rate=None if not n else 1 - abstained / n,
        accuracy_given_attempted=precision,
        f1=f1,
        index_at_price=_share(100 * (correct - incorrect * penalty), n),
    )


def error_rates(*, correct: int, partial: int, incorrect: int, abstained: int) -> ErrorRates:
    """The error rates in use, each under its own name (definitions, section 5).

    Raises:
        ValueError: a count is negative or not whole.
    """
    correct, partial, incorrect, abstained = _counts(
        correct=correct, partial=partial, incorrect=incorrect, abstained=abstained
    )
    answered = correct + partial + incorrect
    return ErrorRates(
        wrong_of_all=_share(incorrect, answered + abstained),
        selective_risk=_share(partial + incorrect, answered),
        incorrect_of_answered=_share(incorrect, answered),
        hallucination_rate=_share(incorrect, partial + incorrect + abstained),
    )


def stratum_metrics(
    *,
    unanswerable: int,
    declined_unanswerable: int,
    answered_unanswerable: int,
    answerable: int,
    declined_answerable: int,
) -> StratumMetrics:
    """Correct refusal, false acceptance and false refusal (definitions, section 1, unanswerable questions).

    Args:
        unanswerable: counted attempts at unanswerable questions.
        declined_unanswerable: of these, declined.
        answered_unanswerable: of these, answered (incorrect).
        answerable: counted attempts at answerable questions.
        declined_answerable: of these, declined.

    Raises:
        ValueError: a count is negative, not whole, or larger than its whole.
    """
    unanswerable, declined_unanswerable, answered_unanswerable, answerable, declined_answerable = _counts(
        unanswerable=unanswerable,
        declined_unanswerable=declined_unanswerable,
        answered_unanswerable=answered_unanswerable,
        answerable=answerable,
        declined_answerable=declined_answerable,
    )
    if declined_unanswerable + answered_unanswerable > unanswerable or declined_answerable > answerable:
        raise ValueError("more outcomes than attempts")
    return StratumMetrics(
        correct_refusal=_share(declined_unanswerable, unanswerable),
        false_acceptance=_share(answered_unanswerable, unanswerable),
        false_refusal=_share(declined_answerable, answerable),
    )


def missed_knowledge(*, refused: int, right_when_forced: int) -> float | None:
    """Of the questions a model declined, the share it answers right when a second pass demands an answer.

    Raises:
        ValueError: a count is negative, not whole, or more were right than were refused.
    """
    refused, right_when_forced = _counts(refused=refused, right_when_forced=right_when_forced)
    if right_when_forced > refused:
        raise ValueError(f"{right_when_forced} right of {refused} refused")
    return _share(right_when_forced, refused)


def behaviourally_calibrated(
    price: float, *, answered: int, answered_correct: int, declined: int, forced_correct: int
) -> bool | None:
    """Whether the model answers exactly when it should at price t (definitions, section 1, price-aware run).

    Args:
        price: t, in [0, 1).
        answered: questions answered.
        answered_correct: of these, right.
        declined: questions declined, then asked again demanding an answer.
        forced_correct: of these, right.

    Returns:
        True where accuracy among answered is >= t and accuracy of forced answers among the declined is <= t; a side
        without questions cannot fail; None where there are no questions at all.

    Raises:
        ValueError: counts or price out of range.
    """
    answered, answered_correct, declined, forced_correct = _counts(
        answered=answered, answered_correct=answered_correct, declined=declined, forced_correct=forced_correct
    )
    _checked_price(price)
    if answered_correct > answered or forced_correct > declined:
        raise ValueError("more right than asked")
    if not answered + declined:
        return None
    return answered_correct >= price * answered and forced_correct <= price * declined


def guess_thresholds(f1: float | None, price: float = 0.5) -> GuessThresholds:
    """Above which P(correct) a guess pays: always (accuracy), 1/2 (Index), t (index at t), F1/2 (F1).

    Args:
        f1: the model's F1 in [0, 1], or None.
        price: t, in [0, 1).

    Raises:
        ValueError: out of range.
    """
    if f1 is not None and not 0 <= f1 <= 1:
        raise ValueError(f"f1 must lie in [0, 1], not {f1}")
    return GuessThresholds(
        accuracy=0.0,
        omniscience_index=0.5,
        index_at_price=_checked_price(price),
        f1=None if f1 is None else f1 / 2,
    )
