"""An OpenAI-compatible server for the reference models: ``/v1/models`` and ``/v1/chat/completions``."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from calibrant.errors import InputError
from calibrant.models.reference.chat_api import ApiError, choice, encoded, read_request, refusals, usage
from calibrant.models.reference.engine import Answers, Engine, Request
from calibrant.models.reference.model import EFFORTS, seeds_of
from calibrant.models.reference.streaming import Stream
from calibrant.models.reference.wording import asked

__all__ = ["MAX_BODY", "application", "bind", "serve"]

MAX_BODY = 1_000_000
"""Bytes of a request; a prompt that fits into the context has far fewer."""
_GRACE_S = 10


def application(engines: Mapping[str, Engine], *, max_body: int = MAX_BODY) -> Starlette:
    """The server as an ASGI application.

    Args:
        engines: models by name.
        max_body: bytes of a request; a larger one is refused before it is read.
    """
    server = _Server(engines, max_body)
    return Starlette(
        routes=[
            Route("/health", server.health),
            Route("/v1/models", server.models),
            Route("/v1/models/{name}", server.model),
            Route("/v1/chat/completions", server.complete, methods=["POST"]),
        ],
        exception_handlers={ApiError: _told, HTTPException: _told_http, Exception: _told},
    )


def bind(host: str, port: int, *, public: bool = False) -> socket.socket:
    """A socket to listen at.

    Args:
        host: a loopback address, or `public` must be said.
        port: 0 = one that is free.
        public: whether others than this machine may ask.

    Raises:
        InputError: the address is not on this machine alone, there is no such, or the port is taken.
    """
    if not public and not _is_loopback(host):
        remedy = "The server has no keys: whoever reaches it may use it. Say --public if this is what you want."
        raise InputError(f"{host} can be reached from outside of this machine", place="--host", remedy=remedy)
    try:
        (family, _, _, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        remedy = "Choose another --port; 0 takes one that is free."
        raise InputError(f"cannot listen there: {error.strerror}", place=f"{host}:{port}", remedy=remedy) from None


def serve(app: Starlette, listening: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; what is under way is finished first, for at most ten seconds."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # uvicorn raises it once more when it is done
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    uvicorn.Server(config).run(sockets=[listening])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class _Server:
    engines: Mapping[str, Engine]
    max_body: int

    async def health(self, _: HttpRequest) -> Response:
        return _json({"status": "ok"})

    async def models(self, _: HttpRequest) -> Response:
        return _json({"object": "list", "data": [_model(name) for name in self.engines]})

    async def model(self, http: HttpRequest) -> Response:
        engine, _ = self._engine(http.path_params["name"], None)
        return _json(_model(engine.name))

    async def complete(self, http: HttpRequest) -> Response:
        request = read_request(await self._body(http))
        engine, looks_up = self._engine(request.model, request.reasoning_effort)
        text = request.text
        wanted = Request(
            asked=asked(text),
            looks_up=looks_up,
            sampling=request.sampling,
            seeds=seeds_of(text, request.seed, range(request.samples)),
        )
        head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": engine.name}
        if request.stream:
            return await Stream(head, request).response(engine, wanted)
        with refusals():
            answers = await asyncio.wrap_future(engine.hand_in(wanted))
        return _json(_completion(head, answers, with_logprobs=bool(request.logprobs)))

    def _engine(self, model: str, effort: str | None) -> tuple[Engine, bool]:
        """The engine of a name, with or without ``@EFFORT``, and whether it looks up."""
        name, at, told = model.partition("@")
        if name not in self.engines:
            message = f"the model '{model}' does not exist; known: {', '.join(self.engines)}"
            raise ApiError(message, status=404, code="model_not_found", param="model")
        level = effort or told or EFFORTS[0]
        if level not in EFFORTS or (at and told not in EFFORTS):
            message = f"there is no effort '{told if at else level}'; known: {', '.join(EFFORTS)}"
            raise ApiError(message, code="unsupported_value", param="reasoning_effort")
        if at and effort and told != effort:
            raise ApiError(f"the model says {told}, and reasoning_effort {effort}", param="reasoning_effort")
        return self.engines[name], level == "high"

    async def _body(self, http: HttpRequest) -> bytes:
        body = bytearray()
        message = f"the request has more than {self.max_body} bytes"
        too_large = ApiError(message, status=413, code="request_too_large")
        told = http.headers.get("content-length", "")
        if told.isdecimal() and int(told) > self.max_body:
            raise too_large
        async for part in http.stream():
            body += part
            if len(body) > self.max_body:
                raise too_large
        return bytes(body)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "calibrant"}


def _completion(head: Mapping[str, Any], answers: Answers, *, with_logprobs: bool) -> dict[str, Any]:
    choices = [choice(place, one, with_logprobs=with_logprobs) for place, one in enumerate(answers.replies)]
    counted = usage(answers.prompt_tokens, sum(one.tokens for one in answers.replies))
    return {**head, "object": "chat.completion", "choices": choices, "usage": counted}


def _json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encoded(content), status, headers, media_type="application/json")


async def _told(_: HttpRequest, error: Exception) -> Response:
    found = error if isinstance(error, ApiError) else ApiError("internal error", status=500, kind="server_error")
    return _json(found.body, found.status, {"retry-after": "1"} if found.status == 429 else None)


async def _told_http(http: HttpRequest, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = f"{http.method} {http.scope['path']}"
    return await _told(http, ApiError(f"{what} is not served here", status=status, code="unknown_url"))
