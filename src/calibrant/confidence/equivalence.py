"""Which answers are the same answer: by the normalisation of the grader that grades them (definitions, section 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from calibrant.confidence.signal import Same
from calibrant.grading import EXACT, Grader, is_abstention, matches
from calibrant.grading.replies import LONG, final_answer
from calibrant.types import OutcomeState, Question, Stratum

__all__ = ["clusters", "comparable", "same_by", "sizes"]


def same_by(question: Question, grader: Grader = EXACT) -> Same:
    """The equivalence of answers to a question.

    Two answers are the same where the grader takes either for right were the other the gold, where both decline, or
    where they are the same text.

    Args:
        question: what was asked.
        grader: one that needs no model.
    """
    known: dict[tuple[str, str], bool] = {}

    def equal(one: str, other: str) -> bool:
        if grader is EXACT:
            return matches(one, [other], question=question.text)
        asked = replace(question, golds=(other,), wrong=(), stratum=Stratum.ANSWERABLE)
        return grader(asked, one).state is OutcomeState.CORRECT

    def same(one: str, other: str) -> bool:
        pair = (one, other) if one <= other else (other, one)
        if pair not in known:
            alike = one.strip().casefold() == other.strip().casefold()
            known[pair] = (
                alike or equal(one, other) or equal(other, one) or (is_abstention(one) and is_abstention(other))
            )
        return known[pair]

    return same


def comparable(text: str) -> str | None:
    """The part of an answer that is compared: the final answer that one of several lines marks, else all of it.

    None for an empty answer, and for one beyond 600 characters that marks none.
    """
    kept = text.strip()
    marked = final_answer(kept) if "\n" in kept or len(kept) > LONG else None
    return marked or (kept if 0 < len(kept) <= LONG else None)


def clusters(answers: Sequence[str], same: Same) -> list[int]:
    """The cluster of each answer: strict and greedy, one cluster an answer (Kuhn, Gal & Farquhar 2023).

    An answer joins the first cluster whose first member it equals, and no other; else it begins one.

    Returns:
        Numbers from 0 in order of appearance.

    >>> clusters(["Paris", "Lyon", "paris"], lambda a, b: a.lower() == b.lower())
    [0, 1, 0]
    """
    firsts: list[str] = []
    found = []
    for answer in answers:
        number = next((at for at, first in enumerate(firsts) if same(first, answer)), len(firsts))
        if number == len(firsts):
            firsts.append(answer)
        found.append(number)
    return found


def sizes(found: Sequence[int]) -> list[int]:
    """How many answers each cluster has.

    >>> sizes([0, 1, 0])
    [2, 1]
    """
    counted = Counter(found)
    return [counted[number] for number in range(len(counted))]
