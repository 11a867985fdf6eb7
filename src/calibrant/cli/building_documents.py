"""The document side of ``calibrant questions build``: its options, and the set that they make."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.builder import Built
    from calibrant.builder.documents import Asker, DocumentOptions, Foretold
    from calibrant.runs import Estimate, Plan

__all__ = ["Choices", "build_documents", "check_any", "tell"]

Generator = Annotated[
    str, typer.Option("--generator", help="rules: patterns over sentences, no model. model: --model.")
]
Model = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--model", "-m", metavar="NAME[@EFFORT]", help="Who writes questions about documents."),
]
Verifier = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--verifier", metavar="NAME[@EFFORT]", help="Another model, which must find the same answers."),
]
MeasureOn = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--measure-on", metavar="NAME", help="Leave out what all these know; may be given several times."),
]
Samples = Annotated[
    int, typer.Option("--samples", min=0, max=20, help="How often the verifier must agree, drawn anew.")
]
PerChunk = Annotated[int, typer.Option("--per-chunk", min=1, max=20, help="Questions that --model writes for a piece.")]
ChunkSize = Annotated[int, typer.Option("--chunk-size", min=200, help="Most characters of a piece of a document.")]
MaxSize = Annotated[float, typer.Option("--max-size", min=0.001, help="Megabytes above which a file is left out.")]
SkipFilter = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--skip-filter", metavar="NAME", help="A filter not to run; may be given several times."),
]
Only = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--only", metavar="NAME", help="Run only this filter; may be given several times."),
]
AsOf = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--as-of", help="The day (2026-01-31) for which the documents hold."),
]
Embeddings = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--embeddings", metavar="NAME", help="An embedding model that tells questions that are alike."),
]
Alike = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option(
        "--alike",
        min=0.01,
        max=1.0,
        help="Cosine from which questions with one answer are the same. Default: 0.3; 0.77 with --embeddings.",
    ),
]
Conditions = Annotated[
    str, typer.Option("--conditions", help="What is shown with each question: none,gold,near_miss,without.")
]
Unanswerable = Annotated[
    float, typer.Option("--unanswerable", min=0.0, max=0.9, help="Share of questions without an answer.")
]
Count = Annotated[Optional[int], typer.Option("--count", min=1, help="Questions in the whole set. Default: all.")]  # noqa: UP045
AuditSize = Annotated[int, typer.Option("--audit", min=0, help="Items to mark for a person to judge.")]
Domain = Annotated[Optional[str], typer.Option("--domain", help="The domain of the questions.")]  # noqa: UP045
Budget = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option("--budget", help="Most dollars to spend in this call; it ends cleanly before."),
]
Concurrency = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--concurrency", min=1, help="Most prompts under way to a model. Default: 100"),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was said on the command line about documents."""

    generator: str
    model: str | None
    verifier: str | None
    embeddings: str | None
    alike: float | None
    measure_on: list[str] | None
    samples: int
    per_chunk: int
    chunk_size: int
    max_size: float
    skip_filter: list[str] | None
    only: list[str] | None
    as_of: str | None
    conditions: str
    unanswerable: float
    count: int | None
    audit: int
    domain: str | None
    seed: int
    budget: float | None
    concurrency: int | None
    yes: bool
    store: str
    dry_run: bool = False
    as_json: bool = False

    @property
    def models(self) -> list[str]:
        """Every model that will be asked something."""
        return [one for one in (self.model, self.verifier, self.embeddings, *(self.measure_on or ())) if one]

    def options(self) -> DocumentOptions:
        """The same for the builder.

        Raises:
            InputError: they do not fit together.
        """
        from calibrant.builder.documents import DocumentOptions

        if self.generator not in ("rules", "model"):
            raise InputError(
                f"there is no generator '{self.generator}'", place="--generator", remedy="rules, or model."
            )
        if self.generator == "model" and self.model is None:
            raise InputError("no model is named", place="--model", remedy="For example: --model NAME, or NAME@low.")
        return DocumentOptions(
            model=self.model,
            verifier=self.verifier,
            embeddings=_embeddings(self.embeddings),
            alike=self.alike,
            measure_on=tuple(self.measure_on or ()),
            samples=self.samples,
            most_per_chunk=self.per_chunk,
            chunk_size=self.chunk_size,
            most_mb=self.max_size,
            skip=tuple(self.skip_filter or ()),
            only=tuple(self.only or ()),
            as_of=_day(self.as_of),
            audit=self.audit,
            unanswerable=self.unanswerable,
            conditions=_conditions(self.conditions),
            count=self.count,
            domain=self.domain,
            seed=self.seed,
        )


