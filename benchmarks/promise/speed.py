"""CPU seconds of one certificate.

python benchmarks/promise/speed.py --rows 100000
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from laws import GOOD

from calibrant.policies import certify

sys.path.insert(0, str(Path(__file__).parent.parent))
from machine import machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    n = parser.parse_args().rows
    random = np.random.default_rng(0)
    score, right = GOOD.draw(random, n)
    few = np.round(score, 2)
    print(machine())
    cases: dict[str, dict[str, object]] = {
        method: {"method": method}
        for method in ("multistart", "band", "single", "pilot", "sgr", "bonferroni", "betting")
    }
    cases["clusters of 10"] = {"clusters": np.arange(n) // 10}
    cases["clusters of 10, betting"] = {"clusters": np.arange(n) // 10, "method": "betting"}
    cases["30 groups"] = {"groups": np.arange(n) % 30}
    cases["weights"] = {"weights": random.random(n) + 0.5}
    print(f"{'CPU s, ' + format(n, ',') + ' rows':32}{'continuous':>12}{'per cent':>12}")
    for name, options in cases.items():
        spent = []
        for values in (score, few):
            start = time.process_time()
            certify(values, right, alpha=0.1, delta=0.1, **options)  # type: ignore[arg-type]
            spent.append(time.process_time() - start)
        print(f"{name:32}{spent[0]:12.3f}{spent[1]:12.3f}")


if __name__ == "__main__":
    main()
