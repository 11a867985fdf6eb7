"""From outcomes to the tables that every report shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calibrant.analysis.cautions import Caution, cautions
from calibrant.analysis.confidence import ConfidenceRow, confidence_rows
from calibrant.analysis.curves import ReliabilityPoint, RiskPoint, curve_points
from calibrant.analysis.efforts import EffortRow, effort_rows
from calibrant.analysis.measures import Measured, Settings, measure
from calibrant.analysis.prices import Prices, price_tables
from calibrant.analysis.ranking import Ranking, rankings
from calibrant.analysis.shared import cell_means
from calibrant.analysis.table import Asked, Codes, Column, Floats, OutcomeTable, build_table
from calibrant.errors import InputError
from calibrant.types import Condition, Outcome, OutcomeState, Stratum

__all__ = ["BREAKDOWNS", "Analysis", "BreakdownRow", "ModelRow", "Ranking", "StratumShare", "analyse"]

BREAKDOWNS = ("domain", "topic", "language", "condition")
"""What a report can be broken down by."""
_CONDITIONS = tuple(condition.value for condition in Condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model at one effort, asked at one price, on one stratum."""

    model: str
    """How the row is called: ``model@effort``, with the price where there is one."""
    asked: Asked
    stratum: Stratum
    measured: Measured
    cost_usd: float | None
    """Of all its attempts; None where any of them is unknown."""
    cost_known: int
    """Attempts whose cost is known."""
    usage: Mapping[str, int | None]
    """Tokens of all its attempts; None where any of them is unknown."""
    median_latency_s: float | None
    error_causes: Mapping[str, int]

    @property
    def attempts(self) -> int:
        """All of them, graded or not."""
        return self.measured.counts.attempts

    @property
    def cost_per_thousand_usd(self) -> float | None:
        """Dollars for a thousand answers; None where any cost is unknown."""
        return None if self.cost_usd is None else 1000 * self.cost_usd / self.attempts

    @property
    def mean_output_tokens(self) -> float | None:
        """Of an answer, reasoning included; None where any is unknown."""
        tokens = self.usage["output_tokens"]
        return None if tokens is None else tokens / self.attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownRow:
    """One model on one value of a column, such as one domain."""

    by: str
    value: str | None
    model: str
    asked: Asked
    stratum: Stratum
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumShare:
    """How much of the set a stratum is; rates over both strata would depend on it, so there are none."""

    stratum: Stratum
    questions: int
    share: float
    """Of all questions, each counted once under each of its conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All tables of one run."""

    settings: Settings
    set_hash: str | None
    outcomes: int
    questions: int
    """Different questions, each counted once whatever its conditions."""
    strata: tuple[StratumShare, ...]
    models: tuple[ModelRow, ...]
    """By stratum, and within it by Omniscience Index (without an answer: by correct refusal), the best first."""
    rankings: tuple[Ranking, ...]
    breakdowns: tuple[BreakdownRow, ...]
    confidence: tuple[ConfidenceRow, ...]
    reliability: tuple[ReliabilityPoint, ...]
    risk: tuple[RiskPoint, ...]
    prices: Prices
    efforts: tuple[EffortRow, ...]
    cautions: tuple[Caution, ...]
    """What is wrong with these numbers, to be said before them; of each kind the worst first."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """The cautions' texts."""
        return tuple(caution.text for caution in self.cautions)


