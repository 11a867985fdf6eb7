"""Python functions as models."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.models import Failure, Message, Prompt, Reply, ask_many, load_model
from calibrant.models.callable_model import CallableModel, import_function
from calibrant.types import ModelRef, Usage

PROMPT = Prompt(messages=(Message("system", "s"), Message("user", "hello")))


def made(function: Callable[..., Any], **rest: Any) -> CallableModel:
    return CallableModel(function, ref=ModelRef(model="f"), identity="0" * 32, **rest)


def ask(function: Callable[..., Any], prompt: Prompt = PROMPT, **rest: Any) -> list[Reply]:
    async def main() -> list[Reply]:
        model = made(function, **rest)
        try:
            return list(await model.ask(prompt))
        finally:
            await model.close()

    return asyncio.run(main())


async def asynchronous(question: str) -> str:
    await asyncio.sleep(0)
    return f"async {question}"


def with_prompt(asked: Prompt) -> str:
    return asked.messages[0].content


def test_a_text_a_mapping_or_a_reply() -> None:
    assert ask(lambda question: f"to {question}")[0].text == "to hello"
    assert ask(asynchronous)[0].text == "async hello"
    assert ask(with_prompt)[0].text == "s"
    assert ask(lambda question: Reply(text="r", latency_s=1.0))[0].latency_s == 1.0
    (reply,) = ask(
        lambda question: {
            "answer": 42,
            "confidence": 0.7,
            "usage": {"input_tokens": 3, "output_tokens": 4},
            "cost_usd": 0.001,
            "trace": ["a"],
        }
    )
    assert (reply.text, reply.cost_usd) == ("42", 0.001)
    assert reply.usage == Usage(input_tokens=3, output_tokens=4)
    assert reply.extra == {"confidence": 0.7, "trace": ["a"]}
    assert reply.latency_s is not None


def raising(question: str) -> str:
    raise ValueError(f"no {question} with sk-proj-abcdefghijklmnop1234")


def stopping(question: str) -> str:
    return next(iter(()))


@pytest.mark.parametrize(
    ("function", "failure", "words"),
    [
        (raising, Failure.RAISED, "ValueError: no hello with [redacted]"),
        (stopping, Failure.RAISED, "StopIteration"),
        (lambda question: None, Failure.MALFORMED, "returned NoneType"),
        (lambda question: 3, Failure.MALFORMED, "returned int"),
        (lambda question: "", Failure.MALFORMED, "an empty answer"),
        (lambda question: {"result": "x"}, Failure.MALFORMED, "it has: result"),
        (lambda question: {"error": "index is down"}, Failure.RAISED, "index is down"),
    ],
)
def test_what_is_no_answer_fails_its_question(function: Callable[..., Any], failure: Failure, words: str) -> None:
    (reply,) = ask(function)
    assert reply.failure is failure
    assert words in (reply.error or "")


def test_a_call_that_takes_too_long_is_given_up() -> None:
    async def slow(question: str) -> str:
        await asyncio.sleep(60)
        return "late"

    assert ask(slow, timeout_s=0.05)[0].failure is Failure.TIMEOUT


def test_a_time_out_of_the_function_itself_is_its_own_failure() -> None:
    def own(question: str) -> str:
        raise TimeoutError("the index")

    assert ask(own)[0].failure is Failure.RAISED


def test_functions_that_block_run_beside_each_other_and_leave_the_loop_alive() -> None:
    barrier = threading.Barrier(4, timeout=10)

    def together(question: str) -> str:
        barrier.wait()
        return question

    async def main() -> int:
        model = made(together, concurrency=4)
        prompts = [Prompt(messages=(Message("user", str(number)),)) for number in range(8)]
        answered = [replies[0].text async for _, replies in ask_many(model, prompts)]
        await model.close()
        return len(answered)

    assert asyncio.run(main()) == 8


def test_an_interrupt_passes() -> None:
    def interrupted(question: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(interrupted)


def test_samples_are_calls() -> None:
    calls: list[float] = []

    def counting(question: str) -> str:
        calls.append(time.monotonic())
        return str(len(calls))

    replies = ask(counting, Prompt(messages=PROMPT.messages, samples=3))
    assert sorted(reply.text or "" for reply in replies) == ["1", "2", "3"]


def test_a_module_of_the_folder_is_found_and_efforts_are_arguments(tmp_path: Path) -> None:
    (tmp_path / "my_rag_for_tests.py").write_text(
        "class Chain:\n    def ask(self, question, k=1):\n        return f'{question} {k}'\nchain = Chain()\n"
    )
    (tmp_path / "calibrant.toml").write_text(
        '[models.rag]\nwire = "callable"\nfunction = "my_rag_for_tests:chain.ask"\neffort = { deep = { k = 9 } }\n'
    )

    async def answer(name: str) -> str | None:
        return (await load_model(name, folder=tmp_path, environ={}).ask(PROMPT))[0].text

    assert asyncio.run(answer("rag")) == "hello 1"
    assert asyncio.run(answer("rag@deep")) == "hello 9"
    assert asyncio.run(answer("callable:my_rag_for_tests:chain.ask")) == "hello 1"
    with pytest.raises(InputError, match="Known: deep"):
        load_model("rag@deeper", folder=tmp_path, environ={})


def test_a_module_that_breaks_says_how(tmp_path: Path) -> None:
    (tmp_path / "broken_for_tests.py").write_text("1 / 0\n")
    with pytest.raises(InputError, match="ZeroDivisionError"):
        import_function("broken_for_tests:f", folder=tmp_path)
    with pytest.raises(InputError, match="cannot be called"):
        import_function("math:pi", folder=tmp_path)


def test_a_cancellation_inside_the_function_fails_its_question_only() -> None:
    async def cancelling(question: str) -> str:
        raise asyncio.CancelledError

    (reply,) = ask(cancelling)
    assert reply.failure is Failure.RAISED

    async def slow(question: str) -> str:
        await asyncio.sleep(60)
        return "late"

    async def main() -> None:
        task = asyncio.create_task(made(slow).ask(PROMPT))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_a_function_that_ends_the_program_fails_its_question() -> None:
    def leaving(question: str) -> str:
        sys.exit(3)

    async def leaving_later(question: str) -> str:
        sys.exit(3)

    for function in (leaving, leaving_later):
        (reply,) = ask(function)
        assert (reply.failure, reply.error) == (Failure.RAISED, "SystemExit: 3")


def test_what_hangs_holds_up_nobody_else() -> None:
    hanging = threading.Event()

    def sometimes(question: str) -> str:
        if question.startswith("hang"):
            hanging.wait(60)
        return question

    async def main() -> dict[str, Failure | None]:
        model = made(sometimes, concurrency=2, timeout_s=0.3)
        texts = [f"hang {number}" for number in range(4)] + [f"fine {number}" for number in range(20)]
        prompts = [Prompt(messages=(Message("user", text),)) for text in texts]
        got = {one.text: replies[0].failure async for one, replies in ask_many(model, prompts, concurrency=24)}
        await model.close()
        return got

    failures = asyncio.run(main())
    hanging.set()
    assert {text for text, failure in failures.items() if failure} == {f"hang {number}" for number in range(4)}


def test_waiting_for_a_thread_is_no_time_of_the_call() -> None:
    async def main() -> list[Failure | None]:
        model = made(lambda question: time.sleep(0.1) or question, concurrency=1, timeout_s=0.5)
        replies = await asyncio.gather(*(model.ask(PROMPT) for _ in range(8)))
        await model.close()
        return [one.failure for (one,) in replies]

    assert asyncio.run(main()) == [None] * 8


HANGING = """
import asyncio, time
from calibrant.models import Message, Prompt, load_model
async def main():
    model = load_model(lambda question: time.sleep(60))
    task = asyncio.create_task(model.ask(Prompt(messages=(Message("user", "q"),))))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await model.close()
