"""A function is asked anew when it is another one, and not when it is the same."""

from __future__ import annotations

import asyncio
import functools
import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.models import load_model
from calibrant.models.function_identity import function_digest

SCRIPT = """
import re
from calibrant.models import load_model
SENTENCE = "{sentence}"
class Agent:
    def __init__(self, k):
        self.k = k
        self.names = {{"b", "a", "c"}}
        self.pattern = re.compile("x+")
    def __call__(self, question):
        return question * self.k
def helper(question):
    return {body}
def answer(question):
    if question in {{"q", "r", "s"}}:
        return [one for one in question]
    return helper(question) + SENTENCE
print(load_model(answer).identity, load_model(Agent(1)).identity, load_model(Agent(2)).identity)
"""


def made_with(k: int) -> Callable[[str], str]:
    return lambda question: question * k


def answer(question: str, steps: int = 1) -> str:
    return question * steps


class Agent:
    def __init__(self, k: int) -> None:
        self.k = k

    def __call__(self, question: str) -> str:
        return question * self.k

    def ask(self, question: str) -> str:
        return question


class Locked(Agent):
    def __init__(self, k: int) -> None:
        super().__init__(k)
        self.lock = threading.Lock()


def identity(function: Callable[..., Any], **rest: Any) -> str:
    return load_model(function, **rest).identity


def printed(tmp_path: Path, seed: str = "0", sentence: str = "!", body: str = "question") -> list[str]:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(sentence=sentence, body=body), encoding="utf-8")
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run([sys.executable, str(script)], env=environ, capture_output=True, text=True, check=True)
    return ran.stdout.split()


def test_other_functions_of_the_same_name_are_others() -> None:
    functions: list[Callable[..., Any]] = [
        lambda question: "a",
        lambda question: "b",
        lambda question: [one for one in question if one != "a"],
        lambda question: [one for one in question if one != "b"],
        lambda question, k="a": k,
        lambda question, k="b": k,
        made_with(1),
        made_with(2),
        functools.partial(answer, steps=1),
        functools.partial(answer, steps=2),
        Agent(1),
        Agent(2),
        Agent(1).ask,
    ]
    assert len({identity(one) for one in functions}) == len(functions)


def test_the_same_function_is_the_same() -> None:
    for make in (lambda: made_with(3), lambda: functools.partial(answer, steps=3), lambda: Agent(3), lambda: answer):
        assert identity(make()) == identity(make())


def test_it_is_the_same_in_another_process_and_another_when_edited(tmp_path: Path) -> None:
    before = printed(tmp_path)
    assert printed(tmp_path, seed="7") == before
    assert printed(tmp_path, sentence="?")[0] != before[0]
    assert printed(tmp_path, body="question + 'x'")[0] != before[0]
    assert before[1] != before[2]


def test_what_cannot_be_told_is_never_the_same() -> None:
    assert identity(Locked(1)) != identity(Locked(1))
    assert identity(Locked(1).ask) != identity(Locked(1).ask)
    huge = list(range(200_000))
    assert function_digest(lambda question: huge) != function_digest(lambda question: huge)


def test_a_structure_that_holds_itself_is_told() -> None:
    agent = Agent(1)
    agent.k = agent  # type: ignore[assignment]
    assert identity(agent) == identity(agent)


def test_a_version_alone_decides_where_it_is_given() -> None:
    first = identity(lambda question: "a", name="agent", version="1")
    assert first == identity(lambda question: "b", name="agent", version="1")
    assert first != identity(lambda question: "a", name="agent", version="2")
    assert first != identity(lambda question: "a", name="other", version="1")
    assert load_model(answer, name="agent").ref.model == "agent"


def test_name_and_version_go_with_functions() -> None:
    with pytest.raises(InputError, match="go with a function"):
        load_model("gpt-x", version="1", environ={})


@pytest.mark.parametrize("model", [3, None, ["gpt-x"]])
def test_what_is_no_name_and_no_function_is_refused(model: Any) -> None:
    with pytest.raises(InputError, match="a model is a name or a function"):
        load_model(model)


def test_what_is_nearly_a_model_says_what_it_lacks() -> None:
    class Nearly:
        ref = identity = price = concurrency = max_samples = destination = ask = close = None

    with pytest.raises(InputError, match="Nearly is nearly a model: it lacks output_limit"):
        load_model(Nearly())  # type: ignore[arg-type]


def test_an_edited_agent_of_a_module_is_asked_anew_unless_it_has_a_version(tmp_path: Path) -> None:
    module, toml = tmp_path / "edited_for_tests.py", tmp_path / "calibrant.toml"

    def told(body: str, version: str = "") -> tuple[str, str]:
        text = (
            f"import threading\nclass A:\n    lock = threading.Lock()\n    def ask(self, q):\n        return {body}\n"
        )
        module.write_text(f"{text}chain = A()\ndef f(q):\n    return chain.ask(q)\n", encoding="utf-8")
        for compiled in tmp_path.glob("__pycache__/*.pyc"):
            compiled.unlink()
        sys.modules.pop("edited_for_tests", None)
        importlib.invalidate_caches()
        toml.write_text(f'[models.a]\nwire = "callable"\nfunction = "edited_for_tests:f"\n{version}', encoding="utf-8")
        by_name = load_model("callable:edited_for_tests:chain.ask", folder=tmp_path, environ={}).identity
        return load_model("a", folder=tmp_path, environ={}).identity, by_name

    first, second, again = told("q"), told("q + q"), told("q")
    assert first == again
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert told("q", 'version = "1"')[0] == told("q + q", 'version = "1"')[0]


def test_two_entries_with_the_same_fields_are_two_rows(tmp_path: Path) -> None:
    entry = 'base_url = "http://127.0.0.1:9/v1"\nmodel = "m"\neffort = { low = { k = 1 }, deep = { k = 1 } }\n'
    (tmp_path / "calibrant.toml").write_text(f"[models.a]\n{entry}[models.b]\n{entry}", encoding="utf-8")
    names = ("a", "b", "a@low", "a@deep", "b@low")
    assert len({load_model(name, folder=tmp_path, environ={}).identity for name in names}) == len(names)


def test_a_recording_under_two_names_is_two_rows(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("question,answer\na,b\n", encoding="utf-8")
    entry = 'wire = "recorded"\nfile = "x.csv"\n'
    (tmp_path / "calibrant.toml").write_text(f"[models.a]\n{entry}[models.b]\n{entry}", encoding="utf-8")
    first, second = (load_model(name, folder=tmp_path, environ={}) for name in "ab")
    assert first.identity != second.identity
    asyncio.run(first.close())
