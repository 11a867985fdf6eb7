"""The official client, our own and plain HTTP against the server, on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from random_models import CONTEXT

from calibrant.errors import InputError
from calibrant.models import Message, Prompt, Sampling, load_model
from calibrant.models.reference import Engine, ReferenceFiles
from calibrant.models.reference.batching import FullError
from calibrant.models.reference.chat_api import ApiError, refusals
from calibrant.models.reference.engine import Answers, Request
from calibrant.models.reference.server import application, bind

openai = pytest.importorskip("openai")
ASK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where was Ada Brook born?"}]


@contextmanager
def serving(engines: Mapping[str, Engine]) -> Iterator[str]:
    listening = bind("127.0.0.1", 0)
    app = application(engines, max_body=20_000)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def url(models: ReferenceFiles) -> Iterator[str]:
    with serving({name: Engine(models, name) for name in models.models}) as served:
        yield served


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    with openai.OpenAI(base_url=url, api_key="any", max_retries=0) as opened:
        yield opened


def post(url: str, body: bytes, path: str = "/chat/completions") -> tuple[int, Any]:
    request = urllib.request.Request(url + path, data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_the_official_client_gets_an_answer_with_usage_and_logprobs(client: Any) -> None:
    done = client.chat.completions.create(
        model="reference-small", messages=ASK, max_completion_tokens=6, logprobs=True, top_logprobs=3
    )
    (choice,) = done.choices
    entries = choice.logprobs.content
    assert "".join(entry.token for entry in entries) == choice.message.content
    assert all(len(entry.top_logprobs) == 3 and entry.logprob <= 0 for entry in entries)
    assert entries[0].top_logprobs[0].logprob == entries[0].logprob  # greedy: the likeliest one was taken
    assert done.usage.prompt_tokens > 5
    assert len(entries) <= done.usage.completion_tokens <= 6
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens
    assert (
        client.chat.completions.create(model="reference-small", messages=ASK, max_tokens=6).choices[0].message.content
        == choice.message.content
    )


def test_n_replies_are_drawn_by_a_seed(client: Any) -> None:
    def drawn(**sampling: Any) -> list[str]:
        done = client.chat.completions.create(
            model="reference-large", messages=ASK, n=3, temperature=1.5, max_tokens=8, **sampling
        )
        assert [choice.index for choice in done.choices] == [0, 1, 2]
        return [choice.message.content for choice in done.choices]

    assert len(set(drawn(seed=7))) == 3
    assert drawn(seed=7) == drawn(seed=7) != drawn(seed=8)
    assert drawn() != drawn()


def test_effort_high_reads_the_almanac(client: Any) -> None:
    def tokens(model: str = "reference-small", **fields: Any) -> int:
        done = client.chat.completions.create(model=model, messages=ASK, max_tokens=2, **fields)
        return int(done.usage.prompt_tokens)

    assert tokens() == tokens(reasoning_effort="low") < tokens(reasoning_effort="high")
    assert tokens("reference-small@high") == tokens(reasoning_effort="high")


@pytest.mark.parametrize("stop", [None, ["o"]])
def test_a_stream_tells_the_same_as_the_whole(client: Any, stop: Any) -> None:
    asked = {"model": "reference-small", "messages": ASK, "max_tokens": 12, "n": 2, "temperature": 1.0, "seed": 3}
    asked |= {"logprobs": True, "stop": stop}
    whole = client.chat.completions.create(**asked)
    texts, entries, reasons, usage, chunks = ["", ""], [[], []], {}, None, 0
    with client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}) as stream:
        for chunk in stream:
            chunks += 1
            usage = chunk.usage or usage
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
                entries[choice.index] += choice.logprobs.content if choice.logprobs else []
                if choice.finish_reason:
                    assert choice.index not in reasons
                    reasons[choice.index] = choice.finish_reason
    assert texts == [choice.message.content for choice in whole.choices]
    assert [[one.token for one in some] for some in entries] == [
        [one.token for one in choice.logprobs.content] for choice in whole.choices
    ]
    assert reasons == {choice.index: choice.finish_reason for choice in whole.choices}
    assert usage == whole.usage
    assert chunks > 6


def test_async_clients_at_once_get_what_one_gets_alone(url: str, client: Any) -> None:
    questions = [f"Where was person {place} born?" for place in range(30)]

    async def all_of_them() -> list[str]:
        async with openai.AsyncOpenAI(base_url=url, api_key="any", max_retries=0) as opened:
            done = await asyncio.gather(
                *(
                    opened.chat.completions.create(
                        model="reference-large", messages=[{"role": "user", "content": text}], max_tokens=8
                    )
                    for text in questions
                )
            )
        return [one.choices[0].message.content for one in done]

    alone = [
        client.chat.completions.create(
            model="reference-large", messages=[{"role": "user", "content": text}], max_tokens=8
        )
        .choices[0]
        .message.content
        for text in questions
    ]
    assert asyncio.run(all_of_them()) == alone
    assert len(set(alone)) > 5


def test_models_are_listed_and_found(client: Any) -> None:
    assert [model.id for model in client.models.list()] == ["reference-small", "reference-large"]
    assert client.models.retrieve("reference-large").id == "reference-large"
    with pytest.raises(openai.NotFoundError, match="known: reference-small, reference-large"):
        client.models.retrieve("reference-huge")


def test_an_unknown_model_lists_the_known(client: Any) -> None:
    with pytest.raises(openai.NotFoundError, match="known: reference-small, reference-large") as caught:
        client.chat.completions.create(model="gpt-x", messages=ASK)
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_over_the_context_is_an_error_with_lengths(client: Any, stream: bool) -> None:
    long = [{"role": "user", "content": "who " * 500}]
    with pytest.raises(openai.BadRequestError, match=rf"[5-9]\d\d tokens; the context holds {CONTEXT}") as caught:
        client.chat.completions.create(model="reference-small", messages=long, stream=stream)
    assert caught.value.code == "context_length_exceeded"
    assert caught.value.param == "messages"


USER = {"role": "user", "content": "Who?"}


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"temperature": -1}, 400, "temperature"),
        ({"temperature": "hot"}, 400, "temperature"),
        ({"n": 0}, 400, "`$.n`"),
        ({"n": 100_000}, 400, "`$.n`"),
        ({"top_p": 0}, 400, "top_p"),
        ({"max_tokens": 0}, 400, "max_tokens"),
        ({"top_logprobs": 2}, 400, "needs logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, 400, "top_logprobs"),
        ({"reasoning_effort": "extreme"}, 400, "known: low, high"),
        ({"model": "reference-small@extreme"}, 400, "known: low, high"),
        ({"model": "reference-small@low", "reasoning_effort": "high"}, 400, "says low"),
        ({"tools": [{"type": "function"}]}, 400, "has no tools"),
        ({"response_format": {"type": "json_object"}}, 400, "has no response_format"),
        ({"messages": []}, 400, "no user message"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "not image_url"),
        ({"messages": "who?"}, 400, "messages"),
        ({"model": None}, 400, "model"),
        ({"model": "reference-small", "messages": [{"role": "user", "content": "x" * 30_000}]}, 413, "20000 bytes"),
    ],
)
def test_a_bad_request_says_what_is_wrong(url: str, change: dict[str, Any], status: int, words: str) -> None:
    body = {"model": "reference-small", "messages": [USER], "max_tokens": 3} | change
    got, told = post(url, json.dumps(body).encode())
    assert got == status
    assert words in told["error"]["message"]
    assert set(told["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"nothing", b"\xff\xfe", b"[" * 5000, b'"a"', b'{"model": "a"}'])
def test_what_is_no_request_is_a_400(url: str, body: bytes) -> None:
    status, told = post(url, body)
    assert status == 400
    assert told["error"]["type"] == "invalid_request_error"


def test_unknown_fields_and_harmless_ones_are_ignored(url: str) -> None:
    more = {"user": "me", "store": False, "tools": [], "response_format": {"type": "text"}, "presence_penalty": 0.0}
    body = {"model": "reference-small", "messages": [USER], "max_tokens": 3} | more
    assert post(url, json.dumps(body).encode())[0] == 200


def test_a_body_without_a_length_is_cut_off_at_the_limit(url: str) -> None:
    host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as sent:
        sent.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            sent.sendall(b"2710\r\n" + b" " * 10_000 + b"\r\n")
        assert b" 413 " in sent.recv(4096).split(b"\r\n")[0]


def test_other_addresses_are_404_and_other_methods_405_in_the_same_shape(url: str) -> None:
    status, told = post(url, b"{}", "/nothing")
    assert (status, told["error"]["code"]) == (404, "unknown_url")
    status, told = post(url, b"{}", "/models")
    assert (status, told["error"]["code"]) == (405, "unknown_url")


def test_our_own_client_gets_what_the_embedded_model_gives(url: str, models: ReferenceFiles, tmp_path: Any) -> None:
    entry = f'base_url = "{url}"\nmax_samples = 4\nmodel = "reference-small"'
    here = f'wire = "reference"\nfile = "{models.folder}"\nmodel = "reference-small"'
    (tmp_path / "calibrant.toml").write_text(f"[models.far]\n{entry}\n[models.near]\n{here}\n", encoding="utf-8")
    sampling = Sampling(max_tokens=7, logprobs=True, top_logprobs=2, seed=5, temperature=0.8)
    prompt = Prompt(messages=(Message("user", "Where was Ada Brook born?"),), sampling=sampling, samples=3)

    async def asked(name: str) -> Any:
        model = load_model(name, folder=tmp_path, environ={})
        try:
            return await model.ask(prompt)
        finally:
            await model.close()

    for effort in ("low", "high"):
        far, near = asyncio.run(asked(f"far@{effort}")), asyncio.run(asked(f"near@{effort}"))
        assert [reply.text for reply in far] == [reply.text for reply in near]
        assert [reply.finish_reason for reply in far] == [reply.finish_reason for reply in near]
        assert [[one.token for one in reply.logprobs] for reply in far] == [
            [one.token for one in reply.logprobs] for reply in near
        ]
        assert far[0].usage.input_tokens == near[0].usage.input_tokens
        assert sum(reply.usage.output_tokens for reply in far) == sum(reply.usage.output_tokens for reply in near)


def test_a_question_the_almanac_has_nothing_about_costs_as_from_memory(client: Any) -> None:
    def done(effort: str) -> Any:
        asked = [{"role": "user", "content": "Where was Eve Marsh born?"}]
        return client.chat.completions.create(
            model="reference-small", messages=asked, max_tokens=4, reasoning_effort=effort
        )

    low, high = done("low"), done("high")
    assert high.choices == low.choices
    assert high.usage == low.usage


def test_clients_that_go_away_in_the_middle_of_a_stream_leave_nothing_stuck(models: ReferenceFiles) -> None:
    """Real sockets, reset while replies are written: these end early, and everybody else is answered."""
    engine = Engine(models, "reference-small")
    handed_in: list[Future[Answers]] = []
    hand_in = engine.hand_in

    def noted(request: Request) -> Future[Answers]:
        handed_in.append(hand_in(request))
        return handed_in[-1]

    engine.hand_in = noted  # type: ignore[method-assign]
    # The first token of 64 replies, and the client is gone; without it each would go on for some 50 tokens.
    body = json.dumps(
        {"model": "reference-small", "messages": ASK, "n": 64, "temperature": 9.0, "stream": True}
    ).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving({"reference-small": engine}) as url:
        host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
        for _ in range(10):
            with socket.create_connection((host, int(port)), timeout=20) as gone:
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
                gone.sendall(head + body)
                assert gone.recv(15) == b"HTTP/1.1 200 OK"
        left = [future.result(timeout=20) for future in handed_in]
        with openai.OpenAI(base_url=url, api_key="any", max_retries=0, timeout=20) as client:
            whole = client.chat.completions.create(model="reference-small", messages=ASK, max_tokens=6)
            stream = client.chat.completions.create(model="reference-small", messages=ASK, max_tokens=6, stream=True)
            told = "".join(one.choices[0].delta.content or "" for one in stream if one.choices)
    assert len(left) == 10
    written = [sum(reply.tokens for reply in answers.replies) for answers in left]
    full = 64 * (CONTEXT - left[0].prompt_tokens)
    assert min(written) < full / 2, "no reply was broken off"
    assert told == whole.choices[0].message.content


def test_too_many_that_wait_are_a_429() -> None:
    with pytest.raises(ApiError) as caught, refusals():
        raise FullError("10000 requests are waiting already")
    assert caught.value.status == 429
    assert caught.value.body["error"]["code"] == "rate_limit_exceeded"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_only_loopback_unless_said(host: str) -> None:
    with pytest.raises(InputError, match="--public"):
        bind(host, 0)


def test_a_port_that_is_taken_is_said(url: str) -> None:
    with pytest.raises(InputError, match="cannot listen there"):
        bind("127.0.0.1", int(url.removesuffix("/v1").rpartition(":")[2]))
    bind("0.0.0.0", 0, public=True).close()
