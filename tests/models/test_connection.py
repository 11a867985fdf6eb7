"""Proxies, certificates, time-outs of the connection, and what is loaded only when needed."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fault_server import completion

from calibrant.errors import InputError, ModelError
from calibrant.models import Message, ModelConfig, Prompt, Reply
from calibrant.models.assembly import Workshop

PROMPT = Prompt(messages=(Message("user", "hello"),))


def model_at(url: str, folder: Path, **fields: Any) -> Any:
    config = ModelConfig(base_url=url, model="stub", **fields)
    return Workshop(folder=folder, environ={"PROXY_WORD": "open-sesame-42"}).build("stub", None, config)


def served(
    folder: Path, url: str, *, context: ssl.SSLContext | None = None, **fields: Any
) -> tuple[Reply, list[tuple[str, dict[str, str]]]]:
    """Ask a model while a server on any port answers whatever comes; ``{port}`` in the address is its port."""
    log: list[tuple[str, dict[str, str]]] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        log.append((request.raw_path if hasattr(request, "raw_path") else request.path_qs, dict(request.headers)))
        return web.json_response(completion("answered", {"model": "stub"}))

    async def main() -> Reply:
        runner = web.ServerRunner(web.Server(handler))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = runner.addresses[0][1]
        told = {name: text.format(port=port) if isinstance(text, str) else text for name, text in fields.items()}
        made = model_at(url.format(port=port), folder, **told)
        try:
            return (await made.ask(PROMPT))[0]
        finally:
            await made.close()
            await runner.cleanup()

    return asyncio.run(main()), log


def test_a_proxy_is_used_and_given_its_password(tmp_path: Path) -> None:
    reply, log = served(tmp_path, "http://upstream.invalid/v1", proxy="http://me:${{PROXY_WORD}}@127.0.0.1:{port}")
    assert reply.text == "answered"
    ((path, headers),) = log
    assert path == "http://upstream.invalid/v1/chat/completions"
    assert headers["Proxy-Authorization"].startswith("Basic ")


def test_the_proxy_of_the_environment_is_used_but_not_for_hosts_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert model_at("http://upstream.invalid/v1", tmp_path).connection._proxy == "http://127.0.0.1:9"
    monkeypatch.setenv("no_proxy", "127.0.0.1,.internal")
    assert served(tmp_path, "http://127.0.0.1:{port}/v1")[0].text == "answered"
    assert model_at("http://gpu.internal/v1", tmp_path).connection._proxy is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate")
def test_a_certificate_of_ones_own_authority(tmp_path: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"),
            *("-keyout", "key.pem", "-out", "cert.pem", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    reply, _ = served(tmp_path, "https://127.0.0.1:{port}/v1", context=context, ca_file="cert.pem")
    assert reply.text == "answered"
    with pytest.raises(ModelError, match="Set ca_file"):
        served(tmp_path, "https://127.0.0.1:{port}/v1", context=context)


def test_a_certificate_that_is_not_there_is_said(tmp_path: Path) -> None:
    made = model_at("https://127.0.0.1:9/v1", tmp_path, ca_file="none.pem")
    with pytest.raises(InputError, match="ca_file cannot be used"):
        asyncio.run(made.ask(PROMPT))


def test_a_get_sends_its_fields_as_the_query(tmp_path: Path) -> None:
    http = {"method": "GET", "body": {"q": "{{ question }}", "k": 3}, "answer": "choices.0.message.content"}
    reply, log = served(tmp_path, "http://127.0.0.1:{port}/ask", wire="http", http=http)
    assert reply.text == "answered"
    assert log[0][0] == "/ask?q=hello&k=3"


def test_tokens_a_minute_are_counted_and_corrected(tmp_path: Path) -> None:
    reply, _ = served(tmp_path, "http://127.0.0.1:{port}/v1", tpm=1_000_000, rpm=10_000)
    assert reply.text == "answered"


def test_the_room_is_light_until_something_is_asked() -> None:
    code = (
        "import sys, calibrant.models, calibrant.cli, calibrant.cli.settings\n"
        "print([name for name in ('aiohttp', 'msgspec', 'jinja2', 'asyncio', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
