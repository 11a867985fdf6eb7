"""Published answers of real models, packed small, for ``calibrant demo``. Sources and licences: NOTICE."""

from pathlib import Path

__all__ = ["CRUXEVAL", "TRIVIAQA"]

CRUXEVAL = Path(__file__).parent / "cruxeval.jsonl.gz"
"""6 models x 2 efforts x 100 programs: what does the program return? With agreement among samples as confidence."""

TRIVIAQA = Path(__file__).parent / "triviaqa.jsonl.gz"
"""300 TriviaQA questions answered by Phi-3-mini, ungraded; the exact grader grades them."""
