"""Our three wires against a server that others wrote: LiteLLM's proxy, with our stub behind it.

Runs where the command ``litellm`` is found, or named by LITELLM_COMMAND. It wants an environment of its own, since it
pins much: ``python -m venv proxy && proxy/bin/pip install 'litellm[proxy]'``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fault_server import KEY, Server, fault_server

from calibrant.models import Failure, Message, ModelConfig, Prompt, Reply, Sampling, ask_many
from calibrant.models.assembly import Workshop
from calibrant.models.client import HttpModel

COMMAND = os.environ.get("LITELLM_COMMAND") or shutil.which("litellm")
pytestmark = pytest.mark.skipif(COMMAND is None, reason="no LiteLLM proxy (set LITELLM_COMMAND)")
MASTER = "sk-stub-master-1234567890"
CONFIG = """
model_list:
  - model_name: stub
    litellm_params: {{ model: hosted_vllm/stub, api_base: "{url}", api_key: "{key}", max_retries: 0 }}
litellm_settings: {{ num_retries: 0, telemetry: false }}
router_settings: {{ num_retries: 0, allowed_fails: 100000, disable_cooldowns: true }}
general_settings: {{ master_key: "{master}" }}
"""


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _until_it_lives(url: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            assert process.returncode is None, "the proxy ended"
            try:
                async with session.get(f"{url}/health/liveliness") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
    raise AssertionError("the proxy did not start")


def through_proxy(folder: Path, use: Callable[[str, Server], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with fault_server() as server:
            port = _free_port()
            config = CONFIG.format(url=server.url, key=KEY, master=MASTER)
            (folder / "proxy.yaml").write_text(config, encoding="utf-8")
            environ = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
            process = await asyncio.create_subprocess_exec(
                *(str(COMMAND), "--config", "proxy.yaml", "--host", "127.0.0.1", "--port", str(port)),
                cwd=folder,
                env=environ,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                await _until_it_lives(f"http://127.0.0.1:{port}", process)
                return await use(f"http://127.0.0.1:{port}", server)
            finally:
                process.terminate()
                await process.wait()

    return asyncio.run(main())


def model(url: str, *, wire: Any = "chat", key: str = MASTER, **fields: Any) -> HttpModel:
    config = ModelConfig(wire=wire, base_url=url if wire == "anthropic" else f"{url}/v1", api_key_env="K", **fields)
    made = Workshop(folder=Path(), environ={"K": key}).build("stub", None, config)
    assert isinstance(made, HttpModel)
    return made


def prompt(text: str, **rest: Any) -> Prompt:
    return Prompt(messages=(Message("system", "Answer only."), Message("user", text)), **rest)


async def one(made: HttpModel, asked: Prompt) -> list[Reply]:
    try:
        return list(await made.ask(asked))
    finally:
        await made.close()


async def _uses(url: str, server: Server) -> None:
    sampling = Sampling(logprobs=True)
    replies = await one(model(url, max_samples=3), prompt("hello", samples=3, sampling=sampling))
    assert [reply.text for reply in replies] == ["echo hello"] * 3
    assert replies[0].logprobs[0].logprob == -0.25
    assert (replies[0].usage.input_tokens, replies[0].usage.cached_input_tokens) == (20, 8)

    (reply,) = await one(model(url, wire="anthropic"), prompt("hello"))
    assert reply.text == "echo hello", reply
    assert reply.usage.output_tokens == 4
    assert reply.usage.input_tokens == 20

    (reply,) = await one(model(url, key="sk-wrong-key-987654321"), prompt("hello"))
    assert reply.error
    assert "987654321" not in repr(reply)

    (reply,) = await one(model(url), prompt("bad"))
    assert reply.failure is Failure.REJECTED
    (reply,) = await one(model(url), prompt("fatal500"))
    assert reply.failure is Failure.SERVER

    made = model(url, concurrency=20)
    prompts = [prompt(f"{'storm-1' if number % 10 == 0 else 'ok'} {number}") for number in range(100)]
    texts = {asked.text: replies[0].text async for asked, replies in ask_many(made, prompts)}
    await made.close()
    assert texts == {asked.text: f"echo {asked.text}" for asked in prompts}


def test_our_wires_are_understood_by_a_server_of_others(tmp_path: Path) -> None:
    through_proxy(tmp_path, _uses)
