"""The report on one screen of a terminal: what is wrong with it first, then its tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from calibrant.analysis import Analysis, BreakdownRow, Caution, ForcedRow, ModelRow, Ranking, percent
from calibrant.reports import confidence_table as confidence
from calibrant.reports import forced_table as forced
from calibrant.reports import outcome_tables as tables
from calibrant.reports.capability import print_capability
from calibrant.reports.card import card_line
from calibrant.reports.cells import level, plain
from calibrant.reports.gradings import gradings_table
from calibrant.reports.names import Names, short_names
from calibrant.reports.stopping import incomplete, stopping_sentences
from calibrant.types import Stratum

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["print_report"]

_NAME_LENGTHS = ((96, 18), (140, 30))
"""Below so many columns of the terminal, names have at most so many characters."""
_LONGEST_NAME = 48
_LONGEST_SIGNAL = 14
_CAUTIONS_OF_A_KIND = 3
_MOST_ROWS = 40
"""Of a table beside the leaderboard."""
_STRATA = {
    Stratum.ANSWERABLE: "with an answer",
    Stratum.UNANSWERABLE: "without one",
    Stratum.ACTION: "tasks without an argument they need",
}
_OF_STRATUM = {
    Stratum.ANSWERABLE: "",
    Stratum.UNANSWERABLE: ": questions without an answer",
    Stratum.ACTION: ": tasks without an argument they need",
}


def print_report(report: Report, console: Console) -> None:
    """Print the report: what is wrong with it first, then who is right, who makes things up, and who knows it."""
    analysis = report.analysis
    names = short_names((row.model for row in analysis.models), _longest(console.width))
    for line in _cautions(analysis.cautions):
        console.print(Text(f"! {plain(line)}", style="yellow"))
    if (why := incomplete(report.run, report.stopping)) is not None:
        console.print(Text(f"! {why}", style="yellow"))
    for sentence in stopping_sentences(report.stopping):
        console.print(Text(f"! {plain(sentence)}", style="yellow"))
    console.print(Text(_headline(analysis, names), style="bold"))
    answerable = [row for row in analysis.models if row.stratum is Stratum.ANSWERABLE]
    unanswerable = [row for row in analysis.models if row.stratum is Stratum.UNANSWERABLE]
    if answerable:
        console.print(tables.leaderboard(analysis, answerable, names, console.width))
        console.print(tables.legend(analysis))
        _title(console, "Counted otherwise, in per cent")
        console.print(tables.rates(answerable, names, console.width))
        console.print(tables.rates_legend(answerable, analysis.settings.price))
        _print_prices(report, console)
    if unanswerable:
        _title(console, "Questions without an answer: declining is right")
        console.print(tables.refusals(analysis, unanswerable, names, console.width))
    if actions := [row for row in analysis.models if row.stratum is Stratum.ACTION]:
        _title(console, "Tasks without an argument they need: asking or looking it up is right")
        console.print(tables.refusals(analysis, actions, names, console.width))
    _print_forced(report.forced, names, console)
    _print_confidence(analysis, names, console)
    if report.capability is not None:
        print_capability(report.capability, console)
    _print_breakdowns(analysis, names, console)
    _print_failures(analysis.models, names, console)
    _print_gradings(report, console)
    if report.card is not None:
        console.print()
        console.print(Text(plain(card_line(report.card)), style="dim"))
    for short, name in names.numbered.items():
        console.print(Text(f"{short}: {name}", style="dim"))


def _print_forced(rows: Sequence[ForcedRow], names: Names, console: Console) -> None:
    """What a second pass found, where there was one."""
    if not rows:
        return
    _title(console, "Declined, then an answer was demanded")
    console.print(forced.forced_table(rows, names, console.width))
    console.print(forced.forced_legend())
    for line in forced.check_lines(rows, names):
        console.print(Text(line))


def _print_gradings(report: Report, console: Console) -> None:
    """Who graded, where a judge did or several graders."""
    rows = report.gradings
    if not any(row.judges for row in rows) and len(rows) < 2:
        return
    _title(console, "Graded by")
    console.print(gradings_table(rows, console.width))
    said = "* the grading shown. agrees: with it, where both have a verdict. "
    alphas = [pair for pair in report.agreements if pair.alpha is not None][:_CAUTIONS_OF_A_KIND]
    for pair in alphas:
        said += f"{plain(pair.one)} and {plain(pair.other)}: Krippendorff's alpha {pair.alpha:.2f}. "
    console.print(Text(said.strip(), style="dim"))


def _longest(width: int) -> int:
    return next((longest for below, longest in _NAME_LENGTHS if width < below), _LONGEST_NAME)


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _cautions(found: Iterable[Caution]) -> Iterator[str]:
    """Of each kind the worst, and how many others there are."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for caution in found:
        by_kind[caution.kind].append(caution.text)
    for texts in by_kind.values():
        yield from texts[:_CAUTIONS_OF_A_KIND]
        more = len(texts) - _CAUTIONS_OF_A_KIND
        if more > 0:
            yield f"... and {more} more like these: --json"


