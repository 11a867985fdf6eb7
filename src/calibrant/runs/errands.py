"""Asking beside a run's plan: a judge about its answers, or a model once more about what it declined.

An errand is a prompt with the key of its response. Whoever sends them hands them out one after another and is told what
came back, which may make further ones; here they are asked, within a budget, and kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from calibrant.errors import ModelError
from calibrant.models import Failure, Model, Prompt, Reply, ask_many
from calibrant.runs.answers import response_of
from calibrant.runs.recording import Received, Recorder
from calibrant.runs.spend import Purse
from calibrant.runs.summary import ModelTally, Stop
from calibrant.types import Grade, Question, ResponseKey, StatedAs

__all__ = ["Errand", "ErrandSender", "Errands"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand(Prompt):
    """A prompt for one reply, or for several samples."""

    key: ResponseKey
    further: tuple[ResponseKey, ...] = ()
    """Of the samples beyond the first."""
    about: Question
    """The question that the response is kept with."""
    question_hash: str
    also: tuple[tuple[Question, str], ...] = ()
    """Further questions, each with its hash, that the response is kept with: those that are alike."""
    states_confidence: StatedAs = False
    opening: bool = False
    """Whether only the reply's beginning matters, so that one cut off at the token limit is as good."""


class ErrandSender(Protocol):
    """Where errands come from and where their replies go."""

    def take(self) -> Errand | None:
        """The next errand; None = there is none now. There may be more once replies have come."""
        ...

    def failed(self, reply: Reply) -> bool:
        """Whether nothing came that could be made use of, so that it is to be asked for another day."""
        ...

    def came(self, errand: Errand, reply: Reply) -> Sequence[tuple[int, Grade]]:
        """Take note of a reply.

        Returns:
            Grades that follow from it, each with the number of its item; kept together with the response.
        """
        ...


class Errands:
    """One model, asked whatever a sender has.

    Args:
        model: whom to ask.
        tally: counts its replies and what they cost.
        purse: the budget, perhaps over several models.
        recorder: keeps responses.
        max_errors: failures after which no more is asked.
        tell: called after each reply.
    """

    def __init__(
        self,
        model: Model,
        tally: ModelTally,
        purse: Purse,
        recorder: Recorder,
        *,
        max_errors: float,
        tell: Callable[[], None],
    ) -> None:
        self._model = model
        self._tally = tally
        self._purse = purse
        self._recorder = recorder
        self._max_errors = max_errors
        self._tell = tell
        self._held: Errand | None = None
        self._reserved: dict[int, float] = {}
        self.stop: Stop | None = None
        """Why not everything was asked."""

    async def ask(self, sender: ErrandSender, *, concurrency: int | None = None) -> None:
        """Ask until the sender has nothing more, the budget is used up, or too much failed.

        A model that cannot be asked at all is noted in the tally.
        """
        try:
            while self.stop is None:
                prompts = self._sendable(sender)
                async with aclosing(ask_many(self._model, prompts, concurrency=concurrency)) as answers:
                    async for errand, replies in answers:
                        await self._came_back(sender, errand, replies)
                self._held = self._held or sender.take()
                if self._held is None:
                    return
        except ModelError as error:
            self._tally.failed = str(error)
            self._tally.under_way = 0
            self.stop = Stop.MODEL

    def _sendable(self, sender: ErrandSender) -> Iterator[Errand]:
        tally = self._tally
        while self.stop is None:
            errand = self._held or sender.take()
            self._held = None
            if errand is None:
                return
            limit = self._model.output_limit(errand)
            characters = sum(len(one.content) for one in errand.messages)
            reserved = errand.samples * tally.spend.could_cost(characters, limit)
            limited = limit is not None and not tally.spend.billed
            if not self._purse.lets_out(reserved, limited=limited, spend=tally.spend, under_way=tally.under_way):
                self._held = errand
                if not tally.under_way:
                    self.stop = Stop.BUDGET
                return
            tally.under_way += 1
            self._reserved[id(errand)] = reserved
            self._purse.reserved_usd += reserved
            yield errand

    async def _came_back(self, sender: ErrandSender, errand: Errand, replies: Sequence[Reply]) -> None:
        tally = self._tally
        tally.under_way -= 1
        unknown = tally.spend.unknown
        received: list[Received] = []
        for key, reply in zip((errand.key, *errand.further), replies, strict=True):
            received += self._received(sender, errand, key, reply)
        self._purse.came_back(self._reserved.pop(id(errand)), cost_known=tally.spend.unknown == unknown)
        await self._recorder.keep(received)
        if tally.errors > self._max_errors:
            self.stop = self.stop or Stop.ERRORS
        self._tell()
        await asyncio.sleep(0)

    def _received(self, sender: ErrandSender, errand: Errand, key: ResponseKey, reply: Reply) -> list[Received]:
        if errand.opening and reply.failure is Failure.TRUNCATED and reply.text:
            reply = replace(reply, error=None, failure=None)
        stating = errand.states_confidence
        cost = self._tally.spend.add(reply)
        response = response_of(reply, key=key, model=self._model, cost_usd=cost, states_confidence=stating)
        self._tally.count(reply, 1 + len(errand.also), failed=sender.failed(reply))
        verdicts = tuple(sender.came(errand, reply))
        first = Received(errand.about, errand.question_hash, response, stating, verdicts)
        return [first, *(Received(question, digest, response, stating) for question, digest in errand.also)]
