"""One question at a time: the scalar twin of `routing.following`, for whoever answers live."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import inf, nan
from numbers import Real
from typing import Any

from calibrant.errors import PolicyError
from calibrant.policies.decision import ArmSignals, Decision
from calibrant.policies.routing.additive import MissingError
from calibrant.policies.routing.cascade import Cascade, Stage
from calibrant.policies.routing.columns import ANSWERED, DECLINED, FAILED, Key
from calibrant.policies.routing.following import DIGITS

__all__ = ["Decider"]


class Decider:
    """A cascade's names and costs laid out so that a decision looks up little. Holds no state between decisions."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade
        self._names = cascade.names
        self._index = {name: at for at, name in enumerate(self._names)}
        self._priors = tuple(f"prior:{name}" for name in self._names)
        self._states = tuple(f"{name}:state" for name in self._names)
        self._signals = tuple({signal: f"{name}:{signal}" for signal in cascade.signals} for name in self._names)
        self._costs = cascade.call_costs
        self._dollars = tuple(None if cost != cost else cost for cost in cascade.costs)
        self._moved = cascade.on_missing == "escalate"
        known = cascade.router.domains
        self._by_domain, self._by_words = bool(known) and "" not in known, bool(cascade.router.words)

    def decide(self, seen: ArmSignals, domain: str | None, text: str | None, threshold: float) -> Decision:
        """See `Policy.decide`."""
        if threshold == inf:
            return self._stop("no promise", threshold)
        if (domain is None and self._by_domain) or (text is None and self._by_words):
            raise self._unsaid(domain)
        priors = dict(zip(self._priors, self._cascade.router.at(domain, text), strict=True))
        if not seen:
            return self._first(priors, threshold)
        asked = self._asked(seen)
        before = self._before(seen, asked, priors) if self._moved else (asked[-2] if len(asked) > 1 else -1)
        key = (before, asked[-1])
        columns = self._columns(seen, key, priors)
        try:
            return self._at(key, columns, threshold)
        except MissingError as error:
            return self._missing(asked[-1], str(error), threshold)
        except TypeError:
            raise _no_number(seen) from None

    def _first(self, priors: Mapping[str, float], threshold: float) -> Decision:
        nets = [
            round(model.at(priors) - self._costs[arm], DIGITS) for arm, model in sorted(self._cascade.start.items())
        ]
        best = max(nets)
        if best < 0:
            return self._stop("hopeless", threshold)
        arm = nets.index(best)
        return Decision(
            action="ask",
            arm=self._names[arm],
            why="first",
            probability=None,
            threshold=threshold,
            value=0.0,
            expected_gain=best,
            next_arm=self._names[arm],
            next_cost_usd=self._dollars[arm],
        )

    def _at(self, key: Key, columns: Mapping[str, float], threshold: float) -> Decision:
        arm = key[1]
        stage, answered = self._cascade.stages[key], columns[self._states[arm]] == ANSWERED
        best, place = -inf, -1
        for k, model in stage.onward.items():
            net = round(model.at(columns) - self._costs[k], DIGITS)
            if net > best:
                best, place = net, k
        p, value = None, 0.0
        if answered:
            p = round(stage.p.at(columns), DIGITS)
            w = self._cascade.wrong_costs
            value = max(0.0, (1 + w) * p - w)
        on = best > round(value, DIGITS)
        given = not on and p is not None and p >= threshold
        name = self._names[arm]
        return Decision(
            action="ask" if on else "answer" if given else "abstain",
            arm=self._names[place] if on else name if given else None,
            why="pays" if on else "sure" if given else "no answer" if p is None else "unsure",
            probability=p,
            threshold=threshold,
            value=value,
            expected_gain=None if place < 0 else best - value,
            next_arm=None if place < 0 else self._names[place],
            next_cost_usd=None if place < 0 else self._dollars[place],
            foretell=None if place < 0 else _foretold(stage, place, columns),
        )

    def _missing(self, arm: int, column: str, threshold: float) -> Decision:
        ahead = arm + 1 < len(self._names) and self._moved
        return Decision(
            action="ask" if ahead else "abstain",
            arm=self._names[arm + 1] if ahead else None,
            why="missing",
            probability=None,
            threshold=threshold,
            value=0.0,
            expected_gain=None,
            next_arm=self._names[arm + 1] if ahead else None,
            next_cost_usd=self._dollars[arm + 1] if ahead else None,
            missing=column,
        )

    def _stop(self, why: Any, threshold: float) -> Decision:
        return Decision(
            action="abstain",
            arm=None,
            why=why,
            probability=None,
            threshold=threshold,
            value=0.0,
            expected_gain=None,
            next_arm=None,
            next_cost_usd=None,
        )

    def _unsaid(self, domain: str | None) -> PolicyError:
        """It was certified with these: to decide without them is to decide by another policy."""
        if domain is None and self._by_domain:
            return PolicyError(
                "the policy goes by a question's domain, and none was said",
                remedy="Say domain=...; domain='' where a question has none: it counts as one never seen.",
            )
        return PolicyError("the policy goes by a question's words, and no text was said", remedy="Say text=...")

    def _asked(self, seen: ArmSignals) -> list[int]:
        try:
            asked = [self._index[name] for name in seen]
        except KeyError as error:
            known = ", ".join(self._names)
            raise PolicyError(f"the policy knows no arm {error}", remedy=f"Its arms are: {known}.") from None
        if any(one >= other for one, other in pairwise(asked)):
            raise PolicyError(
                f"the arms were asked in the order {', '.join(seen)}",
                remedy=f"Hand them in, and ask them, in the policy's order: {', '.join(self._names)}.",
            )
        return asked

    def _before(self, seen: ArmSignals, asked: list[int], priors: Mapping[str, float]) -> int:
        """The arm before the last, unless what it said could not be read: then nothing counts as asked."""
        before = -1
        for arm in asked[:-1]:
            key = (before, arm)
            try:
                self._at(key, self._columns(seen, key, priors), 0.0)
                before = arm
            except MissingError:
                before = -1
        return before

    def _columns(self, seen: ArmSignals, key: Key, priors: Mapping[str, float]) -> dict[str, float]:
        columns = dict(priors)
        for arm in key:
            if arm < 0:
                continue
            given = seen[self._names[arm]]
            if isinstance(given, str):
                if given not in ("declined", "failed"):
                    raise PolicyError(f"an arm's signals, 'declined' or 'failed' are wanted, not '{given}'")
                columns[self._states[arm]] = DECLINED if given == "declined" else FAILED
                continue
            columns[self._states[arm]] = ANSWERED
            named = self._signals[arm]
            for signal, value in given.items():
                if signal in named:
                    columns[named[signal]] = nan if value is None else value
        return columns


def _no_number(seen: ArmSignals) -> PolicyError:
    for arm, given in seen.items():
        for signal, value in given.items() if isinstance(given, Mapping) else ():
            if value is not None and not isinstance(value, Real):
                return PolicyError(f"the signal '{signal}' of {arm} is no number but {value!r:.40}")
    return PolicyError("signals are numbers by name, for each arm")


def _foretold(stage: Stage, place: int, columns: Mapping[str, float]) -> Any:
    return lambda: (stage.more[place].at(columns), stage.both[place].at(columns))