asyncio.run(main())
print("ended")
"""


def test_the_end_does_not_wait_for_a_thread_that_hangs() -> None:
    ran = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=30, check=True)
    assert (ran.stdout, ran.stderr) == ("ended\n", "")


def test_threads_are_used_again() -> None:
    names: set[str | int] = set()

    def naming(question: str) -> str:
        names.add(threading.get_ident())
        return question

    ask(naming, Prompt(messages=PROMPT.messages, samples=20))
    assert len(names) == 1


def test_secrets_of_the_environment_stay_out_of_errors() -> None:
    environ = {"MY_INDEX_PASSWORD": "open/sesame-42", "OPENAI_API_KEY": "plain-looking", "HOME": "/home/somebody"}

    def raising_with(question: str) -> str:
        raise ValueError("open/sesame-42, open%2Fsesame-42, plain-looking at /home/somebody")

    (reply,) = ask(raising_with, environ=environ)
    assert reply.error == "ValueError: [redacted], [redacted], [redacted] at /home/somebody"
    (reply,) = ask(lambda question: {"error": "with plain-looking"}, environ=environ)
    assert reply.error == "with [redacted]"


def test_an_exception_that_cannot_be_shown_fails_its_question() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def mute(question: str) -> str:
        raise MuteError

    assert ask(mute)[0].error == "MuteError"


@pytest.mark.parametrize("tokens", [2**53 + 1, -1, float("nan"), float("inf"), 10**400, "7"])
def test_a_count_of_tokens_that_cannot_be_is_unknown(tokens: Any) -> None:
    (reply,) = ask(lambda question: {"answer": "a", "usage": {"input_tokens": tokens, "output_tokens": 4}})
    assert reply.usage == Usage(output_tokens=4)


def test_a_reply_of_a_function_is_looked_at_too() -> None:
    told = Reply(text="a", usage=Usage(input_tokens=10**30, output_tokens=4), cost_usd=float("nan"))
    (reply,) = ask(lambda question: told)
    assert (reply.usage, reply.cost_usd) == (Usage(output_tokens=4), None)


def test_an_empty_prompt_is_rejected_without_a_call() -> None:
    (reply,) = ask(raising, Prompt(messages=()))
    assert (reply.failure, reply.requests) == (Failure.REJECTED, 0)


def test_a_higher_concurrency_of_a_call_holds_for_it() -> None:
    barrier = threading.Barrier(20, timeout=10)

    def together(question: str) -> str:
        barrier.wait()
        return question

    async def main() -> int:
        model = made(together)
        prompts = [Prompt(messages=(Message("user", str(number)),)) for number in range(20)]
        answered = [replies[0].text async for _, replies in ask_many(model, prompts, concurrency=20)]
        await model.close()
        return len([text for text in answered if text])

    assert asyncio.run(main()) == 20
