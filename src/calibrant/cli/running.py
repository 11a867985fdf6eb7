"""``calibrant run``: ask models the questions of a file."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.grading import Grader
    from calibrant.questions import QuestionSet
    from calibrant.runs import Estimate, Plan, RunSummary
    from calibrant.store import Store


def run(
    questions: Annotated[
        str, typer.Argument(help="csv, tsv, json, jsonl or parquet, plain or .gz; or hf:NAME.", show_default=False)
    ],
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--model", "-m", metavar="NAME[@EFFORT]", help="Whom to ask; may be given several times."),
    ] = None,
    price: Annotated[
        Optional[list[float]],  # noqa: UP045
        typer.Option("--price", min=0.0, max=0.999, help="Say in the prompt that a wrong answer costs t/(1-t)."),
    ] = None,
    confidence: Annotated[bool, typer.Option("--confidence", help="Ask for a stated confidence in the reply.")] = False,
    template: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--template", help="A prompt of your own: jinja2, or TOML with 'system' and 'user'."),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="How often to ask each question.")] = 1,
    temperature: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--temperature", min=0.0, max=10.0, help="Of sampling. Default: the endpoint's."),
    ] = None,
    top_p: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--top-p", min=0.0, max=1.0, help="Of sampling. Default: the endpoint's."),
    ] = None,
    max_tokens: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-tokens", min=1, help="Most output tokens of a reply; a longer one is an error."),
    ] = None,
    logprobs: Annotated[bool, typer.Option("--logprobs", help="Keep the log-probabilities of tokens.")] = False,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--budget", help="Most dollars to spend in this call; it ends cleanly before."),
    ] = None,
    max_errors: Annotated[
        float, typer.Option("--max-errors", min=0.0, max=1.0, help="Share of failed questions that is still fine.")
    ] = 0.01,
    concurrency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--concurrency", min=1, help="Most questions under way to a model. Default: 100"),
    ] = None,
    grader: Annotated[
        str,
        typer.Option(
            "--grader",
            help="exact: sure or unsure; equal: whatever is not a gold answer is wrong; auto: the one that each "
            "question states in its column grader, else exact.",
        ),
    ] = "auto",
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask anew, whatever is there already.")] = False,
    name: Annotated[Optional[str], typer.Option("--name", help="What to call the run. Default: the file.")] = None,  # noqa: UP045
    limit: options.Limit = None,
    map_: options.Map = None,
    encoding: options.Encoding = None,
    seed: options.Seed = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")] = False,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Ask models the questions of a file, keep every answer, grade it, and report.

    What was asked before is not asked again: after Ctrl-C or a crash the same command goes on, and more questions,
    models or repeats ask only what is new. Models are entries of calibrant.toml, any model of the endpoint of
    OPENAI_API_KEY and OPENAI_BASE_URL, or one that comes with Calibrant: reference-small, -medium, -large, -candid.
    """
    from calibrant.cli.settings import load_settings
    from calibrant.models import Sampling
    from calibrant.questions import load_questions
    from calibrant.runs import RunOptions, afresh, prepare
    from calibrant.store import open_store

    settings = load_settings()
    if not model:
        raise InputError("no model is named", place="--model", remedy="For example: --model NAME, or NAME@low.")
    _check_grader(grader)
    asked = load_questions(questions, fields=options.pairs(map_, "--map"), limit=limit, encoding=encoding)
    judge = _grader(grader, asked)
    try:
        sampling = Sampling(temperature=temperature, top_p=top_p, max_tokens=max_tokens, logprobs=logprobs)
        chosen = RunOptions(
            templates=_templates(template, price, confidence),
            sampling=sampling,
            repeats=repeats,
            seed=settings.seed if seed is None else seed,
            budget_usd=budget,
            max_errors=max_errors,
            concurrency=concurrency,
            name=name,
        )
    except ValueError as error:
        raise InputError(str(error)) from None
    with open_store(store or settings.store) as opened:
        plan = prepare(asked, model, opened, chosen)
        if fresh:
            plan = afresh(plan, opened)
        summary = _ask(plan, opened, judge, yes=yes, warnings=asked.warnings)
        _show(summary, opened, judge, level=settings.level, seed=chosen.seed, as_json=as_json)
    if not summary.ok:
        raise typer.Exit(3)


def _templates(path: Path | None, prices: list[float] | None, confidence: bool) -> Any:
    from calibrant.runs import aa_template, load_template

    wanted: list[float | None] = list(prices) if prices else [None]
    if path is None:
        return tuple(aa_template(price=one, confidence=confidence) for one in wanted)
    return tuple(load_template(path, price=one, confidence=confidence) for one in wanted)


def _check_grader(name: str) -> None:
    from calibrant.grading import GRADERS

    if name != "auto" and name not in GRADERS:
        there = ", ".join(("auto", *GRADERS))
        raise InputError(f"there is no grader '{name}'", place="--grader", remedy=f"There are: {there}.")


