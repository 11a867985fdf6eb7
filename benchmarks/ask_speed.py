"""CPU of asking: `ask_many` over `HttpModel`, beside bare aiohttp and the openai SDK, against one stub.

The stub runs in a process of its own and answers every request after a fixed latency. Each client runs in a process of
its own too, one after the other, several rounds; CPU is that of the client alone, without imports and start-up. The
ideal wall time is requests / concurrency * latency.

    python benchmarks/ask_speed.py --requests 3000 --json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import platform
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

QUESTION = "Which element has the symbol W, and after which mineral is it named in most languages? " * 2 + "Number {}."
ANSWER = {
    "id": "chatcmpl-abc",
    "object": "chat.completion",
    "created": 1_760_000_000,
    "model": "stub",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Tungsten, named after wolframite. " * 3, "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": 52,
        "completion_tokens": 24,
        "total_tokens": 76,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    },
}


class Stub(asyncio.Protocol):
    """As little of an HTTP server as a client can be measured with."""

    latency_s = 0.2
    payload = b""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            asyncio.get_running_loop().call_later(self.latency_s, self.transport.write, self.payload)


def serve(port: Any, latency_s: float) -> None:
    body = json.dumps(ANSWER).encode()
    Stub.latency_s = latency_s
    Stub.payload = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0, backlog=1024)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def ours(url: str, requests: int, concurrency: int) -> int:
    from calibrant.models import Message, Prompt, ask_many, load_model

    model = load_model("stub", environ={"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "benchmark-key"})
    prompts = (Prompt(messages=(Message("user", QUESTION.format(place)),)) for place in range(requests))
    fine = 0
    async for _, replies in ask_many(model, prompts, concurrency=concurrency):
        fine += replies[0].error is None
    await model.close()
    return fine


async def bare_aiohttp(url: str, requests: int, concurrency: int) -> int:
    import aiohttp

    numbers, fine = iter(range(requests)), 0

    async def work(session: aiohttp.ClientSession) -> None:
        nonlocal fine
        for place in numbers:
            body = {"model": "stub", "messages": [{"role": "user", "content": QUESTION.format(place)}]}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                found = await response.json()
                fine += bool(found["choices"][0]["message"]["content"])

    async with aiohttp.ClientSession(headers={"Authorization": "Bearer benchmark-key"}) as session:
        await asyncio.gather(*(work(session) for _ in range(concurrency)))
    return fine


async def openai_sdk(url: str, requests: int, concurrency: int) -> int:
    import openai

    numbers, fine = iter(range(requests)), 0

    async def work(client: openai.AsyncOpenAI) -> None:
        nonlocal fine
        for place in numbers:
            found = await client.chat.completions.create(
                model="stub", messages=[{"role": "user", "content": QUESTION.format(place)}]
            )
            fine += bool(found.choices[0].message.content)

    async with openai.AsyncOpenAI(base_url=url, api_key="benchmark-key") as client:
        await asyncio.gather(*(work(client) for _ in range(concurrency)))
    return fine


CLIENTS: dict[str, Callable[[str, int, int], Awaitable[int]]] = {
    "calibrant": ours,
    "aiohttp, bare": bare_aiohttp,
    "openai SDK": openai_sdk,
}


def measure(result: Any, name: str, url: str, requests: int, concurrency: int) -> None:
    client = CLIENTS[name]

    async def main() -> tuple[float, float]:
        if await client(url, 2 * concurrency, concurrency) != 2 * concurrency:
            raise SystemExit("the stub did not answer")
        cpu, wall = time.process_time(), time.perf_counter()
        if await client(url, requests, concurrency) != requests:
            raise SystemExit("the stub did not answer")
        return time.process_time() - cpu, time.perf_counter() - wall

    try:
        cpu, wall = asyncio.run(main())
    except ImportError:
        result.put(None)
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result.put({"cpu_ms": 1000 * cpu / requests, "wall_s": wall, "peak_mb": peak})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--latency", type=float, default=0.2, help="of the stub, seconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=CLIENTS, default=None)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    stub = context.Process(target=serve, args=(queue, given.latency), daemon=True)
    stub.start()
    url = f"http://127.0.0.1:{queue.get(timeout=30)}/v1"
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in CLIENTS if given.only in (None, name)}
    for _ in range(given.rounds):
        for name, found in rounds.items():
            job = context.Process(target=measure, args=(queue, name, url, given.requests, given.concurrency))
            job.start()
            one = queue.get(timeout=300)
            job.join()
            if one is not None:
                found.append(one)
    stub.terminate()
    stub.join()
    report(given, rounds)


def report(given: argparse.Namespace, rounds: dict[str, list[dict[str, float]]]) -> None:
    ideal = given.requests / given.concurrency * given.latency
    rows = {
        name: {key: statistics.median(one[key] for one in found) for key in found[0]}
        for name, found in rounds.items()
        if found
    }
    if given.json:
        settings = {"requests": given.requests, "concurrency": given.concurrency, "latency_s": given.latency}
        print(
            json.dumps({**settings, "ideal_s": ideal, "python": platform.python_version(), "clients": rows}, indent=2)
        )
        return
    print(
        f"{given.requests} requests, {given.concurrency} at once, {1000 * given.latency:.0f} ms latency, ideal {ideal:.1f} s"
    )
    print(f"{'client':<16}{'CPU ms/request':>16}{'wall s':>10}{'peak MB':>10}")
    for name, row in rows.items():
        print(f"{name:<16}{row['cpu_ms']:>16.3f}{row['wall_s']:>10.2f}{row['peak_mb']:>10.0f}")


if __name__ == "__main__":
    main()
