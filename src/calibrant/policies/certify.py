"""From scores and labels to a certificate: the one place where the parts of definitions, section 6, come together."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from calibrant.metrics.arrays import Bools, same_length, whole_number
from calibrant.metrics.intervals import Interval, clustered_proportion, wilson_interval
from calibrant.policies.assumptions import assumptions, assumptions_of_groups, no_promise_reason
from calibrant.policies.candidates import ladder
from calibrant.policies.certificate import Certificate, ClusterFacts, LevelTested
from calibrant.policies.clusters import effective_counts
from calibrant.policies.declared import Declared, Method, level_at_look
from calibrant.policies.evidence import betting, binomial
from calibrant.policies.groups import merge_small
from calibrant.policies.labelled import Labelled, checked_share, correctness, labelled
from calibrant.policies.methods import METHODS, Step, Trial
from calibrant.policies.needed import labels_needed
from calibrant.policies.prepared import Asked, Prepared, prepare
from calibrant.policies.sizes import zero_error_minimum

__all__ = ["certify"]


class _Rows(NamedTuple):
    """What was handed in, a value for each row."""

    scores: ArrayLike
    correct: ArrayLike
    clusters: ArrayLike | None
    weights: ArrayLike | None

    def checked(self, bound: float | None) -> Labelled:
        data = labelled(*self)
        if bound is not None and data.weight is not None and data.weight.max() > bound:
            raise ValueError(f"a weight of {data.weight.max():g} is above the declared bound {bound:g}")
        return data

    def part(self, keep: Bools) -> _Rows:
        scores, correct, clusters, weights = (None if one is None else np.asarray(one)[keep] for one in self)
        assert scores is not None and correct is not None  # noqa: S101, PT018 - they are required
        return _Rows(scores, correct, clusters, weights)


def certify(
    scores: ArrayLike,
    correct: ArrayLike,
    *,
    alpha: float,
    delta: float,
    method: Method = "multistart",
    clusters: ArrayLike | None = None,
    exact: bool = False,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    look: int | None = 1,
    seed: int = 0,
    declared: Declared | None = None,
) -> Certificate:
    """The threshold above which at most alpha of the answers are wrong, with probability 1 - delta, or an honest no.

    Over the draw of the rows, P( P(wrong | score >= threshold) <= alpha ) >= 1 - delta: definitions, section 6.

    Args:
        scores: confidence of each row, shape (n,), higher = surer, any scale; None or NaN only where the model
            declined.
        correct: shape (n,): 1 or True right, 0 or False wrong, None or NaN where the model itself declined to answer.
            Such a row counts in the coverage and is never accepted.
        alpha: largest share of wrong answers among those given, in (0, 1).
        delta: chance, in (0, 1), that the promise is false all the same.
        method: how many thresholds are tested at once. 'multistart' (default), 'single', 'pilot' and 'bonferroni' hold
            for any law; 'band' and 'sgr' where risk never falls as confidence falls; 'betting' for clusters of any
            kind.
        clusters: label of each row's cluster, shape (n,): the document, or the question for its repeats.
        exact: one random row of each cluster instead of effective counts.
        groups: label of each row's group, shape (n,): a certificate for each, all true at once with 1 - delta.
        weights: known density ratio of the traffic promised to the rows labelled, shape (n,); without a declared
            ``weight_bound`` traffic of greater weights than the largest one here is outside the promise.
        look: number of this look at these labels, from 1; the level tested is 6 delta / (pi^2 look^2). None declares
            that it is the only look there will ever be, and tests at delta.
        seed: of the random choices: one row of each cluster, the pilot's rows.
        declared: further choices made before the labels were seen.

    Returns:
        The certificate. Its ``threshold`` is None where nothing can be promised, and then ``labels_needed`` says what
        would do; -inf where everything may be answered.

    Raises:
        ValueError: lengths differ, no rows, a score that is not finite on an answered row, labels other than 0, 1 and
            None, negative weights or weights above the bound, weights with 'band', alpha or delta outside (0, 1), an
            unknown method, look < 1.

    >>> certificate = certify([0.9] * 40 + [0.2] * 20, [1] * 40 + [0] * 20, alpha=0.1, delta=0.1)
    >>> certificate.accepted, certificate.errors, certificate.decide(0.95), certificate.decide(0.1)
    (40, 0, True, False)
    """
    asked = _asked(alpha, delta, method, exact, look, seed, declared or Declared())
    if method == "band" and weights is not None:
        raise ValueError("the method 'band' counts errors and takes no weights; use 'multistart' or 'betting'")
    rows = _Rows(scores, correct, clusters, weights)
    if groups is not None:
        return _by_group(rows, groups, asked)
    return _certificate(rows.checked(asked.declared.weight_bound), asked)


def _asked(
    alpha: object, delta: object, method: Method, exact: bool, look: int | None, seed: int, declared: Declared
) -> Asked:
    if method not in get_args(Method):
        raise ValueError(f"method must be one of {', '.join(get_args(Method))}, not {method!r}")
    if whole_number(seed) is None:
        raise ValueError(f"seed must be a whole number >= 0, not {seed!r}")
    if look is not None and not whole_number(look):
        raise ValueError(f"look must be a whole number from 1, or None for the only look, not {look!r}")
    share = checked_share("delta", delta)
    return Asked(
        alpha=checked_share("alpha", alpha),
        delta=share,
        level=share if look is None else level_at_look(share, int(look)),
        method=method,
        exact=exact,
        look=None if look is None else int(look),
        seed=int(seed),
        declared=declared,
    )


def _finest(asked: Asked, candidates: int) -> float:
    """The smallest level at which this method tests a candidate."""
    parts = {"multistart": len(asked.declared.starts), "bonferroni": 20, "sgr": max(1, candidates.bit_length())}
    return asked.level / parts.get(asked.method, 1)


def _certificate(data: Labelled, asked: Asked) -> Certificate:
    prepared = prepare(data, asked)
    used = prepared.data
    rungs = ladder(used, asked.declared.levels)
    effect, facts = None, prepared.facts
    if used.weight is not None or asked.method == "betting":
        largest = 1.0 if used.weight is None else float(used.weight.max())
        evidence = betting(used, rungs, asked.alpha, asked.declared.weight_bound or largest)
    elif used.cluster is not None:
        counts = effective_counts(used, rungs, asked.alpha, _finest(asked, len(rungs)), asked.level)
        evidence, effect = counts.evidence, counts.design_effect
    else:
        evidence = binomial(rungs, asked.alpha)
    pilot = None if prepared.pilot is None else ladder(prepared.pilot, asked.declared.levels)
    trial = Trial(ladder=rungs, evidence=evidence, alpha=asked.alpha, declared=asked.declared, pilot=pilot)
    steps = [] if prepared.too_few or not len(rungs) else METHODS[asked.method](trial, asked.level)
    chosen = max((step for step in steps if step.passed), key=lambda step: step.candidate, default=None)
    if facts is not None and effect is not None:
        here = effect[chosen.candidate] if chosen else effect.max(initial=1.0)
        facts = ClusterFacts(
            clusters=facts.clusters,
            handling=facts.handling,
            icc=counts.icc,
            design_effect=float(here),
            approximate=True,
        )
    return _written(data, prepared, trial, steps, chosen, facts, asked)


def _written(
    data: Labelled,
    prepared: Prepared,
    trial: Trial,
    steps: list[Step],
    chosen: Step | None,
    facts: ClusterFacts | None,
    asked: Asked,
) -> Certificate:
    used, rungs = prepared.data, trial.ladder
    left_out = dict(prepared.left_out)
    threshold = None if chosen is None else float(rungs.thresholds[chosen.candidate])
    if threshold is not None and np.isfinite(threshold) and rungs.from_scores:
        left_out["the row on whose score the threshold stands"] = 1
    needed = None
    if chosen is None:
        needed = labels_needed(rungs, asked.alpha, _finest(asked, len(rungs)), facts)
    return Certificate(
        threshold=threshold,
        alpha=asked.alpha,
        delta=asked.delta,
        level=asked.level,
        method=asked.method,
        rows=data.rows,
        answered=data.answered,
        accepted=0 if chosen is None else int(rungs.accepted[chosen.candidate]),
        errors=0 if chosen is None else int(rungs.errors[chosen.candidate]),
        upper_bound=None if chosen is None else _upper(trial, chosen),
        coverage=0.0 if chosen is None else float(rungs.coverage[chosen.candidate]),
        coverage_interval=None if chosen is None else _coverage_interval(used, int(rungs.accepted[chosen.candidate])),
        population=asked.declared.population,
        look=asked.look,
        seed=asked.seed,
        reason=no_promise_reason(used, trial, asked.level, prepared.too_few) if chosen is None else None,
        labels_needed=needed.labels if needed else None,
        labels_assumption=needed.assumption if needed else None,
        levels=tuple(_row(trial, step) for step in steps),
        left_out=left_out,
        clusters=facts,
        assumptions=assumptions(asked.method, asked.declared, used, facts, asked.look, rungs.from_scores),
    )


def _row(trial: Trial, step: Step) -> LevelTested:
    rungs, j = trial.ladder, step.candidate
    return LevelTested(
        threshold=float(rungs.thresholds[j]),
        coverage=float(rungs.coverage[j]),
        accepted=int(rungs.accepted[j]),
        errors=int(rungs.errors[j]),
        p_value=float(trial.evidence.p[j]),
        level=float(step.level),
        passed=step.passed,
    )


def _upper(trial: Trial, step: Step) -> float | None:
    """The Clopper-Pearson bound at the level tested, of effective counts where clusters are; None for betting."""
    if trial.evidence.counts is None:
        return None
    n, k = (float(count[step.candidate]) for count in trial.evidence.counts)
    return float(betaincinv(k + 1, n - k, 1 - step.level)) if n > k else 1.0


def _coverage_interval(used: Labelled, accepted: int) -> Interval | None:
    if used.cluster is None:
        return wilson_interval(accepted, used.rows)
    return clustered_proportion((np.arange(used.rows) < accepted).astype(np.float64), clusters=used.cluster)


def _by_group(rows: _Rows, groups: ArrayLike, asked: Asked) -> Certificate:
    """A certificate for each group at an equal share of the level, so that all hold at once."""
    data = rows.checked(asked.declared.weight_bound)
    named = np.asarray(groups).astype(str)
    same_length(scores=data.score, groups=named)
    there = ~np.isnan(correctness(rows.correct))
    names, codes = np.unique(named, return_inverse=True)
    sizes = dict(zip(names.tolist(), np.bincount(codes, weights=there).astype(int).tolist(), strict=True))
    smallest = 2 * zero_error_minimum(asked.alpha, asked.level / len(sizes))
    pools = merge_small(sizes, smallest)
    share = replace(asked, delta=asked.delta / len(pools), level=asked.level / len(pools))
    bound = asked.declared.weight_bound
    pool = {member: number for number, members in enumerate(pools.values()) for member in members}
    codes = np.array([pool[name] for name in names.tolist()])[codes]
    found = {name: _certificate(rows.part(codes == number).checked(bound), share) for number, name in enumerate(pools)}
    promised = [one for one in found.values() if one.threshold is not None]
    uppers = [one.upper_bound for one in promised if one.upper_bound is not None]
    return Certificate(
        threshold=None,
        alpha=asked.alpha,
        delta=asked.delta,
        level=asked.level,
        method=asked.method,
        rows=data.rows,
        answered=data.answered,
        accepted=sum(one.accepted for one in promised),
        errors=sum(one.errors for one in promised),
        upper_bound=max(uppers) if promised and len(uppers) == len(promised) else None,
        coverage=sum(one.coverage * one.rows for one in promised) / data.rows,
        coverage_interval=None,
        population=asked.declared.population,
        look=asked.look,
        seed=asked.seed,
        reason=None if promised else "in no group did a candidate threshold pass its test",
        groups=found,
        merged={name: members for name, members in pools.items() if len(members) > 1},
        assumptions=assumptions_of_groups(pools, smallest, [one.assumptions for one in found.values()]),
    )
