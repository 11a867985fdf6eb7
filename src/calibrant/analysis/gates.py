"""Gates on a comparison: what must not be so, shown or merely possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calibrant.analysis.compared import METRICS
from calibrant.analysis.comparison import Comparison, Difference
from calibrant.analysis.conditions import Condition, parse_condition
from calibrant.errors import InputError
from calibrant.metrics.intervals import Interval

__all__ = ["Gate", "GateResult", "GateRow", "check_gate", "parse_gate"]

Kind = Literal["fail-if", "fail-unless-excluded"]
Standing = Literal["established", "excluded", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition that fails a comparison: where it is established, or where it cannot be excluded."""

    kind: Kind
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """A gate on one pair."""

    first: str
    second: str
    difference: float
    interval: Interval
    standing: Standing
    """``established``: the whole interval meets the condition; ``excluded``: none of it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What became of a gate."""

    gate: Gate
    rows: tuple[GateRow, ...]
    failed: bool


def parse_gate(kind: Kind, text: str) -> Gate:
    """Read a gate as a user writes it.

    Raises:
        InputError: it cannot be read; with a caret under the place.
    """
    units = {metric.name: metric.unit for metric in METRICS.values()}
    return Gate(kind=kind, condition=parse_condition(text, units, place=f"--{kind}"))


def check_gate(gate: Gate, comparison: Comparison) -> GateResult:
    """Judge a gate by the intervals of a comparison, as they are printed.

    Without a pair it is about the first contender less each other one, and fails where it does for any of them.

    Raises:
        InputError: what it is about is not in the comparison, is undefined, or has no interval: a gate that cannot be
            judged never passes.
    """
    condition = gate.condition
    rows = tuple(_row(condition, one, gate.kind) for one in _about(gate, comparison))
    wanted: tuple[Standing, ...] = ("established",) if gate.kind == "fail-if" else ("established", "open")
    return GateResult(gate=gate, rows=rows, failed=any(row.standing in wanted for row in rows))


def _about(gate: Gate, comparison: Comparison) -> list[Difference]:
    condition, place = gate.condition, f"--{gate.kind}"
    names = [one.name for one in comparison.contenders]
    for name in condition.pair or ():
        if name not in names:
            raise InputError(
                f"'{condition.text}': '{name}' is not compared here",
                place=place,
                remedy=f"There are: {', '.join(names)}.",
            )
    group = next(((name, value) for name, value in condition.scope.items() if name != "signal"), (None, None))
    if group[0] is not None and group[0] not in comparison.options.by:
        raise InputError(
            f"'{condition.text}': not broken down by {group[0]}", place=place, remedy=f"Add --by {group[0]}."
        )
    found = comparison.find(
        condition.metric, pair=condition.pair, by=group[0], value=group[1], signal=condition.scope.get("signal")
    )
    if found:
        strata = {row.stratum for row in found}
        signals = {row.signal for row in found}
        if len(strata) > 1 or len(signals) > 1:
            known = ", ".join(sorted(str(name) for name in signals))
            raise InputError(
                f"'{condition.text}': there are several signals",
                place=place,
                remedy=f"Say which, [signal=...]: {known}.",
            )
        return found
    if group[0] is not None:
        values = sorted({str(row.value) for one in comparison.strata for row in one.groups if row.by == group[0]})
        shown = f"There are: {', '.join(values[:20])}." if values else f"All have the same {group[0]}, or none."
        raise InputError(f"'{condition.text}': there is no such {group[0]}", place=place, remedy=shown)
    raise InputError(
        f"'{condition.text}': {METRICS[condition.metric].title} was not measured for all of them",
        place=place,
        remedy="Costs, seconds and confidences are compared where every contender has them.",
    )


def _row(condition: Condition, one: Difference, kind: Kind) -> GateRow:
    if one.difference is None or one.interval is None:
        if one.difference is None:
            why = "it is undefined for one of them"
        elif one.clusters < 2:
            why = "all questions depend on one document"
        else:
            why = f"{METRICS[one.metric].title} has no interval"
        raise InputError(
            f"'{condition.text}' cannot be judged for {one.first} less {one.second}: {why}", place=f"--{kind}"
        )
    return GateRow(
        first=one.first,
        second=one.second,
        difference=one.difference,
        interval=one.interval,
        standing=_standing(condition, one.interval),
    )


def _standing(condition: Condition, interval: Interval) -> Standing:
    ends = [_holds(condition, end) for end in interval]
    if all(ends):
        return "established"
    return "open" if any(ends) else "excluded"


def _holds(condition: Condition, value: float) -> bool:
    if condition.sign == "<":
        return value < condition.bound
    if condition.sign == "<=":
        return value <= condition.bound
    return value > condition.bound if condition.sign == ">" else value >= condition.bound
