"""Signals of confidence on the command line: chosen by name, told before they cost anything, and what came of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from calibrant.confidence import Chosen
    from calibrant.runs import RunSummary
    from calibrant.runs.extras import Collecting
    from calibrant.runs.scoring import Scoring
    from calibrant.store import Store
    from calibrant.types import StatedAs

__all__ = [
    "SignalNames",
    "WithBareConfidence",
    "ask_signals",
    "kin",
    "read_names",
    "stated_as",
    "tell_signals",
    "to_score",
]

_BARE = "--confidence"
_DEFAULT = "stated"
_NAMES = re.compile(r"[a-z][a-z0-9_]*(:[^,\s]+)?(,\s*[a-z][a-z0-9_]*(:[^,\s]+)?)*,?")

SignalNames = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        _BARE,
        metavar="[SIGNALS]",
        help="How sure is it of each answer? Alone: the reply is to state a confidence. Or names with commas between "
        "them: stated, stated_words, stated_two_step, logprob, p_true, agreement[:N], discrete_semantic_entropy[:N], "
        "semantic_entropy[:N], scvc, cocoa[:N], second_model:MODEL, judge_probability:MODEL, decision:MODEL.",
    ),
]


class WithBareConfidence(TyperCommand):
    """A verb whose ``--confidence`` may stand alone."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Spell out what a bare ``--confidence`` stands for."""
        return super().parse_args(ctx, spelled_out(args))


def spelled_out(args: Sequence[str]) -> list[str]:
    """Arguments in which ``--confidence`` always has a value.

    What follows it is its value where it looks like names of signals and is no file.

    >>> spelled_out(["--confidence", "questions.csv"]), spelled_out(["--confidence", "scvc,logprob"])
    (['--confidence=stated', 'questions.csv'], ['--confidence=scvc,logprob'])
    """
    found: list[str] = []
    left = list(args)
    while left:
        arg = left.pop(0)
        if arg == "--":
            return [*found, arg, *left]
        if arg == _BARE:
            named = bool(left) and _NAMES.fullmatch(left[0]) is not None
            arg = f"{_BARE}={left.pop(0) if named and not Path(left[0]).exists() else _DEFAULT}"
        found.append(arg)
    return found


def read_names(written: str | None, *, place: str = _BARE) -> tuple[Chosen, ...]:
    """The signals of names with commas between them; none where nothing is written.

    Raises:
        InputError: there is no such signal, or it wants something else after its name.
    """
    from calibrant.confidence import find_signals

    if written is None:
        return ()
    return find_signals([name for name in re.split(r"[,\s]+", written) if name], place=place)


def stated_as(chosen: Sequence[Chosen]) -> StatedAs:
    """Whether the prompt is to ask for a confidence in the reply, and in which form."""
    forms = {one.needs.stated for one in chosen} - {None}
    return "words" if forms == {"words"} else bool(forms)


def to_score(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """Those that do not come with the reply: what must be worked out once all replies are there."""
    return tuple(one for one in chosen if one.needs.extra_calls or not (one.needs.stated or one.needs.logprobs))


def kin(chosen: Sequence[Chosen], models: Iterable[str]) -> Iterator[str]:
    """What to say of signals that ask the model itself, or one of its family, to look at its answers."""
    from calibrant.grading.families import Kinship, kinship

    for one, model in product(chosen, list(models)):
        found = None if one.second is None else kinship(one.second, model)
        if found is not None:
            how = "the same model" if found is Kinship.SAME else "of the same family"
            yield f"! {one.name} looks at answers of {model}, {how}: it shares mistakes that another family would see."


def ask_signals(store: Store, collecting: Collecting, *, told: bool, yes: bool, place: str) -> RunSummary:
    """Ask what signals need, after saying what this costs unless that was said."""
    from calibrant.cli.asking import confirm, tell_parts, until_interrupted
    from calibrant.cli.printing import remark
    from calibrant.cli.progress import watching
    from calibrant.runs.collecting import collect_run, estimate_collecting

    parts = [] if told else estimate_collecting(store, collecting)
    if not told:
        for text in kin(collecting.chosen, collecting.run.models):
            remark(text)
        calls, kept = sum(part.responses for _, part in parts), sum(part.reused for _, part in parts)
        remark(f"{calls:,} further calls for signals{f', {kept:,} are there already' if kept else ''}.")
        tell_parts(parts, "calls")
        confirm(parts, place=place, yes=yes)

    async def asking() -> RunSummary:
        with watching() as progress:
            return await collect_run(store, collecting, progress=progress)

    models = [*collecting.models, *(collecting.seconds or {}).values()]
    return until_interrupted(asking(), models, kept="reply")


def tell_signals(asked: RunSummary | None, scoring: Scoring, say: Any) -> None:
    """What came of the signals, in a few lines."""
    from calibrant.cli.asking import tell_failures
    from calibrant.cli.printing import plain, plural

    if asked is not None and asked.total:
        cost = f", ${asked.cost_known_usd:,.4g}" if asked.cost_known_usd else ""
        say(f"{asked.asked:,} further calls for signals{cost}, {asked.reused:,} were there.")
        tell_failures(asked.models, say)
        if str(asked.stopped_by) == "budget":
            say("  The budget leaves no room for another call. The same command goes on with as much again.")
    missing = scoring.missing
    if missing and scoring.answers:
        lacking = ", ".join(f"{name} ({count:,})" for name, count in missing.items())
        say(f"Of {plural(scoring.answers, 'answer')} these lack a signal: {lacking}.")
        for name, raised in scoring.failures.items():
            told = "; ".join(f"{plain(cause)} ({count:,})" for cause, count in raised.most_common(3))
            say(f"  {plain(name)} failed: {told}")
