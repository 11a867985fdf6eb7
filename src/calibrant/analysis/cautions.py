"""What is wrong with the numbers of a run: said before them, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from calibrant.analysis.ranking import Ranking
from calibrant.types import Stratum

if TYPE_CHECKING:
    from calibrant.analysis.overview import ModelRow

__all__ = ["FEW_CLUSTERS", "WITHOUT", "Caution", "cautions", "percent"]

LARGE_SHARE = 0.01
"""From this share of ungraded answers or errors on, it is said before any number."""
FEW_CLUSTERS = 20
"""Below so many documents or questions an interval is rough (definitions, section 2)."""

_MAIN = {Stratum.ANSWERABLE: "accuracy", Stratum.UNANSWERABLE: "correct_refusal", Stratum.ACTION: "correct_refusal"}
"""The rate that a stratum is about."""


WITHOUT = {
    Stratum.ANSWERABLE: "",
    Stratum.UNANSWERABLE: " without an answer",
    Stratum.ACTION: " of tasks without an argument they need",
}
"""What a stratum is, after a noun."""


class Caution(NamedTuple):
    """One thing to know before the numbers."""

    kind: str
    """``judge``, ``unreadable``, ``unjudged``, ``gradings``, ``ungraded``, ``errors``, ``clusters``, ``ranks`` or
    ``duplicates``: cautions of one kind say the same of different models."""
    text: str


def percent(share: float) -> str:
    """A share in whole per cent, where neither nearly all reads as all nor a few as none.

    >>> percent(0.5), percent(1.0), percent(299 / 300), percent(0.001)
    ('50%', '100%', '>99%', '<1%')
    """
    if share < 1 and round(100 * share) == 100:
        return ">99%"
    if share > 0 and round(100 * share) == 0:
        return "<1%"
    return f"{share:.0%}"


def cautions(models: Sequence[ModelRow], rankings: Sequence[Ranking], *, duplicates: int) -> list[Caution]:
    """What to say before the numbers.

    Args:
        models: the rows of the leaderboard, of both strata.
        rankings: of the same models.
        duplicates: outcomes beyond the first of one question, model and repeat.

    Returns:
        Cautions by kind, and within a kind the worst first.
    """
    worst_first = sorted(models, key=lambda row: (-_part(row.measured.counts.ungraded, row), row.model))
    found = [_ungraded(row) for row in worst_first if _part(row.measured.counts.ungraded, row) > LARGE_SHARE]
    worst_first = sorted(models, key=lambda row: (-_part(row.measured.counts.errors, row), row.model))
    found += [_failed(row) for row in worst_first if _part(row.measured.counts.errors, row) > LARGE_SHARE]
    return [*found, *_few(models), *_unranked(models, rankings), *_repeated(duplicates)]


def _part(count: int, row: ModelRow) -> float:
    return count / max(1, row.measured.counts.attempts)


def _of(stratum: Stratum) -> str:
    if stratum is Stratum.ACTION:
        return " to tasks without an argument they need"
    return "" if stratum is Stratum.ANSWERABLE else " to questions without an answer"


def _ungraded(row: ModelRow) -> Caution:
    metric = _MAIN[row.stratum]
    bounds = row.measured.if_ungraded.get(metric)
    said = f"{row.model}: {_share(row.measured.counts.ungraded, row)} could not be graded"
    if bounds is not None:
        between = f"{percent(bounds.low)} and {percent(bounds.high)}"
        said += f"; on these answers {_spoken(metric)} lies between {between}"
        made_up = row.measured.if_ungraded.get("hallucination_rate")
        if made_up is not None and row.stratum is Stratum.ANSWERABLE:
            said += f", the hallucination rate between {percent(made_up.low)} and {percent(made_up.high)}"
        said += ", whatever they are"
    return Caution("ungraded", said + ".")


def _failed(row: ModelRow) -> Caution:
    metric = _MAIN[row.stratum]
    then = row.measured.if_errors_wrong[metric]
    said = f"{row.model}: {_share(row.measured.counts.errors, row)} failed"
    if then is not None:
        said += f"; {_spoken(metric)} is {percent(then)} if all of these count as wrong"
    return Caution("errors", said + ".")


def _spoken(metric: str) -> str:
    return metric.replace("_", " ")


def _share(part: int, row: ModelRow) -> str:
    whole = row.measured.counts.attempts
    answers = "answer" if whole == 1 else "answers"
    return f"{part:,} of {whole:,} {answers}{_of(row.stratum)} ({part / whole:.1%})"


def _few(models: Sequence[ModelRow]) -> Iterator[Caution]:
    for stratum in Stratum:
        counted = [row.measured.clusters for row in models if row.stratum is stratum]
        few = min((clusters for clusters in counted if clusters), default=FEW_CLUSTERS)
        if few < FEW_CLUSTERS:
            what = "document or question" if few == 1 else "documents or questions"
            without = WITHOUT[stratum]
            yield Caution(
                "clusters",
                f"Only {few} independent {what}{without}: intervals are rough below {FEW_CLUSTERS}.",
            )


def _unranked(models: Sequence[ModelRow], rankings: Sequence[Ranking]) -> Iterator[Caution]:
    """Ranks that rest on few shared questions or none; not where the models' own numbers were said to be rough."""
    for ranking in {ranking.stratum: ranking for ranking in rankings}.values():
        own = min(row.measured.clusters for row in models if row.stratum is ranking.stratum and row.measured.counts.n)
        without = WITHOUT[ranking.stratum]
        if not ranking.shared:
            yield Caution(
                "ranks", f"The models cannot be ranked: no question{without} that all models have a grade for."
            )
        elif ranking.clusters < FEW_CLUSTERS <= own:
            yield Caution(
                "ranks",
                f"Ranks rest on only {ranking.clusters} independent documents or questions{without}: "
                f"they are rough below {FEW_CLUSTERS}.",
            )


def _repeated(duplicates: int) -> Iterator[Caution]:
    if duplicates:
        outcomes = "outcome repeats" if duplicates == 1 else "outcomes repeat"
        yield Caution("duplicates", f"{duplicates:,} {outcomes} a question, model and repeat that is there already.")
