"""What lint finds, and where."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.questions import LintResult, lint, lint_file, load_questions
from calibrant.types import Condition, Question, Stratum


def table(folder: Path, content: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def objects(folder: Path, *rows: dict[str, Any]) -> Path:
    return table(folder, "".join(json.dumps({"cluster": n, **row}) + "\n" for n, row in enumerate(rows)), "t.jsonl")


def found(result: LintResult) -> list[tuple[str, str, str]]:
    return [(finding.code, str(finding.severity), finding.place.rpartition(":")[2]) for finding in result.findings]


def test_everything_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "id,question,answer,document_id\n"
        "1,Who?,Ada,a\n"
        "2,,Bonn,b\n"
        "3,Where?,,c\n"
        "1,When?,1972,d\n"
        "5,who,ada,e\n"
        "6,WHO?,Bob,f\n"
        "7,Who is Grace Hopper?,Grace Hopper,g\n"
        "8,What is a CafÃ©?,a bar,h\n",
    )
    result = lint_file(path)
    assert found(result) == [
        ("empty-question", "error", "3"),
        ("no-gold", "error", "4"),
        ("repeated-id", "error", "5"),
        ("duplicate-question", "warning", "6"),
        ("contradictory-golds", "warning", "7"),
        ("gold-in-question", "warning", "8"),
        ("suspicious-encoding", "warning", "9"),
    ]
    assert (result.errors, result.warnings) == (3, 4)
    assert f"at {path}:2" in result.findings[2].message
    assert str(result.findings[0]).startswith(f"{path}:3: error: the question is empty")


def test_a_clean_set_has_no_findings_and_a_summary(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "question,answers,answerable,domain,document_id\n"
        "Who?,Ada; Lady Lovelace,yes,Life,a\n"
        "Where?,Bonn,yes,Life,a\n"
        "What?,,no,Art,b\n",
    )
    result = lint_file(path)
    assert result.findings == ()
    summary = result.summary
    assert (summary.source, summary.rows) == (str(path), 3)
    assert summary.strata == {"answerable": 2, "unanswerable": 1}
    assert summary.conditions == {"none": 3}
    assert summary.domains == {"Life": 2, "Art": 1}
    assert (summary.clusters, summary.clustered) == (2, 3)
    assert summary.golds == {0: 1, 1: 1, 2: 1}
    assert summary.columns["cluster"] == ("document_id",)


def test_a_missing_cluster_is_one_finding_of_the_whole_file(tmp_path: Path) -> None:
    path = table(tmp_path, "question,answer\nWho?,Ada\nWhere?,Bonn\n")
    (finding,) = lint_file(path).findings
    assert (finding.code, finding.place) == ("no-cluster", str(path))
    assert lint_file(path).summary.clusters == 2
    partly = table(tmp_path, "question,answer,cluster\nWho?,Ada,a\nWhere?,Bonn,\n")
    assert "1 of 2 questions" in lint_file(partly).findings[0].message


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (
            [{"question": "Who?", "answer": "Ada"}, {"question": "Who?", "answerable": False}],
            ["contradictory-golds", "no-stratum"],
        ),
        ([{"question": "Who?", "answer": "Ada", "answerable": False}], ["gold-for-unanswerable"]),
        ([{"question": "Who?", "answer": "Ada", "answerable": "hm"}], ["bad-value"]),
        ([{"question": ["Who?"], "answer": "Ada"}], ["question-not-text"]),
        ([{"question": "Who?", "answer": "Ada", "condition": "gold"}], ["no-passage"]),
        ([{"question": "Which?", "answer": "a", "choices": ["a", ""]}], ["empty-choice"]),
        ([{"question": "Which?", "answer": "a", "choices": ["a", "b", "b"]}], ["repeated-choice"]),
        ([{"question": "Which?", "answer": "c", "choices": ["a", "b"]}], ["gold-not-a-choice"]),
        ([{"question": "Is it red wine?", "answer": "red wine", "choices": ["red wine", "beer"]}], []),
        ([{"question": "It?", "answer": "Ada", "conversation_history": [{"role": "user"}]}], ["conversation"]),
        ([{"question": "Who\u0000?", "answer": "Ada"}], ["suspicious-encoding", "suspicious-encoding"]),
        (
            [
                {"question": "Who?", "answer": "Ada", "passage": "Ada did."},
                {"question": "Who?", "answer": "Ada", "passage": "Bob did.", "condition": "near_miss"},
                {"question": "Who?", "answer": "Ada"},
            ],
            [],
        ),
    ],
)
def test_each_kind_of_doubt_has_its_code(tmp_path: Path, rows: list[dict[str, Any]], codes: list[str]) -> None:
    assert [finding.code for finding in lint_file(objects(tmp_path, *rows)).findings] == codes


def test_a_column_missing_in_every_row_is_reported_once_and_counted(tmp_path: Path) -> None:
    path = table(tmp_path, "question,Antwort,cluster\n" + "".join(f"Question {n}?,x,{n}\n" for n in range(50)))
    result = lint_file(path)
    assert [finding.code for finding in result.findings] == ["no-gold-column", "no-gold-column"]
    assert "50 of 50 rows" in result.findings[1].message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.jsonl", '{"question": "Who?", "answer": "", "cluster": 1}\n{"question": \n'),
        ("t.csv", 'question,answer,cluster\nWho?,,1\nWhere?,"Bonn,2\n'),
    ],
)
def test_a_file_that_breaks_off_is_checked_up_to_there(tmp_path: Path, name: str, content: str) -> None:
    result = lint_file(table(tmp_path, content, name))
    assert [finding.code for finding in result.findings] == ["no-gold", "unreadable"]
    assert result.findings[1].place.endswith(f"{name}:{3 if name == 't.csv' else 2}")


def test_a_file_that_cannot_be_opened_and_a_wrong_map_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        lint_file(tmp_path / "none.csv")
    path = table(tmp_path, "question,answer\nWho?,Ada\n")
    with pytest.raises(InputError, match="no column 'anwser'"):
        lint_file(path, fields={"gold": "anwser"})
    with pytest.raises(InputError, match="no column 'anwser'"):
        lint_file(objects(tmp_path, {"question": "Who?", "answer": "Ada"}), fields={"topic": "anwser"})


def test_a_file_with_errors_is_refused_by_load_and_a_file_without_is_not(tmp_path: Path) -> None:
    good = objects(tmp_path, {"question": "Who?", "answer": "Ada"}, {"question": "Who?", "answer": "Bob"})
    assert lint_file(good).errors == 0
    assert len(load_questions(good)) == 2
    bad = objects(
        tmp_path, {"id": 1, "question": "Who?", "answer": "Ada"}, {"id": 1, "question": "Where?", "answer": "Bonn"}
    )
    assert lint_file(bad).errors == 1
    with pytest.raises(InputError):
        load_questions(bad)


def test_a_loaded_set_and_made_questions_are_checked_too(tmp_path: Path) -> None:
    path = objects(tmp_path, {"question": "Who?", "answer": "Ada"}, {"question": "who", "answer": "Ada"})
    (finding,) = lint(load_questions(path))
    assert (finding.code, finding.place) == ("duplicate-question", f"{path}:2")
    made = [
        Question(id="a", text="Who?", golds=("Ada",), cluster="d"),
        Question(id="b", text="Who?", stratum=Stratum.UNANSWERABLE, cluster="d"),
        Question(id="a", text="Where is it?", golds=("Bonn",), cluster="d", condition=Condition.GOLD),
    ]
    assert Counter(one.code for one in lint(made)) == {"contradictory-golds": 1, "repeated-id": 1, "no-passage": 1}
