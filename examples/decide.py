"""Decide between two efforts of a model on recorded answers that come with Calibrant: what is settled, and what is not.

python examples/decide.py
"""

import tempfile
from importlib.resources import as_file, files

from calibrant import import_answers, open_store
from calibrant.reports.decision import DecisionOptions, build_decision

with tempfile.TemporaryDirectory() as folder, open_store(folder) as store:
    with as_file(files("calibrant.samples") / "cruxeval.jsonl.gz") as answers:
        import_answers(answers, store)
    for wrong_costs in (1.0, 3.0):
        decision = build_decision(
            store, "gpt-4-0613@low", "gpt-4-0613@high", DecisionOptions(wrong_costs=wrong_costs, error=0.25)
        )
        print(f"A wrong answer costs {wrong_costs:g} right ones. {decision.recommendation[0]}")
        for way in decision.ways:
            risk = "" if way.risk is None else f", {way.risk:.0%} of these wrong"
            print(f"  {way.name}: answers {way.coverage:.0%}{risk}, worth {100 * way.value:+.0f} per 100 questions")
        print(f"  {decision.reversals[0]}")
