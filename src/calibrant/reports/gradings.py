"""Who graded a run, how far the graders agree, what judging cost, and which judge judges its own kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.table import Table

from calibrant.analysis import Caution, percent
from calibrant.grading.families import Kinship, family_of, kinship
from calibrant.grading.judge_reply import UNREADABLE
from calibrant.reports.cells import UNDEFINED, Cell, plain
from calibrant.reports.columns import Column, fitted
from calibrant.store import RunInfo, Spending, SpentOn, Store, total
from calibrant.types import OutcomeState, Purpose

__all__ = ["GradingPair", "GradingRow", "Gradings", "grading_cautions", "gradings_table", "read_gradings"]

_JUDGE = re.compile(r"judge:([^#,()]+)(?:#([0-9a-f]{8}))?")
_UNGRADED = OutcomeState.UNGRADED


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingRow:
    """One grading of a run; several stand side by side."""

    grader: str
    counts: bool
    """Whether this is the grading that the report is about: of several that count together, the first."""
    graded: int
    """Answers with a verdict."""
    ungraded: int
    """Answers that it looked at without a verdict: unsure, or unreadable."""
    unreadable: int
    """Of these, where a judge replied and no verdict could be read."""
    missing: int
    """Answers that it has not looked at."""
    states: Mapping[OutcomeState, int]
    judges: tuple[str, ...]
    """Models that it asks, as ``model@effort``."""
    judging: Spending | None
    """What its judges' replies cost in this run, shared by gradings that use the same replies; None without a judge."""
    agreed: float | None
    """Share of answers on which it agrees with the grading that counts, where both have a verdict; None where none."""
    agreed_on: int
    """Answers on which both have a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingPair:
    """How far two gradings agree, where both have a verdict."""

    one: str
    other: str
    answers: int
    agreed: float | None
    alpha: float | None
    """Krippendorff's alpha, nominal: 1 = always agree, 0 = as by chance; None where it is undefined."""
    disagreements: Mapping[tuple[OutcomeState, OutcomeState], int] = field(default_factory=dict)
    """Verdict of the one, verdict of the other -> answers."""


class Gradings(NamedTuple):
    """The gradings of a run, in the order in which they count, and how far each two agree."""

    rows: tuple[GradingRow, ...]
    pairs: tuple[GradingPair, ...]


def read_gradings(store: Store, run: RunInfo, grader: str | None, spent: Sequence[SpentOn]) -> Gradings:
    """Who graded a run, and how far they agree.

    Args:
        store: where the run is kept.
        run: which.
        grader: whose grades count; None = the first.
        spent: on the run's responses.
    """
    order = list(store.graders(run))
    pairs = store.graded_pairs(run)
    unreadable = store.count_reasons(run, UNREADABLE)
    answers = store.count_gradable(run)
    judged = [one for one in spent if one.purpose is Purpose.JUDGE]
    main = grader if grader is not None else next(iter(order), None)
    rows = []
    for name in order:
        states = {state: count for (state, _), count in pairs.get((name, name), {}).items()}
        pair = None if main is None or name == main else _pair(pairs, main, name)
        seen = sum(states.values())
        judges = tuple(dict.fromkeys(found[1] for found in _JUDGE.finditer(name)))
        rows.append(
            GradingRow(
                grader=name,
                counts=name == main,
                graded=seen - states.get(_UNGRADED, 0),
                ungraded=states.get(_UNGRADED, 0),
                unreadable=unreadable.get(name, 0),
                missing=max(0, answers - seen),
                states=states,
                judges=judges,
                judging=total([one.spending for one in judged if _is_of(one, name, order)]) if judges else None,
                agreed=None if pair is None else pair.agreed,
                agreed_on=0 if pair is None else pair.answers,
            )
        )
    each_two = tuple(_pair(pairs, one, other) for at, one in enumerate(order) for other in order[at + 1 :])
    return Gradings(tuple(rows), each_two)


def _is_of(spent: SpentOn, grader: str, graders: Sequence[str]) -> bool:
    """Whether a judge's replies belong to a grading: the same judge, and its template."""
    named = {found[2] for name in graders for found in _JUDGE.finditer(name) if found[2]}
    for found in _JUDGE.finditer(grader):
        if found[1] != str(spent.model):
            continue
        own = spent.prompt[:8]
        if own == found[2] or (found[2] is None and own not in named):
            return True
    return False


