"""One connection pool to one endpoint: proxies, certificates, and bodies read up to a limit. No protocol logic."""

from __future__ import annotations

import asyncio
import io
import os
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import aiohttp
from yarl import URL

from calibrant.errors import InputError
from calibrant.models.limits import Allowance

__all__ = ["BodyTooLargeError", "Connection", "ConnectionOptions", "Received", "StalledError"]

_LARGE = 1 << 20
_TOTAL = 256 << 20
"""Bytes of all large bodies that are read at once."""


class BodyTooLargeError(Exception):
    """The body is longer than allowed; the rest was not read."""


class StalledError(Exception):
    """The body stopped coming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """How to connect. Times in seconds."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str]
    query: Mapping[str, str]
    timeout_s: float
    connect_timeout_s: float
    idle_timeout_s: float
    max_body: int
    """Bytes after decompression."""
    ca_file: str | None = None
    proxy: str | None = None
    """None = what the environment says."""


class Received(NamedTuple):
    """A response as it came."""

    status: int
    headers: Mapping[str, str]
    payload: bytes


class Connection:
    """A pool of connections, made when first used, anew for each event loop.

    How many there are at once is decided by who sends: see `Limits`.

    Args:
        options: where and how.
        allowance: memory for large bodies; may be shared with other connections.
    """

    def __init__(self, options: ConnectionOptions, allowance: Allowance | None = None) -> None:
        self._options = options
        self._allowance = allowance or Allowance(_TOTAL)
        self._url = URL(options.url)
        if options.query:
            self._url = self._url.update_query(options.query)
        proxy = options.proxy or _proxy_of_environment(self._url)
        self._proxy = proxy if proxy is None or "://" in proxy else f"http://{proxy}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes, query: Mapping[str, str] | None = None) -> Received:
        """Send one request and read all of the response.

        Raises:
            BodyTooLargeError: the body is longer than allowed.
            StalledError: nothing came for the idle time-out in the middle of a body.
            TimeoutError: the whole took longer than the time-out, or the connection could not be made in time.
            aiohttp.ClientError: no connection, or it was lost.
        """
        session = self._opened()
        # aiohttp writes bytes in one go and warns where they are many; a file is written in pieces.
        data = body if len(body) < _LARGE else io.BytesIO(body)
        url = self._url.update_query(query) if query else self._url
        method = self._options.method
        async with session.request(
            method, url, data=None if method == "GET" else data, proxy=self._proxy, allow_redirects=False
        ) as response:
            return Received(response.status, response.headers, await self._read(response))

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._options.max_body
        length = response.content_length
        if (length or 0) > limit:
            response.close()
            raise BodyTooLargeError
        parts: list[bytes] = []
        if await self._take(response, parts, min(limit, _LARGE)):
            return _joined(parts)
        # All that it may need is taken at once: half a body that waits for memory would keep what others need.
        encoded = "Content-Encoding" in response.headers
        taken = await self._allowance.take(limit if length is None or encoded else length)
        try:
            if not await self._take(response, parts, limit):
                response.close()
                raise BodyTooLargeError
            return _joined(parts)
        finally:
            self._allowance.give(taken)

    async def _take(self, response: aiohttp.ClientResponse, parts: list[bytes], limit: int) -> bool:
        """Read on until the body is complete (True) or longer than a limit (False)."""
        stream = response.content
        size = sum(len(part) for part in parts)
        if size > limit:
            return False
        while not stream.at_eof():
            part = await (stream.readany() if stream.is_eof() else self._next(stream))
            parts.append(part)
            size += len(part)
            if size > limit:
                return False
        return True

    async def _next(self, stream: aiohttp.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self._options.idle_timeout_s) as idle:
                return await stream.readany()
        except TimeoutError:
            if idle.expired():
                raise StalledError from None
            raise

    def _opened(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop or self._session.closed:
            self._loop, self._session = loop, self._new_session()
        return self._session

    def _new_session(self) -> aiohttp.ClientSession:
        options = self._options
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=_trusted(options.ca_file)),
            headers=dict(options.headers),
            timeout=aiohttp.ClientTimeout(total=options.timeout_s, sock_connect=options.connect_timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the pool of this event loop."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()


def _joined(parts: list[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _proxy_of_environment(url: URL) -> str | None:
    """Looked up once: aiohttp's own ``trust_env`` reads the environment and ``.netrc`` for every request."""
    host = url.host or ""
    if urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(url.scheme) or None


def _trusted(ca_file: str | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    try:
        context = ssl.create_default_context()
        context.load_verify_locations(cafile=os.path.expandvars(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"ca_file cannot be used: {error}", place=ca_file) from None
    return context
