"""Seconds of CPU to fit a policy on 100,000 questions x 5 arms, and microseconds of a decision.

python benchmarks/policy_speed.py --out benchmarks/results/policy_speed.md
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from calibrant.policies import Certifying, fit_policy
from calibrant.policies.routing import Arm, ArmTable, Wishes

ARMS = 5
DECISIONS = 20_000


def drawn(n: int, seed: int) -> ArmTable:
    """Arms the better the dearer; three signals, fourteen categories, 2 % of calls without an answer."""
    random = np.random.default_rng(seed)
    ease = random.beta(1.2, 1, n)[:, None]
    chance = 1 / (1 + np.exp(-6 * (ease - np.linspace(0.6, 0.2, ARMS))))
    right = (random.random((n, ARMS)) < chance).astype(np.float64)
    right[random.random((n, ARMS)) < 0.02] = np.nan
    signals = {
        "agreement": random.binomial(5, chance) / 5,
        "logprob": np.log(np.clip(chance + random.normal(0, 0.2, (n, ARMS)), 0.01, 1)),
        "length": random.lognormal(3, 1, (n, ARMS)),
    }
    return ArmTable(
        arms=tuple(Arm("model", f"e{arm}") for arm in range(ARMS)),
        right=right,
        failed=np.isnan(right),
        cost=0.001 * 2.0 ** np.arange(ARMS) * random.lognormal(0, 0.3, (n, ARMS)),
        clusters=np.arange(n),
        signals=signals,
        domains=[str(one) for one in random.integers(0, 14, n)],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    table = drawn(asked.questions, 0)
    began = time.process_time()
    policy = fit_policy(table, Wishes(error=0.05), Certifying(alpha=0.05, delta=0.05))
    fitting = time.process_time() - began
    seen = {
        "model@e0": {"agreement": 0.6, "logprob": -0.5, "length": 20.0},
        "model@e1": {"agreement": 0.8, "logprob": -0.3, "length": 25.0},
    }
    policy.decide(seen, domain="3")
    began = time.process_time()
    for _ in range(DECISIONS):
        policy.decide(seen, domain="3")
    deciding = (time.process_time() - began) / DECISIONS * 1e6
    lines = [
        "# Speed of policies",
        "`python benchmarks/policy_speed.py`; CPU time.",
        f"- fit and certify {asked.questions:,} questions x {ARMS} arms, costs, 14 categories: {fitting:.1f} s",
        f"- one decision after two of {ARMS} arms, three signals each: {deciding:.1f} us",
        f"- torch imported: {'yes' if 'torch' in sys.modules else 'no'}",
    ]
    text = "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:]) + "\n"
    sys.stdout.write(text)
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
