"""Ask a Python function as if it were a model, at two prices of a wrong answer, and print the report. Offline.

python examples/ask_a_function.py
"""

import tempfile

from calibrant import RunOptions, report, run
from calibrant.models import Prompt
from calibrant.runs import aa_template
from calibrant.types import Question

KNOWN = {"Australia": ("Canberra", 0.95), "Peru": ("Lima", 0.9), "Turkey": ("Istanbul", 0.6)}
CAPITALS = {"Australia": "Canberra", "Peru": "Lima", "Turkey": "Ankara", "Kenya": "Nairobi"}


def answer(prompt: Prompt) -> dict[str, object]:
    """Answers only what it is surer of than the price that the prompt states."""
    price = 0.75 if "75 %" in prompt.messages[0].content else 0.0
    name, sure = next((fact for country, fact in KNOWN.items() if country in prompt.text), ("Cairo", 0.1))
    return {"answer": name if sure > price else "I do not know the answer.", "confidence": sure}


if __name__ == "__main__":
    questions = [Question(id=name, text=f"Capital of {name}?", golds=(gold,)) for name, gold in CAPITALS.items()]
    options = RunOptions(templates=(aa_template(price=0.0), aa_template(price=0.75)))
    with tempfile.TemporaryDirectory() as folder:
        result = run(questions, answer, store=folder, options=options)
        rows = report(result, store=folder).to_dict()["models"]
    for row in rows:
        print(
            f"price {row['price']:.2f}: right {row['accuracy']:.2f}, made up of what it missed "
            f"{row['hallucination_rate']:.2f}, index at that price {row['index_at_price']:+.0f}"
        )
