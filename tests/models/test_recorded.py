"""Recordings replayed."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import polars
import pytest

from calibrant.errors import InputError
from calibrant.models import Failure, Message, Model, Prompt, Reply, load_model
from calibrant.types import ModelRef, Question, Usage

ROWS = [
    {"question": "Capital of Peru?", "model": "a", "effort": "low", "repeat": 1, "answer": "Cusco", "output_tokens": 7},
    {"question": "Capital of Peru?", "model": "a", "effort": "low", "repeat": 0, "answer": "Lima", "confidence": 0.9},
    {"question": "Capital of Peru?", "model": "a", "effort": "high", "repeat": 0, "answer": "Lima!"},
    {"question": "Capital of Peru?", "model": "b", "effort": "low", "repeat": 0, "answer": "Quito"},
    {"question": "Capital of Chad?", "model": "a", "effort": "low", "repeat": 0, "answer": "", "error": "timeout"},
]


def written(folder: Path, kind: str) -> Path:
    path = folder / f"answers.{kind}"
    frame = polars.DataFrame(ROWS)
    if kind == "csv":
        frame.write_csv(path)
    elif kind == "tsv":
        frame.write_csv(path, separator="\t")
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "json":
        path.write_text(json.dumps(ROWS), encoding="utf-8")
    else:
        text = "".join(json.dumps(row) + "\n" for row in ROWS)
        path.write_bytes(gzip.compress(text.encode()) if kind.endswith("gz") else text.encode())
    return path


def ask(
    model: Model, text: str, samples: int = 1, question: Question | None = None, repeats: tuple[int, ...] = ()
) -> Sequence[Reply]:
    prompt = Prompt(messages=(Message("user", text),), samples=samples, question=question, repeats=repeats)
    return asyncio.run(model.ask(prompt))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "jsonl", "jsonl.gz", "parquet"])
def test_every_format_replays_repeats_in_their_order(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind)
    model = load_model(f"recorded:{path.name}:a@low", folder=tmp_path, environ={})
    assert model.ref == ModelRef(model="a", effort="low")
    question = Question(id="q1", text="Capital of  Peru?")
    (second,) = ask(model, "whatever the prompt says", question=question, repeats=(1,))
    (first,) = ask(model, "whatever the prompt says", question=question)
    (third,) = ask(model, "whatever the prompt says", question=question, repeats=(2,))
    assert (first.text, first.extra) == ("Lima", {"confidence": 0.9})
    assert (second.text, second.usage.output_tokens) == ("Cusco", 7)
    assert third.failure is Failure.NOT_RECORDED
    assert [reply.text for reply in ask(model, "asked otherwise", samples=2, question=question)] == ["Lima", "Cusco"]


def test_errors_are_replayed_and_unknown_questions_are_errors(tmp_path: Path) -> None:
    model = load_model(f"recorded:{written(tmp_path, 'csv')}:a@low", environ={})
    assert ask(model, "Capital of Chad?")[0].failure is Failure.TIMEOUT
    assert ask(model, "Capital of Atlantis?")[0].failure is Failure.NOT_RECORDED


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("recorded:answers.csv", "holds several models: a, b"),
        ("recorded:answers.csv:a", "holds several efforts: high, low"),
        ("recorded:answers.csv:c@low", "holds no model 'c'"),
        ("recorded:answers.csv:a@lowe", "Did you mean low?"),
        ("recorded:other.csv", "no such file"),
        ("recorded:bare.csv", "a column question"),
        ("recorded:empty.csv", "holds no rows"),
        ("recorded:odd.jsonl", "odd.jsonl:2: is no JSON"),
        ("recorded:number.jsonl", "number.jsonl:1: 'many' is no number"),
        ("recorded:notes.txt", "is of no known format"),
    ],
)
def test_what_cannot_be_replayed_says_why(tmp_path: Path, name: str, words: str) -> None:
    written(tmp_path, "csv")
    (tmp_path / "bare.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty.csv").write_text("question,answer\n")
    (tmp_path / "odd.jsonl").write_text('{"question": "a", "answer": "b"}\n{"question"\n')
    (tmp_path / "number.jsonl").write_text('{"question": "a", "answer": "b", "output_tokens": "many"}\n')
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError) as caught:
        load_model(name, folder=tmp_path, environ={})
    assert words in str(caught.value)


def test_questions_are_found_by_id_where_there_are_no_texts(tmp_path: Path) -> None:
    (tmp_path / "ids@home.csv").write_text("id,response\nq1,Lima\n")
    model = load_model("recorded:ids@home.csv", folder=tmp_path, environ={})
    assert ask(model, "x", question=Question(id="q1", text="Capital of Peru?"))[0].text == "Lima"


def test_the_identity_is_of_the_files_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "csv")
    before = load_model(f"recorded:{path}:a@low", environ={}).identity
    assert load_model(f"recorded:{path.name}:a@low", folder=tmp_path, environ={}).identity == before
    assert load_model(f"recorded:{path}:a@high", environ={}).identity != before
    path.write_text(path.read_text().replace("Cusco", "Puno"))
    assert load_model(f"recorded:{path}:a@low", environ={}).identity != before


@pytest.mark.parametrize("count", ["-1", "1e300", "99999999999999999999", "9007199254740993", "NaN"])
def test_a_count_of_tokens_that_cannot_be_is_unknown(tmp_path: Path, count: str) -> None:
    (tmp_path / "r.jsonl").write_text(
        f'{{"question": "a", "answer": "b", "output_tokens": {count}, "input_tokens": 3}}'
    )
    model = load_model("recorded:r.jsonl", folder=tmp_path, environ={})

    async def main() -> Usage:
        return (await model.ask(Prompt(messages=(Message("user", "a"),))))[0].usage

    usage = asyncio.run(main())
    assert (usage.input_tokens, usage.output_tokens) == (3, None)
