"""``calibrant run``: ask models the questions of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.cli import stopping as early
from calibrant.cli.judging import JudgeNames, JudgeTemplateFile
from calibrant.cli.signalling import SignalNames
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.confidence import Chosen
    from calibrant.grading import Grader
    from calibrant.models import Model
    from calibrant.questions import QuestionSet
    from calibrant.runs import Plan, RunSummary, StopOptions
    from calibrant.runs.judging import GradingSummary, Judge
    from calibrant.runs.scoring import Scoring
    from calibrant.store import RunInfo, Store
    from calibrant.types import StatedAs


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
    confidence: SignalNames = None,
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
            help="exact: sure or unsure; equal: whatever is no gold is wrong; numeric; choice; action; "
            "or a plug-in's name; "
            "auto: the one that each question states in its column grader, else exact.",
        ),
    ] = "auto",
    judge: JudgeNames = None,
    judge_template: JudgeTemplateFile = None,
    force_answers: Annotated[
        bool, typer.Option("--force-answers", help="Ask again what was declined, demanding an answer.")
    ] = False,
    stop_when: early.StopWhen = None,
    smallest_gap: early.SmallestGap = 2.0,
    futility: early.Futility = True,
    about: early.About = "file",
    stratify: early.Stratify = True,
    control: early.Control = None,
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
    from calibrant.cli.judging import check_judges, find_grader, find_judges
    from calibrant.cli.settings import load_settings
    from calibrant.cli.signalling import read_names, stated_as
    from calibrant.models import Sampling
    from calibrant.questions import load_questions
    from calibrant.runs import RunOptions, afresh, prepare
    from calibrant.store import open_store

    settings = load_settings()
    if not model:
        raise InputError("no model is named", place="--model", remedy="For example: --model NAME, or NAME@low.")
    signals = read_names(confidence)
    named = None if grader == "auto" else find_grader(grader)
    judges = judge or ([settings.judge] if settings.judge else [])
    if len(judges) > 1:
        raise InputError("one judge at a time", place="--judge", remedy="For a panel: calibrant grade --judge ...")
    if stop_when is not None and judges:
        raise InputError(
            "a judge's verdicts come after the asking, so they cannot end it",
            place="--stop-when",
            remedy="Grade by code: --grader equal, numeric or choice.",
        )
    asked = load_questions(questions, fields=options.pairs(map_, "--map"), limit=limit, encoding=encoding)
    graded_by = named or _stated(asked)
    try:
        logprobs = logprobs or any(one.needs.logprobs for one in signals)
        sampling = Sampling(temperature=temperature, top_p=top_p, max_tokens=max_tokens, logprobs=logprobs)
        chosen = RunOptions(
            templates=_templates(template, price, stated_as(signals)),
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
        found = find_judges(judges, judge_template, opened, first=graded_by)
        check_judges(found, budget=budget, yes=yes, place="calibrant run")
        beyond = _Beyond.of(opened, signals, budget=budget)
        stop = None
        if stop_when is not None:
            stop = early.stop_options(
                stop_when,
                plan,
                opened,
                level=settings.level,
                smallest_gap=smallest_gap,
                switches=(futility, about == "file", stratify),
                controls=control or (),
            )
        summary = _ask(plan, opened, graded_by, beyond, yes=yes, warnings=asked.warnings, stop=stop)
        after = _After(opened, found, graded_by, yes=yes, left=_less(budget, summary.cost_known_usd))
        if opened.count_gradable(summary.run):
            if beyond.chosen:
                after.signal(plan, summary.run, beyond)
            after.judge(summary.run)
            if force_answers:
                after.force(plan, summary.run)
                after.judge(summary.run)
        shown_by = found[0].name if found else graded_by.name
        _show(summary, opened, shown_by, after, level=settings.level, seed=chosen.seed, as_json=as_json)
    if not summary.ok or not after.ok:
        raise typer.Exit(3)


def _templates(path: Path | None, prices: list[float] | None, confidence: StatedAs) -> Any:
    from calibrant.runs import aa_template, load_template

    wanted: list[float | None] = list(prices) if prices else [None]
    if path is None:
        return tuple(aa_template(price=one, confidence=confidence) for one in wanted)
    return tuple(load_template(path, price=one, confidence=confidence) for one in wanted)


def _stated(asked: QuestionSet) -> Grader:
    """What ``auto`` stands for: the graders that a set states, and exact for a set that states none."""
    from calibrant.grading import EXACT, StatedGrader, stated_graders

    return StatedGrader.of(asked.questions) if stated_graders(asked.questions) else EXACT


@dataclass(frozen=True, slots=True)
class _Beyond:
    """Signals that need more than the answers, and the models that they name."""

    chosen: tuple[Chosen, ...]
    seconds: Mapping[str, Model]

    @classmethod
    def of(cls, store: Store, signals: Sequence[Chosen], *, budget: float | None) -> _Beyond:
        """Those among some signals; what cannot work is refused."""
        from calibrant.cli.signalling import to_score
        from calibrant.runs.collecting import check_seconds, load_seconds

        chosen = to_score(signals)
        seconds = load_seconds(store, chosen)
        check_seconds(seconds, chosen, budget_usd=budget)
        return cls(chosen, seconds)


def _ask(
    plan: Plan,
    store: Store,
    grader: Grader,
    beyond: _Beyond,
    *,
    yes: bool,
    warnings: tuple[str, ...],
    stop: StopOptions | None,
) -> RunSummary:
    from calibrant.cli.asking import confirm, tell_parts, until_interrupted
    from calibrant.cli.printing import remark
    from calibrant.cli.progress import watching
    from calibrant.cli.signalling import kin
    from calibrant.runs import estimate, execute
    from calibrant.runs.expecting import expected_extras

    for warning in warnings:
        remark(f"{plan.source}: {warning}")
    expected = estimate(plan, store)
    kept = f", {expected.reused:,} are there already" if expected.reused else ""
    most = "" if stop is None else " at most"
    remark(f"{expected.total:,} answers needed{kept}, {expected.responses:,} to ask{most}.")
    parts = list(zip(plan.models, expected.models, strict=True))
    tell_parts(parts)
    if beyond.chosen:
        more = expected_extras(plan, beyond.chosen, beyond.seconds, store)
        calls, known = sum(part.responses for _, part in more), sum(part.reused for _, part in more)
        remark(f"For signals at most {calls:,} further calls{f', {known:,} are there already' if known else ''}.")
        tell_parts(more, "calls")
        for text in kin(beyond.chosen, [str(model.ref) for model in plan.models]):
            remark(text)
        parts += more
    confirm(parts, place="calibrant run", yes=yes)

    async def asking() -> RunSummary:
        with watching() as progress:
            return await execute(plan, store, grader=grader, progress=progress, stop=stop)

    return until_interrupted(asking(), plan.models, kept="answer")


class _After:
    """What follows the asking: the judges' turn, and the second pass over what was declined.

    Args:
        store: where the run is.
        judges: at most one, after the code.
        grader: the code.
        yes: whether nobody is to be asked before spending.
        left: dollars of the budget; None = no budget.
    """

    def __init__(self, store: Store, judges: list[Judge], grader: Grader, *, yes: bool, left: float | None) -> None:
        self._store = store
        self._judges = judges
        self._grader = grader
        self._yes = yes
        self._left = left
        self.gradings: list[GradingSummary] = []
        self.forced: RunSummary | None = None
        self.collected: RunSummary | None = None
        self.scoring: Scoring | None = None

    @property
    def ok(self) -> bool:
        """Whether failures stayed within what is allowed."""
        from calibrant.cli.judging import exit_code

        asked = (one for one in (self.forced, self.collected) if one is not None)
        return all(one.ok for one in asked) and not exit_code(self.gradings)

    def signal(self, plan: Plan, run: RunInfo, beyond: _Beyond) -> None:
        """Ask what signals need beyond the answers, and compute them."""
        from calibrant.cli.printing import remark
        from calibrant.cli.signalling import ask_signals, tell_signals
        from calibrant.runs.collecting import prepare_collecting
        from calibrant.runs.scoring import score_run

        collecting = prepare_collecting(
            self._store,
            run,
            beyond.chosen,
            models=plan.models,
            seconds=beyond.seconds,
            grader=self._grader,
            budget_usd=self._left,
            concurrency=plan.options.concurrency,
        )
        self.collected = ask_signals(self._store, collecting, told=True, yes=self._yes, place="calibrant run")
        self._left = _less(self._left, self.collected.cost_known_usd)
        self.scoring = score_run(self._store, collecting)
        tell_signals(self.collected, self.scoring, remark)

    def judge(self, run: RunInfo) -> None:
        """Let the judge grade what it has not graded."""
        from calibrant.cli.judging import ask_judge, tell_grading
        from calibrant.cli.printing import remark
        from calibrant.runs.judging import JudgingOptions

        for judge in self._judges:
            options = JudgingOptions(budget_usd=self._left)
            summary = ask_judge(self._store, run, judge, options, yes=self._yes, place="calibrant run")
            self._left = _less(self._left, summary.judge.spend.total_usd if summary.judge else 0.0)
            self.gradings.append(summary)
            tell_grading(summary, remark)

    def force(self, plan: Plan, run: RunInfo) -> None:
        """Demand answers to what was declined: by the judge's cascade, or by code where there is none."""
        from calibrant.cli.forcing import ask_again, tell_forced
        from calibrant.cli.printing import remark

        self.forced = ask_again(
            self._store,
            run,
            self._grader,
            declined_by=self._judges[0].name if self._judges else self._grader.name,
            models=plan.models,
            budget=self._left,
            width=plan.options.concurrency,
            yes=self._yes,
        )
        self._left = _less(self._left, self.forced.cost_known_usd)
        tell_forced(self.forced, remark)

    def to_dict(self) -> dict[str, Any]:
        """What was done, for programs; only what was asked for."""
        done: dict[str, Any] = {}
        if self.gradings:
            done["judging"] = [summary.to_dict() for summary in self.gradings]
        if self.forced is not None:
            done["forcing"] = self.forced.to_dict()
        if self.collected is not None and self.scoring is not None:
            done["signals"] = {**self.scoring.to_dict(), "asking": self.collected.to_dict()}
        return done


