"""Every example of the page on models is one that works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.models import Model, load_model, parse_models
from calibrant.models.assembly import efforts_of

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "models.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def _example(words: str) -> str:
    return next(text for text in EXAMPLES if words in text)


KEYS = (
    *("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY", "TYPESAFE_API_KEY"),
    *("RAG_TOKEN", "TEAM"),
)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("]")[0].strip("["))
def test_every_entry_makes_a_model_at_each_of_its_efforts(text: str, tmp_path: Path) -> None:
    (tmp_path / "calibrant.toml").write_text(text, encoding="utf-8")
    (tmp_path / "answers-2025.jsonl").write_text('{"question": "a", "answer": "b"}\n', encoding="utf-8")
    (tmp_path / "our_package").mkdir()
    (tmp_path / "our_package" / "agent.py").write_text("def answer(question, steps=1):\n    return question\n")
    environ = {name: f"test-key-{name.lower()}" for name in KEYS}
    for name, config in parse_models(tomllib.loads(text)["models"]).items():
        for ending in ("", *(f"@{effort}" for effort in efforts_of(config))):
            assert isinstance(load_model(name + ending, folder=tmp_path, environ=environ), Model)


def test_the_page_has_an_example_for_each_wire() -> None:
    text = "\n".join(EXAMPLES)
    assert len(EXAMPLES) >= 8
    for wire in ("responses", "anthropic", "http", "callable", "recorded", "reference"):
        assert f'wire = "{wire}"' in text


def test_an_unknown_effort_lists_the_known(tmp_path: Path) -> None:
    (tmp_path / "calibrant.toml").write_text(_example("[models.gpt-x]"), encoding="utf-8")
    with pytest.raises(InputError, match="low, high"):
        load_model("gpt-x@none", folder=tmp_path, environ={"OPENAI_API_KEY": "test-key-openai"})
