"""Sets in parts that do not share a cluster, frozen, and in the layouts of other tools."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from calibrant.builder.exporting import LAYOUTS, export
from calibrant.builder.splitting import parse_parts, split
from calibrant.builder.writing import read_items, write_items, write_questions
from calibrant.errors import InputError
from calibrant.questions import freeze, load_questions
from calibrant.types import Condition, Passage, Question, Stratum
from tests.builder.test_writing import ITEMS

QUESTIONS = [
    Question(
        id=f"q{number}",
        text=f"How many doors has house {number}?",
        golds=(str(number), f"{number} doors") if number % 4 else (),
        stratum=Stratum.ANSWERABLE if number % 4 else Stratum.UNANSWERABLE,
        domain="houses" if number < 80 else "huts",
        topic="doors",
        subtopic="count",
        cluster=f"street {number // 3}",
        evidence=("https://example.org/doors", "the list"),
        language="en",
        extra={"grader": "equal"},
    )
    for number in range(1, 121)
]


def test_no_cluster_is_in_two_parts_and_every_part_has_its_share_of_each_stratum() -> None:
    found = split(QUESTIONS, {"fit": 0.5, "tune": 0.2, "test": 0.3}, seed=1)
    clusters = {name: {one.cluster for one in part} for name, part in found.items()}
    assert not clusters["fit"] & clusters["test"]
    assert not clusters["tune"] & (clusters["fit"] | clusters["test"])
    assert sorted(one.id for part in found.values() for one in part) == sorted(one.id for one in QUESTIONS)
    for name, share in {"fit": 0.5, "tune": 0.2, "test": 0.3}.items():
        for stratum, whole in Counter(one.stratum for one in QUESTIONS).items():
            part = sum(one.stratum is stratum for one in found[name])
            assert abs(part - share * whole) <= 5, (name, stratum)


def test_a_seed_decides_the_split() -> None:
    parts = {"a": 0.5, "b": 0.5}
    assert split(QUESTIONS, parts, seed=1) == split(QUESTIONS, parts, seed=1)
    assert split(QUESTIONS, parts, seed=1) != split(QUESTIONS, parts, seed=2)


@pytest.mark.parametrize("text", ["fit=.5", "fit=.5,fit=.5", "fit=.5,test=.6", "fit,test", "a/b=.5,c=.5", "a=0,b=1"])
def test_parts_that_make_no_whole_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_parts(text)


def test_a_part_that_would_be_empty_is_refused() -> None:
    with pytest.raises(InputError, match="would be empty: there are 1 clusters"):
        split(QUESTIONS[:2], {"a": 0.5, "b": 0.5})


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv"])
def test_a_part_of_a_built_set_keeps_everything_of_its_items(tmp_path: Path, ending: str) -> None:
    write_items(ITEMS, tmp_path / f"set{ending}")
    write_questions(load_questions(tmp_path / f"set{ending}").questions, tmp_path / f"part{ending}")
    assert read_items(tmp_path / f"part{ending}") == ITEMS


def test_a_frozen_set_that_was_changed_is_noticed_when_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    write_questions(QUESTIONS, path)
    freeze(path, load_questions(path).set_hash)
    assert load_questions(path).warnings == ()
    write_questions([replace(QUESTIONS[0], golds=("2",)), *QUESTIONS[1:]], path)
    changed = load_questions(path)
    assert "it has changed" in changed.warnings[0]
    with pytest.raises(InputError, match="was frozen as"):
        freeze(path, changed.set_hash)
    assert load_questions(path, limit=5).warnings == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_exported_is_read_back_with_every_answer_stratum_and_cluster(tmp_path: Path, layout: str) -> None:
    written = export(QUESTIONS, tmp_path / "out", layout)
    if written.suffix == "":
        written = written.rename(tmp_path / f"out.{'jsonl' if layout.endswith('jsonl') else 'csv'}")
    back = load_questions(written).questions
    for ours, theirs in zip(QUESTIONS, back, strict=True):
        for name in ("id", "text", "golds", "stratum", "domain", "topic", "subtopic", "cluster", "language"):
            assert getattr(theirs, name) == getattr(ours, name), name
        assert theirs.extra["grader"] == "equal"


@pytest.mark.parametrize("layout", ["inspect-jsonl", "hf-folder"])
def test_choices_and_passages_are_read_back_where_the_layout_has_a_place(tmp_path: Path, layout: str) -> None:
    shown = Question(
        id="1",
        text="Which is red?",
        golds=("Rose",),
        choices=("Fir", "Rose"),
        condition=Condition.GOLD,
        passages=(Passage(text="A rose is red.", source="b"),),
    )
    plain = replace(shown, id="2", choices=(), text="Which is it?")
    written = export([shown, plain], tmp_path / "out.jsonl", layout)
    back = load_questions(written).questions
    assert [(one.golds, one.choices, one.passages, one.condition) for one in back] == [
        (one.golds, one.choices, one.passages, one.condition) for one in (shown, plain)
    ]
    with pytest.raises(InputError, match="no place for passages"):
        export([shown], tmp_path / "out.csv", "aa-csv")


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are aa-csv, simpleqa-csv, inspect-jsonl, hf-folder"):
        export(QUESTIONS, tmp_path / "out", "xml")


def test_inspect_reads_what_we_export_for_it(tmp_path: Path) -> None:
    dataset = pytest.importorskip("inspect_ai.dataset")
    path = export(QUESTIONS, tmp_path / "out.jsonl", "inspect-jsonl")
    samples = dataset.json_dataset(str(path))
    assert [(one.id, one.input, one.metadata["stratum"]) for one in samples][:2] == [
        ("q1", "How many doors has house 1?", "answerable"),
        ("q2", "How many doors has house 2?", "answerable"),
    ]
    assert samples[0].target == ["1", "1 doors"]


def test_datasets_reads_the_folder_that_we_export_for_it(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    export(QUESTIONS, tmp_path / "houses", "hf-folder")
    loaded = datasets.load_dataset(str(tmp_path / "houses"), split="test", cache_dir=str(tmp_path / "cache"))
    assert loaded[0]["question"] == QUESTIONS[0].text
    assert loaded[0]["golds"] == list(QUESTIONS[0].golds)


def test_inspect_samples_are_one_object_a_line(tmp_path: Path) -> None:
    path = export(QUESTIONS, tmp_path / "out.jsonl", "inspect-jsonl")
    first, *_, unanswerable = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert first["target"] == ["1", "1 doors"]
    assert (unanswerable["target"], unanswerable["metadata"]["stratum"]) == ([], "unanswerable")
