"""A model that knows the even capitals, on 127.0.0.1: chat with log-probabilities, ``/decisions`` and ``/systemone``.

At a temperature above 0 it names another town every time it does not know. Asked about an answer, it finds the right
one probable.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_NUMBER = re.compile(r"Capital (\d+)")
_USAGE = {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}


@dataclass
class SignalServer:
    """A running server: its address, and what it was asked, path by path."""

    url: str = ""
    log: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def asked(self, path: str) -> list[dict[str, Any]]:
        return [body for where, body in self.log if where == path]


class SignalServing:
    """The server in a thread of its own; a context manager."""

    def __init__(self) -> None:
        self.server = SignalServer()
        self._ready = threading.Event()
        self._count = itertools.count(1)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> SignalServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self.server

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/decisions", self._decisions),
                web.post("/v1/systemone", self._systemone),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        await self._end.wait()
        await runner.cleanup()

    async def _chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.server.log.append(("chat", body))
        text, logprob, top = self._said(body)
        token = {"token": text, "logprob": logprob, "top_logprobs": top if body.get("top_logprobs") else []}
        choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": text}}
        choice["finish_reason"] = "length" if "max_tokens" in body else "stop"
        if body.get("logprobs"):
            choice["logprobs"] = {"content": [token]}
        return web.json_response({"model": body["model"], "choices": [choice], "usage": _USAGE})

    def _said(self, body: dict[str, Any]) -> tuple[str, float, list[dict[str, Any]]]:
        words = "\n".join(message["content"] for message in body["messages"])
        knows = int(_NUMBER.findall(words)[0]) % 2 == 0
        if "True or False" in words:
            shares = {"True": 0.8, "False": 0.2} if knows else {"True": 0.4, "False": 0.6}
            top = [{"token": word, "logprob": math.log(share)} for word, share in shares.items()]
            return max(shares, key=lambda word: shares[word]), math.log(max(shares.values())), top
        if "How likely is it that" in body["messages"][-1]["content"]:
            return ("95 %" if knows else "30 %"), -0.1, []
        turn = next(self._count) if body.get("temperature") else 0
        town = "Paris" if knows else f"Town {turn} by {body['model']}"
        stated = "\nConfidence: 90 %" if "Confidence" in words else ""
        return town + stated, -0.1 if knows else -2.5, []

    async def _decisions(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.server.log.append(("decisions", body))
        (question,) = body["questions"]
        assert question["type"] == "predicate"
        number = int(_NUMBER.findall(body["input"])[0])
        answer = {"type": "predicate", "name": question["name"], "probability": 0.97 if number % 2 == 0 else 0.12}
        if number == 3:
            answer = {"type": "refusal", "name": question["name"]}
        usage = {"input_tokens": 50, "output_tokens": 0, "total_tokens": 50}
        return web.json_response({"model": body["model"], "answers": [answer], "usage": usage})

    async def _systemone(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.server.log.append(("systemone", body))
        ((name, question),) = body["questions"].items()
        assert question["type"] == "noul"
        noul = 0.9 if int(_NUMBER.findall(body["state"])[0]) % 2 == 0 else 0.2
        usage = {"input_tokens": 45, "output_tokens": 0}
        return web.json_response(
            {"model": body["model"], "answers": {name: {"type": "noul", "noul": noul}}, "usage": usage}
        )