def _less(budget: float | None, spent: float) -> float | None:
    return None if budget is None else budget - spent


def _show(
    summary: RunSummary,
    store: Store,
    grader: str,
    after: _After,
    *,
    level: float,
    seed: int,
    as_json: bool,
) -> None:
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.reports import build_report, print_report

    nothing = not summary.run.counts["items"]
    graded_by = grader if grader in store.graders(summary.run) else None
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
        print_json({**shown, "complete": summary.complete, "asking": summary.to_dict(), **after.to_dict()})
    elif built is not None:
        print_report(built, console())
    _tell_end(summary, remark)
    early.tell_stopping(summary, remark)


def _cost(summary: RunSummary) -> str:
    if not summary.asked or (not summary.cost_known_usd and summary.cost_unknown):
        return ""
    known = f"${summary.cost_known_usd:,.4g}"
    if summary.cost_unknown:
        return f", at least {known} ({summary.cost_unknown:,} replies of unknown cost)"
    return f", {known}"


def _tell_end(summary: RunSummary, remark: Any) -> None:
    from calibrant.cli.asking import tell_failures

    cost = _cost(summary)
    pace = f" in {summary.elapsed_s:,.1f} s" if summary.asked else ""
    remark(f"Run {summary.run.id}: {summary.asked:,} answers asked{pace}{cost}, {summary.reused:,} were there.")
    if summary.lost:
        remark(f"At least {summary.lost:,} answers were under way when it was last stopped, and were asked again.")
    tell_failures(summary.models, remark, indent="")
    ends = {
        "budget": "The budget leaves no room for another answer. The same command goes on with as much again.",
        "errors": "Stopped: too many answers failed (--max-errors). See: calibrant runs show --state error",
    }
    if summary.stopped_by is not None and str(summary.stopped_by) in ends:
        remark(ends[str(summary.stopped_by)])
