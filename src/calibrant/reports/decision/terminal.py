"""The decision in a terminal: the recommendation first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calibrant.analysis import percent
from calibrant.metrics.intervals import Interval
from calibrant.reports.cells import interval_of_share, plain
from calibrant.reports.decision.sentences import money, points, span

if TYPE_CHECKING:
    from calibrant.reports.decision.model import Decision

__all__ = ["print_decision"]

_LONGEST = 240


def print_decision(decision: Decision, console: Console) -> None:
    """Print the page."""
    head, *rest = decision.recommendation
    console.print(Text(plain(head), style="bold"))
    for sentence in rest:
        console.print(Text(plain(sentence)))
    _title(console, "What would turn it round")
    _lines(console, decision.reversals)
    _ways(decision, console)
    _dollars(decision, console)
    _without_an_answer(decision, console)
    _topics(decision, console)
    _errors(decision, console)
    if decision.capability is not None:
        from calibrant.reports.capability import print_capability

        print_capability(decision.capability, console)
    _title(console, "What was not tested")
    _lines(console, (text for _, text in decision.untested))


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _lines(console: Console, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        console.print(Text(f"- {plain(sentence)}"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, name in enumerate(columns):
        table.add_column(name, justify="right" if at else "left", overflow="fold")
    return table


def _row(table: Table, cells: Sequence[str]) -> None:
    table.add_row(*(Text(plain(cell)) for cell in cells))


def _share(value: float | None, interval: Interval | None) -> str:
    return "-" if value is None else f"{percent(value)} {interval_of_share(interval)}".strip()


def _ways(decision: Decision, console: Console) -> None:
    options = decision.options
    _title(console, f"At equal risk: at most {100 * options.alpha:.3g} % errors with {100 * (1 - options.delta):g}%")
    bound = f"at most ({100 * (1 - options.delta):g}%)"
    table = _table("way", "answered", "errors of these", bound, "value", "$ a right answer")
    for row in decision.ways:
        met = "" if row.risk_bound is None else " ok" if row.risk_bound <= options.alpha else " over"
        interval = row.intervals.get("dollars_per_right")
        dollars = "unknown" if row.dollars is None else "none right"
        if row.dollars_per_right is not None:
            dollars = money(row.dollars_per_right)
        _row(
            table,
            [
                row.name if row.certified is None else f"  certified {100 * row.certified:.3g} %",
                _share(row.coverage, row.intervals.get("coverage")),
                _share(row.risk, row.intervals.get("risk")),
                "-" if row.risk_bound is None else f"{100 * row.risk_bound:.1f}%{met}",
                f"{points(row.value)}{span(row.intervals.get('value'))}",
                dollars if interval is None else f"{dollars} {money(interval.low)}..{money(interval.high)}",
            ],
        )
    console.print(table)
    for one in decision.certificates:
        seen = f" {one.labelled:,} of these questions were labelled for it." if one.labelled else ""
        console.print(Text(plain(f"{one.name}: {one.text}.{seen}".replace("..", ".")), style="dim"))
    console.print(
        Text(
            f"{decision.shared:,} questions that both have a grade for, {decision.clusters:,} documents or questions. "
            f"Value: right answers per 100 questions, a wrong one costing {options.wrong_costs:g}. "
            f"Intervals at {options.level:.4g}.",
            style="dim",
        )
    )


def _dollars(decision: Decision, console: Console) -> None:
    _title(console, f"A month of {decision.options.volume:,} questions")
    for one in decision.monthly:
        if one.dollars is None:
            told = "cost unknown"
        else:
            told = money(one.dollars)
            if one.interval is not None:
                told += f" ({money(one.interval.low)} to {money(one.interval.high)})"
        console.print(Text(plain(f"{one.model}: {told}")))


def _without_an_answer(decision: Decision, console: Console) -> None:
    rows = decision.to_dict()["without_an_answer"]
    if not rows:
        return
    _title(console, "Questions without an answer")
    for row in rows:
        pair = row["intervals"].get("false_acceptance")
        told = _share(row["false_acceptance"], None if pair is None else Interval(*pair))
        console.print(Text(plain(f"{row['model']} answers {told} of {row['questions']:,}")))


def _topics(decision: Decision, console: Console) -> None:
    if not decision.topics:
        return
    _title(console, f"Worst of {decision.topics_of} {decision.topics_by}s: the worst are partly so by chance")
    table = _table("model", decision.topics_by, "answers", "index at the price", "wrong of all")
    for row in decision.topics:
        index, interval = row.index_at_price, row.intervals.get("index_at_price")
        _row(
            table,
            [
                row.model,
                row.topic,
                f"{row.answers:,}",
                "-" if index is None else f"{index:+.0f}{span(interval, 1.0)}",
                _share(row.wrong_of_all, row.intervals.get("wrong_of_all")) + ("~" if row.thin else ""),
            ],
        )
    console.print(table)


def _errors(decision: Decision, console: Console) -> None:
    if not decision.errors:
        return
    sure = any(one.confidence is not None for one in decision.errors)
    _title(console, f"{len(decision.errors)} wrong answers, {'the surest' if sure else 'any'} of each")
    for one in decision.errors:
        how = "" if one.confidence is None else f", confidence {one.confidence:.3g}"
        console.print(Text(plain(f"{one.model}{how}: {_cut(one.question)}")))
        right = f"right is {_cut(' | '.join(one.golds))!r}" if one.golds else "what is right is not recorded"
        if not one.has_answer:
            right = "right is to decline: it has no answer"
        console.print(Text(plain(f"    said {_cut(one.answer)!r}, {right}")))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
