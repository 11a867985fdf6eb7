"""What every section is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calibrant.analysis.table import Asked
from calibrant.reports.html.answers import Answers
from calibrant.reports.html.blocks import Key
from calibrant.reports.model import Report
from calibrant.types import Stratum

__all__ = ["MOST_DRAWN", "Context"]

MOST_DRAWN = 12
"""Models in small pictures side by side, and columns of a heat table; the tables have all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The report, its JSON, and the marks of the models."""

    report: Report
    document: Mapping[str, Any]
    keys: Mapping[str, Key]
    """Model -> its mark, by Index, the best first."""
    answers: Answers

    @classmethod
    def of(cls, report: Report, document: Mapping[str, Any], answers: Answers) -> Context:
        """With the models numbered as the leaderboard has them, and called by the price that their prompt stated."""
        document = {name: _called(table) for name, table in document.items()}
        names = dict.fromkeys(row["model"] for row in document["models"])
        keys = {name: Key(number=number, name=name) for number, name in enumerate(names, start=1)}
        return cls(report=report, document=document, keys=keys, answers=answers)

    def places(self, table: str, **wanted: object) -> list[int]:
        """Places of the rows that have these values."""
        return [
            at
            for at, row in enumerate(self.document[table])
            if all(row[name] == value for name, value in wanted.items())
        ]

    @property
    def answerable(self) -> list[int]:
        """Places of the models' rows on questions that have an answer."""
        return self.places("models", stratum=Stratum.ANSWERABLE.value)

    @property
    def unanswerable(self) -> list[int]:
        """On questions that have none."""
        return self.places("models", stratum=Stratum.UNANSWERABLE.value)

    @property
    def actions(self) -> list[int]:
        """On tasks that lack an argument they need."""
        return self.places("models", stratum=Stratum.ACTION.value)

    @property
    def level(self) -> str:
        """Of the intervals."""
        return f"{100 * self.document['level']:.4g}%"


def _called(table: Any) -> Any:
    """Rows of one model at several prices told apart, as the pictures' rows are; anything else as it is."""
    if not isinstance(table, list):
        return table
    return [
        {**row, "model": str(Asked(row["model"], row["price"]))}
        if isinstance(row, Mapping) and row.keys() >= {"model", "price", "stratum"}
        else row
        for row in table
    ]