def _grader(name: str, asked: QuestionSet) -> Grader:
    """The grader that is named; ``auto`` follows a set that states its graders, and is exact for any other."""
    from calibrant.grading import EXACT, GRADERS, StatedGrader, stated_graders

    if name != "auto":
        return GRADERS[name]
    return StatedGrader.of(asked.questions) if stated_graders(asked.questions) else EXACT


def _ask(plan: Plan, store: Store, judge: Grader, *, yes: bool, warnings: tuple[str, ...]) -> RunSummary:
    import asyncio

    from calibrant.cli.printing import remark
    from calibrant.cli.progress import watching
    from calibrant.runs import estimate, execute

    for warning in warnings:
        remark(f"{plan.source}: {warning}")
    expected = estimate(plan, store)
    _tell(expected, plan)
    if expected.responses and not yes:
        _confirm(expected, plan)

    async def asking() -> RunSummary:
        _end_on_sigterm()
        try:
            with watching() as progress:
                return await execute(plan, store, grader=judge, progress=progress)
        finally:
            await asyncio.gather(*(one.close() for one in plan.models))

    try:
        return asyncio.run(asking())
    except (KeyboardInterrupt, asyncio.CancelledError):
        remark("\ninterrupted: every answer that came back is kept. The same command goes on from here.")
        raise typer.Exit(130) from None


def _tell(expected: Estimate, plan: Plan) -> None:
    from calibrant.cli.printing import remark

    kept = f", {expected.reused:,} are there already" if expected.reused else ""
    remark(f"{expected.total:,} answers needed{kept}, {expected.responses:,} to ask.")
    for model, part in zip(plan.models, expected.models, strict=True):
        if not part.responses:
            continue
        cost = "cost unknown (no price)" if part.cost_usd is None else f"about ${part.cost_usd:,.4g}"
        tokens = f"about {part.input_tokens:,} tokens in and {part.output_tokens:,} out ({part.output_from})"
        where = f", sent to {model.destination}" if model.destination else ", to this machine"
        remark(f"  {part.model}: {part.responses:,} answers, {tokens}, {cost}{where}")


def _confirm(expected: Estimate, plan: Plan) -> None:
    """Ask before anything is spent; what costs nothing, or is asked on this machine without a price, needs no question.

    Raises:
        InputError: there is nobody to ask.
        typer.Exit: the answer is no.
    """
    from calibrant.cli.printing import confirmed, remark

    free = all(
        not part.responses or part.cost_usd == 0 or (part.cost_usd is None and model.destination is None)
        for model, part in zip(plan.models, expected.models, strict=True)
    )
    if free:
        return
    if not sys.stdin.isatty():
        raise InputError("asking needs a yes", place="calibrant run", remedy="Say --yes.")
    if not confirmed("Ask them?"):
        remark("Nothing was asked.")
        raise typer.Exit(2)


def _show(summary: RunSummary, store: Store, judge: Grader, *, level: float, seed: int, as_json: bool) -> None:
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.reports import build_report, print_report

    nothing = not summary.run.counts["items"]
    graded_by = judge.name if judge.name in store.graders(summary.run) else None
    built = None if nothing else build_report(store, summary.run, grader=graded_by, level=level, seed=seed)
    if as_json:
        empty: dict[str, Any] = {
            "schema_version": 1,
            "seed": seed,
            "set_hash": summary.run.set_hash,
            "level": level,
            "models": [],
        }
        shown = empty if built is None else built.to_dict()
        print_json({**shown, "complete": summary.complete, "asking": summary.to_dict()})
    elif built is not None:
        print_report(built, console())
    _tell_end(summary, remark)


def _cost(summary: RunSummary) -> str:
    if not summary.asked or (not summary.cost_known_usd and summary.cost_unknown):
        return ""
    known = f"${summary.cost_known_usd:,.4g}"
    if summary.cost_unknown:
        return f", at least {known} ({summary.cost_unknown:,} replies of unknown cost)"
    return f", {known}"


def _end_on_sigterm() -> None:
    """Let SIGTERM end the run like Ctrl-C: what came back is kept."""
    import asyncio
    import signal

    task = asyncio.current_task()
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _tell_end(summary: RunSummary, remark: Any) -> None:
    cost = _cost(summary)
    pace = f" in {summary.elapsed_s:,.1f} s" if summary.asked else ""
    remark(f"Run {summary.run.id}: {summary.asked:,} answers asked{pace}{cost}, {summary.reused:,} were there.")
    if summary.lost:
        remark(f"At least {summary.lost:,} answers were under way when it was last stopped, and were asked again.")
    for tally in summary.models:
        if tally.errors:
            causes = ", ".join(f"{count:,} {cause}" for cause, count in tally.causes.most_common())
            remark(f"{tally.model}: {tally.errors:,} failed ({causes}). The same command asks these again.")
        if tally.failed:
            remark(f"{tally.model} cannot be asked: {tally.failed}")
    ends = {
        "budget": "The budget leaves no room for another answer. The same command goes on with as much again.",
        "errors": "Stopped: too many answers failed (--max-errors). See: calibrant runs show --state error",
    }
    if summary.stopped_by is not None and str(summary.stopped_by) in ends:
        remark(ends[str(summary.stopped_by)])
