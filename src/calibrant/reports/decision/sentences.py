"""What a decision says in words. Every number in a sentence is one of the decision's, and nothing is settled that its
intervals leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from calibrant.analysis import percent
from calibrant.analysis.deciding import BreakEven, Gap, WayRow
from calibrant.metrics.intervals import Interval
from calibrant.reports.decision.ways import NOTHING
from calibrant.reports.findings import money as dollars_and_cents

if TYPE_CHECKING:
    from calibrant.reports.decision.model import Decision

_NEXT_TO_NOTHING = 0.05
"""A cost of an error that reads as 0.0."""

__all__ = ["money", "points", "recommendation", "reversals", "span", "times"]


def money(dollars: float) -> str:
    """Dollars to two significant digits at least, never in powers of ten.

    >>> money(0.000043), money(0.0042), money(1234.5)
    ('$0.000043', '$0.0042', '$1,234.50')
    """
    if not 0 < dollars < 1e-4:
        return dollars_and_cents(dollars)
    return f"${dollars:.{1 - floor(log10(dollars))}f}"


def points(value: float) -> str:
    """Right answers a question as points of the index at the price: net right answers per 100 questions."""
    return f"{100 * value:+.1f}"


def span(interval: Interval | None, scale: float = 100.0) -> str:
    """An interval in the same points."""
    return "" if interval is None else f" [{scale * interval.low:+.1f}, {scale * interval.high:+.1f}]"


def times(value: float) -> str:
    """A cost of an error in right answers; infinite reads as 'any'."""
    if not isfinite(value):
        return "any"
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def recommendation(decision: Decision) -> tuple[str, ...]:
    """The headline, and the sentences that it rests on."""
    choice = decision.choice
    values = _values(decision)
    cost = f"a wrong answer costing {decision.options.wrong_costs:g} right ones"
    lead = choice.leader
    worth = f"{points(values[lead].value)}{span(values[lead].intervals.get('value'))}"
    rest = f"Net of errors, {cost}, {lead} is worth {worth} right answers per 100 questions."
    if lead == NOTHING:
        rest = f"{cost[0].upper()}{cost[1:]}, each way of answering loses more by errors than it gains, as measured."
    if choice.clusters < 2:
        return ("Not settled: all questions are of one document, which shows nothing about others.", rest)
    if choice.settled:
        return (_settled(lead, decision), rest, *_margin(decision, values))
    models = {values[name].model for name in choice.open}
    if len(models) == 1 and None not in models:
        head = f"Use {models.pop()}; whether to hold its unsure answers back is not settled."
    else:
        head = f"Not settled: {_listed(choice.open)} may each be worth most."
    return (head, rest, *_cheapest(decision, values), *_needed(decision))


def _settled(name: str, decision: Decision) -> str:
    if name == NOTHING:
        return "Answer with neither: where errors cost so much, no answer at all is worth more than any of these."
    way = _values(decision)[name]
    if way.certified is None:
        return f"Use {name}, as it is."
    rate = f"{100 * way.certified:.3g} %"
    return f"Use {way.model} under a certificate of {rate} errors: it answers {percent(way.coverage)}."


def _margin(decision: Decision, values: dict[str, WayRow]) -> list[str]:
    """The nearest other way, and by how much it is behind."""
    lead = decision.choice.leader
    others = [gap for gap in decision.choice.gaps if lead in (gap.first, gap.second)]
    if not others:
        return []
    nearest = min(others, key=lambda gap: abs(gap.difference))
    other, gap, interval = _seen_from(lead, nearest)
    if other == NOTHING:
        return [f"That is more than nothing by {points(gap)}{span(interval)}, and every other way is farther behind."]
    return [f"The next, {other} ({points(values[other].value)}), is {points(gap)}{span(interval)} behind."]


def _seen_from(lead: str, gap: Gap) -> tuple[str, float, Interval | None]:
    if gap.first == lead:
        return gap.second, gap.difference, gap.interval
    turned = None if gap.interval is None else Interval(-gap.interval.high, -gap.interval.low)
    return gap.first, -gap.difference, turned


def _cheapest(decision: Decision, values: dict[str, WayRow]) -> list[str]:
    """Of ways that may each be best, the one that costs least, where it is known and they differ."""
    known = [(values[name].dollars, name) for name in decision.choice.open if name != NOTHING]
    costs = [cost for cost, _ in known if cost is not None]
    if len(costs) < len(known) or len(set(costs)) < 2:
        return []
    least = min(costs)
    names = [name for cost, name in known if cost == least]
    return [
        f"Of these, {_listed(names)} cost{'s' if len(names) == 1 else ''} least: {_monthly(decision, least)} a month."
    ]


def _needed(decision: Decision) -> list[str]:
    choice = decision.choice
    if choice.needed is None:
        return []
    two = f"{choice.open[0]} from {choice.open[1]}"
    return [
        f"About {choice.needed:,} questions like these {choice.questions:,} would tell {two}, were the difference so."
    ]


def _monthly(decision: Decision, dollars: float) -> str:
    return money(decision.options.volume * dollars)


def _values(decision: Decision) -> dict[str, WayRow]:
    silent = WayRow(
        name=NOTHING, model=None, certified=None, coverage=0.0, risk=None, risk_bound=None, value=0.0,
        dollars_per_right=None, dollars=0.0, intervals={},
    )  # fmt: skip
    return {**{row.name: row for row in decision.ways}, NOTHING: silent}


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def reversals(decision: Decision) -> tuple[str, ...]:
    """What would turn the decision round: the cost of an error, the worth of a right answer, what is asked."""
    found = [_between(decision.break_even, decision.options.wrong_costs)]
    found += [_alone(one) for one in decision.against_silence]
    found += [
        f"{one.dear} costs more than {one.cheap}: it pays if a right answer is worth more than "
        f"{money(one.worth.value)}{_dollars_span(one.worth.interval)}."
        for one in decision.worth_needed
    ]
    if decision.unanswerable_share is not None:
        name, share = decision.unanswerable_share
        found.append(
            f"If {percent(share)} or more of the questions had no answer, {name} would be worth more, as measured: "
            "it makes less up there."
        )
    return tuple(found)


def _between(found: BreakEven, said: float) -> str:
    if found.wrong_costs is None or found.wrong_costs > 99:
        return (
            f"Break-even cost of an error: none up to 99 right answers as measured{_set(found)}; the order of "
            f"{found.below} and {found.above}, as they are and as measured, does not hang on it."
        )
    return (
        f"Break-even cost of an error: {times(found.wrong_costs)} right answers{_set(found)}. "
        f"Below it {found.below} is worth more as it is, above it {found.above}; you said {said:g}."
    )


def _set(found: BreakEven) -> str:
    if found.interval is None:
        return f" (no interval at {found.level:.0%}: too little is known)"
    low, high = found.interval
    if low <= 0 and high < _NEXT_TO_NOTHING:
        return f" (at {found.level:.0%} settled at every cost)"
    if low <= 0 and not isfinite(high):
        return f" (at {found.level:.0%} any cost is possible)"
    if not isfinite(high):
        return f" (at {found.level:.0%} more than {times(low)})"
    if low <= 0:
        return f" (at {found.level:.0%} less than {times(high)})"
    return f" ({found.level:.0%} set {times(low)} to {times(high)})"


def _alone(found: BreakEven) -> str:
    if found.wrong_costs is None:
        return f"{found.below} was never wrong: at which cost of an error silence is better was not seen{_set(found)}."
    return (
        f"{found.below}, as it is, is worth more than silence while an error costs less than "
        f"{times(found.wrong_costs)} right answers{_set(found)}."
    )


def _dollars_span(interval: Interval | None) -> str:
    if interval is None:
        return ""
    if not isfinite(interval.high):
        return f" (from {money(interval.low)}; no upper end, since it is not settled that it is better)"
    return f" ({money(interval.low)} to {money(interval.high)})"
