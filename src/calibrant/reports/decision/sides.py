"""The two that are decided between: two models of a run, or of two runs, on the questions that both were asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches

from calibrant.analysis.table import Asked
from calibrant.errors import InputError
from calibrant.store import RunInfo, Store
from calibrant.types import ModelRef, Outcome

__all__ = ["Side", "read_sides"]

_ByModel = dict[str, list[tuple[int, Outcome]]]
_Read = tuple[RunInfo, _ByModel]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, with its attempts."""

    name: str
    """As the decision calls it: the model, with its run where both are the same model."""
    model: str
    """As the report of its run writes it."""
    run: RunInfo
    outcomes: tuple[Outcome, ...]
    """Called by the side's name."""
    places: tuple[int, ...]
    """Of each in the order of `Store.outcomes`."""


def read_sides(
    store: Store, first: str, second: str, runs: Sequence[str] = (), *, grader: str | None = None
) -> tuple[Side, Side]:
    """Find both and read their attempts, leaving out questions whose text differs between two runs.

    Args:
        store: where the runs are.
        first: a model of the run, a run with one model, or RUN:MODEL.
        second: likewise.
        runs: none (names are looked for in the latest run, then taken for runs), one that has both models, or two.
        grader: whose grades count.

    Raises:
        InputError: a name is neither, both are the same, or they have no question in common.
    """
    if len(runs) > 2:
        raise InputError("two runs at most", place="--run")
    known: dict[str, _Read] = {}

    def of(reference: str) -> _Read:
        run = store.find_run(reference)
        if run.id not in known:
            by_model: _ByModel = {}
            for place, outcome in enumerate(store.outcomes(run, grader)):
                by_model.setdefault(str(Asked(str(outcome.model), outcome.price)), []).append((place, outcome))
            known[run.id] = run, by_model
        return known[run.id]

    chosen = []
    for number, name in enumerate((first, second)):
        if runs:
            (run, by_model), wanted = of(runs[min(number, len(runs) - 1)]), name
        else:
            (run, by_model), wanted = _either(name, of)
        model = wanted if wanted in by_model else _only(wanted, run, by_model, named=bool(runs) or wanted != name)
        chosen.append((run, model, by_model[model]))
    if chosen[0][:2] == chosen[1][:2]:
        raise InputError(f"both are {chosen[0][1]} of run {chosen[0][0].id}", place="calibrant decide")
    twice = chosen[0][1] == chosen[1][1]
    sides = [
        _side(f"{model} ({run.name or run.id})" if twice else model, model, run, rows) for run, model, rows in chosen
    ]
    if sides[0].name == sides[1].name:
        sides = [replace(side, name=f"{side.model} ({side.run.id})") for side in sides]
        sides = [replace(side, outcomes=_called(side.outcomes, side.name)) for side in sides]
    return _common(*sides)


def _either(name: str, of: Callable[[str], _Read]) -> tuple[_Read, str]:
    """A model of the latest run; else a run; else RUN:MODEL, with the name of the model that is meant."""
    latest = of("latest")
    if name in latest[1]:
        return latest, name
    # Names of models hold colons as well (llama3:8b): the longest beginning that is a run is the run.
    cuts = [at for at, character in enumerate(name) if character == ":"]
    for at in [len(name), *reversed(cuts)]:
        with suppress(InputError):
            return of(name[:at]), name[at + 1 :] or name
    near = get_close_matches(name, list(latest[1]), 3)
    told = f"Did you mean {' or '.join(near)}?" if near else f"Run {latest[0].id} has: {_some(latest[1])}."
    raise InputError(
        f"'{name}' is neither a model of the latest run, nor a run, nor RUN:MODEL",
        place="calibrant decide",
        remedy=told,
    )


def _only(name: str, run: RunInfo, by_model: _ByModel, *, named: bool) -> str:
    if named:
        near = get_close_matches(name, list(by_model), 3)
        told = f"Did you mean {' or '.join(near)}?" if near else f"It has: {_some(by_model)}."
        raise InputError(f"run {run.id} has no model '{name}'", place="calibrant decide", remedy=told)
    if len(by_model) != 1:
        raise InputError(
            f"run {name} has {len(by_model)} models",
            place="calibrant decide",
            remedy=f"Name one of them, such as {name}:{min(by_model)}. It has: {_some(by_model)}.",
        )
    return next(iter(by_model))


def _some(names: _ByModel) -> str:
    listed = sorted(names)
    return ", ".join(listed[:8]) + ("" if len(listed) <= 8 else f" and {len(listed) - 8} more")


def _side(name: str, model: str, run: RunInfo, rows: list[tuple[int, Outcome]]) -> Side:
    return Side(name, model, run, _called([one for _, one in rows], name), tuple(place for place, _ in rows))


def _called(outcomes: Sequence[Outcome], name: str) -> tuple[Outcome, ...]:
    ref = ModelRef(model=name)
    return tuple(replace(outcome, model=ref, price=None) for outcome in outcomes)


def _common(one: Side, other: Side) -> tuple[Side, Side]:
    """Without questions that only one was asked, or that read differently in two runs."""

    def named(side: Side) -> dict[tuple[str, str], str | None]:
        return {(outcome.question_id, outcome.condition.value): outcome.question_hash for outcome in side.outcomes}

    first, second = named(one), named(other)
    shared = {
        key
        for key in first.keys() & second.keys()
        if first[key] == second[key] or first[key] is None or second[key] is None
    }
    if not shared:
        same = one.run.set_hash == other.run.set_hash
        told = "Ask both the same questions." if same else "They were asked different question sets."
        raise InputError(f"{one.name} and {other.name} have no common questions", place="calibrant decide", remedy=told)
    return _kept(one, shared), _kept(other, shared)


def _kept(side: Side, shared: set[tuple[str, str]]) -> Side:
    keep = [at for at, outcome in enumerate(side.outcomes) if (outcome.question_id, outcome.condition.value) in shared]
    return replace(
        side,
        outcomes=tuple(side.outcomes[at] for at in keep),
        places=tuple(side.places[at] for at in keep),
    )