def _headline(analysis: Analysis, names: Names) -> str:
    graded = {row.model for row in analysis.models if row.measured.counts.n}
    counted = [
        (analysis.questions, "question"),
        (len({row.asked.model for row in analysis.models}), "model"),
        (analysis.outcomes, "answer"),
    ]
    said = ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counted) + "."
    if len(analysis.strata) > 1:
        strata = (f"{one.questions:,} {_STRATA[one.stratum]} ({percent(one.share)})" for one in analysis.strata)
        said += f" {' and '.join(strata)}."
    return f"{said} {_comparison(analysis, names)}".strip() if len(graded) > 1 else said


def _comparison(analysis: Analysis, names: Names) -> str:
    """Who may be the best, and on which questions; that models cannot be ranked is said before."""
    ranking = tables.ranking_of(analysis)
    if ranking is None or not ranking.ranks:
        return ""
    best = [model for model, rank in ranking.ranks.items() if rank.best == 1]
    if len(best) == 1:
        return f"{names[best[0]]} has the highest Index, at {level(analysis)}. {_basis(ranking, analysis, names)}"
    said = f"{len(best)} of {len(ranking.ranks)} may have the highest Index: these questions do not tell them apart."
    return f"{said} {_basis(ranking, analysis, names)}"


def _basis(ranking: Ranking, analysis: Analysis, names: Names) -> str:
    """Which questions ranks rest on, where it is not all of them."""
    if ranking.shared == ranking.questions:
        return ""
    each = ", each under each condition," if any(row.by == "condition" for row in analysis.breakdowns) else ""
    shared = f"{ranking.shared:,} of {ranking.questions:,} questions{each}"
    said = f"Ranks rest on {shared} that all models have a grade for"
    if len(ranking.missing) < 3:
        return f"{said}."
    least, missing = max(ranking.missing.items(), key=lambda item: item[1])
    return f"{said}; {names[least]} lacks the most, {missing:,}."


def _print_prices(report: Report, console: Console) -> None:
    """Where the first place changes hands as wrong answers get dearer; nothing where it never does."""
    if len(report.analysis.prices.leaders) > 1:
        for finding in report.findings:
            if finding.about == "price":
                console.print(Text(plain(finding.text)))


def _print_confidence(analysis: Analysis, names: Names, console: Console) -> None:
    """Of questions that have an answer: where there is none, no answer is right and no confidence can be."""
    rows = [row for row in analysis.confidence if row.stratum is Stratum.ANSWERABLE]
    if not rows:
        return
    signals = short_names((row.name for row in rows), _LONGEST_SIGNAL)
    named = dict.fromkeys(row.name for row in rows)
    what = f"Confidence ({plain(rows[0].name)})" if len(named) == 1 else "Confidence"
    _title(console, f"{what}: is it surer where it is right?")
    table = confidence.confidence_table(rows[:_MOST_ROWS], names, signals, console.width)
    console.print(table)
    _say_more(console, len(rows) - _MOST_ROWS)
    console.print(confidence.legend(table))


def _print_breakdowns(analysis: Analysis, names: Names, console: Console) -> None:
    for by in dict.fromkeys(row.by for row in analysis.breakdowns):
        every = [row for row in analysis.breakdowns if row.by == by]
        if len({row.value for row in every}) < 2:
            continue
        for stratum in Stratum:
            place = {row.model: at for at, row in enumerate(analysis.models) if row.stratum is stratum}
            rows = sorted((row for row in every if row.stratum is stratum), key=lambda row: place[row.model])
            if not rows:
                continue
            shown = _best_of_each([row.value for row in every], rows)
            values = short_names((tables.named(row) for row in shown), _longest(console.width))
            _title(console, f"By {by}{_OF_STRATUM[stratum]}")
            console.print(tables.breakdowns(shown, names, values, console.width))
            _say_more(console, len(rows) - len(shown))
            for short, name in values.numbered.items():
                console.print(Text(f"{short}: {name}", style="dim"))


def _best_of_each(values: Sequence[str | None], rows: Sequence[BreakdownRow]) -> list[BreakdownRow]:
    """The rows value by value, of each only the first models where all would be more than a screen."""
    order = list(dict.fromkeys(values))
    of_each = max(1, _MOST_ROWS // len(order))
    found = [row for value in order for row in [one for one in rows if one.value == value][:of_each]]
    whole = [row for value in order for row in rows if row.value == value]
    return whole if len(whole) <= _MOST_ROWS else found[:_MOST_ROWS]


def _say_more(console: Console, more: int) -> None:
    if more > 0:
        rows = "row" if more == 1 else "rows"
        console.print(Text(f"... and {more:,} more {rows}: --json, or --csv FOLDER", style="dim"))


def _print_failures(rows: Sequence[ModelRow], names: Names, console: Console) -> None:
    failed = [row for row in rows if row.error_causes]
    for row in failed[:_CAUTIONS_OF_A_KIND]:
        causes = ", ".join(f"{count:,} {plain(cause)[:60]}" for cause, count in list(row.error_causes.items())[:3])
        console.print(Text(f"failed, {names[row.model]}: {causes}", style="dim"))
    if len(failed) > _CAUTIONS_OF_A_KIND:
        console.print(Text(f"... and {len(failed) - _CAUTIONS_OF_A_KIND} more: --json", style="dim"))
