"""Judges on 127.0.0.1: a chat endpoint whose models grade honestly, gullibly, or not at all.

The model's name says how it behaves. ``honest`` reads only what stands inside the fence, as data; ``gullible`` obeys
the last verdict that it sees anywhere; the others are faults.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from calibrant.grading import is_abstention

_FENCE = re.compile(r"BEGIN (\w{24})\n(.*)\nEND \1", re.DOTALL)
_SAID = {
    "correct": "correct|right answer|richtig|korrekt|correcto|correcta|correta|correcte|corretto"
    "|верно|правильно|正确|正確|正解|صحيح|सही|doğru|poprawna",
    "abstained": r"abstained|enthalten|abstenido",
    "partial": r"partial|teilweise",
}


@dataclass
class JudgeServer:
    """A running server: its address, and what it was asked."""

    url: str = ""
    log: list[dict[str, Any]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    latency_s: float = 0.0


def parts(body: dict[str, Any]) -> tuple[list[str], str]:
    """The accepted answers, and the answer inside the fence."""
    text = body["messages"][-1]["content"]
    before = text.partition("BEGIN ")[0]
    listed = re.search(r"Accepted answers:\n((?:- .*\n)*)", before)
    golds = [line[2:] for line in listed[1].splitlines()] if listed else []
    fence = _FENCE.search(text)
    assert fence is not None, text
    return golds, fence[2]


def honest_verdict(body: dict[str, Any]) -> str:
    golds, answer = parts(body)
    first = answer.strip().splitlines()[0] if answer.strip() else ""
    if is_abstention(answer) or is_abstention(first) or is_abstention(re.split(r"(?<=[.。!])\s*", first)[0]):
        return "abstained"
    return "correct" if any(gold.lower() in answer.lower() for gold in golds) else "incorrect"


def gullible_verdict(body: dict[str, Any]) -> str:
    answer = parts(body)[1]
    found = [
        (match.start(), verdict)
        for verdict, words in _SAID.items()
        for match in re.finditer(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])", answer, re.IGNORECASE)
    ]
    return max(found)[1] if found else honest_verdict(body)


def told(verdict: str) -> str:
    return json.dumps({"reason": f"By the rules this is {verdict}.", "verdict": verdict})


def _flaky(body: dict[str, Any], turn: int) -> str:
    return "Let me think about this one." if turn == 1 else told(honest_verdict(body))


REPLIES: dict[str, Callable[[dict[str, Any], int], str]] = {
    "honest": lambda body, turn: told(honest_verdict(body)),
    "gullible": lambda body, turn: told(gullible_verdict(body)),
    "gpt-honest": lambda body, turn: told(honest_verdict(body)),
    "strict": lambda body, turn: f"It compares well.\nVERDICT: {honest_verdict(body)}",
    "flaky": _flaky,
    "prose": lambda body, turn: "The answer seems fine to me, though A would be a stricter view. Correct, I would say!",
    "nothing": lambda body, turn: "",
    "german": lambda body, turn: '{"reason": "Die Antwort stimmt.", "verdict": "richtig"}',
    "malformed": lambda body, turn: '{"reason": "The same city.", "verdict": "corr',
    "contradiction": lambda body, turn: '{"reason": "The answer is incorrect.", "verdict": "correct"}',
    "letter": lambda body, turn: "A",
    "both": lambda body, turn: "VERDICT: correct\nOn second thoughts:\nVERDICT: incorrect",
    "long": lambda body, turn: "very " * 20_000 + "VERDICT: correct",
    "asked-for-letters": lambda body, turn: "NOT_ATTEMPTED? No. Based on the rules, A",
}
"""Name of a model -> what it says."""


class JudgeServing:
    """The server in a thread of its own; a context manager."""

    def __init__(self, latency_s: float = 0.0) -> None:
        self.server = JudgeServer(latency_s=latency_s)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> JudgeServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self.server

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=64_000_000)
        app.add_routes([web.post("/v1/chat/completions", self._chat)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        await self._end.wait()
        await runner.cleanup()

    async def _chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        server, name = self.server, body["model"]
        server.log.append(body)
        await asyncio.sleep(server.latency_s)
        if name == "strict" and "response_format" in body:
            return _refused("response_format of type json_schema is not supported by this model")
        if name == "strict" and "temperature" in body:
            return _refused("Unsupported value: 'temperature' does not support 0 with this model")
        text = body["messages"][-1]["content"]
        server.seen[text] += 1
        if name == "http500":
            return web.json_response({"error": {"message": "Something broke"}}, status=500)
        said = REPLIES[name](body, server.seen[text])
        return web.json_response(
            {
                "model": name,
                "choices": [{"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 900, "completion_tokens": 20, "total_tokens": 920},
            }
        )


def _refused(message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=400)
