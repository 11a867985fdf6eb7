"""``calibrant evaluate``: is a promise, or a policy, kept on fresh data?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.cli.labelled import Evidence
    from calibrant.policies import Evaluation, Promise

POLICY_KIND = "calibrant policy"
"""As `calibrant.policies.policy` has it; told apart here without importing it."""
_REMEDY = "Make one with: calibrant certify RUN."


def evaluate(
    promise: Annotated[Path, typer.Argument(help="What certify or fit wrote.", show_default=False)],
    sources: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="[RUN]...",
            help="Of a promise: a run, or a file with the columns score and correct. Of a policy: one run or several "
            "with all its arms. Default: the latest run",
            show_default=False,
        ),
    ] = None,
    level: options.Level = None,
    wrong_costs: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            "--wrong-costs",
            min=0,
            help="Of a policy: right answers that a wrong one costs in the utility. Default: as it was fitted, else 1",
        ),
    ] = None,
    grader: options.GraderName = None,
    force: Annotated[
        bool, typer.Option("--force", help="Of a policy: also on models or prompts that it was not fitted on.")
    ] = False,
    shift: Annotated[
        bool, typer.Option("--shift/--no-shift", help="Of a policy: fit again without each domain, and look at it.")
    ] = True,
    draws: Annotated[
        int, typer.Option("--draws", min=50, help="Of a policy: resamples for intervals without a formula.")
    ] = 500,
    picture: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--picture",
            help="Draw into this .svg, .png or .html file: the risk-coverage curve of a promise; the cost-quality "
            "frontier and the deferral curves of a policy, with all controls.",
        ),
    ] = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Apply a promise, or play a policy, on questions that had no part in it: is it kept, and what would others do?

    Of a policy also: coverage, cost and Index beside the best single model, the zero router, a random mix, category
    means, the policy's own decisions shuffled, and an oracle. Exit code 1 where the promise is broken.
    """
    from calibrant.cli.labelled import read_evidence
    from calibrant.cli.printing import print_json, remark
    from calibrant.cli.settings import load_settings
    from calibrant.policies import evaluate as evaluated
    from calibrant.store import open_store

    settings = load_settings()
    data = _data_of(promise)
    if data.get("kind") == POLICY_KIND:
        from calibrant.cli.evaluate_policy import PolicyAsked, evaluate_a_policy

        asked = PolicyAsked(
            path=promise,
            runs=sources or ["latest"],
            store=store or settings.store,
            level=settings.level if level is None else level,
            wrong_costs=wrong_costs,
            grader=grader,
            force=force,
            shift=shift,
            draws=draws,
            picture=picture,
            as_json=as_json,
        )
        if evaluate_a_policy(asked) == "broken":
            raise typer.Exit(1)
        return
    made = _promise_of(data, promise)
    source = _one_source(sources)
    for flag, value in (("--wrong-costs", wrong_costs), ("--grader", grader)):
        if value is not None:
            raise InputError("a promise names its grader and knows no costs", place=flag, remedy="Leave it out.")
    with open_store(store or settings.store) as opened:
        graded_by = None if made.grader == "the file's" else made.grader
        evidence = read_evidence(source, opened, model=made.model, signal=made.signal, grader=graded_by, by=made.by)
    fresh = _freshness(made, evidence, promise)
    rows = evidence.rows
    try:
        found = evaluated(
            made,
            rows.scores,
            rows.correct,
            clusters=rows.clusters,
            groups=rows.groups if made.by else None,
            partial=rows.partial,
            failed=rows.failed,
            level=settings.level if level is None else level,
        )
    except ValueError as error:
        raise InputError(str(error)) from None
    if picture is not None:
        from calibrant.reports.pictures import draw_risk_coverage

        draw_risk_coverage(found, picture)
        remark(f"wrote {picture}")
    if as_json:
        print_json(
            {
                "schema_version": 1,
                "level": found.level,
                "set_hash": evidence.set_hash,
                "fresh": fresh,
                **found.to_dict(),
            }
        )
    else:
        _show(made, found, fresh)
    if found.verdict == "broken":
        raise typer.Exit(1)


def _one_source(sources: list[str] | None) -> str:
    if sources and len(sources) > 1:
        raise InputError("a promise is about one model's answers", place=sources[1], remedy="Name one run or one file.")
    return sources[0] if sources else "latest"


def _data_of(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from None
    except ValueError as error:
        raise InputError(str(error), place=str(path), remedy=_REMEDY) from None
    if not isinstance(data, dict):
        raise InputError("this is no promise and no policy of Calibrant", place=str(path), remedy=_REMEDY)
    return data


def _promise_of(data: dict[str, Any], path: Path) -> Promise:
    from calibrant.policies import Promise

    try:
        return Promise.from_dict(data)
    except ValueError as error:
        raise InputError(str(error), place=str(path), remedy=_REMEDY) from None


def _freshness(made: Promise, evidence: Evidence, path: Path) -> bool | None:
    """True: no question was labelled for the promise; None: rows without names cannot tell."""
    shared = made.shared_with(evidence.rows.questions)
    known = made.named and evidence.named
    if shared and (known or shared == len(set(evidence.rows.questions))):
        raise InputError(
            f"{shared:,} of these questions were labelled for the promise itself",
            place=str(path),
            remedy="A promise is checked on fresh questions: take a run over others."
            + ("" if known else " A column question or id tells rows apart that look alike."),
        )
    return True if known else None


def _show(made: Promise, found: Evaluation, fresh: bool | None) -> None:
    from rich.table import Table

    from calibrant.cli.printing import console, plain

    where, sure = ("in each of its groups, ", "of a group ") if found.groups else ("", ""), f"{100 * found.level:g}%"
    words = {
        "kept": f"Kept: {where[0]}the error rate is at most {_share(found.upper_bound)} with {sure} confidence.",
        "broken": f"BROKEN: so many errors have a chance of {_share(found.p_value)} if the promise were kept.",
        "not contradicted": (
            f"Not contradicted, and not shown either: the error rate {where[1]}may reach {_share(found.upper_bound)} "
            f"({sure} confidence). More answers would tell."
        ),
        "nothing answered": "Nothing was answered: there is no promise to keep.",
    }
    print(words[found.verdict])
    print(f"Promised: {plain(made.certificate.sentence())}")
    for group in found.groups:
        bound = "" if group.upper_bound is None else f", at most {_share(group.upper_bound)}"
        print(
            f"  {plain(group.name) or '(none)'}: {group.verdict}, {group.errors:,} of {group.accepted:,} wrong{bound}"
        )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rule", "answered", "of all", "wrong", "of answered", "Index"):
        table.add_column(name, justify="left" if name == "rule" else "right")
    for rule in found.rules:
        low_high = "" if rule.risk_interval is None else f" {rule.risk_interval.low:.1%}..{rule.risk_interval.high:.1%}"
        risk = "-" if rule.risk is None else f"{rule.risk:.1%}{low_high}"
        table.add_row(
            rule.name,
            f"{rule.accepted:,}",
            f"{rule.coverage:.1%}",
            f"{rule.errors:,}",
            risk,
            "-" if rule.index is None else f"{rule.index:+.1f}",
        )
    console().print(table)
    called = "rows" if fresh is None else "fresh rows"
    apart = "" if found.clusters == found.rows else ", in which rows depend: approximate"
    print(f"{found.rows:,} {called}, {found.clusters:,} documents or questions{apart}. Intervals at {sure}.")
    if fresh is None:
        print(
            "Whether they are fresh cannot be known: there is no column question or id here, or where it was promised."
        )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
