"""A chat endpoint on 127.0.0.1 that fails as real ones do: what it does depends on the request's text alone.

The last user message names the fault, as in ``storm-2 17``: the first two requests with this text get a 429, the third
an answer. The log holds every request that came.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "test-key-1234567890abcdef"
MODELS = ("stub", "stub-mini")


@dataclass
class Server:
    """The running server: its address and what it was asked."""

    url: str = ""
    log: list[dict[str, Any]] = field(default_factory=list)
    under_way: int = 0
    peak: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def count(self, text: str) -> int:
        """How many requests had this last user message."""
        return sum(entry["text"] == text for entry in self.log)


def completion(text: str, body: dict[str, Any]) -> dict[str, Any]:
    """A chat completion as api.openai.com gives it."""
    many = int(body.get("n", 1))
    logprobs = {"content": [{"token": text, "logprob": -0.25, "bytes": None, "top_logprobs": []}], "refusal": None}
    return {
        "id": "chatcmpl-abc",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": body["model"],
        "choices": [
            {
                "index": place,
                "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
                "logprobs": logprobs if body.get("logprobs") else None,
                "finish_reason": "stop",
            }
            for place in range(many)
        ],
        "usage": {
            "prompt_tokens": 20,
            "completion_tokens": 4 * many,
            "total_tokens": 20 + 4 * many,
            "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 2 * many},
        },
        "service_tier": "default",
        "system_fingerprint": None,
    }


def error(status: int, message: str, *, code: str | None = None, **headers: str) -> web.Response:
    """An error as api.openai.com gives it."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return web.json_response(
        body, status=status, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


SIGN_IN = "<html><title>Sign in</title></html>"
BROKEN = {"error": {"message": "Provider returned error", "code": 502}}
KEPT_BACK = {"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}

Fault = Callable[[web.Request, str, dict[str, Any], int], Awaitable[web.StreamResponse]]


async def _answer(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    return web.json_response(completion(f"echo {text}", body))


async def _storm(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    if turn <= int(text.split()[0].partition("-")[2] or 1):
        return error(429, "Rate limit reached", code="rate_limit_exceeded", retry_after_ms="20")
    return await _answer(request, text, body, turn)


async def _reset(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    if turn <= int(text.split()[0].partition("-")[2] or 1):
        assert request.transport is not None
        request.transport.abort()
    return await _answer(request, text, body, turn)


async def _cut(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    payload = json.dumps(completion("cut", body)).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(payload))})
    await response.prepare(request)
    await response.write(payload[:40])
    assert request.transport is not None
    request.transport.abort()
    return response


async def _loris(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(2000):
        await response.write(b" ")
        await asyncio.sleep(0.01)
    return response


async def _stall(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b"{")
    await asyncio.sleep(30)
    return response


async def _large(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(100):
        await response.write(b"x" * 1_000_000)
    return response


async def _bomb(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    response = web.json_response(completion("x" * 50_000_000, body))
    response.enable_compression(web.ContentCoding.gzip)
    return response


async def _gzip(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
    response = web.json_response(completion(f"echo {text}", body))
    response.enable_compression(web.ContentCoding.gzip)
    return response


def _fixed(make: Callable[[dict[str, Any], int], web.Response]) -> Fault:
    async def fault(request: web.Request, text: str, body: dict[str, Any], turn: int) -> web.StreamResponse:
        return make(body, turn)

    return fault


FAULTS: dict[str, Fault] = {
    "storm": _storm,
    "reset": _reset,
    "cut": _cut,
    "loris": _loris,
    "stall": _stall,
    "large": _large,
    "bomb": _bomb,
    "gzip": _gzip,
    "html": _fixed(lambda body, turn: web.Response(text=SIGN_IN, content_type="text/html")),
    "half": _fixed(lambda body, turn: web.Response(text='{"choices": [{"mess', content_type="application/json")),
    "empty": _fixed(lambda body, turn: web.json_response({"choices": [], "usage": None})),
    "null": _fixed(lambda body, turn: web.json_response({"choices": [{"message": {"content": None}}]})),
    "shape": _fixed(lambda body, turn: web.json_response({"choices": "none"})),
    "inner": _fixed(lambda body, turn: web.json_response(BROKEN)),
    "fatal500": _fixed(lambda body, turn: error(500, f"Something broke, request {turn:08d}")),
    "busy": _fixed(lambda body, turn: error(503, "Overloaded")),
    "noretry": _fixed(lambda body, turn: error(500, "Do not come back", x_should_retry="false")),
    "bad": _fixed(lambda body, turn: error(400, f"'n' must be 1. You sent {KEY}.")),
    "unprocessable": _fixed(lambda body, turn: web.json_response({"detail": [{"msg": "field required"}]}, status=422)),
    "flagged": _fixed(lambda body, turn: error(403, "Your input was flagged by moderation")),
    "quota": _fixed(lambda body, turn: error(429, "You exceeded your current quota", code="insufficient_quota")),
    "moved": _fixed(lambda body, turn: web.Response(status=307, headers={"Location": "http://127.0.0.1:9/"})),
    "filter": _fixed(lambda body, turn: web.json_response(KEPT_BACK)),
}
"""First word of the text, up to a dash -> what happens. Any other text is answered."""


def _handler(server: Server, latency_s: float, gather: int) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    gathered = asyncio.Event()

    async def chat(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        text = next(message["content"] for message in reversed(body["messages"]) if message["role"] == "user")
        server.log.append({"text": text, "body": body, "headers": dict(request.headers), "path": request.path_qs})
        server.seen[text] += 1
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return error(401, "Incorrect API key provided: test-key********cdef.", code="invalid_api_key")
        if body["model"] not in MODELS:
            return error(404, f"The model `{body['model']}` does not exist", code="model_not_found")
        server.under_way += 1
        server.peak = max(server.peak, server.under_way)
        try:
            if server.under_way >= gather:
                gathered.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(gathered.wait(), 20)
            await asyncio.sleep(latency_s)
            fault = FAULTS.get(text.split(" ")[0].partition("-")[0], _answer)
            return await fault(request, text, body, server.seen[text])
        finally:
            server.under_way -= 1

    return chat


@asynccontextmanager
async def fault_server(
    *, latency_s: float = 0.0, gather: int = 0, routes: Iterable[web.RouteDef] = (), port: int = 0
) -> AsyncIterator[Server]:
    """Run the server inside this event loop.

    Args:
        latency_s: seconds before every reply.
        gather: the first reply waits until so many requests are under way at once, 20 s at most.
        routes: further routes, beside the chat completions.
        port: 0 = any free one.
    """
    server = Server()
    app = web.Application(client_max_size=64_000_000)
    app.add_routes([web.post("/v1/chat/completions", _handler(server, latency_s, gather)), *routes])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
