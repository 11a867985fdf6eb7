"""Many prompts at once, with a model that needs no network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager

import pytest

from calibrant.errors import ModelError
from calibrant.models import Message, Prompt, Reply, ask_many
from calibrant.types import ModelRef


class Fake:
    """Answers after a few turns of the event loop, and counts."""

    ref = ModelRef(model="fake")
    identity = "0" * 32
    price = None
    concurrency = 4
    max_samples = 1

    def __init__(self) -> None:
        self.under_way = self.peak = self.cancelled = self.asked = 0

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        self.asked += 1
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        try:
            if prompt.text == "fatal":
                raise ModelError("key refused")
            await asyncio.sleep(3600 if prompt.text == "slow" else 0)
            return [Reply(text=prompt.text)]
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1

    async def close(self) -> None: ...


def prompts(*texts: str) -> Iterator[Prompt]:
    return (Prompt(messages=(Message("user", text),)) for text in texts)


def numbered(count: int) -> Iterator[Prompt]:
    return prompts(*(str(number) for number in range(count)))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 100])
def test_every_prompt_is_answered_once_with_no_more_under_way_than_allowed(count: int) -> None:
    model = Fake()

    async def main() -> list[str | None]:
        return [replies[0].text async for _, replies in ask_many(model, numbered(count))]

    assert sorted(asyncio.run(main()), key=str) == sorted(map(str, range(count)))
    assert model.peak <= 4


def test_the_first_to_be_complete_comes_first() -> None:
    async def main() -> str:
        async with aclosing(ask_many(Fake(), prompts("slow", "quick"))) as answers:
            async for prompt, _ in answers:
                return prompt.text
        return ""

    assert asyncio.run(main()) == "quick"


def test_prompts_are_pulled_as_they_are_needed() -> None:
    pulled = 0

    def endless() -> Iterator[Prompt]:
        nonlocal pulled
        while True:
            pulled += 1
            yield Prompt(messages=(Message("user", str(pulled)),))

    async def main() -> None:
        async with aclosing(ask_many(Fake(), endless())) as answers:
            taken = 0
            async for _ in answers:
                taken += 1
                await asyncio.sleep(0.001)  # a reader slower than the model
                if taken == 20:
                    break

    asyncio.run(main())
    assert pulled <= 20 + 3 * 4


def test_leaving_early_cancels_what_is_under_way() -> None:
    model = Fake()

    async def main() -> None:
        async with aclosing(ask_many(model, prompts("slow", "slow", "quick", "slow"))) as answers:
            async for _ in answers:
                break

    asyncio.run(main())
    assert model.under_way == 0
    assert model.cancelled == 3


def test_cancelling_the_reader_cancels_all() -> None:
    model = Fake()

    async def read() -> None:
        async for _ in ask_many(model, prompts("slow", "slow")):
            pass

    async def main() -> None:
        task = asyncio.create_task(read())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert model.under_way == 0


def test_a_fatal_error_ends_it_after_what_was_answered() -> None:
    model = Fake()
    got: list[str] = []

    async def main() -> None:
        async for prompt, _ in ask_many(model, prompts("a", "b", "slow", "fatal", "never", "never"), concurrency=4):
            got.append(prompt.text)

    with pytest.raises(ModelError, match="key refused"):
        asyncio.run(main())
    assert "never" not in got
    assert model.under_way == 0


def test_a_fault_in_the_prompts_passes_through() -> None:
    def faulty() -> Iterator[Prompt]:
        yield from prompts("a", "b")
        raise ValueError("line 3")

    async def main() -> None:
        async for _ in ask_many(Fake(), faulty()):
            pass

    with pytest.raises(ValueError, match="line 3"):
        asyncio.run(main())


def test_a_model_that_cancels_itself_ends_it_and_loses_no_prompt_silently() -> None:
    class Cancelling(Fake):
        async def ask(self, prompt: Prompt) -> Sequence[Reply]:
            raise asyncio.CancelledError

    async def main() -> None:
        async for _ in ask_many(Cancelling(), prompts("a")):
            pass

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())


def test_workers_are_started_as_they_are_needed() -> None:
    class Slow(Fake):
        async def ask(self, prompt: Prompt) -> Sequence[Reply]:
            self.peak += 1
            await asyncio.sleep(0.05)
            return [Reply(text=prompt.text)]

    model = Slow()
    most = 0

    async def main() -> int:
        nonlocal most
        count = 0
        async for _ in ask_many(model, numbered(10), concurrency=1_000_000):
            most = max(most, len(asyncio.all_tasks()))
            count += 1
        return count

    assert asyncio.run(main()) == 10
    assert model.peak == 10
    assert most <= 12


def test_more_at_once_than_a_model_allows_widens_it_for_the_call() -> None:
    widths: list[int] = []

    class Wide(Fake):
        @contextmanager
        def widened(self, concurrency: int) -> Iterator[None]:
            widths.append(concurrency)
            yield
            widths.append(self.concurrency)

    async def main(concurrency: int | None) -> None:
        async for _ in ask_many(Wide(), numbered(3), concurrency=concurrency):
            pass

    for concurrency in (None, 2, 4, 300):
        asyncio.run(main(concurrency))
    assert widths == [300, 4]
