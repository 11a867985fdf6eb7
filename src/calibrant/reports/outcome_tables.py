"""Who is right, who makes things up, and what each way of counting says: the tables of outcomes in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from calibrant.analysis import Analysis, BreakdownRow, ModelRow, Ranking, percent
from calibrant.reports.cells import UNDEFINED, Cell, index, level, rate, share
from calibrant.reports.columns import Column, fitted
from calibrant.reports.names import Names
from calibrant.types import Stratum

__all__ = ["breakdowns", "leaderboard", "legend", "named", "ranking_of", "rates", "rates_legend", "refusals"]


def ranking_of(analysis: Analysis, stratum: Stratum = Stratum.ANSWERABLE) -> Ranking | None:
    """The ranking that the stratum's table shows: by Index, or by correct refusal."""
    return next((ranking for ranking in analysis.rankings if ranking.stratum is stratum), None)


def _prices(rows: Sequence[ModelRow], otherwise: float) -> list[float]:
    """The prices at which the rows' index at a price is taken: those that prompts stated, else the report's."""
    return sorted({otherwise if row.asked.price is None else row.asked.price for row in rows})


def leaderboard(analysis: Analysis, rows: Sequence[ModelRow], names: Names, width: int) -> Table:
    """Right, made up, Index and rank of each model on questions that have an answer."""
    measured = [row.measured for row in rows]
    prices = _prices(rows, analysis.settings.price)
    columns = [
        Column("model", [Cell(names[row.model]) for row in rows], words=True),
        Column("n", [Cell(f"{one.counts.n:,}") for one in measured], drop_at=6),
        Column("right", [share(one, "accuracy") for one in measured], brief_at=7),
        Column("made up", [share(one, "hallucination_rate") for one in measured], brief_at=1),
        Column("Index", [index(one) for one in measured]),
        *_ranks(ranking_of(analysis), rows),
        Column("tried", [Cell(rate(one.values["attempt_rate"])) for one in measured], drop_at=4),
    ]
    if prices != [0.5]:
        at_price = [index(one, "index_at_price") for one in measured]
        columns.append(Column(f"Index t={prices[0]:g}" if len(prices) == 1 else "Index at t", at_price, brief_at=2))
    if any(row.cost_usd is not None for row in rows):
        costs = [Cell("unknown" if row.cost_usd is None else f"${row.cost_usd:,.2f}") for row in rows]
        columns.append(Column("cost", costs, drop_at=5))
    return fitted(columns, width)


def _ranks(ranking: Ranking | None, rows: Sequence[ModelRow]) -> Iterator[Column]:
    if ranking is None or not ranking.ranks:
        return
    cells = []
    for row in rows:
        rank = ranking.ranks.get(row.model)
        said = UNDEFINED if rank is None else f"{rank.best}" if rank.best == rank.worst else f"{rank.best}-{rank.worst}"
        cells.append(Cell(said))
    yield Column("rank", cells)


def legend(analysis: Analysis) -> Text:
    """What the columns of the leaderboard mean."""
    ranking = ranking_of(analysis)
    rank = "rank: what these questions leave open. " if ranking is not None and ranking.ranks else ""
    return Text(
        "right: of what was graded. made up: of those it did not get right, answered wrongly instead of declining. "
        f"Index: right minus wrong per 100. {rank}Intervals hold at {level(analysis)}; "
        "~ rests on fewer than 20 documents or 5 events.",
        style="dim",
    )


def rates(rows: Sequence[ModelRow], names: Names, width: int) -> Table:
    """The other metrics of definitions 1 and 5, each with its interval."""
    measured = [row.measured for row in rows]

    def column(header: str, metric: str, brief_at: int) -> Column:
        return Column(header, [share(one, metric, unit=False) for one in measured], brief_at=brief_at)

    columns = [
        Column("model", [Cell(names[row.model]) for row in rows], words=True),
        column("right of\nanswered", "accuracy_given_attempted", 4),
        column("\nF1", "f1", 3),
        column("wrong of\nall", "wrong_of_all", 2),
        column("wrong of\nanswered", "incorrect_of_answered", 5),
        column("wrong of\nmissed", "hallucination_rate", 1),
    ]
    if any(one.counts.partial for one in measured):
        columns.insert(5, column("or partly,\nof answered", "selective_risk", 6))
    return fitted(columns, width)


