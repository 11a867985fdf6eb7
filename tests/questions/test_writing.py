"""What is written loads back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.questions import load_questions
from calibrant.questions.writing import write_questions
from calibrant.types import Condition, Passage, Question, Stratum

QUESTIONS = [
    Question(
        id="1",
        text='Who said "a, b;\nc"?',
        golds=("Zoë; and, others", '["x"]'),
        wrong=("Bob",),
        domain="d",
        topic="t",
        subtopic="s",
        cluster="doc-1",
        condition=Condition.GOLD,
        passages=(Passage(text="Zoë said so.", source="p. 1"), Passage(text="数")),
        evidence=("a quote", "another"),
        language="en",
        extra={"start": 3, "checks": [{"name": "verbatim", "passed": True, "detail": ""}]},
    ),
    Question(id="2", text="Which?", golds=("two",), choices=("one", "two"), cluster="doc-2"),
    Question(id="3", text="Who founded Norvik?", stratum=Stratum.UNANSWERABLE, cluster="doc-3"),
]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_set_is_read_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"set.{ending}"
    write_questions(QUESTIONS, path)
    loaded = load_questions(path)
    for question, back in zip(QUESTIONS, loaded, strict=True):
        for name in Question.__dataclass_fields__:
            if name != "extra":
                assert getattr(back, name) == getattr(question, name), name
    extra = loaded.questions[0].extra
    assert loaded.questions[0].language == "en"
    assert int(extra["start"]) == 3


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_the_same_set_is_the_same_bytes(tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    write_questions(QUESTIONS, first)
    write_questions(load_questions(first), second)
    write_questions(load_questions(second), first)
    assert first.read_bytes() == second.read_bytes()


def test_another_ending_and_a_place_that_cannot_be_written_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no ending that a set can have"):
        write_questions(QUESTIONS, tmp_path / "set.xml")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="no such folder"):
        write_questions(QUESTIONS, tmp_path / "file" / "set.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
