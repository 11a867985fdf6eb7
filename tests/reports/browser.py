"""Chromium, driven over its debugging protocol with nothing but aiohttp: what a page really does."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

__all__ = ["Page", "look", "needs_chromium"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in _NAMES if (found := shutil.which(name))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(_NAMES)} is installed")


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            told = json.loads((await self._socket.receive()).data)
            if told.get("method") == "Network.requestWillBeSent":
                self.requests.append(told["params"]["request"]["url"])
            elif told.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(json.dumps(told["params"])[:500])
            elif told.get("id") == self._number:
                assert "error" not in told, told["error"]
                result: dict[str, Any] = told["result"]
                return result

    async def open(self, path: Path, hash_: str = "") -> None:
        """Go to a file and wait until it is there."""
        for name in ("Page", "Network", "Runtime", "Log"):
            await self.send(f"{name}.enable")
        await self.send("Page.navigate", url=path.as_uri() + hash_)
        await self.until("document.readyState === 'complete'")

    async def run(self, script: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        found = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def until(self, condition: str, seconds: float = 30.0) -> None:
        """Wait until an expression is true."""
        for _ in range(int(seconds / 0.05)):
            if await self.run(condition):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true: {condition}")


def look(what: Callable[[Page], Awaitable[Any]], *, width: int = 1440, height: int = 900) -> Any:
    """Do something with a fresh tab of a fresh browser."""
    return asyncio.run(_look(what, width, height))


async def _look(what: Callable[[Page], Awaitable[Any]], width: int, height: int) -> Any:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(prefix="calibrant-chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                CHROMIUM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port = await _port(Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session:
                async with session.put(f"http://127.0.0.1:{port}/json/new?about:blank") as answer:
                    address = (await answer.json())["webSocketDebuggerUrl"]
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    return await what(Page(socket))
        finally:
            process.terminate()
            process.wait(20)


async def _port(path: Path) -> int:
    for _ in range(600):
        if path.is_file() and (lines := path.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise AssertionError("Chromium did not start")