def _embeddings(given: str | None) -> str | None:
    """An entry of ``calibrant.toml``, which says its wire; else a model of the endpoint of OPENAI_BASE_URL."""
    from calibrant.models import read_models

    if given is None or given.startswith("embeddings:"):
        return given
    entry = read_models().get(given)
    if entry is None:
        return f"embeddings:{given}"
    if entry.wire not in ("embeddings", "callable", "recorded"):
        raise InputError(
            f"[models.{given}] is no embedding model: its wire is '{entry.wire}'",
            place="--embeddings",
            remedy='Write wire = "embeddings" into its entry.',
        )
    return given


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise InputError(f"'{given}' is no day", place="--as-of", remedy="Write 2026-01-31.") from None


def _conditions(given: str) -> Any:
    from calibrant.types import Condition

    names = [name.strip() for name in given.split(",") if name.strip()]
    try:
        return tuple(Condition(name) for name in names) or (Condition.NONE,)
    except ValueError:
        known = ", ".join(Condition)
        raise InputError(
            f"'{given}' holds an unknown condition", place="--conditions", remedy=f"Known: {known}."
        ) from None


def build_documents(sources: list[str], choices: Choices) -> Built:
    """Make the set.

    Raises:
        InputError: nothing can be read, or an option does not fit.
        ModelError: a model could not be asked everything.
        typer.Exit: interrupted, or the answer to whether to spend was no.
    """
    import asyncio

    from calibrant.builder.documents import build_from_documents
    from calibrant.cli.printing import counting, remark

    options = choices.options()
    try:
        with counting("documents") as count, _asker(choices) as asker:
            return build_from_documents(sources, options, asker=asker, tell=count)
    except (KeyboardInterrupt, asyncio.CancelledError):
        remark("\ninterrupted: every answer that came back is kept. The same command goes on from here.")
        raise typer.Exit(130) from None


@contextmanager
def _asker(choices: Choices) -> Iterator[Asker | None]:
    """What asks models, where one is named; it opens the store only then."""
    if not choices.models:
        yield None
        return
    from calibrant.builder.documents import Asker
    from calibrant.cli.progress import watching
    from calibrant.store import open_store

    confirm = _Confirm(choices)
    with open_store(choices.store) as store, watching() as progress:
        yield Asker(
            store,
            budget_usd=choices.budget,
            concurrency=choices.concurrency,
            confirm=confirm,
            foretold=confirm.whole,
            progress=progress,
        )


