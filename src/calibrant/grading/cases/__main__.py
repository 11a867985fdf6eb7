"""How right the graders by code are, measured: ``python -m calibrant.grading.cases [--grader NAME] [--json] [--wrong]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence

from calibrant.errors import CalibrantError
from calibrant.grading import ACTION, GRADERS, find_grader
from calibrant.grading.cases import Case, CaseReport, load_cases, measure_cases
from calibrant.grading.cases.report import Share
from calibrant.types import OutcomeState

_SPLITS = ("dev", "held-out")
_SHOWN = (OutcomeState.CORRECT, OutcomeState.INCORRECT, OutcomeState.ABSTAINED)


def _percent(share: Share) -> str:
    if share.value is None:
        return "-"
    if share.interval is None:
        return f"{share.hits}/{share.total}"
    return f"{share.hits}/{share.total} = {share.value:.3f} [{share.interval.low:.3f}, {share.interval.high:.3f}]"


def _overview(reports: dict[str, CaseReport]) -> Iterator[str]:
    yield "| grader, half | cases | unsure | verdicts that are wrong | false correct | false incorrect |"
    yield "|---|---|---|---|---|---|"
    for name, report in reports.items():
        for split in _SPLITS:
            part = report.where(split=split)
            false = [len(part.falsely(state)) for state in (OutcomeState.CORRECT, OutcomeState.INCORRECT)]
            sure = f"{_percent(part.unsure)} | {_percent(part.wrong)}"
            yield f"| {name}, {split} | {len(part.rows)} | {sure} | {false[0]} | {false[1]} |"


def _rates(reports: dict[str, CaseReport]) -> Iterator[str]:
    yield "| grader, half | verdict | precision [95 %] | recall [95 %] |"
    yield "|---|---|---|---|"
    for name, report in reports.items():
        for split in _SPLITS:
            part = report.where(split=split)
            for state in _SHOWN:
                yield f"| {name}, {split} | {state} | {_percent(part.precision(state))} | {_percent(part.recall(state))} |"


def _matrix(name: str, report: CaseReport) -> Iterator[str]:
    for split in _SPLITS:
        matrix = report.where(split=split).matrix
        given = list(next(iter(matrix.values())))
        yield f"| {name}, {split}: deserved | {' | '.join(given)} |"
        yield f"|---|{'---|' * len(given)}"
        yield from (f"| {truth} | {' | '.join(str(row[said]) for said in given)} |" for truth, row in matrix.items())
        yield ""


def _groups(name: str, report: CaseReport, field: str) -> Iterator[str]:
    yield f"| {name}: {field} | dev: right, wrong, unsure | held-out: right, wrong, unsure |"
    yield "|---|---|---|"
    for group in sorted({getattr(row.case, field) for row in report.rows}):
        cells = []
        for split in _SPLITS:
            rows = [row for row in report.where(split=split).rows if getattr(row.case, field) == group]
            counts = (
                sum(r.right for r in rows),
                sum(r.sure and not r.right for r in rows),
                sum(not r.sure for r in rows),
            )
            cells.append(", ".join(map(str, counts)) if rows else "-")
        yield f"| {group} | {' | '.join(cells)} |"


def _lines(reports: dict[str, CaseReport]) -> Iterator[str]:
    yield from _overview(reports)
    yield ""
    yield from _rates(reports)
    for name, report in reports.items():
        yield ""
        yield from _matrix(name, report)
        yield from _groups(name, report, "rule")
        yield ""
        yield from _groups(name, report, "language")


def _wrong(reports: dict[str, CaseReport], split: str) -> Iterator[str]:
    for name, report in reports.items():
        for row in report.where(split=split).rows:
            if row.sure and not row.right:
                said, gold = f"{row.grade.state} ({row.grade.reason})", " / ".join(row.case.question.golds)
                yield f"{name}: {row.case.id}: {row.case.answer!r} for {gold!r} is {row.case.verdict}, not {said}"


def _as_dict(reports: dict[str, CaseReport]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, report in reports.items():
        parts: dict[str, object] = {}
        for split in _SPLITS:
            part = report.where(split=split)
            rules, languages = ({getattr(row.case, field) for row in part.rows} for field in ("rule", "language"))
            parts[split] = part.to_dict() | {
                "rules": {rule: part.where(rule=rule).to_dict() for rule in sorted(rules)},
                "languages": {lang: part.where(language=lang).to_dict() for lang in sorted(languages)},
            }
        found[name] = parts
    return {"schema_version": 1, "graders": found}


def _reports(names: Iterable[str], cases: Sequence[Case]) -> dict[str, CaseReport]:
    """Measure each grader on the cases that are for it; one that no case names is measured on all."""
    found = {}
    for name in names:
        own = [case for case in cases if name in case.graders]
        found[name] = measure_cases(find_grader(name), own or cases)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how graders do on the cases."""
    parser = argparse.ArgumentParser(
        prog="python -m calibrant.grading.cases", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument(
        "--grader", action="append", metavar="NAME", help="built-in or a plug-in; may be given several times"
    )
    parser.add_argument("--cases", metavar="FILE", help="JSON lines of your own instead of the cases that ship")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--wrong", choices=_SPLITS, help="list the wrong verdicts of one half instead")
    given = parser.parse_args(arguments)
    try:
        of_answers = [name for name in GRADERS if name != ACTION.name]
        reports = _reports(given.grader or of_answers, load_cases(given.cases))
    except CalibrantError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if given.json:
        print(json.dumps(_as_dict(reports), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_wrong(reports, given.wrong) if given.wrong else _lines(reports)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
