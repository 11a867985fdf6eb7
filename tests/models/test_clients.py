"""Does the stub speak the real wire? The official clients, and another server, are the witnesses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fault_server import KEY, fault_server

from calibrant.models import Message, ModelConfig, Prompt, Reply
from calibrant.models.assembly import Workshop

MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [{"type": "text", "text": "W"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 0, "output_tokens": 2},
}
RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1760000000,
    "model": "gpt-x",
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [
        {
            "type": "message",
            "id": "msg_1",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "W", "annotations": []}],
        }
    ],
    "usage": {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 5},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 12,
    },
}


def _recording(log: list[dict[str, Any]], reply: dict[str, Any]) -> Any:
    async def handler(request: web.Request) -> web.Response:
        headers = {name.lower(): text for name, text in request.headers.items()}
        log.append({"body": await request.json(), "headers": headers})
        return web.json_response(reply)

    return handler


def test_the_openai_package_reads_what_our_stub_says() -> None:
    openai = pytest.importorskip("openai")

    async def main() -> None:
        async with fault_server() as server, openai.AsyncOpenAI(base_url=server.url, api_key=KEY) as client:
            messages = [{"role": "user", "content": "hello"}]
            found = await client.chat.completions.create(model="stub", messages=messages, n=2, logprobs=True)
            assert [choice.message.content for choice in found.choices] == ["echo hello"] * 2
            assert found.usage.completion_tokens_details.reasoning_tokens == 4
            assert found.choices[0].logprobs.content[0].logprob == -0.25
            with pytest.raises(openai.NotFoundError):
                await client.chat.completions.create(model="none", messages=messages)
            with pytest.raises(openai.AuthenticationError):
                await client.with_options(api_key="wrong").chat.completions.create(model="stub", messages=messages)
            storm = [{"role": "user", "content": "storm-1"}]
            assert (await client.chat.completions.create(model="stub", messages=storm)).choices
            assert server.count("storm-1") == 2

    asyncio.run(main())


def test_our_responses_request_is_the_openai_packages() -> None:
    openai = pytest.importorskip("openai")
    log: list[dict[str, Any]] = []

    async def main() -> Reply:
        async with fault_server(routes=[web.post("/v1/responses", _recording(log, RESPONSE))]) as server:
            async with openai.AsyncOpenAI(base_url=server.url, api_key=KEY) as client:
                theirs = await client.responses.create(
                    model="gpt-x",
                    instructions="Answer only.",
                    input=[{"role": "user", "content": "Symbol?"}],
                    reasoning={"effort": "low"},
                    store=False,
                )
                assert theirs.output_text == "W"
            return await _ours(server.url, "responses", "gpt-x")

    reply = asyncio.run(main())
    assert (reply.text, reply.usage.cached_input_tokens) == ("W", 5)
    theirs, ours = log
    assert ours["body"] == theirs["body"]
    assert ours["headers"]["authorization"] == theirs["headers"]["authorization"]


def test_our_messages_request_is_the_anthropic_packages() -> None:
    anthropic = pytest.importorskip("anthropic")
    log: list[dict[str, Any]] = []

    async def main() -> Reply:
        async with fault_server(routes=[web.post("/v1/messages", _recording(log, MESSAGE))]) as server:
            base = server.url.removesuffix("/v1")
            async with anthropic.AsyncAnthropic(base_url=base, api_key=KEY) as client:
                theirs = await client.messages.create(
                    model="claude-x",
                    max_tokens=4096,
                    system="Answer only.",
                    messages=[{"role": "user", "content": "Symbol?"}],
                    output_config={"effort": "low"},
                )
                assert theirs.content[0].text == "W"
            return await _ours(base, "anthropic", "claude-x")

    reply = asyncio.run(main())
    assert (reply.text, reply.usage.input_tokens, reply.usage.cached_input_tokens) == ("W", 15, 5)
    theirs, ours = log
    assert ours["body"] == theirs["body"]
    assert ours["headers"]["x-api-key"] == KEY
    assert ours["headers"]["content-type"] == theirs["headers"]["content-type"]


async def _ours(base_url: str, wire: Any, model: str) -> Reply:
    config = ModelConfig(wire=wire, base_url=base_url, api_key_env="K")
    made = Workshop(folder=Path(), environ={"K": KEY}).build(model, "low", config)
    try:
        prompt = Prompt(messages=(Message("system", "Answer only."), Message("user", "Symbol?")))
        return (await made.ask(prompt))[0]
    finally:
        await made.close()
