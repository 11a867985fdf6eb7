"""How long a reply can become, by what is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calibrant.models import Message, ModelConfig, Prompt, Sampling, load_model
from calibrant.models.assembly import Workshop

URL = "http://127.0.0.1:9/v1"


def limit(prompt: int | None, effort: dict[str, Any] | None = None, **fields: Any) -> int | None:
    config = ModelConfig(base_url=URL, effort={"e": effort or {}}, **fields)
    made = Workshop(folder=Path(), environ={}).build("m", "e", config)
    return made.output_limit(Prompt(messages=(Message("user", "q"),), sampling=Sampling(max_tokens=prompt)))


@pytest.mark.parametrize("wire", ["chat", "responses", "anthropic"])
def test_the_prompt_goes_before_the_entry(wire: str) -> None:
    assert limit(7, wire=wire, sampling={"max_tokens": 99}) == 7
    assert limit(None, wire=wire, sampling={"max_tokens": 99}) == 99


@pytest.mark.parametrize(
    ("wire", "field"),
    [
        ("chat", "max_tokens"),
        ("chat", "max_completion_tokens"),
        ("responses", "max_output_tokens"),
        ("anthropic", "max_tokens"),
    ],
)
def test_effort_and_extra_body_have_the_last_word(wire: str, field: str) -> None:
    assert limit(7, {field: 8000}, wire=wire) == 8000
    assert limit(7, wire=wire, extra_body={field: 500}) == 500
    assert limit(7, {field: 8000}, wire=wire, extra_body={field: 500}) == 8000
    assert limit(7, {field: None}, wire=wire) is None
    assert limit(7, {field: "many"}, wire=wire) is None


def test_without_a_limit_it_is_unknown_but_for_anthropic() -> None:
    assert limit(None) is None
    assert limit(None, wire="responses") is None
    assert limit(None, wire="anthropic") == 4096
    assert limit(5, {"max_tokens": 10, "max_completion_tokens": 20}) == 20


def test_services_and_functions_do_not_say() -> None:
    prompt = Prompt(messages=(Message("user", "q"),), sampling=Sampling(max_tokens=7))
    assert limit(7, wire="http", http={"body": {}, "answer": ""}) is None
    assert load_model(lambda question: "a").output_limit(prompt) is None


def test_a_recording_knows_its_longest(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"question": "q", "answer": "a", "output_tokens": 3}\n'
        '{"question": "q", "answer": "a", "output_tokens": 30}\n'
        '{"question": "r", "answer": "a"}\n',
        encoding="utf-8",
    )
    model = load_model("recorded:x.jsonl", folder=tmp_path, environ={})
    limits = [model.output_limit(Prompt(messages=(Message("user", text),))) for text in ("q", "r", "none")]
    assert limits == [30, None, 0]
