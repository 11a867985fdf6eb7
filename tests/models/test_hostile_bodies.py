"""Bodies that no sane endpoint sends fail their question, and what they cost is counted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fault_server import KEY, Server, completion, fault_server

from calibrant.models import Failure, Message, ModelConfig, Prompt, Reply, Sampling
from calibrant.models.anthropic import AnthropicWire
from calibrant.models.assembly import Workshop
from calibrant.models.chat import ChatWire
from calibrant.models.client import HttpModel
from calibrant.models.config import HttpFields
from calibrant.models.http_template import HttpWire
from calibrant.models.responses import ResponsesWire
from calibrant.models.retry import RetryPolicy
from calibrant.models.wire import Billed, Wire, WireError, error_of
from calibrant.types import Usage

PROMPT = Prompt(messages=(Message("user", "hello"),))
DEEP = b"[" * 100_000
SERVICE = HttpWire(HttpFields(body={}, answer="a", usage={"input_tokens": "usage.in"}, cost="usage.cost"))
WIRES: list[Wire] = [ChatWire("m"), ResponsesWire("m"), AnthropicWire("m"), SERVICE]


def answered(*bodies: bytes, status: int = 200, prompt: Prompt = PROMPT, **fields: Any) -> tuple[Reply, int]:
    """The first reply to a prompt by an endpoint that sends these bodies, one after the other."""
    count = 0

    async def send(request: web.Request) -> web.Response:
        nonlocal count
        count += 1
        return web.Response(body=bodies[min(count, len(bodies)) - 1], status=status, content_type="application/json")

    async def main() -> Reply:
        routes = [web.post(f"/w{path}", send) for path in ("/chat/completions", "/responses", "/v1/messages", "")]
        async with fault_server(routes=routes) as server:
            made = model_at(server, **fields)
            try:
                return (await made.ask(prompt))[0]
            finally:
                await made.close()

    return asyncio.run(main()), count


def model_at(server: Server, **fields: Any) -> HttpModel:
    config = ModelConfig(base_url=server.url.replace("/v1", "/w"), api_key_env="STUB_KEY", **fields)
    made = Workshop(folder=Path(), environ={"STUB_KEY": KEY}).build("stub", None, config)
    assert isinstance(made, HttpModel)
    made.policy = RetryPolicy(base_s=0.001, cap_s=0.01)
    return made


def chat(**more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": "W"}, "finish_reason": "stop"}], **more}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "payload",
    [DEEP, b'{"choices":' + DEEP, b'{"output":' + DEEP, b'{"a":' * 100_000, b"\x00", b"\xef\xbb\xbf", b'{"a": 1e999}'],
)
def test_reading_is_total(wire: Wire, payload: bytes) -> None:
    with pytest.raises(WireError) as caught:
        wire.read(payload, PROMPT)
    assert caught.value.failure is Failure.MALFORMED
    assert error_of(payload).message


def test_an_error_that_is_nested_too_deep_to_show_is_told() -> None:
    deep = b'{"error": {"message":' + b"[" * 3000 + b"]" * 3000 + b"}}"
    assert error_of(deep).message
    with pytest.raises(WireError):
        ChatWire("m").read(deep, PROMPT)


@pytest.mark.parametrize("status", [200, 400])
def test_a_deep_body_fails_its_question(status: int) -> None:
    reply, _ = answered(DEEP, status=status)
    assert reply.failure is (Failure.MALFORMED if status == 200 else Failure.REJECTED)


@pytest.mark.parametrize(
    "logprobs",
    [
        b'{"content":[{"token":"a","logprob":-1' + b"0" * 400 + b"}]}",
        b'{"content":[{"token":"a","logprob":-1,"top_logprobs":5}]}',
        b'{"content":[{"token":"a","logprob":-1,"top_logprobs":[{"token":"a","logprob":-1' + b"0" * 400 + b"}]}]}",
    ],
)
def test_logprobs_that_are_none_are_left_out(logprobs: bytes) -> None:
    body = b'{"choices":[{"message":{"content":"W"},"finish_reason":"stop","logprobs":' + logprobs + b"}]}"
    (reply,) = ChatWire("m").read(body, PROMPT)
    assert reply.text == "W"
    assert all(abs(one.logprob) < 2 and one.top == () for one in reply.logprobs)


@pytest.mark.parametrize("count", ["1e300", "99999999999999999999", "9007199254740993", "-1", "NaN", '"7"', "true"])
def test_a_count_that_cannot_be_is_unknown(count: str) -> None:
    if count != "NaN":
        body = b'{"choices":[{"message":{"content":"W"}}],"usage":{"prompt_tokens":%s,"completion_tokens":4}}'
        (reply,) = ChatWire("m").read(body % count.encode(), PROMPT)
        assert (reply.usage.input_tokens, reply.usage.output_tokens) == (None, 4)
    told = {"answer": "W", "usage": {"input_tokens": json.loads(count), "output_tokens": 4}}
    from calibrant.models.callable_model import reply_of

    assert reply_of(told).usage == Usage(output_tokens=4)


def test_a_cost_of_four_hundred_digits_is_unknown() -> None:
    body = b'{"choices":[{"message":{"content":"W"}}],"usage":{"cost":1' + b"0" * 400 + b"}}"
    assert ChatWire("m").read(body, PROMPT)[0].cost_usd is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"choices":[{"message":{"content":"caf\xe9"}}]}'.encode("latin-1"), "not UTF-8"),
        (b'{"choices":[{"message":{"content":"W \\ud83d"}}]}', "half a surrogate pair"),
        (b'{"choices":[{"message":{"content":"W \\ud83d', "half a surrogate pair"),
        (b'{"choices":[{"message":{"content":"W \\ud83d\\ude00', "half a JSON"),
        (b'{"choices": []} trailing', "trailing"),
    ],
)
def test_a_body_that_is_no_text_says_so(body: bytes, words: str) -> None:
    with pytest.raises(WireError, match=words):
        ChatWire("m").read(body, PROMPT)


@pytest.mark.parametrize("wire", WIRES)
def test_a_byte_order_mark_is_passed_over(wire: Wire) -> None:
    bodies = {
        ChatWire: chat(),
        ResponsesWire: {"status": "completed", "output": [{"type": "message", "content": [{"text": "W"}]}]},
        AnthropicWire: {"content": [{"type": "text", "text": "W"}]},
        HttpWire: {"a": "W"},
    }
    body = b"\xef\xbb\xbf" + json.dumps(bodies[type(wire)]).encode()
    assert wire.read(body, PROMPT)[0].text == "W"
    assert error_of(b'\xef\xbb\xbf{"error": "no"}').message == "no"


PAID: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("chat", {}, {"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 7, "cost": 0.5}}),
    ("chat", {}, {"choices": "none", "usage": {"prompt_tokens": 1000, "completion_tokens": 7, "cost": 0.5}}),
    ("responses", {}, {"output": None, "usage": {"input_tokens": 1000, "output_tokens": 7, "cost": 0.5}}),
    ("anthropic", {}, {"content": None, "usage": {"input_tokens": 1000, "output_tokens": 7, "cost": 0.5}}),
    (
        "http",
        {
            "http": {
                "body": {},
                "answer": "a",
                "usage": {"input_tokens": "u.i", "output_tokens": "u.o"},
                "cost": "u.c",
            }
        },
        {"u": {"i": 1000, "o": 7, "c": 0.5}},
    ),
]


@pytest.mark.parametrize(("wire", "fields", "body"), PAID)
def test_what_a_body_without_an_answer_cost_is_counted_for_every_try(
    wire: str, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    reply, requests = answered(json.dumps(body).encode(), wire=wire, model="stub", **fields)
    assert reply.failure is Failure.MALFORMED
    assert requests == 2
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.cost_usd) == (2000, 14, 1.0)


def test_what_a_failed_try_cost_is_part_of_the_answer_after_it() -> None:
    empty = {"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 7}}
    good = completion("W", {"model": "stub"})
    reply, _ = answered(json.dumps(empty).encode(), json.dumps(good).encode(), model="stub")
    assert reply.text == "W"
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (1020, 11)


def test_a_sum_of_costs_leaves_no_tokens_out() -> None:
    tokens = Usage(output_tokens=5)
    assert Billed(tokens, 0.5).plus(Billed(tokens)).cost_usd is None
    assert Billed(tokens, 0.5).plus(Billed()) == Billed(tokens, 0.5)
    assert Billed().plus(Billed(tokens)) == Billed(tokens)
    assert Billed(tokens, 0.5).plus(Billed(tokens, 0.25)) == Billed(Usage(output_tokens=10), 0.75)


def test_an_empty_prompt_is_rejected_without_a_request() -> None:
    reply, requests = answered(b"{}", model="stub", prompt=Prompt(messages=()))
    assert (reply.failure, reply.requests, requests) == (Failure.REJECTED, 0, 0)


def test_a_prompt_that_is_no_text_is_rejected_without_a_request() -> None:
    reply, requests = answered(b"{}", model="stub", prompt=Prompt(messages=(Message("user", "\ud83d"),)))
    assert (reply.failure, requests) == (Failure.REJECTED, 0)
    assert "UnicodeEncodeError" in (reply.error or "")


def test_a_template_that_does_not_fit_a_question_fails_it_alone() -> None:
    fields = {"wire": "http", "http": {"body": {"q": "{{ passages[0] }}"}, "answer": "a"}}
    reply, requests = answered(b"{}", **fields)
    assert (reply.failure, requests) == (Failure.REJECTED, 0)


def test_what_nobody_foresaw_fails_its_question_and_names_its_type_only() -> None:
    class Broken(ChatWire):
        def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:
            raise ZeroDivisionError(f"with {KEY}")

    async def main() -> Reply:
        async with fault_server() as server:
            made = model_at(replace(server, url=server.url), model="stub")
            made.connection._url = made.connection._url.with_path("/v1/chat/completions")
            made.wire = Broken("stub")
            try:
                return (await made.ask(replace(PROMPT, sampling=Sampling(seed=1))))[0]
            finally:
                await made.close()

    reply = asyncio.run(main())
    assert reply.failure is Failure.RAISED
    assert reply.error == "something unforeseen happened: ZeroDivisionError"
    assert reply.requests == 1
