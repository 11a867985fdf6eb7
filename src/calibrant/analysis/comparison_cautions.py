"""What is wrong with a comparison: said before its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calibrant.analysis.cautions import FEW_CLUSTERS, LARGE_SHARE, Caution, percent
from calibrant.analysis.comparison import ContenderFacts, StratumComparison

__all__ = ["cautions_of"]


def cautions_of(
    facts: Sequence[ContenderFacts], strata: Sequence[StratumComparison], lost: int, duplicates: int
) -> Iterator[Caution]:
    """What to know before the numbers.

    Args:
        facts: of every contender.
        strata: as they were compared.
        lost: questions that all were asked and not all have a grade for.
        duplicates: answers beyond the first of one question, contender and repeat.
    """
    for one in facts:
        yield from _without_grade(one)
    for one in facts:
        if one.only_here:
            text = f"{one.only_here:,} of {one.questions:,} questions were not asked of all, and are left out."
            yield Caution("unshared", f"{one.name}: {text}")
    if lost:
        text = f"{lost:,} questions that all were asked have no grade for one of them, and are left out."
        yield Caution("ungraded", text)
    repeats = {one.repeats for one in facts}
    if len(repeats) > 1 or any(low != high for low, high in repeats):
        said = ", ".join(f"{one.name} {_range(one.repeats)}" for one in facts)
        text = f"Answers to a question: {said}. They are averaged inside the question, which counts once."
        yield Caution("repeats", text)
    for stratum in strata:
        if stratum.clusters < 2:
            text = f"All {stratum.graded:,} shared questions depend on one document: no interval can be given."
            yield Caution("clusters", text)
        elif stratum.clusters < FEW_CLUSTERS:
            text = f"The {stratum.graded:,} shared questions come from only {stratum.clusters} documents"
            yield Caution("clusters", f"{text}: intervals are rough.")
    if duplicates:
        yield Caution("duplicates", f"{duplicates:,} answers are there twice (same question, model and repeat).")


def _without_grade(one: ContenderFacts) -> Iterator[Caution]:
    attempts = one.counts.attempts
    for kind, number, said in (
        ("errors", one.counts.errors, "had no usable answer: see what differences would be if errors were wrong"),
        ("ungraded", one.counts.ungraded, "have no grade: see what differences could be under any verdict"),
    ):
        if number > LARGE_SHARE * attempts:
            yield Caution(
                kind, f"{one.name}: {number:,} of {attempts:,} answers ({percent(number / attempts)}) {said}."
            )


def _range(repeats: tuple[int, int]) -> str:
    low, high = repeats
    return str(low) if low == high else f"{low} to {high}"
