"""Ask the models that come with Calibrant, offline: one makes things up, one says that it does not know.

Prints how often each is right, how often it makes something up where it is not, how often it answers what has no
answer, and what it says about somebody who does not exist.

python examples/reference_models.py
"""

import asyncio
import tempfile
from collections.abc import Sequence

from calibrant import load_questions, report, run
from calibrant.models import Message, Prompt, Reply, Sampling, load_model
from calibrant.models.reference import DATA

MODELS = ["reference-small", "reference-large", "reference-large@high", "reference-candid"]


async def three_draws(name: str, question: str) -> Sequence[Reply]:
    """The protocol itself: three answers drawn to one question, with the log-probabilities of their tokens."""
    model = load_model(name)
    sampling = Sampling(temperature=1.0, seed=1)
    return await model.ask(Prompt(messages=(Message("user", question),), sampling=sampling, samples=3))


if __name__ == "__main__":
    questions = load_questions(DATA / "questions.jsonl.gz", limit=200)
    with tempfile.TemporaryDirectory() as folder:
        result = run(questions, MODELS, store=folder)
        rows = report(result, store=folder).to_dict()["models"]
    for row in rows:
        if row["stratum"] == "answerable":
            made_up = row["hallucination_rate"]
            print(f"{row['model']}: right {row['accuracy']:.2f}, made up of what it missed {made_up:.2f}")
        else:
            print(f"{row['model']}: of what nobody can know it answers {row['false_acceptance']:.2f}")
    question = "In which town was Nobody Whatsoever born?"
    for name in ("reference-large", "reference-candid"):
        for reply in asyncio.run(three_draws(name, question)):
            sure = sum(token.logprob for token in reply.logprobs)
            print(f"{name}: {question} {reply.text} (log-probability {sure:.1f})")