def _pair(
    pairs: Mapping[tuple[str, str], Mapping[tuple[OutcomeState, OutcomeState], int]], one: str, other: str
) -> GradingPair:
    turned = one > other
    found = {
        ((second, first) if turned else (first, second)): count
        for (first, second), count in pairs.get((min(one, other), max(one, other)), {}).items()
        if _UNGRADED not in (first, second)
    }
    answers = sum(found.values())
    same = sum(count for (first, second), count in found.items() if first is second)
    return GradingPair(
        one=one,
        other=other,
        answers=answers,
        agreed=same / answers if answers else None,
        alpha=_alpha(found),
        disagreements={states: count for states, count in found.items() if states[0] is not states[1]},
    )


def _alpha(found: Mapping[tuple[OutcomeState, OutcomeState], int]) -> float | None:
    """Krippendorff's alpha of two graders, nominal, from counts: 1 - (n-1) observed / expected disagreements."""
    of_state: Counter[OutcomeState] = Counter()
    for (first, second), count in found.items():
        of_state[first] += count
        of_state[second] += count
    n = of_state.total()
    observed = sum(2 * count for (first, second), count in found.items() if first is not second)
    expected = n * n - sum(count * count for count in of_state.values())
    return 1 - (n - 1) * observed / expected if expected else None


def grading_cautions(rows: Iterable[GradingRow], run: RunInfo, *, chosen: bool) -> Iterator[Caution]:
    """What to know of the grading that counts, before its numbers.

    Args:
        rows: of the run.
        run: whose models are judged.
        chosen: whether the user said whose grades count.
    """
    rows = list(rows)
    counting = next((row for row in rows if row.counts), None)
    if counting is None:
        return
    for judge in counting.judges:
        yield from _of_kin(judge, run.models)
    if counting.unreadable:
        seen = counting.graded + counting.ungraded
        yield Caution(
            "unreadable",
            f"{counting.grader}: on {counting.unreadable:,} of {seen:,} answers the judge gave no verdict that can be "
            "read, twice; they are ungraded.",
        )
    if counting.judges and counting.missing:
        yield Caution(
            "unjudged",
            f"{counting.grader} has not graded {counting.missing:,} answers yet. calibrant grade goes on.",
        )
    others = [row.grader for row in rows if row is not counting and row.judges]
    if others and not chosen:
        yield Caution("gradings", f"Graded by {counting.grader}. Also there, by --grader: {', '.join(others)}.")


def _of_kin(judge: str, models: Iterable[str]) -> Iterator[Caution]:
    for model in models:
        kin = kinship(judge, model)
        if kin is Kinship.SAME:
            yield Caution("judge", f"{model} is judged by {judge}, the same model: it may find its own answers right.")
        elif kin is Kinship.FAMILY:
            yield Caution(
                "judge",
                f"{model} is judged by {judge}, of the same family ({family_of(judge)}): "
                "they may share mistakes and taste.",
            )


def gradings_table(rows: Sequence[GradingRow], width: int) -> Table:
    """Who graded how much, and what judging cost."""
    judged = any(row.judging is not None for row in rows)
    columns = [
        Column("grader", [Cell(("* " if row.counts else "  ") + plain(row.grader)) for row in rows], words=True),
        Column("graded", [Cell(f"{row.graded:,}") for row in rows]),
        Column("ungraded", [Cell(f"{row.ungraded + row.missing:,}") for row in rows], drop_at=4),
        Column("agrees", [Cell(UNDEFINED if row.agreed is None else percent(row.agreed)) for row in rows], drop_at=5),
    ]
    if any(row.unreadable for row in rows):
        columns.insert(3, Column("unreadable", [Cell(f"{row.unreadable:,}") for row in rows], drop_at=3))
    if judged:
        replies = [UNDEFINED if row.judging is None else f"{row.judging.responses:,}" for row in rows]
        columns.append(Column("judge replies", [Cell(text) for text in replies], drop_at=2))
        columns.append(Column("judge cost", [Cell(_cost(row.judging)) for row in rows], drop_at=6))
    return fitted(columns, width)


def _cost(spent: Spending | None) -> str:
    if spent is None:
        return UNDEFINED
    if spent.cost_usd is None:
        return f"over ${spent.cost_known_usd:,.2f}" if spent.cost_known_usd else "unknown"
    return f"${spent.cost_usd:,.2f}" if spent.cost_usd >= 0.01 or not spent.cost_usd else f"${spent.cost_usd:.4f}"
