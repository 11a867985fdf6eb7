"""The index of every model at every price of a wrong answer, and where the ranking flips (definitions, section 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from calibrant.analysis.measures import Settings
from calibrant.analysis.shared import CellMeans
from calibrant.analysis.table import Asked, OutcomeTable
from calibrant.metrics.intervals import Interval, clustered_interval
from calibrant.metrics.outcomes import outcome_metrics
from calibrant.metrics.prices import crossing_price, settled_prices
from calibrant.types import COUNTED_STATES, OutcomeState, Stratum

__all__ = ["HIGHEST", "PRICES", "Crossing", "Leader", "PriceCurve", "Prices", "price_tables"]

PRICES = tuple(step / 20 for step in range(20))
"""t at which each curve is taken: 0, .05, ... .95."""
HIGHEST = PRICES[-1]
_MOST = 12
"""Crossings are looked for among so many models, the best by Index, and among all that lead anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCurve:
    """One model's index at every price, on questions that have an answer."""

    model: str
    asked: Asked
    prices: tuple[float, ...]
    index: tuple[float, ...]
    """In [-infinity, 100]."""
    intervals: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Two models that change places as wrong answers get dearer."""

    price: float
    """t at which the two curves meet."""
    below: str
    """The model that has the higher index at lower prices: it knows more, or guesses more."""
    above: str
    """The model that has it at higher prices: fewer of its answers are wrong."""
    leads: bool
    """Whether it is the first place that changes hands."""
    shared: int
    """Questions that both have a grade for; what follows rests on these alone."""
    below_until: float | None
    """Up to this price the first is shown to have the higher index; None where it is nowhere shown."""
    above_from: float | None
    """From this price on the other is; None likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Who has the highest index over a range of prices, as measured; not shown to be the best by that alone."""

    model: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Everything about prices."""

    curves: tuple[PriceCurve, ...] = ()
    leaders: tuple[Leader, ...] = ()
    """From price 0 upwards."""
    crossings: tuple[Crossing, ...] = ()
    """By price, those of the first place first."""


def price_tables(table: OutcomeTable, means: CellMeans, order: Sequence[str], settings: Settings) -> Prices:
    """The curves of all models on answerable questions, who leads where, and where they cross.

    Args:
        table: the outcomes.
        means: of the answerable stratum.
        order: models by Index, the best first.
        settings: level of the intervals.
    """
    counts, curves = {}, []
    for (model, stratum), rows in table.groups(table.model, table.stratum):
        graded = rows[table.is_state(*COUNTED_STATES, rows=rows)]
        if stratum == Stratum.ANSWERABLE and len(graded):
            found = table.state_counts(graded)
            counts[str(model)] = {state.value: found[state] for state in COUNTED_STATES}
            right, wrong = (
                table.is_state(state, rows=graded).astype(np.float64)
                for state in (OutcomeState.CORRECT, OutcomeState.INCORRECT)
            )
            clusters = table.cluster.codes[graded]
            intervals = tuple(
                clustered_interval(
                    100 * right - 100 * cost * wrong,
                    clusters,
                    level=settings.level,
                    bounds=(-100 * cost, 100.0) if cost else (0.0, 100.0),
                    degrees="effective",
                )
                for cost in (price / (1 - price) for price in PRICES)
            )
            index = tuple(_index(counts[str(model)], price) for price in PRICES)
            curves.append(
                PriceCurve(
                    model=str(model), asked=table.asked[str(model)], prices=PRICES, index=index, intervals=intervals
                )
            )
    place = {model: at for at, model in enumerate(order)}
    curves.sort(key=lambda curve: place[curve.model])
    shares = {model: _shares(found) for model, found in counts.items()}
    leaders = _leaders(shares, order)
    return Prices(
        curves=tuple(curves),
        leaders=tuple(leaders),
        crossings=tuple(_crossings(shares, means, leaders, [curve.model for curve in curves], settings)),
    )


def _index(counts: Mapping[str, int], price: float) -> float:
    found = outcome_metrics(**counts, price=price).index_at_price
    assert found is not None  # noqa: S101 - there is a graded attempt
    return found


def _shares(counts: Mapping[str, int]) -> tuple[float, float]:
    whole = sum(counts.values())
    return counts["correct"] / whole, counts["incorrect"] / whole


def _leaders(shares: Mapping[str, tuple[float, float]], order: Sequence[str]) -> list[Leader]:
    """The upper envelope of the lines 100 (c - l i)/N."""
    known = [model for model in order if model in shares]
    if not known:
        return []
    # At price 0 the most right ones lead, and among equals whoever is wrong less often.
    model = min(known, key=lambda one: (-shares[one][0], shares[one][1], known.index(one)))
    low = 0.0
    found: list[Leader] = []
    while True:
        nearest: tuple[float, float, str] | None = None
        for other in known:
            if shares[other][1] < shares[model][1]:
                meeting = crossing_price(*shares[model], *shares[other])
                if meeting is not None and low <= meeting < HIGHEST:
                    nearest = min(nearest or (1.0, 0.0, ""), (meeting, shares[other][1], other))
        if nearest is None:
            return [*found, Leader(model=model, low=low, high=HIGHEST)]
        if nearest[0] > low:
            found.append(Leader(model=model, low=low, high=nearest[0]))
        low, model = nearest[0], nearest[2]


def _crossings(
    shares: Mapping[str, tuple[float, float]],
    means: CellMeans,
    leaders: Sequence[Leader],
    order: Sequence[str],
    settings: Settings,
) -> list[Crossing]:
    handed = {(one.model, other.model) for one, other in pairwise(leaders)}
    chosen = list(dict.fromkeys([*(one.model for one in leaders), *order[:_MOST]]))
    found = []
    for one, other in combinations(chosen, 2):
        below, above = (one, other) if shares[one][1] > shares[other][1] else (other, one)
        price = crossing_price(*shares[below], *shares[above])
        if price is not None and 0 < price < HIGHEST:
            found.append(_crossing(below, above, price, (below, above) in handed, means, settings))
    return sorted(found, key=lambda crossing: (not crossing.leads, crossing.price))


def _crossing(below: str, above: str, price: float, leads: bool, means: CellMeans, settings: Settings) -> Crossing:
    a, b = means.models.index(below), means.models.index(above)
    both = means.tried[:, a] & means.tried[:, b]
    right, wrong = (share[both, a] - share[both, b] for share in (means.right, means.wrong))
    settled = settled_prices(right, wrong, means.clusters[both], level=settings.level, highest=HIGHEST)
    return Crossing(
        price=price,
        below=below,
        above=above,
        leads=leads,
        shared=int(both.sum()),
        below_until=settled.first[0].high if settled.first and settled.first[0].low == 0 else None,
        above_from=settled.second[-1].low if settled.second and settled.second[-1].high > HIGHEST - 1e-9 else None,
    )
