"""An endpoint as a model, against a server that fails as real ones do."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fault_server import KEY, Server, completion, error, fault_server

from calibrant.errors import ModelError
from calibrant.models import Failure, Message, ModelConfig, Prompt, Reply, Sampling, ask_many, load_models
from calibrant.models.assembly import Workshop
from calibrant.models.client import HttpModel
from calibrant.models.limits import Allowance
from calibrant.models.retry import RetryPolicy

QUICK = RetryPolicy(base_s=0.001, cap_s=0.01, max_tries=6)


def prompt(text: str, **rest: Any) -> Prompt:
    return Prompt(messages=(Message("user", text),), **rest)


def model_at(server: Server, policy: RetryPolicy = QUICK, key: str = KEY, **fields: Any) -> HttpModel:
    config = ModelConfig(base_url=server.url, api_key_env="STUB_KEY", **({"model": "stub"} | fields))
    made = Workshop(folder=Path(), environ={"STUB_KEY": key}).build("stub", None, config)
    assert isinstance(made, HttpModel)
    made.policy = policy
    return made


def ask(text: str | Prompt, policy: RetryPolicy = QUICK, key: str = KEY, **fields: Any) -> tuple[list[Reply], Server]:
    async def main() -> tuple[list[Reply], Server]:
        async with fault_server() as server:
            made = model_at(server, policy, key, **fields)
            try:
                return list(await made.ask(text if isinstance(text, Prompt) else prompt(text))), server
            finally:
                await made.close()

    return asyncio.run(main())


def test_an_answer_comes_with_its_usage_latency_and_body() -> None:
    (reply,), server = ask("hello")
    assert reply.text == "echo hello"
    assert reply.error is None
    assert reply.usage.input_tokens == 20
    assert reply.usage.cached_input_tokens == 8
    assert reply.usage.reasoning_tokens == 2
    assert reply.requests == 1
    assert reply.latency_s is not None
    assert reply.latency_s > 0
    assert reply.raw is not None
    assert b"chatcmpl-abc" in reply.raw
    assert server.log[0]["headers"]["Authorization"] == f"Bearer {KEY}"


def test_several_samples_come_from_one_request_where_the_endpoint_can() -> None:
    replies, server = ask(prompt("hello", samples=5), max_samples=3)
    assert [reply.text for reply in replies] == ["echo hello"] * 5
    assert [entry["body"].get("n") for entry in server.log] == [3, 2]
    assert sum(reply.usage.output_tokens or 0 for reply in replies) == 20
    assert sum(reply.usage.input_tokens or 0 for reply in replies) == 40
    assert sum(reply.requests for reply in replies) == 2


def test_gzip_and_large_questions_pass() -> None:
    (reply,), _ = ask("gzip " + "x" * 2_000_000)
    assert reply.text is not None
    assert len(reply.text) > 2_000_000


@pytest.mark.parametrize(
    ("text", "failure", "words", "requests"),
    [
        ("html", Failure.MALFORMED, "an HTML page ('Sign in')", 2),
        ("half", Failure.MALFORMED, "half a JSON", 2),
        ("empty", Failure.MALFORMED, "no choices", 2),
        ("null", Failure.MALFORMED, "content is null", 1),
        ("shape", Failure.MALFORMED, "another shape", 2),
        ("inner", Failure.MALFORMED, "Provider returned error", 2),
        ("fatal500", Failure.SERVER, "Something broke", 3),
        ("noretry", Failure.SERVER, "Do not come back", 1),
        ("busy", Failure.SERVER, "Overloaded", 6),
        ("storm-99", Failure.RATE_LIMITED, "Rate limit reached", 6),
        ("reset-99", Failure.CONNECTION, "the connection was lost", 6),
        ("cut", Failure.CONNECTION, "the connection was lost", 6),
        ("bad", Failure.REJECTED, "'n' must be 1", 1),
        ("unprocessable", Failure.REJECTED, "field required", 1),
        ("flagged", Failure.FILTERED, "flagged by moderation", 1),
        ("filter", Failure.FILTERED, "kept the answer back", 1),
        ("large", Failure.TOO_LARGE, "longer than", 1),
        ("bomb", Failure.TOO_LARGE, "longer than", 1),
        ("loris", Failure.TIMEOUT, "timeout_s", 2),
        ("stall", Failure.TIMEOUT, "stopped coming", 2),
    ],
)
def test_every_fault_is_one_error_with_its_cause_after_a_bounded_number_of_requests(
    text: str, failure: Failure, words: str, requests: int
) -> None:
    times = {"loris": {"timeout_s": 0.5}, "stall": {"idle_timeout_s": 0.2}}
    (reply,), server = ask(text, max_body_mb=8, **times.get(text, {}))
    assert reply.failure == failure, reply
    assert words in (reply.error or "")
    assert len(server.log) == requests
    assert reply.requests == requests
    assert KEY not in repr(reply)


@pytest.mark.parametrize("text", ["storm-3", "reset-2"])
def test_what_passes_is_asked_again_until_it_is_answered(text: str) -> None:
    (reply,), server = ask(text)
    assert reply.text == f"echo {text}"
    assert reply.requests == len(server.log) == int(text[-1]) + 1


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("hello", {"key": "another-key-987654321"}, "401: Incorrect API key provided: [redacted]"),
        ("hello", {"model": "none-such"}, "The model `none-such` does not exist"),
        ("quota", {}, "You exceeded your current quota"),
        ("moved", {}, "307"),
    ],
)
def test_what_concerns_every_prompt_stops_the_run(text: str, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError) as caught:
        ask(text, **fields)
    assert words in str(caught.value).replace("test-key********cdef", "[redacted]")
    assert caught.value.remedy
    assert "987654321" not in str(caught.value)


def test_a_wrong_address_stops_the_run_and_says_so() -> None:
    async def main() -> None:
        made = model_at(Server(url="http://127.0.0.1:9/v1"))
        try:
            await made.ask(prompt("hello"))
        finally:
            await made.close()

    with pytest.raises(ModelError, match="Check base_url"):
        asyncio.run(main())


def test_a_wait_that_the_endpoint_asks_for_holds_for_all_and_the_width_falls() -> None:
    async def main() -> None:
        async with fault_server() as server:
            made = model_at(server, concurrency=8)
            await asyncio.gather(*(made.ask(prompt(f"storm-1 {place}")) for place in range(8)))
            assert made.limits.width < 8
            assert server.peak <= 8
            await made.close()

    asyncio.run(main())


def test_one_model_serves_one_event_loop_after_another() -> None:
    made: list[HttpModel] = []

    async def main() -> tuple[str | None, int]:
        async with fault_server(port=made[0].connection._url.port or 0 if made else 0) as server:
            made.append(made[0] if made else model_at(server))
            (reply,) = await made[0].ask(prompt("hello"))
            await made[0].close()
            return reply.text, len(server.log)

    assert asyncio.run(main()) == ("echo hello", 1)
    assert asyncio.run(main()) == ("echo hello", 1)


def test_two_thousand_questions_each_have_one_answer_or_one_error() -> None:
    kinds = ("ok", "storm-1", "reset-1", "html", "half", "empty", "inner", "fatal500", "cut", "bad")
    prompts = [prompt(f"{kinds[place % len(kinds)] if place % 7 == 0 else 'ok'} {place}") for place in range(2000)]

    async def main() -> tuple[list[tuple[Prompt, Any]], Server]:
        async with fault_server() as server:
            made = model_at(server, concurrency=50, price={"input": 1, "output": 2})
            async with aclosing(ask_many(made, iter(prompts))) as answers:
                found = [one async for one in answers]
            await made.close()
            return found, server

    found, server = asyncio.run(main())
    assert Counter(one.text for one, _ in found) == Counter(one.text for one in prompts)
    assert all(len(replies) == 1 for _, replies in found)
    assert server.peak <= 50
    sent = Counter(entry["text"] for entry in server.log)
    assert max(sent.values()) <= QUICK.max_tries
    assert sum(replies[0].requests for _, replies in found) == len(server.log)
    by_text = {one.text: replies[0] for one, replies in found}
    for text, reply in by_text.items():
        fine = text.split()[0] in ("ok", "storm-1", "reset-1")
        assert (reply.error is None) == fine, (text, reply)
        assert KEY.encode() not in (reply.raw or b"")


def test_sampling_reaches_the_wire() -> None:
    sampling = Sampling(temperature=0.0, seed=7, max_tokens=99, stop=("\n",), logprobs=True, top_logprobs=2)
    (reply,), server = ask(replace(prompt("hello"), sampling=sampling), extra_body={"service_tier": "flex"})
    body = server.log[0]["body"]
    assert body["temperature"] == 0.0
    assert (body["seed"], body["max_tokens"], body["stop"]) == (7, 99, ["\n"])
    assert (body["logprobs"], body["top_logprobs"], body["service_tier"]) == (True, 2, "flex")
    assert reply.logprobs[0].logprob == -0.25


def test_an_endpoint_that_echoes_the_key_does_not_bring_it_into_a_reply() -> None:
    (reply,), _ = ask(f"your header said {KEY}")
    assert reply.text == "echo your header said [redacted]"
    assert KEY not in repr(reply)


def test_the_width_finds_what_an_endpoint_can_take() -> None:
    under_way = turned_away = 0

    async def narrow(request: web.Request) -> web.Response:
        nonlocal under_way, turned_away
        body = await request.json()
        if under_way >= 5:
            turned_away += 1
            return error(429, "Too many at once")
        under_way += 1
        await asyncio.sleep(0.005)
        under_way -= 1
        return web.json_response(completion("fine", body))

    async def main() -> int:
        async with fault_server(routes=[web.post("/narrow/chat/completions", narrow)]) as server:
            made = model_at(Server(url=server.url.replace("/v1", "/narrow")), RetryPolicy(base_s=0.02, max_tries=20))
            prompts = [prompt(str(number)) for number in range(300)]
            found = [replies[0].text async for _, replies in ask_many(made, prompts)]
            assert found == ["fine"] * 300
            width = made.limits.width
            await made.close()
            return width

    assert asyncio.run(main()) < 25
    assert turned_away < 300


def test_large_bodies_share_one_allowance_of_memory() -> None:
    async def main() -> tuple[list[Failure | None], int]:
        async with fault_server() as server:
            made = model_at(server, concurrency=40, max_body_mb=8)
            made.connection._allowance = allowance = Allowance(16_000_000)
            lowest = 16_000_000

            async def watch() -> None:
                nonlocal lowest
                while True:
                    lowest = min(lowest, allowance._free)
                    await asyncio.sleep(0)

            watching = asyncio.create_task(watch())
            found = await asyncio.gather(*(made.ask(prompt(f"large {place}")) for place in range(12)))
            watching.cancel()
            await made.close()
            assert allowance._free == 16_000_000
            return [one.failure for (one,) in found], lowest

    failures, lowest = asyncio.run(main())
    assert failures == [Failure.TOO_LARGE] * 12
    assert lowest == 0


def test_models_of_one_run_share_their_allowance(tmp_path: Path) -> None:
    (tmp_path / "calibrant.toml").write_text(
        "[models.a]\nbase_url = 'http://127.0.0.1:9/a'\n[models.b]\nbase_url = 'http://127.0.0.1:9/b'\n"
    )
    first, second = load_models(["a", "b"], folder=tmp_path, environ={})
    assert isinstance(first, HttpModel)
    assert isinstance(second, HttpModel)
    assert first.connection._allowance is second.connection._allowance


def test_a_body_between_the_limits_is_read_whole() -> None:
    (reply,), _ = ask("gzip " + "x" * 3_000_000, max_body_mb=8)
    assert len(reply.text or "") > 3_000_000
    (reply,), _ = ask("hello", max_body_mb=0.0001)
    assert reply.failure is Failure.TOO_LARGE


def test_a_higher_concurrency_of_a_call_holds_for_it() -> None:
    async def main() -> tuple[int, int]:
        async with fault_server(gather=150) as server:
            made = model_at(server)
            prompts = [prompt(f"ok {number}") for number in range(150)]
            found = [replies[0].text async for _, replies in ask_many(made, prompts, concurrency=150)]
            await made.close()
            assert all(found)
            return server.peak, made.limits.width

    assert asyncio.run(main()) == (150, 100)