def analyse(
    outcomes: Iterable[Outcome],
    settings: Settings | None = None,
    *,
    by: Sequence[str] = ("domain",),
    set_hash: str | None = None,
) -> Analysis:
    """Make every table of a report from a stream of outcomes, in one pass over it.

    Args:
        outcomes: of one or several models on one question set.
        settings: level, seed, price and how partly right answers count.
        by: columns to break down by: domain, topic, language, condition; the last also unasked, if there are several.
        set_hash: identity of the question set, kept for the report.

    Raises:
        InputError: there are no outcomes, or ``by`` names something else.
    """
    settings = settings or Settings()
    unknown = [name for name in by if name not in BREAKDOWNS]
    if unknown:
        raise InputError(f"cannot break down by '{unknown[0]}'", remedy=f"Choose among {', '.join(BREAKDOWNS)}.")
    table = build_table(outcomes)
    models = [
        _model_row(table, rows, str(model), Stratum(str(stratum)), settings)
        for (model, stratum), rows in table.groups(table.model, table.stratum)
    ]
    models.sort(key=_by_index)
    if "condition" not in by:
        by = (*by, "condition")
    ranked = rankings(table, settings)
    place = {(row.model, row.stratum): number for number, row in enumerate(models)}
    answerable = [row for row in models if row.stratum is Stratum.ANSWERABLE]
    means = cell_means(table, Stratum.ANSWERABLE)
    known = {row.model: (row.cost_per_thousand_usd, row.mean_output_tokens, row.median_latency_s) for row in answerable}
    reliability, risk = curve_points(table, settings)
    return Analysis(
        settings=settings,
        set_hash=set_hash,
        outcomes=len(table),
        questions=len(np.unique(table.question.codes)),
        strata=tuple(_strata(table)),
        models=tuple(models),
        rankings=tuple(ranked),
        breakdowns=tuple(row for name in by for row in _breakdown(table, name, settings)),
        confidence=tuple(sorted(confidence_rows(table, settings), key=lambda row: place[row.model, row.stratum])),
        reliability=tuple(reliability),
        risk=tuple(risk),
        prices=price_tables(table, means, [row.model for row in answerable], settings),
        efforts=tuple(effort_rows(table, means, known, settings)),
        cautions=tuple(cautions(models, ranked, duplicates=table.duplicates)),
    )


def _by_index(row: ModelRow) -> tuple[str, float, str]:
    values = row.measured.values
    index = values["omniscience_index" if row.stratum is Stratum.ANSWERABLE else "correct_refusal"]
    return row.stratum.value, -index if index is not None else np.inf, row.model


def _strata(table: OutcomeTable) -> list[StratumShare]:
    cells = len(np.unique(table.cell))
    return [
        StratumShare(
            stratum=Stratum(str(stratum)),
            questions=len(np.unique(table.question.codes[rows])),
            share=len(np.unique(table.cell[rows])) / cells,
        )
        for (stratum,), rows in table.groups(table.stratum)
    ]


def _model_row(table: OutcomeTable, rows: Codes, model: str, stratum: Stratum, settings: Settings) -> ModelRow:
    cost, latency = table.cost[rows], table.latency[rows]
    known = np.isfinite(cost)
    timed = latency[np.isfinite(latency)]
    causes = Counter(
        str(table.error.values[code]) for code in table.error.codes[rows[table.is_state(OutcomeState.ERROR, rows=rows)]]
    )
    return ModelRow(
        model=model,
        asked=table.asked[model],
        stratum=stratum,
        measured=measure(table, rows, stratum, settings.at(table.asked[model].price)),
        cost_usd=float(cost.sum()) if known.all() else None,
        cost_known=int(known.sum()),
        usage={name: _total(column[rows]) for name, column in table.usage.items()},
        median_latency_s=float(np.median(timed)) if timed.size else None,
        error_causes=dict(causes.most_common()),
    )


def _total(tokens: Floats) -> int | None:
    return int(tokens.sum()) if np.isfinite(tokens).all() else None


def _breakdown(table: OutcomeTable, name: str, settings: Settings) -> list[BreakdownRow]:
    column: Column = getattr(table, name)
    if len(column.values) < 2:
        return []
    found = [
        BreakdownRow(
            by=name,
            value=value,
            model=str(model),
            asked=table.asked[str(model)],
            stratum=Stratum(str(stratum)),
            measured=measure(table, rows, Stratum(str(stratum)), settings.at(table.asked[str(model)].price)),
        )
        for (value, model, stratum), rows in table.groups(column, table.model, table.stratum)
    ]
    if name == "condition":
        found.sort(key=lambda row: _CONDITIONS.index(str(row.value)))
    return found
