"""The same model at several efforts: what more thinking brings, and what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from calibrant.analysis.measures import Settings
from calibrant.analysis.shared import CellMeans
from calibrant.analysis.table import OutcomeTable
from calibrant.metrics.comparisons import paired_difference
from calibrant.metrics.intervals import Interval

__all__ = ["EffortRow", "effort_rows"]

_ORDER = ("none", "off", "minimal", "low", "medium", "high", "xhigh", "max")
_METRICS = ("omniscience_index", "accuracy", "wrong_of_all")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortRow:
    """One effort of a model that was asked at several, on questions that have an answer."""

    base: str
    """The model without its effort."""
    effort: str
    """Empty where none was chosen."""
    price: float | None
    model: str
    """The row of the leaderboard."""
    cost_per_thousand_usd: float | None
    """Dollars for a thousand answers; None where any cost is unknown."""
    output_tokens: float | None
    """Mean of an answer; None where any is unknown."""
    median_latency_s: float | None
    versus: str | None
    """The least effort, which it is compared with; None for that itself."""
    shared: int | None
    """Questions that both have a grade for."""
    differences: Mapping[str, float]
    """Metric -> this effort less the least, on shared questions."""
    intervals: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class _Arm:
    effort: str
    model: str
    cost: float | None
    tokens: float | None
    latency: float | None

    @property
    def place(self) -> tuple[float, float, str]:
        known = _ORDER.index(self.effort) if self.effort in _ORDER else len(_ORDER)
        return (known if self.effort else -1, self.tokens or 0.0, self.effort)


def effort_rows(
    table: OutcomeTable,
    means: CellMeans,
    known: Mapping[str, tuple[float | None, float | None, float | None]],
    settings: Settings,
) -> list[EffortRow]:
    """Rows of every model that was asked at two efforts or more, the least effort first.

    Args:
        table: the outcomes.
        means: of the answerable stratum.
        known: row of the leaderboard -> dollars for a thousand answers, mean output tokens, median seconds.
        settings: level of the intervals.

    Efforts are told from names: what follows the last ``@``. They are in the usual order (low, medium, high), unknown
    ones after these by the tokens they took.
    """
    by_base: dict[tuple[str, float | None], list[_Arm]] = defaultdict(list)
    for model in means.models:
        asked = table.asked[model]
        base, at, effort = asked.model.rpartition("@")
        if not (base and at):
            base, effort = asked.model, ""
        by_base[base, asked.price].append(_Arm(effort, model, *known[model]))
    found = []
    for (base, price), arms in by_base.items():
        if len(arms) > 1:
            arms.sort(key=lambda arm: arm.place)
            found += [_row(base, price, arm, arms[0], means, settings) for arm in arms]
    return found


def _row(base: str, price: float | None, arm: _Arm, least: _Arm, means: CellMeans, settings: Settings) -> EffortRow:
    differences: dict[str, float] = {}
    intervals: dict[str, Interval] = {}
    shared = None
    if arm is not least:
        a, b = means.models.index(arm.model), means.models.index(least.model)
        both = means.tried[:, a] & means.tried[:, b]
        shared = int(both.sum())
        values = {
            "omniscience_index": 100 * (means.right - means.wrong),
            "accuracy": means.right,
            "wrong_of_all": means.wrong,
        }
        for name in _METRICS:
            one = paired_difference(
                values[name][both, a], values[name][both, b], means.clusters[both], level=settings.level
            )
            if one is not None:
                differences[name] = one.difference
                if one.interval is not None:
                    intervals[name] = one.interval
    return EffortRow(
        base=base,
        effort=arm.effort,
        price=price,
        model=arm.model,
        cost_per_thousand_usd=arm.cost,
        output_tokens=arm.tokens,
        median_latency_s=arm.latency,
        versus=None if arm is least else least.model,
        shared=shared,
        differences=differences,
        intervals=intervals,
    )
