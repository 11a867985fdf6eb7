"""A reply told while it is written: the server-sent events of ``stream = true``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response, StreamingResponse

from calibrant.models.reference.chat_api import ApiError, ChatRequest, encoded, logprobs, refusals, usage
from calibrant.models.reference.engine import Answers, Engine, Request
from calibrant.models.reference.transcript import News

__all__ = ["Stream"]

_Heard = tuple[int, News, str | None]


class Stream:
    """The chunks of one completion.

    Args:
        head: id, time and model.
        request: what was asked for.
    """

    def __init__(self, head: Mapping[str, Any], request: ChatRequest) -> None:
        self._with_usage = bool(request.stream_options and request.stream_options.include_usage)
        self._head = {**head, "object": "chat.completion.chunk", **({"usage": None} if self._with_usage else {})}
        self._samples = request.samples
        self._with_logprobs = bool(request.logprobs)
        self._left = threading.Event()
        self._news: asyncio.Queue[_Heard | None] = asyncio.Queue()

    async def response(self, engine: Engine, wanted: Request) -> Response:
        """Begin the stream; a prompt that cannot be answered is still an error of its own.

        Raises:
            ApiError: it cannot.
        """
        loop = asyncio.get_running_loop()

        def heard(place: int, news: News, reason: str | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._news.put_nowait, (place, news, reason))

        with refusals():
            asked = replace(wanted, heard=heard, is_left=self._left.is_set)
            answers = asyncio.wrap_future(engine.hand_in(asked))
            answers.add_done_callback(lambda _: self._news.put_nowait(None))
            first = await self._news.get()
            if first is None:
                await answers
        return StreamingResponse(self._events(first, answers), media_type="text/event-stream")

    async def _events(self, first: _Heard | None, answers: asyncio.Future[Answers]) -> AsyncIterator[bytes]:
        try:
            for place in range(self._samples):
                yield self._chunk(place, {"role": "assistant", "content": "", "refusal": None})
            heard = first
            while heard is not None:
                place, news, reason = heard
                if news.text or news.entries:
                    yield self._chunk(place, {"content": news.text}, news)
                if reason is not None:
                    yield self._chunk(place, {}, reason=reason)
                heard = await self._news.get()
            yield await self._end(answers) + b"data: [DONE]\n\n"
        finally:
            self._left.set()

    async def _end(self, answers: asyncio.Future[Answers]) -> bytes:
        """What it cost, where this is wanted; or why it broke off."""
        try:
            with refusals():
                done = await answers
        except ApiError as error:
            return _event(error.body)
        counted = usage(done.prompt_tokens, sum(one.tokens for one in done.replies))
        return _event({**self._head, "choices": [], "usage": counted}) if self._with_usage else b""

    def _chunk(
        self, place: int, delta: Mapping[str, Any], news: News | None = None, *, reason: str | None = None
    ) -> bytes:
        told = logprobs(news.entries) if news and news.entries and self._with_logprobs else None
        choice = {"index": place, "delta": delta, "logprobs": told, "finish_reason": reason}
        return _event({**self._head, "choices": [choice]})


def _event(content: object) -> bytes:
    return b"data: " + encoded(content) + b"\n\n"
