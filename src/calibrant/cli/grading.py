"""``calibrant grade``: grade the answers of a run again, by code or by judges. No answer is asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.cli.judging import JudgeNames, JudgeTemplateFile
from calibrant.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from calibrant.runs.judging import JudgingOptions
    from calibrant.store import RunInfo, Store

_BY_JUDGE = ("cascade", "judge", "panel")


def grade(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    grader: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--grader",
            help="exact, equal, numeric, choice or a plug-in's name; cascade: exact, and the judge where it is unsure; "
            "judge: the judge alone; panel: several judges, and their majority. Default: cascade, with several panel.",
        ),
    ] = None,
    judge: JudgeNames = None,
    judge_template: JudgeTemplateFile = None,
    every: Annotated[
        bool, typer.Option("--all", help="Let the judge grade every answer; the same as --grader judge.")
    ] = False,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--budget", help="Most dollars to spend on judges in this call; it ends cleanly before."),
    ] = None,
    concurrency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--concurrency", min=1, help="Most prompts under way to a judge. Default: the model's."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")] = False,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Grade the answers of a run again, by code or by a model that judges. No answer is asked for again.

    Several gradings of a run stand side by side; calibrant report --grader chooses. What a judge has said of an answer
    is kept and not asked again: after Ctrl-C or a crash the same command goes on.
    """
    from calibrant.cli.settings import load_settings
    from calibrant.runs.judging import JudgingOptions
    from calibrant.store import open_store

    settings = load_settings()
    if budget is not None and not 0 < budget < float("inf"):
        raise InputError(f"a budget must be a positive number of dollars, not {budget:g}", place="--budget")
    judges = judge or ([settings.judge] if settings.judge else [])
    kind = _kind(grader, judges, named=bool(judge), every=every)
    with open_store(store or settings.store, create=False) as opened:
        found = opened.find_run(run)
        if not opened.count_gradable(found):
            raise InputError(
                f"run {found.id} holds no answer that can be graded",
                remedy="See what it holds: calibrant runs show, or ask first: calibrant run.",
            )
        chosen = JudgingOptions(budget_usd=budget, concurrency=concurrency)
        code = _grade(opened, found, kind, judges, judge_template, chosen, yes=yes, as_json=as_json)
    if code:
        raise typer.Exit(code)


def _kind(grader: str | None, judges: list[str], *, named: bool, every: bool) -> str:
    """Which way of grading the options mean.

    Raises:
        InputError: they contradict each other, or a judge is missing.
    """
    if every and grader not in (None, "judge"):
        raise InputError(f"--all does not go with --grader {grader}", remedy="Leave one of them out.")
    kind = "judge" if every else grader
    if kind is None and judges:
        kind = "panel" if len(judges) > 1 else "cascade"
    if kind is None:
        raise InputError("neither a grader nor a judge is named", remedy="Say --judge NAME, or --grader exact.")
    if kind in _BY_JUDGE and not judges:
        raise InputError(f"--grader {kind} needs a judge", place="--judge", remedy="For example: --judge NAME.")
    if kind not in _BY_JUDGE and named:
        raise InputError(
            f"--judge does not go with --grader {kind}", remedy=f"Graders that ask a judge: {', '.join(_BY_JUDGE)}."
        )
    if kind in ("cascade", "judge") and len(judges) > 1:
        raise InputError(
            f"--grader {kind} takes one judge, not {len(judges)}",
            place="--judge",
            remedy="Call it once for each, or say --grader panel.",
        )
    return kind


def _grade(
    store: Store,
    run: RunInfo,
    kind: str,
    names: list[str],
    template: Path | None,
    chosen: JudgingOptions,
    *,
    yes: bool,
    as_json: bool,
) -> int:
    """Grade, say what came of it, and return the exit code."""
    from calibrant.cli.judging import (
        ask_judge,
        ask_panel,
        check_judges,
        exit_code,
        find_grader,
        find_judges,
        tell_grading,
    )
    from calibrant.cli.printing import print_json, remark
    from calibrant.grading import EXACT
    from calibrant.runs.grading import regrade

    say: Any = remark if as_json else print
    place = "calibrant grade"
    if kind == "panel":
        judges = find_judges(names, template, store, first=None)
        check_judges(judges, budget=chosen.budget_usd, yes=yes, place=place)
        panel = ask_panel(store, run, judges, chosen, yes=yes, place=place)
        for member in (*panel.members, panel.panel):
            tell_grading(member, say)
        shown = {**panel.panel.to_dict(), **_agreement(panel.agreement)}
        shown["members"] = [member.to_dict() for member in panel.members]
        _tell_agreement(panel.agreement, say)
        code = exit_code(panel.members)
    else:
        if kind in _BY_JUDGE:
            by_code = find_grader("stated") if "stated" in store.graders(run) else EXACT
            (found,) = find_judges(names, template, store, first=by_code if kind == "cascade" else None)
            check_judges([found], budget=chosen.budget_usd, yes=yes, place=place)
            summary = ask_judge(store, run, found, chosen, yes=yes, place=place)
        else:
            summary = regrade(store, run, find_grader(kind))
        tell_grading(summary, say)
        shown, code = summary.to_dict(), exit_code([summary])
    if as_json:
        print_json({"schema_version": 1, **shown})
    else:
        named = next(iter(store.graders(run)), None)
        choice = "" if named == shown["grader"] else f" --grader '{shown['grader']}'"
        print(f"Now: calibrant report {run.id}{choice}")
    return code


def _agreement(found: Any) -> dict[str, Any]:
    return {"alpha": found.alpha}


def _tell_agreement(found: Any, say: Any) -> None:
    said = "undefined: they gave one verdict only" if found.alpha is None else f"{found.alpha:.2f}"
    say(f"Agreement of the judges (Krippendorff's alpha): {said}.")