class _Confirm:
    """Says what the whole build asks and costs, and wants one yes for all of it; then what each step asks."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._agreed = choices.yes

    def whole(self, steps: Sequence[Foretold]) -> None:
        """Tell every step at its most, and the sum, before the first question is sent.

        Raises:
            InputError: it costs, nobody is there to be asked, and ``--yes`` was not said.
            typer.Exit: the answer was no, or only this was wanted (``--dry-run``).
        """
        from calibrant.cli.printing import confirmed, print_json, remark

        costs = [step.cost_usd for step in steps]
        known = sum(cost for cost in costs if cost is not None)
        remark("The whole build asks at most (what is there already costs nothing, and items fall out on the way):")
        for step in steps:
            cost = "cost unknown (no price)" if step.cost_usd is None else f"about ${step.cost_usd:,.4g}"
            where = f"sent to {step.destination}" if step.destination else "to this machine"
            tokens = f"about {step.input_tokens:,} tokens in and {step.output_tokens:,} out"
            remark(f"  {step.what}: {step.answers:,} of {step.model}, {tokens}, {cost}, {where}")
        unknown = sum(cost is None for cost in costs)
        beside = f", and {unknown} of {len(costs)} steps at a cost nobody knows" if unknown else ""
        remark(f"  together about ${known:,.4g}{beside}")
        budget = self._choices.budget
        if budget is not None and known > budget:
            remark(f"  more than --budget ${budget:,.4g}: it ends cleanly before; the same command goes on with more.")
        if self._choices.dry_run:
            if self._choices.as_json:
                print_json({"schema_version": 1, "steps": [asdict(step) for step in steps], "cost_usd_known": known})
            remark("Nothing was asked (--dry-run).")
            raise typer.Exit(0)
        free = all(
            step.cost_usd == 0 or (step.cost_usd is None and step.destination is None) for step in steps if step.answers
        )
        if free or self._agreed:
            return
        if not sys.stdin.isatty():
            raise InputError("asking needs a yes", place="calibrant questions build", remedy="Say --yes.")
        if not confirmed("Ask them?"):
            remark("Nothing was asked.")
            raise typer.Exit(2)
        self._agreed = True

    def __call__(self, what: str, plan: Plan, expected: Estimate) -> None:  # noqa: ARG002 - the shape of Confirm
        from calibrant.cli.printing import remark

        remark(f"Asking for {what}: {expected.responses:,} to ask, {expected.reused:,} are there already.")
        for part in expected.models:
            cost = "cost unknown (no price)" if part.cost_usd is None else f"about ${part.cost_usd:,.4g}"
            tokens = f"about {part.input_tokens:,} tokens in and {part.output_tokens:,} out ({part.output_from})"
            remark(f"  {part.model}: {part.responses:,} answers, {tokens}, {cost}")


def tell(built: Built) -> None:
    """Say on stderr what was read, made and dropped, filter by filter."""
    from calibrant.cli.printing import plain, plural, remark

    facts = built.facts
    read = f"{plural(facts['documents'], 'document')}, {plural(facts['chunks'], 'piece')}"
    if facts["chunks_repeated"]:
        read += f", of which {facts['chunks_repeated']:,} say nothing that another does not"
    remark(f"{read}; generator: {facts['generator']}.")
    if facts["generator"] == "rules":
        remark("Rules read sentences of recognised structure; no model was asked for questions.")
    for name, reason in list(built.skipped.items())[:5]:
        remark(f"  left out: {plain(name)} {plain(reason)}")
    if len(built.skipped) > 5:
        remark(f"  and {len(built.skipped) - 5:,} more were left out.")
    remark(f"{plural(facts['generated'], 'question')} made.")
    for reason, count in list(facts["unusable"].items())[:6]:
        remark(f"  not made: {count:,} times, {plain(reason)}")
    for step in facts["filters"]:
        done = f"not run: {step['not_run']}" if step["not_run"] else f"{step['dropped']:,} of {step['seen']:,} dropped"
        done += f", {step['unchecked']:,} without a verdict" if step["unchecked"] else ""
        remark(f"  {step['name']}: {done}")
    if facts["unanswerable"]:
        made = ", ".join(f"{count:,} {way}" for way, count in facts["unanswerable"].items())
        remark(f"Unanswerable: {made} ({facts['unanswerable_share']:.1%} of the questions).")
    for condition, count in facts["conditions_lacking"].items():
        remark(f"  condition {condition}: could not be made for {plural(count, 'question')}")
    for line in facts["remarks"]:
        remark(plain(line))


def check_any(built: Built, choices: Choices) -> None:
    """Stop where not one question is there, and say what would help.

    Raises:
        InputError: there is none.
    """
    if built.items:
        return
    if built.facts["generated"]:
        remedy = "Each filter's count says where they went; --skip-filter NAME leaves one out."
    elif choices.model:
        remedy = "Replies must be JSON of the shape asked for: see whether the model can do that, or name another."
    else:
        remedy = "The rules read few structures of English prose: name a model that writes questions (--model NAME)."
    raise InputError("the documents give no question", remedy=remedy)
