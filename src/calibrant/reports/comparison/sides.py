"""Which contenders a user means: a run, a model of a run, or all models of one run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from calibrant.analysis.table import Asked
from calibrant.analysis.treatments import HowAsked
from calibrant.errors import InputError
from calibrant.store import RunInfo, Setup, Store
from calibrant.types import Outcome

__all__ = ["Named", "Side", "attempts", "find_sides"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A reference to a run that is already found, such as a file of answers that was just read."""

    store: Store
    run: RunInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One contender: a model as a run asked it."""

    name: str
    store: Store
    run: RunInfo
    model: str
    """As the report writes it, with the price where the prompt stated one."""
    asked: HowAsked

    @property
    def label(self) -> str:
        """What people call the run."""
        return PurePath(self.run.name or self.run.id).name or self.run.id


def find_sides(
    store: Store, references: Sequence[str], *, grader: str | None = None, found: Mapping[str, Named] | None = None
) -> list[Side]:
    """The contenders that references stand for.

    A reference is a run (id, name, ``latest``), ``RUN:MODEL``, or a model of the latest run. A run alone stands for its
    one model; where it is the only reference, for all of its models.

    Args:
        store: where runs are kept.
        references: as the user wrote them.
        grader: whose grades count; by default each run's own order.
        found: references that are no runs of the store.

    Raises:
        InputError: a reference stands for nothing, or for several models beside other references.
    """
    known = dict(found or {})
    chosen: list[tuple[Store, RunInfo, str]] = []
    for reference in references:
        where, run, model = _look_up(store, reference, known)
        models = _models(where, run)
        if model is not None:
            chosen.append((where, run, _model_of(models, model, run)))
        elif len(models) == 1 or len(references) == 1:
            chosen += [(where, run, one) for one in models]
        else:
            raise InputError(
                f"'{reference}' has {len(models)} models",
                remedy=f"Name one, such as {reference}:{next(iter(models))}. There are: {', '.join(models)}.",
            )
    if len(chosen) < 2:
        raise InputError(
            "there is nothing to compare: one model of one run",
            remedy="Name two runs, RUN:MODEL twice, or one run with several models.",
        )
    return _named(chosen, grader)


def _look_up(store: Store, reference: str, known: Mapping[str, Named]) -> tuple[Store, RunInfo, str | None]:
    # Names of models hold colons as well (llama3:8b): the longest beginning that is a run is the run.
    cuts = [at for at, character in enumerate(reference) if character == ":"]
    for at in [len(reference), *reversed(cuts)]:
        start, model = reference[:at], reference[at + 1 :] or None
        if start in known:
            return known[start].store, known[start].run, model
        try:
            return store, store.find_run(start), model
        except InputError as error:
            problem = error
            if "is the beginning of" in error.message:
                raise
    with suppress(InputError):  # there are no runs at all
        latest = store.find_run("latest")
        if reference in _models(store, latest):
            return store, latest, reference
    raise InputError(
        f"'{reference}' is neither a run, RUN:MODEL, a model of the latest run, nor a file",
        remedy=problem.remedy or "See what there is with: calibrant runs list.",
    )


def _models(store: Store, run: RunInfo) -> dict[str, list[Setup]]:
    """Models of a run as the report writes them, with how they were asked."""
    found: dict[str, list[Setup]] = defaultdict(list)
    for setup in store.setups(run):
        price = (setup.content or {}).get("price")
        found[str(Asked(str(setup.model), price))].append(setup)
    if not found:
        raise InputError(f"run {run.id} has no answers", remedy="Go on with it: the same command again.")
    return dict(found)


def _model_of(models: Mapping[str, object], wanted: str, run: RunInfo) -> str:
    if wanted not in models:
        raise InputError(f"run {run.id} has no model '{wanted}'", remedy=f"There are: {', '.join(models)}.")
    return wanted


def _named(chosen: Sequence[tuple[Store, RunInfo, str]], grader: str | None) -> list[Side]:
    sides = [
        Side(name=model, store=store, run=run, model=model, asked=_asked(store, run, model, grader))
        for store, run, model in chosen
    ]
    by_model = [side.model for side in sides]
    by_run = [side.label for side in sides]
    by_both = [f"{side.label}:{side.model}" for side in sides]
    by_id = [f"{side.run.id}:{side.model}" for side in sides]
    names = next((one for one in (by_model, by_run, by_both, by_id) if len(set(one)) == len(one)), by_both)
    return [
        Side(name=name, store=side.store, run=side.run, model=side.model, asked=side.asked)
        for name, side in zip(names, sides, strict=True)
    ]


def _asked(store: Store, run: RunInfo, model: str, grader: str | None) -> HowAsked:
    setups = _models(store, run)[model]
    templates = {setup.template: setup.template_name or "prompt" for setup in setups if setup.template is not None}
    sampling = run.manifest.get("sampling")
    return HowAsked(
        model=setups[0].model.model,
        effort=setups[0].model.effort,
        prompts=tuple(sorted(templates.items())) or None,
        # A run asked anew has a hash of its own for the same settings: what was chosen is compared, where it is known.
        sampling=" and ".join(sorted({setup.sampling_hash[:8] for setup in setups}))
        if sampling is None
        else json.dumps(sampling, sort_keys=True),
        set_hash=run.set_hash if run.complete else None,
        set_name=PurePath(run.source).name or run.source,
        run=run.id,
        graders=_graders(store, run, grader),
    )


def _graders(store: Store, run: RunInfo, grader: str | None) -> tuple[str, ...]:
    """Whose grades count: the first in the order of precedence where it graded all, else all of them."""
    if grader is not None:
        return (grader,)
    judged = store.graders(run)
    first = next(iter(judged), None)
    if first is not None and judged[first] >= run.counts["items"] - run.counts["errors"]:
        return (first,)
    return tuple(judged)


def attempts(sides: Sequence[Side], grader: str | None) -> Iterator[tuple[str, Outcome]]:
    """Every attempt of the sides with whose it is; each run is read once."""
    runs: dict[tuple[int, str], tuple[Side, dict[str, str]]] = {}
    for side in sides:
        _, names = runs.setdefault((id(side.store), side.run.id), (side, {}))
        names[side.model] = side.name
    for side, names in runs.values():
        yield from _of_run(side.store.outcomes(side.run, grader), names)


def _of_run(outcomes: Iterable[Outcome], names: Mapping[str, str]) -> Iterator[tuple[str, Outcome]]:
    written: dict[tuple[object, float | None], str | None] = {}
    for outcome in outcomes:
        key = outcome.model, outcome.price
        if key not in written:
            written[key] = names.get(str(Asked(str(outcome.model), outcome.price)))
        name = written[key]
        if name is not None:
            yield name, outcome
