"""The audit as a local page: item, quote and source side by side, driven by the keyboard.

Listens on loopback only. Every request must carry the token of the address that was printed, and name this machine as
its host, so that neither another user nor a page of another site can read or judge.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from calibrant.errors import InputError
from calibrant.labels.audit import Audit, Tally
from calibrant.labels.journal import Word
from calibrant.labels.sources import ReadText, excerpt

__all__ = ["application"]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_MOST = 1_000_000
"""Bytes of a verdict."""


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    """A verdict as the page sends it."""

    digest: str
    word: Word
    question: str | None = None
    golds: list[str] | None = None
    note: str = ""


def application(audit: Audit, *, token: str, read: ReadText, level: float = 0.95) -> Starlette:
    """The page as an ASGI application.

    Args:
        audit: what is judged.
        token: whoever has it may judge.
        read: gives the text of a document.
        level: of the interval of the error rate.
    """
    page = _Page(audit, token, read, level)
    return Starlette(
        routes=[
            Route("/", page.show),
            Route("/items/{place:int}", page.item),
            Route("/items/{place:int}", page.judge, methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])],
    )


class _Page:
    def __init__(self, audit: Audit, token: str, read: ReadText, level: float) -> None:
        self._audit = audit
        self._token = token
        self._read = read
        self._level = level
        self._html = files("calibrant.labels").joinpath("page.html").read_bytes()

    async def show(self, request: Request) -> Response:
        if not hmac.compare_digest(request.query_params.get("token", "").encode(), self._token.encode()):
            return _plain("Open the address that was printed in the terminal: it carries a key.", 403)
        return Response(self._html, media_type="text/html", headers=_HEADERS)

    async def item(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        place = request.path_params["place"]
        if place >= len(self._audit.drawn):
            return _json({"error": f"there are {len(self._audit.drawn)} items"}, 404)
        return _json(await run_in_threadpool(self._state, place))

    async def judge(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        place = request.path_params["place"]
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _MOST:
                return _json({"error": "a verdict of more than 1 MB"}, 413)
        try:
            said = msgspec.json.decode(bytes(body), type=_Said)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _json({"error": f"not a verdict: {error}"}, 400)
        if place >= len(self._audit.drawn) or self._audit.drawn[place].digest != said.digest:
            return _json({"error": "the set has changed since this page was opened; load it again"}, 409)
        try:
            await run_in_threadpool(
                self._audit.judge,
                self._audit.drawn[place],
                said.word,
                question=said.question,
                golds=said.golds,
                note=said.note,
            )
        except InputError as error:
            return _json({"error": str(error)}, 422)
        following = self._audit.next_open(place)
        return _json({"next": following, "tally": _tally(self._audit.tally(self._level))})

    def _refused(self, request: Request) -> Response | None:
        given = request.headers.get("x-audit-token", "")
        return None if hmac.compare_digest(given.encode(), self._token.encode()) else _json({"error": "no key"}, 403)

    def _state(self, place: int) -> dict[str, Any]:
        item = self._audit.drawn[place]
        said = self._audit.verdict(item)
        around = excerpt(item, self._read)
        return {
            "place": place,
            "of": len(self._audit.drawn),
            "next": self._audit.next_open(place),
            "item": item.to_dict(),
            "excerpt": asdict(around) if around is not None else None,
            "verdict": None
            if said is None
            else {
                "word": str(said.word),
                "question": said.question,
                "golds": said.golds,
                "note": said.note,
                "auditor": said.auditor,
                "at": said.at,
            },
            "tally": _tally(self._audit.tally(self._level)),
        }


def _tally(tally: Tally) -> dict[str, Any]:
    interval = tally.interval
    return {
        "sample": tally.sample,
        "judged": tally.judged,
        "accepted": tally.accepted,
        "rejected": tally.rejected,
        "edited": tally.edited,
        "error_rate": tally.error_rate,
        "interval": None if interval is None else list(interval),
        "level": tally.level,
        "complete": tally.complete,
    }


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, _HEADERS, "application/json")


def _plain(text: str, status: int) -> Response:
    return Response(text, status, _HEADERS, "text/plain")
