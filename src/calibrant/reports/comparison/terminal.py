"""A comparison on one screen: what is wrong with it, who is better at what, where, and what gates say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calibrant.analysis.compared import METRICS
from calibrant.analysis.comparison import Difference, StratumComparison
from calibrant.reports.cells import plain
from calibrant.reports.comparison import words
from calibrant.reports.comparison.model import ComparisonReport
from calibrant.reports.names import Names, short_names
from calibrant.types import Stratum

__all__ = ["print_comparison"]

_MOST_PAIRS = 15
_MOST_GROUPS = 30
_STRATA = {
    Stratum.ANSWERABLE: "",
    Stratum.UNANSWERABLE: " without an answer",
    Stratum.ACTION: " that lack an argument they need",
}
_RIGHT = {Stratum.ANSWERABLE: "", Stratum.UNANSWERABLE: " Declining is right.", Stratum.ACTION: " Asking is right."}


def print_comparison(report: ComparisonReport, console: Console) -> None:
    """Print the comparison."""
    comparison = report.comparison
    names = short_names([one.name for one in comparison.contenders], 14 if console.width < 120 else 30)
    for line in _warnings(report):
        console.print(Text(f"! {plain(line)}", style="yellow"))
    for stratum in comparison.strata:
        console.print(Text(_headline(stratum, report, names), style="bold"))
        _print_stratum(stratum, report, names, console)
    for one in report.gates:
        console.print(Text(plain(words.gate_line(one)), style="bold red" if one.failed else "bold"))
        for row in one.rows:
            console.print(Text(f"  {plain(words.gate_row(one, row, names))}"))
    for short, name in names.numbered.items():
        console.print(Text(f"{short}: {name}", style="dim"))


def _warnings(report: ComparisonReport) -> Iterator[str]:
    for one in report.differing:
        if one.aspect not in ("model", "effort"):
            told = "; ".join(f"{side.name}: {text}" for side, text in zip(report.sides, one.told, strict=True))
            yield f"They differ in {one.aspect}, as was said: {told}"
    for aspect in report.idle_treatments:
        yield f"--treatment {aspect}: they do not differ in it"
    if not report.differing:
        known = all(side.asked.prompts is not None for side in report.sides)
        alike = "Same model, prompt, sampling, set and grader: what differs is chance, or what the endpoint changed"
        yield alike if known else "Same model and set; with which words imported answers were asked is not known"
    for caution in report.comparison.cautions:
        yield caution.text


def _headline(stratum: StratumComparison, report: ComparisonReport, names: Names) -> str:
    documents = "" if stratum.clusters == stratum.graded else f" from {stratum.clusters:,} documents"
    level = f"{100 * report.comparison.options.settings.level:.4g}%"
    said = f"{stratum.graded:,} questions{_STRATA[stratum.stratum]}{documents}, each with a grade for all."
    said += _RIGHT[stratum.stratum]
    if len(report.sides) == 2:
        first, second = (names[one.name] for one in report.sides)
        return f"{said} Differences are {first} minus {second}, with {level} intervals."
    return f"{said} Differences are first minus second; {level} intervals hold for all pairs at once."


def _print_stratum(stratum: StratumComparison, report: ComparisonReport, names: Names, console: Console) -> None:
    if len(report.sides) == 2:
        console.print(_pair_table(stratum, report, names))
        _print_wins(stratum, names, console)
        _print_worst(stratum, report, console)
    else:
        console.print(_ranks_table(stratum, report, names))
        console.print()
        console.print(_pairs_table(stratum, report, names))
    for one in stratum.margins[:_MOST_PAIRS]:
        console.print(Text(words.margin_line(one, names)))
    for by in report.comparison.options.by:
        rows = [row for row in stratum.groups if row.by == by and row.metric == stratum.ranked_by]
        if rows:
            _print_groups(by, rows, report, names, console)
    console.print(Text(_legend(stratum, report), style="dim"))


def _table(*columns: str, left: int = 1) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < left else "right", no_wrap=True)
    return table


def _pair_table(stratum: StratumComparison, report: ComparisonReport, names: Names) -> Table:
    rows = [row for row in stratum.differences if row.metric != "index_at_price" or _priced(report)]
    first, second = (names[one.name] for one in report.sides)
    table = _table("", first, second, "difference", "interval")
    table.columns[0].no_wrap = False
    table.add_column("", justify="left", no_wrap=True)
    for row in rows:
        cells = [
            words.title(row, report.comparison.options.settings.price),
            words.value(row.first_value, row.unit),
            words.value(row.second_value, row.unit),
            words.gap(row.difference, row.unit),
            words.bounds(row.interval, row.unit) + ("~" if row.thin else ""),
            words.verdict(row, names),
        ]
        table.add_row(*cells, style=None if row.verdict != "not settled" else "dim")
        if row.on_shared is not None and row.metric == "hallucination_rate":
            shared = row.on_shared
            gap, span = words.gap(shared.difference, "share"), words.bounds(shared.interval, "share")
            table.add_row(f"  on {shared.n:,} both missed", "", "", gap, span, "")
    return table


def _print_worst(stratum: StratumComparison, report: ComparisonReport, console: Console) -> None:
    """What the differences would be if errors were wrong, and under any verdict on the ungraded."""
    rows = [row for row in stratum.differences if row.if_errors_wrong is not None or row.if_ungraded is not None]
    if not rows:
        return
    table = _table("", "difference", "if errors were wrong", "under any verdict")
    for row in rows:
        if row.metric != "index_at_price" or _priced(report):
            errors = "" if row.if_errors_wrong is None else words.gap(row.if_errors_wrong, row.unit)
            called = words.title(row, report.comparison.options.settings.price)
            table.add_row(called, words.gap(row.difference, row.unit), errors, words.bounds(row.if_ungraded, row.unit))
    console.print()
    console.print(Text("Were errors wrong, and whatever the verdict on what has no grade", style="bold"))
    console.print(table)


def _priced(report: ComparisonReport) -> bool:
    """Whether the index at a price is another than the Index."""
    return report.comparison.options.settings.price != 0.5


def _print_wins(stratum: StratumComparison, names: Names, console: Console) -> None:
    for (first, second), (won, lost, tied) in stratum.wins.items():
        said = f"{names[first]} does better on {won:,} questions, {names[second]} on {lost:,}, alike on {tied:,}."
        console.print(Text(said))


def _ranks_table(stratum: StratumComparison, report: ComparisonReport, names: Names) -> Table:
    price = report.comparison.options.settings.price
    shown = {row.metric: row for row in stratum.differences if row.signal is None and row.unit != "number"}
    wanted = dict.fromkeys([stratum.ranked_by, *shown])
    metrics = [name for name in wanted if name not in ("selective_risk", "index_at_price", "f1")][:6]
    table = _table("", "rank", *(words.title(shown[name], price).replace(" ", "\n") for name in metrics))
    values = {(row.metric, row.first): row.first_value for row in stratum.differences if row.signal is None}
    values |= {(row.metric, row.second): row.second_value for row in stratum.differences if row.signal is None}
    order = sorted(stratum.ranks, key=lambda name: (stratum.ranks[name].best, stratum.ranks[name].worst))
    for name in order or [one.name for one in report.sides]:
        rank = stratum.ranks.get(name)
        ranked = "" if rank is None else f"{rank.best}" if rank.best == rank.worst else f"{rank.best}-{rank.worst}"
        cells = [words.value(values[metric, name], shown[metric].unit) for metric in metrics]
        table.add_row(names[name], ranked, *cells)
    return table


def _pairs_table(stratum: StratumComparison, report: ComparisonReport, names: Names) -> Table:
    rows = [row for row in stratum.differences if row.metric == stratum.ranked_by and row.signal is None]
    if len(rows) > _MOST_PAIRS:
        rows = [row for row in rows if row.first == report.sides[0].name]
    table = _table("first", "second", f"{METRICS[stratum.ranked_by].title}, difference", "interval", left=2)
    table.add_column("", justify="left")
    for row in rows:
        alone = " (declared)" if row.how not in ("all pairs at once", "none") else ""
        cells = words.gap(row.difference, row.unit), words.bounds(row.interval, row.unit) + ("~" if row.thin else "")
        said = f"{words.verdict(row, names)}{alone}"
        settled = row.verdict != "not settled"
        table.add_row(names[row.first], names[row.second], *cells, said, style=None if settled else "dim")
    return table


def _print_groups(
    by: str, rows: Sequence[Difference], report: ComparisonReport, names: Names, console: Console
) -> None:
    ordered = sorted(rows, key=lambda row: -(row.difference or 0.0))
    shown = ordered
    if len(ordered) > _MOST_GROUPS:
        # The ends are what one looks for; what lies between is in the JSON.
        shown = [*ordered[: _MOST_GROUPS // 2], *ordered[-_MOST_GROUPS // 2 :]]
    console.print()
    called = METRICS[rows[0].metric].title
    settled = sum(row.verdict != "not settled" for row in rows)
    said = f"By {by}: {called}, {len(rows)} comparisons whose intervals hold all at once; {settled} settled"
    console.print(Text(said, style="bold"))
    several = len(report.sides) > 2
    columns = ["against", "questions", "difference", "interval"] if several else ["questions", "difference", "interval"]
    table = _table(by, *columns, left=2 if several else 1)
    table.add_column("", justify="left", no_wrap=True)
    groups = short_names([row.value or "(none)" for row in shown], 28)
    for row in shown:
        against = [names[row.second]] if several else []
        interval = words.bounds(row.interval, row.unit) + ("~" if row.thin else "")
        cells = [f"{row.questions:,}", words.gap(row.difference, row.unit), interval, words.verdict(row, names)]
        style = None if row.verdict != "not settled" else "dim"
        table.add_row(groups[row.value or "(none)"], *against, *cells, style=style)
    console.print(table)
    if len(shown) < len(ordered):
        console.print(Text(f"{len(ordered) - len(shown):,} more between these: --json or --csv", style="dim"))


def _legend(stratum: StratumComparison, report: ComparisonReport) -> str:
    said = "Differences of shares are in percentage points."
    if any(row.unit in ("dollars", "seconds") for row in stratum.differences):
        said += " Cost and latency are means of a question."
    if any(row.thin for row in (*stratum.differences, *stratum.groups)):
        said += " ~ rests on fewer than 20 documents or 5 questions."
    if any(row.metric == "level_ece" for row in stratum.differences):
        said += " level-ECE has no interval: resampling biases it; see the Brier score."
    if stratum.margins:
        alpha = (1 - report.comparison.options.settings.level) / 2
        said += f" Margins: two one-sided tests at {100 * alpha:.3g}% each."
    return said
