"""What an endpoint supports, found out from one that supports some of it; and the verb that shows it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fault_server import KEY, completion, error, fault_server

from calibrant.errors import InputError
from calibrant.models import ModelCheck, check_model

TOML = """
[models.stub]
base_url = "{url}"
api_key_env = "STUB_KEY"
[models.stub.effort]
low = {{ reasoning_effort = "low" }}
odd = {{ reasoning_effort = "odd" }}

[models.picky]
base_url = "{picky}"
"""


async def _picky(request: web.Request) -> web.Response:
    """An endpoint without efforts, several replies, logprobs, or another temperature than 1."""
    body = await request.json()
    if "temperature" in body:
        return error(400, "Unsupported value: 'temperature' does not support 0 with this model.")
    if "reasoning_effort" in body:
        return error(400, "Unrecognized request argument supplied: reasoning_effort")
    return web.json_response(completion("yes", {"model": body["model"]}))


def run(folder: Path, *arguments: str, key: str = KEY) -> tuple[Any, ...]:
    """Write the file, start the server, and run the command in a process of its own."""

    async def main() -> tuple[Any, ...]:
        async with fault_server(routes=[web.post("/picky/chat/completions", _picky)]) as server:
            text = TOML.format(url=server.url, picky=server.url.replace("/v1", "/picky"))
            (folder / "calibrant.toml").write_text(text, encoding="utf-8")
            clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI")}
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "calibrant", *arguments),
                cwd=folder,
                env=clean | {"STUB_KEY": key, "COLUMNS": "120"},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, err = await process.communicate()
            return process.returncode, out.decode(), err.decode()

    return asyncio.run(main())


def checked(folder: Path, name: str, key: str = KEY) -> ModelCheck:
    async def main() -> ModelCheck:
        async with fault_server(routes=[web.post("/picky/chat/completions", _picky)]) as server:
            text = TOML.format(url=server.url, picky=server.url.replace("/v1", "/picky"))
            (folder / "calibrant.toml").write_text(text, encoding="utf-8")
            return await check_model(name, folder=folder, environ={"STUB_KEY": key})

    return asyncio.run(main())


def test_an_endpoint_that_can_everything(tmp_path: Path) -> None:
    found = checked(tmp_path, "stub")
    assert found.is_fine
    assert (found.usage, found.temperature, found.seed, found.logprobs, found.samples) == (True,) * 5
    assert found.efforts == {"low": True, "odd": True}
    assert found.wanted == ("low", "odd")
    assert found.requests == 7


def test_an_endpoint_that_can_little_is_fine_as_long_as_nothing_else_was_asked_for(tmp_path: Path) -> None:
    found = checked(tmp_path, "picky")
    assert found.is_fine
    assert (found.temperature, found.seed, found.logprobs, found.samples) == (False, True, False, False)
    assert not any(found.efforts.values())
    assert "does not support 0" in found.remarks["temperature"]
    wanted = checked(tmp_path, "picky@low")
    assert not wanted.is_fine
    assert wanted.efforts == {"low": False}


def test_a_key_that_is_refused_is_said_without_the_key(tmp_path: Path) -> None:
    found = checked(tmp_path, "stub", key="another-key-987654321")
    assert not found.reachable
    assert not found.is_fine
    assert "401" in (found.error or "")
    assert found.requests == 1


def test_a_function_and_a_recording_are_asked_once(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("question,answer\na,b\n")
    found = asyncio.run(check_model("recorded:answers.csv", folder=tmp_path, environ={}))
    assert found.is_fine
    found = asyncio.run(check_model("callable:builtins:len", folder=tmp_path, environ={}))
    assert not found.is_fine
    assert "returned int" in (found.error or "")


def test_the_command_lists_without_asking_and_shows_no_key(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "models", "list", "--json")
    assert (code, err) == (0, "")
    stub, picky, *built_in = json.loads(out)["models"]
    assert (stub["model"], stub["efforts"]) == ("stub", ["low", "odd"])
    assert (stub["api_key_env"], stub["key_set"]) == ("STUB_KEY", True)
    assert picky["api_key_env"] is None
    assert [row["model"] for row in built_in] == [
        f"reference-{name}" for name in ("small", "medium", "large", "candid")
    ]
    assert built_in[0]["asked_at"] == "this machine"
    assert (built_in[0]["efforts"], built_in[0]["price"]["output"]) == (["low", "high"], 0)
    assert KEY not in out
    code, out, _ = run(tmp_path, "models", "list")
    assert code == 0
    assert "STUB_KEY set" in out


@pytest.mark.parametrize(
    ("arguments", "key", "code"),
    [
        (["stub", "picky"], KEY, 0),
        (["picky@low"], KEY, 3),
        (["stub"], "another-key-987654321", 3),
        (["stub@none-such"], KEY, 2),
    ],
)
def test_the_command_ends_with_the_code_of_what_was_asked_for(
    tmp_path: Path, arguments: list[str], key: str, code: int
) -> None:
    ended, out, err = run(tmp_path, "models", "check", "--json", *arguments, key=key)
    assert ended == code, out + err
    assert "Traceback" not in err
    assert "987654321" not in out + err
    if code != 2:
        assert [row["model"] for row in json.loads(out)["models"]] == arguments


def test_the_command_prints_for_people(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, "models", "check")
    assert code == 0
    assert "stub: answers in" in out
    assert "efforts: low yes, odd yes" in out
    assert "temperature no" in out


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from calibrant.cli.models import app

    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        shown = CliRunner().invoke(app, ["list"]).output
        assert "No models in calibrant.toml" in shown
        assert "reference-candid" in shown
        assert CliRunner().invoke(app, ["check"]).exit_code != 0
    finally:
        os.chdir(before)


@pytest.mark.parametrize("url", ["http://[::1", "api.openai.com"])
def test_the_list_refuses_an_address_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    from typer.testing import CliRunner

    from calibrant.cli.models import app

    monkeypatch.chdir(tmp_path)
    (tmp_path / "calibrant.toml").write_text("[models.a]\n", encoding="utf-8")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://me:long-word@host/v1")
    shown = CliRunner().invoke(app, ["list", "--json"])
    assert '"http://host/v1"' in shown.output
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    assert isinstance(CliRunner().invoke(app, ["list"]).exception, InputError)
