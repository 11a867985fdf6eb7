"""A comparison as Markdown, for a merge request or a job summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calibrant.analysis.compared import METRICS
from calibrant.analysis.comparison import Difference, StratumComparison
from calibrant.reports.cells import plain
from calibrant.reports.comparison import words
from calibrant.reports.comparison.model import ComparisonReport
from calibrant.reports.names import Names, short_names

__all__ = ["as_markdown"]

_MOST = 30


def as_markdown(report: ComparisonReport) -> str:
    """Gates first, then cautions, then the tables of the terminal."""
    names = short_names([one.name for one in report.sides], 60)
    return "\n".join(_lines(report, names)) + "\n"


def _lines(report: ComparisonReport, names: Names) -> Iterator[str]:
    versus = " against ".join(names[side.name] for side in report.sides[:2])
    more = len(report.sides) - 2
    yield f"## {_safe(versus)}{f' and {more} more' if more else ''}"
    yield ""
    for gate in report.gates:
        yield f"- {'❌' if gate.failed else '✅'} `--{gate.gate.kind} {_code(gate.gate.condition.text)}`"
        yield from (f"  - {_safe(words.gate_row(gate, row, names))}" for row in gate.rows)
    for caution in report.comparison.cautions:
        yield f"- ⚠️ {_safe(caution.text)}"
    for one in report.differing:
        if one.aspect not in ("model", "effort"):
            yield f"- ⚠️ they differ in {one.aspect}: {_safe('; '.join(one.told))}"
    for stratum in report.comparison.strata:
        yield from _stratum(stratum, report, names)


def _stratum(stratum: StratumComparison, report: ComparisonReport, names: Names) -> Iterator[str]:
    level = f"{100 * report.comparison.options.settings.level:.4g}%"
    price = report.comparison.options.settings.price
    yield ""
    yield f"### {stratum.graded:,} questions ({stratum.stratum.value}), {stratum.clusters:,} documents"
    yield ""
    two = len(report.sides) == 2
    rows = [row for row in stratum.differences if two or row.metric == stratum.ranked_by]
    yield from _head("metric", "first", "second", "first minus second", f"{level} interval", "")
    for row in rows[:_MOST]:
        called = words.title(row, price)
        cells = [
            called,
            f"{names[row.first]} {words.value(row.first_value, row.unit)}",
            f"{names[row.second]} {words.value(row.second_value, row.unit)}",
            words.gap(row.difference, row.unit),
            words.bounds(row.interval, row.unit),
            words.verdict(row, names),
        ]
        yield _line(cells)
    yield ""
    yield from (f"{_safe(words.margin_line(one, names))}\n" for one in stratum.margins[:_MOST])
    for by in report.comparison.options.by:
        groups = [row for row in stratum.groups if row.by == by and row.metric == stratum.ranked_by]
        if groups:
            yield from _groups(by, groups, names)


def _groups(by: str, rows: Sequence[Difference], names: Names) -> Iterator[str]:
    settled = sum(row.verdict != "not settled" for row in rows)
    yield f"<details><summary>By {by}: {settled} of {len(rows)} settled (intervals hold all at once)</summary>"
    yield ""
    yield from _head(by, "against", "questions", METRICS[rows[0].metric].title, "interval", "")
    for row in sorted(rows, key=lambda row: row.difference or 0.0)[:_MOST]:
        gap, span = words.gap(row.difference, row.unit), words.bounds(row.interval, row.unit)
        yield _line(
            [row.value or "(none)", names[row.second], f"{row.questions:,}", gap, span, words.verdict(row, names)]
        )
    yield ""
    yield "</details>"


def _head(*columns: str) -> Iterator[str]:
    yield _line(columns)
    yield "|" + " --- |" * len(columns)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_safe(cell) for cell in cells) + " |"


def _code(text: str) -> str:
    return plain(text).replace("`", "'")


def _safe(text: str) -> str:
    """Text that is neither markup nor HTML, whatever a model or a domain is called."""
    found = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]|":
        found = found.replace(mark, f"\\{mark}")
    return found