def rates_legend(rows: Sequence[ModelRow], price: float) -> Text:
    """What the columns of :func:`rates` are called elsewhere, and when a guess pays."""
    partly = any(row.measured.counts.partial for row in rows)
    risk, aside = ("wrong or partly", ", partly right ones aside") if partly else ("wrong", "")
    paid = [row.measured.guess_thresholds.f1 for row in rows if row.measured.guess_thresholds.f1 is not None]
    by_f1 = ""
    if paid:
        low, high = percent(min(paid)), percent(max(paid))
        by_f1 = f", by F1 above F1/2 ({low if low == high else f'{low} to {high}'})"
    prices = _prices(rows, price)
    above = f"{100 * prices[0]:.4g}%" if len(prices) == 1 else "t"
    at_price = f", by the Index at t above {above}" if prices != [0.5] else ""
    return Text(
        f"right of answered: accuracy given attempted{aside}. wrong of all: error rate. "
        f"{risk} of answered: selective risk. wrong of missed: hallucination rate, 'made up' above. "
        f"A guess pays: by accuracy always, by the Index above 50%{at_price}{by_f1} of being right.",
        style="dim",
    )


def refusals(analysis: Analysis, rows: Sequence[ModelRow], names: Names, width: int) -> Table:
    """Who declines where there is no answer, or asks where a task lacks an argument; of one stratum."""
    measured = [row.measured for row in rows]
    declined, answered, wrong = _refusing(rows[0].stratum)
    columns = [
        Column("model", [Cell(names[row.model]) for row in rows], words=True),
        Column("n", [Cell(f"{one.counts.n:,}") for one in measured], drop_at=2),
        Column(declined, [share(one, "correct_refusal") for one in measured]),
        Column(answered, [share(one, wrong) for one in measured], brief_at=1),
        *_ranks(ranking_of(analysis, rows[0].stratum), rows),
    ]
    return fitted(columns, width)


def _refusing(stratum: Stratum) -> tuple[str, str, str]:
    """What declining and answering are called where nothing can be answered, and the metric of the latter."""
    if stratum is Stratum.ACTION:
        return "asked", "made an argument up", "hallucinated_action"
    return "declined", "answered", "false_acceptance"


def named(row: BreakdownRow) -> str:
    """The value of a row as it is written."""
    return "(none)" if row.value is None else row.value


def breakdowns(rows: Sequence[BreakdownRow], models: Names, values: Names, width: int) -> Table:
    """The main numbers for each value of a column, such as each domain; of one stratum."""
    measured = [row.measured for row in rows]
    before = [None, *rows[:-1]]
    first = [
        Cell("" if last is not None and last.value == row.value else values[named(row)])
        for last, row in zip(before, rows, strict=True)
    ]
    columns = [
        Column(rows[0].by, first, words=True),
        Column("model", [Cell(models[row.model]) for row in rows], words=True),
        Column("n", [Cell(f"{one.counts.n:,}") for one in measured], drop_at=4),
    ]
    if rows[0].stratum is Stratum.ANSWERABLE:
        columns += [
            Column("right", [share(one, "accuracy") for one in measured], brief_at=3),
            Column("made up", [share(one, "hallucination_rate") for one in measured], brief_at=1),
            Column("Index", [index(one) for one in measured], brief_at=2),
        ]
    else:
        declined, answered, wrong = _refusing(rows[0].stratum)
        columns += [
            Column(declined, [share(one, "correct_refusal") for one in measured], brief_at=2),
            Column(answered, [share(one, wrong) for one in measured], brief_at=1),
        ]
    return fitted(columns, width)
