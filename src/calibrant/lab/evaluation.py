"""What a model does with questions whose truth is known: the figures of model cards and of the trap table."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from calibrant.lab.decoding import Reply, answer
from calibrant.lab.questions import ANSWERABLE, UNKNOWNS, Asked
from calibrant.lab.texts import prompt, reading
from calibrant.lab.transformer import Transformer

__all__ = ["Measured", "measure", "measure_reading", "state"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Questions with the replies to them, and what follows."""

    asked: tuple[Asked, ...]
    replies: tuple[Reply, ...]

    def states(self, *bands: str) -> dict[str, int]:
        """Counts of correct, incorrect and abstained replies, in the bands named or in all."""
        counts = {"correct": 0, "incorrect": 0, "abstained": 0}
        for asked, reply in zip(self.asked, self.replies, strict=True):
            if not bands or asked.band in bands:
                counts[state(asked, reply)] += 1
        return counts

    def share(self, outcome: str, *bands: str) -> float | None:
        """Share of an outcome, in the bands named or in all; None where no question is."""
        counts = self.states(*bands)
        total = sum(counts.values())
        return counts[outcome] / total if total else None

    @property
    def hallucination_rate(self) -> float | None:
        """The share i / (p + i + a) over all questions (definitions, section 1; nothing is partial here)."""
        counts = self.states()
        missed = counts["incorrect"] + counts["abstained"]
        return counts["incorrect"] / missed if missed else None

    def confidence(self, *bands: str) -> float | None:
        """Mean probability of the attempted answers in the bands named."""
        values = [
            reply.confidence
            for asked, reply in zip(self.asked, self.replies, strict=True)
            if asked.band in bands and not reply.declined
        ]
        return float(np.mean(values)) if values else None

    def to_dict(self) -> dict[str, Any]:
        """All figures, for model cards."""
        figures = {
            "accuracy": self.share("correct", *ANSWERABLE),
            "hallucination_rate": self.hallucination_rate,
            "false_refusals": self.share("abstained", *ANSWERABLE),
            "false_refusals_known": self.share("abstained", "known"),
            **{f"accuracy_{band}": self.share("correct", band) for band in ANSWERABLE},
            **{f"made_up_{band.replace(' ', '_')}": self.share("incorrect", band) for band in UNKNOWNS},
            "confidence_known": self.confidence("known"),
            "confidence_unknown": self.confidence(*UNKNOWNS),
        }
        return {name: None if value is None else round(value, 4) for name, value in figures.items()}


def state(asked: Asked, reply: Reply) -> str:
    """The outcome of one reply. Everything in this world is spelt in one way, so equal texts are equal answers."""
    if reply.declined:
        return "abstained"
    return "correct" if reply.text == asked.answer else "incorrect"


def measure(model: Transformer, tokenizer: Tokenizer, asked: Sequence[Asked]) -> Measured:
    """Ask every question, from memory."""
    return Measured(tuple(asked), tuple(answer(model, tokenizer, [prompt(question.text) for question in asked])))


def measure_reading(model: Transformer, tokenizer: Tokenizer, *, texts: int = 400, seed: int = 0) -> dict[str, float]:
    """How well passages about things made up on the spot are read."""
    random_ = random.Random(f"measure reading {seed}")
    drawn = [reading(random_) for _ in range(texts)]
    replies = answer(model, tokenizer, ["".join(part.text for part in parts[:-1]) for parts in drawn])
    golds = [parts[-1].text.removesuffix("<eos>").strip() for parts in drawn]
    pairs = list(zip(golds, replies, strict=True))
    told = [(gold, reply) for gold, reply in pairs if not gold.startswith("I do not know")]
    untold = [reply for gold, reply in pairs if gold.startswith("I do not know")]
    return {
        "read": round(float(np.mean([reply.text == gold for gold, reply in told])), 4),
        "read_refused": round(float(np.mean([reply.declined for _, reply in told])), 4),
        "not_in_passage_refused": round(float(np.mean([reply.declined for reply in untold])), 4),
    }
