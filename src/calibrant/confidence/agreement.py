"""Agreement: does a model give the same answer when it is asked again? (definitions, section 4).

Computed from the repeats of a run, with the exact grader's own equivalence: no judge, and no call beyond the repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from calibrant.confidence.stated import split_stated
from calibrant.grading import matches
from calibrant.types import Confidence, ConfidenceSource, Outcome

__all__ = ["AGREEMENT_OF_REPEATS", "FEWEST_REPEATS", "LONGEST", "agreement", "with_agreement"]

AGREEMENT_OF_REPEATS = "agreement_of_repeats"
"""The signal's name; one that came with the answers keeps its own."""
FEWEST_REPEATS = 3
"""Fewer answers to a question say too little of each other."""
LONGEST = 600
"""Characters; a longer answer is not compared, and has no agreement."""


def agreement(answers: Sequence[str | None], *, question: str = "") -> list[float | None]:
    """For each answer the share of the *others* that surely are the same answer.

    Counting an answer as agreeing with itself would give 1/k to whoever never repeats an answer. Two answers are the
    same where the exact grader takes either for a right answer were the other the gold.

    Args:
        answers: of one model to one question, as they came; None where there is none (an error). A confidence stated at
            an answer's end is not part of it.
        question: its text, which tells what may be left out of an answer.

    Returns:
        Shares in [0, 1]; None for an answer that is missing, empty or longer than 600 characters, and for all where
        fewer than three are left. An answer that declines is an answer: it agrees with those that decline in its words.

    >>> agreement(["Paris", "It's Paris.", "Lyon", None])
    [0.5, 0.5, 0.0, None]
    """
    texts = [None if answer is None else split_stated(answer)[0].strip() for answer in answers]
    compared = [at for at, text in enumerate(texts) if text and len(text) <= LONGEST]
    found: list[float | None] = [None] * len(answers)
    if len(compared) < FEWEST_REPEATS:
        return found
    distinct = list(dict.fromkeys(str(texts[at]) for at in compared))
    same = {(text, text) for text in distinct}
    for one, other in combinations(distinct, 2):
        if matches(one, [other], question=question) or matches(other, [one], question=question):
            same |= {(one, other), (other, one)}
    for at in compared:
        agreeing = sum((str(texts[at]), str(texts[other])) in same for other in compared if other != at)
        found[at] = agreeing / (len(compared) - 1)
    return found


def with_agreement(attempts: Iterable[tuple[Outcome, str, str | None]]) -> Iterator[Outcome]:
    """Outcomes, each with the agreement of its answer with the other repeats, where there are enough.

    Args:
        attempts: the outcome, the question's text, and the answer as it came, of one run. Held as a whole: repeats may
            come in any order.

    Yields:
        The outcomes in the order given; those without agreement unchanged.
    """
    held = list(attempts)
    groups: dict[tuple[object, ...], list[int]] = {}
    for at, (outcome, _, _) in enumerate(held):
        asked = (outcome.model, outcome.price, outcome.question_id, outcome.condition, outcome.stratum)
        groups.setdefault(asked, []).append(at)
    shares: dict[int, float] = {}
    for members in groups.values():
        if len(members) >= FEWEST_REPEATS:
            text = held[members[0]][1]
            found = agreement([held[at][2] for at in members], question=text)
            shares |= {at: share for at, share in zip(members, found, strict=True) if share is not None}
    for at, (outcome, _, _) in enumerate(held):
        if at in shares:
            signal = Confidence(source=ConfidenceSource.AGREEMENT, value=shares[at], name=AGREEMENT_OF_REPEATS)
            yield replace(outcome, confidences=(*outcome.confidences, signal))
        else:
            yield outcome
