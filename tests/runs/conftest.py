"""A model whose every reply the test decides, and questions to ask it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from calibrant.errors import ModelError
from calibrant.models import Failure, Price, Prompt, Reply
from calibrant.store import Store, open_store
from calibrant.types import ModelRef, Question, Usage

USAGE = Usage(input_tokens=1000, output_tokens=100)


def right(prompt: Prompt) -> Reply:
    return Reply(text="Paris", usage=USAGE)


def failing(prompt: Prompt) -> Reply:
    return Reply(error="no answer in time", failure=Failure.TIMEOUT)


@dataclass
class ScriptedModel:
    """Answers as it is told, and remembers what it was asked."""

    reply: Callable[[Prompt], Reply] = right
    name: str = "scripted"
    price: Price | None = None
    concurrency: int = 8
    max_samples: int = 1
    destination: str | None = None
    hopeless: bool = False
    delay_s: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    samples: list[int] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    closed: bool = False

    @property
    def ref(self) -> ModelRef:
        return ModelRef(model=self.name)

    @property
    def identity(self) -> str:
        return f"identity of {self.name}"

    limit: int | None = None

    def output_limit(self, prompt: Prompt) -> int | None:
        return self.limit if prompt.sampling.max_tokens is None else prompt.sampling.max_tokens

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        self.asked[prompt.text] += prompt.samples
        self.samples.append(prompt.samples)
        self.prompts.append(prompt)
        await asyncio.sleep(self.delay_s)
        if self.hopeless:
            raise ModelError("the key is refused", place=self.name, remedy="Set another.")
        return [self.reply(prompt) for _ in range(prompt.samples)]

    async def close(self) -> None:
        self.closed = True


def ask_about(count: int, **given: object) -> list[Question]:
    return [
        Question(id=f"q{number}", text=f"Capital {number}?", golds=("Paris",), **given)  # type: ignore[arg-type]
        for number in range(count)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened
