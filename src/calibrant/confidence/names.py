"""Signals by name: those that come with Calibrant, and those of other packages (entry points ``calibrant.signals``).

A name may say with what: ``agreement:10`` takes ten samples, ``judge_probability:MODEL@EFFORT`` asks that model. So the
name of a signal in outcomes, tables and policies says all that distinguishes it.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from calibrant.confidence.agreement import AGREEMENT_OF_REPEATS
from calibrant.confidence.cocoa import Cocoa
from calibrant.confidence.decision import Decision
from calibrant.confidence.judge_probability import JudgeProbability
from calibrant.confidence.logprobs import LOGPROB_SIGNALS, SequenceLogprob
from calibrant.confidence.p_true import PTrue
from calibrant.confidence.sampled_agreement import SampledAgreement
from calibrant.confidence.scvc import Scvc
from calibrant.confidence.second_model import SecondModel
from calibrant.confidence.semantic_entropy import DiscreteSemanticEntropy, SemanticEntropy
from calibrant.confidence.signal import Evidence, Needs, Signal
from calibrant.confidence.stated import Stated
from calibrant.confidence.stated_words import StatedWords
from calibrant.confidence.two_step import TwoStep
from calibrant.errors import InputError
from calibrant.types import ConfidenceSource

__all__ = ["GROUP", "GROUPS", "SIGNALS", "Chosen", "find_signals", "signal_names"]

GROUP = "calibrant.signals"

SIGNALS: tuple[Signal, ...] = (
    Stated(),
    StatedWords(),
    TwoStep(),
    *(SequenceLogprob(name) for name in LOGPROB_SIGNALS),
    PTrue(),
    SampledAgreement(),
    DiscreteSemanticEntropy(),
    SemanticEntropy(),
    Scvc(),
    Cocoa(),
    SecondModel(),
    JudgeProbability(),
    Decision(),
)
"""Those that come with Calibrant."""

GROUPS = {"logprob": LOGPROB_SIGNALS}
"""One word for several signals that come together."""

_MOST_SAMPLES = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """A signal as somebody asked for it: with so many samples, or with the model that it asks."""

    signal: Signal
    name: str
    """``agreement``, ``agreement:10``, ``judge_probability:MODEL@EFFORT``: its name in outcomes."""
    second: str | None = None
    """Name of the model that it asks, where it asks another one."""

    @property
    def needs(self) -> Needs:
        """See `Signal`."""
        return self.signal.needs

    @property
    def source(self) -> ConfidenceSource:
        """See `Signal`."""
        return self.signal.source

    def score(self, evidence: Evidence) -> float | None:
        """See `Signal`; what a plug-in raises counts as missing."""
        return self.tried(evidence)[0]

    def tried(self, evidence: Evidence) -> tuple[float | None, str | None]:
        """The score, and what a plug-in raised instead, in one line without secrets."""
        try:
            return self.signal.score(evidence), None
        except Exception as error:
            if _is_own(self.signal):
                raise
            return None, f"{type(error).__name__}: {_told(error)}".removesuffix(": ")


def signal_names() -> tuple[str, ...]:
    """The names of all signals: the built-in ones first, then those of plug-ins in alphabetical order."""
    own = [signal.name for signal in SIGNALS]
    return (*own, *sorted({point.name for point in entry_points(group=GROUP)} - set(own)))


def find_signals(names: Sequence[str], *, place: str = "--confidence") -> tuple[Chosen, ...]:
    """The signals of some names, each once, in the order given.

    Args:
        names: each ``NAME``, ``NAME:SAMPLES`` or ``NAME:MODEL[@EFFORT]``; ``logprob`` stands for three.
        place: where they were written, for errors.

    Raises:
        InputError: there is no such signal (with what may have been meant), it takes no number or no model, it needs a
            model, a plug-in cannot be used, or two want the confidence stated in different forms.

    >>> [one.name for one in find_signals(["scvc", "agreement:10"])]
    ['scvc', 'agreement:10']
    """
    found: dict[str, Chosen] = {}
    for written in names:
        base, _, given = written.strip().partition(":")
        for name in GROUPS.get(base, (base,)):
            one = _chosen(name, given, place)
            found.setdefault(one.name, one)
    forms = sorted({one.needs.stated for one in found.values() if one.needs.stated})
    if len(forms) > 1:
        raise InputError(
            "a reply states its confidence either as a number or in words",
            place=place,
            remedy="Run twice: once with stated or scvc, once with stated_words.",
        )
    return tuple(found.values())


def _chosen(name: str, given: str, place: str) -> Chosen:
    signal = _find(name, place)
    needs = signal.needs
    if needs.ask is not None and needs.ask.second:
        if not given:
            raise InputError(
                f"'{name}' asks another model, and none is named", place=place, remedy=f"Write {name}:MODEL."
            )
        return Chosen(signal, f"{name}:{given}", second=given)
    if not given:
        return Chosen(signal, name)
    if not needs.samples or "k" not in getattr(signal, "__dataclass_fields__", {}):
        raise InputError(
            f"'{name}' takes nothing after a colon, and not '{given}'", place=place, remedy=f"Write {name}."
        )
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= _MOST_SAMPLES:
        raise InputError(
            f"'{name}' takes a number of samples from 1 to {_MOST_SAMPLES}, not '{given}'",
            place=place,
            remedy=f"For example: {name}:5.",
        )
    if int(given) == needs.samples:
        return Chosen(signal, name)
    resized: Any = signal
    return Chosen(replace(resized, k=int(given)), f"{name}:{int(given)}")


def _find(name: str, place: str) -> Signal:
    own = {signal.name: signal for signal in SIGNALS}
    points = list({point.value: point for point in entry_points(group=GROUP) if point.name == name}.values())
    if name in own:
        if points:
            raise InputError(
                f"a package offers a signal '{name}', which is a built-in name",
                place=f"{GROUP}: {name} = {points[0].value}",
                remedy="Rename its entry point, or uninstall it.",
            )
        return own[name]
    if len(points) > 1:
        raise InputError(f"two packages offer a signal '{name}'", place=place, remedy="Uninstall one of them.")
    if points:
        return _load(points[0])
    raise InputError(f"there is no signal '{name}'", place=place, remedy=_remedy(name))


def _remedy(name: str) -> str:
    known = (*signal_names(), *GROUPS)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    guess = f"Did you mean '{close[0]}'? " if close else ""
    if name == AGREEMENT_OF_REPEATS:
        guess = "It is computed from a run's repeats: calibrant confidence --agreement. "
    return f"{guess}There are: {', '.join(known)}."


def _load(point: EntryPoint) -> Signal:
    place = f"{GROUP}: {point.name} = {point.value}"
    try:
        loaded = point.load()
        made: Any = loaded() if isinstance(loaded, type) else loaded
        fits = isinstance(made, Signal) and made.name == point.name
    except (Exception, SystemExit) as error:
        raise InputError(
            f"the signal '{point.name}' cannot be used: {type(error).__name__}: {_told(error)}",
            place=place,
            remedy="Mend or uninstall the package.",
        ) from error
    if not fits:
        raise InputError(
            f"'{point.name}' is no signal: it needs a name ('{point.name}'), source, needs, bounds and score",
            place=place,
            remedy="See calibrant.confidence.Signal.",
        )
    signal: Signal = made
    return signal


def _told(error: BaseException) -> str:
    """An error in one line without secrets."""
    from calibrant.models.secrets import Redactor, proxy_secrets, secret_values

    try:
        words = " ".join(str(error).split())
    except Exception:
        words = ""
    return Redactor([*secret_values(os.environ), *proxy_secrets()]).text(words)[:300]


def _is_own(signal: Signal) -> bool:
    return type(signal).__module__.startswith("calibrant.")
