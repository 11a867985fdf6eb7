"""Promises are broken no more often than delta, by Monte Carlo with fixed seeds and margins of four standard errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from calibrant.policies import (
    Declared,
    binomial_joint_risk,
    certify,
    conformal_joint_risk,
    judge_audit,
    judged_threshold,
)

METHODS = ("multistart", "band", "single", "pilot", "sgr", "bonferroni", "betting")
ALPHA, DELTA, DRAWS = 0.1, 0.1, 200
MARGIN = DELTA + 4 * (DELTA * (1 - DELTA) / DRAWS) ** 0.5


def flat(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The true risk is alpha at every threshold, so that every promise is counted as broken."""
    return random.random(400), random.random(400) >= ALPHA


def flat_levels(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return random.integers(0, 6, 400).astype(float), random.random(400) >= ALPHA


@pytest.mark.parametrize("law", [flat, flat_levels])
@pytest.mark.parametrize("method", METHODS)
def test_at_a_true_risk_of_alpha_hardly_any_promise_is_made(method, law) -> None:
    made = sum(
        certify(*law(np.random.default_rng(seed)), alpha=ALPHA, delta=DELTA, method=method, look=None).promised
        for seed in range(DRAWS)
    )
    assert made / DRAWS <= MARGIN


def test_the_naive_rule_is_broken_most_of_the_time() -> None:
    broken = 0
    for seed in range(DRAWS):
        score, right = flat(np.random.default_rng(seed))
        errors = np.cumsum(~right[np.argsort(-score)])
        broken += bool((errors <= ALPHA * np.arange(1, 401)).any())
    assert broken / DRAWS > 0.7


def draw_clusters(random: np.random.Generator, groups: int, size: int, icc: float) -> tuple[np.ndarray, np.ndarray]:
    rate = random.beta(ALPHA * (1 - icc) / icc, (1 - ALPHA) * (1 - icc) / icc, groups) if icc else ALPHA
    wrong = random.random((groups, size)) < np.broadcast_to(rate, groups)[:, None]
    return ~wrong.ravel(), np.repeat(np.arange(groups), size)


@pytest.mark.parametrize(("groups", "size"), [(100, 10), (50, 20), (30, 30), (20, 25)])
def test_clusters_do_not_break_the_promise(groups, size) -> None:
    made = ignored = 0
    for seed in range(DRAWS):
        random = np.random.default_rng([seed, groups])
        right, cluster = draw_clusters(random, groups, size, 0.2)
        score = random.random(groups * size)
        made += certify(score, right, alpha=ALPHA, delta=DELTA, clusters=cluster, look=None).promised
        ignored += certify(score, right, alpha=ALPHA, delta=DELTA, method="single", look=None).promised
    assert made / DRAWS <= MARGIN
    assert ignored / DRAWS > made / DRAWS


def test_weights_carry_the_promise_to_other_traffic() -> None:
    # Risk .05 where w is .2 and .15 where it is 1.8: at equal shares here, .1 for these rows and .14 for the traffic.
    shifted = plain = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        hard = random.random(2000) < 0.5
        right = random.random(2000) >= np.where(hard, 0.13, 0.02)
        weight = np.where(hard, 1.6, 0.4)
        score = random.random(2000)
        declared = Declared(weight_bound=1.6)
        shifted += certify(
            score, right, alpha=0.108, delta=DELTA, weights=weight, look=None, declared=declared
        ).promised
        plain += certify(score, right, alpha=0.108, delta=DELTA, look=None).promised
    assert shifted <= 20
    assert plain >= 90


@pytest.mark.parametrize("masses", [(0.3, 0.3, 0.4), (0.12, 0.28, 0.6)])
@pytest.mark.parametrize("method", ["multistart", "single", "bonferroni"])
def test_exact_enumeration_of_three_levels(masses, method) -> None:
    # Every outcome of n = 9 rows over three levels, with risks that fall, rise and hover: no margin at all.
    n, alpha, delta = 9, 0.5, 0.1
    tables = {}
    for risks in ((0.9, 0.3, 0.6), (0.5001, 0.5001, 0.5001), (0.2, 0.9, 0.1), (0.45, 0.7, 0.4)):
        total = 0.0
        true = [sum(m * r for m, r in zip(masses[:j], risks[:j], strict=True)) / sum(masses[:j]) for j in (1, 2, 3)]
        for counts in itertools.product(range(n + 1), repeat=2):
            if sum(counts) > n:
                continue
            sizes = (*counts, n - sum(counts))
            chance = binom.pmf(sizes[0], n, masses[0]) * binom.pmf(sizes[1], n - sizes[0], masses[1] / (1 - masses[0]))
            if chance < 1e-4:
                continue
            for errors in itertools.product(*(range(size + 1) for size in sizes)):
                likely = chance * np.prod([binom_pmf(k, m, r) for k, m, r in zip(errors, sizes, risks, strict=True)])
                key = (sizes, errors)
                if likely < 1e-7:
                    continue
                if key not in tables:
                    score = np.repeat([3.0, 2.0, 1.0], sizes)
                    right = np.concatenate([np.arange(m) >= k for k, m in zip(errors, sizes, strict=True)])
                    declared = Declared(levels=(1.0, 2.0, 3.0), starts=(0.1, 0.4), start=0.3)
                    tables[key] = certify(
                        score, right, alpha=alpha, delta=delta, method=method, look=None, declared=declared
                    ).threshold
                threshold = tables[key]
                if threshold is not None:
                    total += likely * (true[{3.0: 0, 2.0: 1}.get(threshold, 2)] > alpha)
        assert total <= delta


CACHE: dict[tuple[int, int, float], float] = {}


def binom_pmf(k: int, n: int, p: float) -> float:
    if (k, n, p) not in CACHE:
        CACHE[k, n, p] = float(binom.pmf(k, n, p))
    return CACHE[k, n, p]


def test_joint_risk_promises_hold() -> None:
    # Everything answered wrongly with probability .3: the joint risk above a uniform score's threshold t is .3 (1 - t).
    broken, mean = 0, 0.0
    for seed in range(DRAWS):
        random = np.random.default_rng(seed)
        score, right = random.random(300), random.random(300) >= 0.3
        exact = binomial_joint_risk(score, right, alpha=0.1, delta=0.1)
        broken += 0.3 * (1 - exact.threshold) > 0.1
        mean += 0.3 * (1 - conformal_joint_risk(score, right, alpha=0.1).threshold) / DRAWS
    assert broken / DRAWS <= MARGIN
    assert 0.09 < mean < 0.1 + 4 * 0.017 / DRAWS**0.5


def test_a_lenient_judge_breaks_the_promise_and_the_audit_mends_it() -> None:
    naive = audited = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        score, right = random.random(3000), random.random(3000) >= 0.12
        judged = right | (random.random(3000) < 0.6)
        naive += certify(score, judged, alpha=0.1, delta=0.1).promised
        chosen = judged_threshold(score, judged, alpha=0.1, delta=0.1, unseen=0.03)
        fresh = random.random(1000) >= 0.12
        seen = fresh | (random.random(1000) < 0.6)
        audited += judge_audit(chosen, np.full(1000, 2.0), seen, fresh).threshold is not None
    assert naive > 90
    assert audited <= 10
