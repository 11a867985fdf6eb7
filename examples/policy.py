"""A policy over two efforts of a model that comes with the package: fitted, certified, and asked to decide.

python examples/policy.py
"""

import tempfile
from pathlib import Path

from calibrant.grading import EQUAL
from calibrant.lab.story import traffic
from calibrant.models import Sampling
from calibrant.policies import Certifying, fit_policy
from calibrant.policies.routing import Wishes, arm_table
from calibrant.runs import RunOptions, run
from calibrant.store import open_store

questions = [one.question(f"label-{n}") for n, one in enumerate(traffic()[0])]
with tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store:
    options = RunOptions(sampling=Sampling(temperature=0.0, logprobs=True))
    made = run(questions, ["reference-large@low", "reference-large@high"], store=store, options=options, grader=EQUAL)
    table = arm_table(store.outcomes(made.run))

policy = fit_policy(table, Wishes(error=0.25), Certifying(alpha=0.25, delta=0.1))
print(policy.sentence())
for sure in (-0.1, -3.0):
    signals = {"mean_logprob": sure / 4, "min_logprob": sure / 2, "output_tokens": 4, "sum_logprob": sure}
    print(policy.decide({"reference-large@low": signals}, domain=questions[0].domain or "").reason)
