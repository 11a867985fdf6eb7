"""A comparison with where it comes from: what every way of showing it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calibrant.analysis.cautions import Caution
from calibrant.analysis.comparing import compare_outcomes
from calibrant.analysis.comparison import CompareOptions, Comparison
from calibrant.analysis.gates import Gate, GateResult, check_gate, parse_gate
from calibrant.analysis.treatments import Aspect, SetUpDifference, check_treatments
from calibrant.reports.comparison.sides import Side, attempts, find_sides
from calibrant.reports.stopping import stopping_of, stopping_sentences
from calibrant.store import Store, open_store

__all__ = ["ComparisonReport", "build_comparison", "compare_runs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    """What runs say about each other."""

    comparison: Comparison
    sides: tuple[Side, ...]
    differing: tuple[SetUpDifference, ...]
    """In what the contenders differ besides their answers."""
    idle_treatments: tuple[Aspect, ...]
    """Aspects that were said to differ and do not."""
    gates: tuple[GateResult, ...]
    grader: str | None

    @property
    def failed(self) -> bool:
        """Whether any gate failed."""
        return any(gate.failed for gate in self.gates)

    def to_dict(self) -> dict[str, Any]:
        """For programs: plain values, finite numbers, None for undefined or unknown."""
        from calibrant.reports.comparison.as_json import as_dict

        return as_dict(self)

    def __str__(self) -> str:
        """As plain text, 100 columns wide."""
        import io

        from rich.console import Console

        from calibrant.reports.comparison.terminal import print_comparison

        text = io.StringIO()
        print_comparison(self, Console(file=text, width=100, highlight=False))
        return text.getvalue()


def build_comparison(
    sides: Sequence[Side],
    options: CompareOptions,
    *,
    treatments: Collection[Aspect] = (),
    gates: Sequence[Gate] = (),
    grader: str | None = None,
) -> ComparisonReport:
    """Compare sides, once it is sure that only the treatment differs.

    Args:
        sides: what `find_sides` found.
        options: metric, groups, margin, level, and how questions are paired.
        treatments: aspects in which sides are meant to differ.
        gates: to be judged.
        grader: whose grades count, as for `find_sides`.

    Raises:
        InputError: another aspect differs, nothing is shared, or a gate cannot be judged.
        StoreError: a run cannot be read.
    """
    names = [side.name for side in sides]
    differing = check_treatments(names, [side.asked for side in sides], treatments)
    comparison = compare_outcomes(names, attempts(sides, grader), options)
    comparison = replace(comparison, cautions=(*_stopped_early(sides), *comparison.cautions))
    real = {one.aspect for one in differing}
    return ComparisonReport(
        comparison=comparison,
        sides=tuple(sides),
        differing=tuple(differing),
        idle_treatments=tuple(aspect for aspect in treatments if aspect not in real),
        gates=tuple(check_gate(gate, comparison) for gate in gates),
        grader=grader,
    )


def _stopped_early(sides: Sequence[Side]) -> Iterator[Caution]:
    """What ``--stop-when`` settled in each run, and what that means for intervals of a fixed number of questions."""
    runs = {side.run.id: side for side in sides}
    for side in runs.values():
        for text in stopping_sentences(stopping_of(side.store, side.run)):
            yield Caution("stopping", text if len(runs) == 1 else f"{side.label}: {text}")


def compare_runs(
    *references: str,
    store: Store | str | Path | None = None,
    options: CompareOptions | None = None,
    treatments: Collection[Aspect] = (),
    fail_if: Sequence[str] = (),
    fail_unless_excluded: Sequence[str] = (),
) -> ComparisonReport:
    """Compare runs, ``RUN:MODEL``, or models of the latest run, the first less the second. ``print`` shows it.

    Args:
        references: two or more; one run alone stands for all its models, none for those of the latest run.
        store: where runs are kept, if not in ``.calibrant``.
        options: metric, groups, margin, level.
        treatments: aspects in which they are meant to differ besides model and effort.
        fail_if: conditions such as ``index < -5``; see `ComparisonReport.failed`.
        fail_unless_excluded: likewise.

    Raises:
        InputError: a reference stands for nothing, they differ in more than the treatment, or share no questions.
        StoreError: the store cannot be read.
    """
    if not isinstance(store, Store):
        with open_store(store, create=False) as opened:
            return compare_runs(
                *references,
                store=opened,
                options=options,
                treatments=treatments,
                fail_if=fail_if,
                fail_unless_excluded=fail_unless_excluded,
            )
    gates = [
        *(parse_gate("fail-if", text) for text in fail_if),
        *(parse_gate("fail-unless-excluded", text) for text in fail_unless_excluded),
    ]
    sides = find_sides(store, references or ("latest",))
    return build_comparison(sides, options or CompareOptions(), treatments=treatments, gates=gates)
