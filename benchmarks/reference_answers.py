"""Answers of reference models to questions whose truth is known, through the engine that ships (NumPy, no PyTorch)."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

from calibrant.lab.decoding import Reply
from calibrant.lab.evaluation import Measured
from calibrant.lab.questions import Asked
from calibrant.lab.texts import reading
from calibrant.models.protocol import Sampling
from calibrant.models.reference import Engine, ReferenceFiles, wording
from calibrant.models.reference.decoding import Job, Written, write
from calibrant.models.reference.engine import Request

__all__ = ["Answering", "readings"]

_BATCH = 64
_GREEDY = Sampling(temperature=0.0, max_tokens=24)


class Answering:
    """One model of a folder that ``calibrant.lab.ship`` wrote; every question is asked once.

    Args:
        folder: the files.
        name: ``small``, ``medium``, ``large`` or ``candid``.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.files = ReferenceFiles(folder)
        self._engine = Engine(self.files, f"reference-{name}")
        self._known: dict[tuple[str, bool], Reply] = {}

    def measure(self, asked: Sequence[Asked], *, high: bool = False) -> Measured:
        """Ask every question."""
        self._ask([Request(asked=wording.Asked(one.text), looks_up=high, sampling=_GREEDY) for one in asked])
        return Measured(tuple(asked), tuple(self._known[one.text, high] for one in asked))

    def measure_reading_anything(self, asked: Sequence[Asked]) -> Measured:
        """Ask every question with the passage that fits it best, whatever it is about."""
        requests = [
            Request(asked=wording.Asked(one.text).reading(*(e.text for e in self.files.almanac.look_up(one.text))))
            for one in asked
        ]
        return Measured(tuple(asked), tuple(self._replies(requests)))

    def _ask(self, requests: Sequence[Request]) -> None:
        new = [one for one in requests if (one.asked.question, one.looks_up) not in self._known]
        for request, reply in zip(new, self._replies(new), strict=True):
            self._known[request.asked.question, request.looks_up] = reply

    def _replies(self, requests: Sequence[Request]) -> list[Reply]:
        replies = []
        for start in range(0, len(requests), _BATCH):
            for answers in self._engine.answer(requests[start : start + _BATCH]):
                if isinstance(answers, Exception):
                    raise answers
                replies.append(_reply(answers.replies[0]))
        return replies

    def read(self, asked: Sequence[wording.Asked], *, freely: bool) -> list[str]:
        """The answers to questions with passages: any text, or only spans of the passages."""
        if not freely:
            return [reply.text for reply in self._replies([Request(asked=one, sampling=_GREEDY) for one in asked])]
        engine, texts = self._engine, []
        for start in range(0, len(asked), _BATCH):
            prompts = [
                [engine.tokens.bos, engine.tokens.ask, *engine.tokens.encode(one.text)]
                for one in asked[start : start + _BATCH]
            ]
            jobs = [Job(prompt=prompt, sampling=_GREEDY, seeds=((0,),)) for prompt in prompts]
            texts += [written[0].text for written in write(engine.transformer, engine.tokens, jobs)]
        return texts


def _reply(written: Written) -> Reply:
    return Reply(written.text, math.exp(sum(entry.logprob for entry in written.logprobs)))


def readings(count: int, seed: str) -> list[tuple[wording.Asked, str]]:
    """Questions with passages about things made up on the spot, whose answer stands in the passage; and the answer."""
    random_ = random.Random(seed)
    found: list[tuple[wording.Asked, str]] = []
    while len(found) < count:
        *shown, answer = reading(random_)
        gold = answer.text.removesuffix("<eos>").strip()
        if gold != wording.ADMISSION:
            before, _, question = "".join(part.text for part in shown[1:]).partition("Question: ")
            passages = [line.removeprefix("Passage: ") for line in before.splitlines()]
            found.append((wording.Asked(question.removesuffix("\nAnswer:"), tuple(passages)), gold))
    return found
