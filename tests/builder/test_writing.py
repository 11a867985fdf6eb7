"""Sets that were built, on disk: read back as they were, with a card, and the same bytes for the same seed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calibrant.builder import Built, Check, Dropped, Item, Source
from calibrant.builder.tables import TableSettings, build_from_tables, open_table, plan_tables
from calibrant.builder.writing import read_items, write_items, write_set
from calibrant.errors import InputError
from calibrant.questions import load_questions, set_hash
from calibrant.types import Condition, Passage, Question, Stratum

ITEMS = (
    Item(
        question=Question(
            id="t-1",
            text='Who wrote "Emma",\nand when?',
            golds=("Jane Austen; 1815", "[1, 2]", "Austen, J."),
            wrong=("Nobody",),
            domain="books",
            topic="novels",
            subtopic="author",
            cluster="books: Emma",
            condition=Condition.GOLD,
            passages=(Passage(text='Emma, by "J. Austen"\nappeared.', source="b.txt"), Passage(text="没有。")),
            evidence=("b.txt, line 3", "https://example.org/a;b"),
        ),
        source=Source(document="b.txt", quote="by J. Austen", start=12, end=24, chunk="b#1"),
        made="rules: definition",
        language="zh",
        grader="equal",
        as_of="2024-01-31",
        checks=(Check("span", True, "found"), Check("unique", False)),
    ),
    Item(
        question=Question(id="t-2", text="Who wrote Amme?", stratum=Stratum.UNANSWERABLE, cluster="books: Amme"),
        source=None,
        made="unanswerable: invented entity",
    ),
    Item(
        question=Question(id="t-3", text="Which is red?", golds=("Rose",), choices=("Rose", "Fir"), cluster="c"),
        source=Source(document="plants", quote="Rose", row="Rose"),
        made="table: colour",
        grader="exact",
    ),
)


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv"])
def test_a_set_is_read_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"set{ending}"
    write_items(ITEMS, path)
    assert read_items(path) == ITEMS
    loaded = load_questions(path)
    assert [question.language for question in loaded] == ["zh", "en", "en"]
    assert loaded.questions[0].passages == ITEMS[0].question.passages
    assert loaded.questions[0].extra["grader"] == "equal"


def test_the_three_formats_hold_one_set(tmp_path: Path) -> None:
    hashes = set()
    for ending in (".parquet", ".jsonl", ".csv"):
        write_items(ITEMS, tmp_path / f"set{ending}")
        hashes.add(load_questions(tmp_path / f"set{ending}").set_hash)
    assert len(hashes) == 1


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv"])
def test_the_same_set_is_written_as_the_same_bytes(tmp_path: Path, ending: str) -> None:
    (tmp_path / "t.csv").write_text("name,maker,year\n" + "".join(f"n{n}a,m{n},{1800 + n}\n" for n in range(60)))
    settings = TableSettings(count=40, unanswerable=0.2, seed=3)
    contents = []
    for name in ("one", "two"):
        result = build_from_tables(plan_tables([open_table(str(tmp_path / "t.csv"))], settings), settings)
        written = write_set(result, tmp_path / f"{name}{ending}")
        contents.append((written.path.read_bytes(), written.dropped.read_bytes(), written.set_hash))
    assert contents[0] == contents[1]


def test_the_card_counts_what_is_in_the_set_and_says_that_nobody_audited_it(tmp_path: Path) -> None:
    dropped = Dropped(item=replace(ITEMS[2]), filter="answer in the question", reason="Rose")
    built = Built(items=ITEMS, dropped=(dropped,), skipped={"plants.id": "numbers the rows"}, facts={"seed": 5})
    written = write_set(built, tmp_path / "set.jsonl", command="calibrant questions build --table t")
    card = written.card.read_text(encoding="utf-8")
    assert "3 questions in 3 clusters: 2 answerable + 1 unanswerable." in card
    assert "not audited yet" in card
    assert "| answer in the question | 1 |" in card
    assert "plants.id: numbers the rows" in card
    assert f"`{load_questions(written.path).set_hash}`" in card
    assert "- seed: 5" in card
    assert "`calibrant questions build --table t`" in card
    side = [json.loads(line) for line in written.dropped.read_text(encoding="utf-8").splitlines()]
    assert [(one["dropped_by"], one["reason"], one["id"]) for one in side] == [
        ("answer in the question", "Rose", "t-3")
    ]


def test_a_changed_grader_or_language_changes_the_identity_of_a_set_and_their_absence_does_not() -> None:
    plain = Question(id="1", text="How high is it?", golds=("3 m",))
    assert set_hash([plain]) == set_hash([replace(plain, extra={"other": "x"})])
    others = [replace(plain, language="en"), replace(plain, extra={"grader": "numeric"}), replace(plain, language="de")]
    assert len({set_hash([one]) for one in (plain, *others)}) == 4


@pytest.mark.parametrize(
    ("name", "items", "complaint"),
    [
        ("set.xlsx", ITEMS, "no ending"),
        ("no/such/set.csv", ITEMS, "no such folder"),
        ("set.csv", (ITEMS[0], ITEMS[0]), "'t-1' is there twice"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str, items: Any, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        write_items(items, tmp_path / name)
    assert not list(tmp_path.iterdir())
