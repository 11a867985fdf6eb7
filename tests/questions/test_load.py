"""Question sets from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars
import pytest

from calibrant.errors import InputError
from calibrant.questions import QuestionSet, load_questions, question_hash, set_hash
from calibrant.types import Condition, Passage, Question, Stratum


def table(folder: Path, content: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


def objects(folder: Path, *rows: dict[str, Any]) -> Path:
    return table(folder, "".join(json.dumps(row) + "\n" for row in rows), "t.jsonl")


def only(path: Path, **options: Any) -> Question:
    loaded = load_questions(path, **options)
    assert len(loaded) == 1
    return loaded.questions[0]


def failure(path: Path, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        load_questions(path, **options)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_set_knows_where_its_questions_came_from_and_what_they_are(tmp_path: Path) -> None:
    path = table(tmp_path, 'id,question,answer,note\n1,"Who,\nthen?",Ada,x\n2,Where?,Bonn,\n')
    loaded = load_questions(path)
    assert loaded.questions[0] == Question(id="1", text="Who,\nthen?", golds=("Ada",), extra={"note": "x"})
    assert loaded.places == (f"{path}:2", f"{path}:4")
    assert loaded.hashes == tuple(question_hash(question) for question in loaded)
    assert loaded.set_hash == set_hash(loaded)
    assert loaded.columns == {"id": ("id",), "question": ("question",), "gold": ("answer",)}
    assert (loaded.source, loaded.repaired, loaded.warnings) == (str(path), 0, ())


def test_the_set_is_the_same_in_every_format(tmp_path: Path) -> None:
    rows = [{"question": f"Question {n}?", "answers": [f"{n}a", f"{n}b"], "document_id": n} for n in range(3)]
    sets: list[QuestionSet] = []
    for name, content in [
        ("t.json", json.dumps(rows)),
        ("w.json", json.dumps({"questions": rows})),
        ("c.json", json.dumps({key: [row[key] for row in rows] for key in rows[0]})),
        ("t.jsonl", "\n".join(map(json.dumps, rows))),
        (
            "t.csv",
            "question;answers;document_id\n" + "".join(f"Question {n}?;['{n}a', '{n}b'];{n}\n" for n in range(3)),
        ),
        ("t.tsv", "question\tanswers\tdocument_id\n" + "".join(f"Question {n}?\t{n}a; {n}b\t{n}\n" for n in range(3))),
    ]:
        sets.append(load_questions(table(tmp_path, content, name)))
    polars.DataFrame(rows).write_parquet(tmp_path / "t.parquet")
    sets.append(load_questions(tmp_path / "t.parquet"))
    assert len({one.set_hash for one in sets}) == 1
    assert all(one.questions == sets[0].questions for one in sets)


def test_a_question_without_an_id_is_named_by_its_content(tmp_path: Path) -> None:
    content = "question,answer,topic\nWho?,Ada,a\nWho?,Bob,b\nWhere?,Bonn,c\n"
    loaded = load_questions(table(tmp_path, content))
    made = f"q-{loaded.hashes[0][:12]}"
    assert [question.id for question in loaded][:2] == [made, f"{made}-2"]
    assert load_questions(table(tmp_path, content, "again.csv")).questions == loaded.questions


def test_an_id_that_is_there_twice_names_both_places(tmp_path: Path) -> None:
    path = table(tmp_path, "id,question,answer\n7,Who?,Ada\n8,Where?,Bonn\n7,When?,1972\n")
    error = failure(path)
    assert error.place == f"{path}:4"
    assert error.message == f"id '7' is there twice: here and at {path}:2"


@pytest.mark.parametrize(
    ("row", "message"),
    [(",Ada", "the question is empty"), ("Who?,", "no right answer"), ("Who?, ", "no right answer")],
)
def test_a_row_that_is_no_question_is_an_error_that_points_to_lint(tmp_path: Path, row: str, message: str) -> None:
    path = table(tmp_path, f"question,answer\nWhere?,Bonn\n{row}\n")
    error = failure(path)
    assert error.place == f"{path}:3"
    assert message in error.message
    assert f"calibrant questions lint {path}" in (error.remedy or "")


def test_missing_columns_are_named_with_those_there_are(tmp_path: Path) -> None:
    error = failure(table(tmp_path, "Frage,answer\nWer?,Ada\n"))
    assert error.message == "no column holds the question"
    assert "--map question=COLUMN" in (error.remedy or "")
    assert "'Frage', 'answer'" in (error.remedy or "")
    error = failure(table(tmp_path, "question,Antwort\nWer?,Ada\n"))
    assert error.message == "no column holds the right answer"
    assert "'Antwort'" in (error.remedy or "")


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path = table(tmp_path, "Frage,Antwort,answer\nWer?,Ada,Model says Bob\n")
    question = only(path, fields={"question": "Frage", "gold": "antwort"})
    assert (question.text, question.golds, question.extra) == ("Wer?", ("Ada",), {"answer": "Model says Bob"})


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_a_mapped_column_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    content = "question,answer\nWho?,Ada\n" if name == "t.csv" else '{"question": "Who?", "answer": "Ada"}\n'
    path = table(tmp_path, content, name)
    for field in ("question", "gold", "topic"):
        error = failure(path, fields={field: "anwser"})
        assert error.message == f"no column 'anwser' for {field}"
        assert "Did you mean 'answer'?" in (error.remedy or "")


def test_an_empty_file_or_one_without_rows_is_an_error(tmp_path: Path) -> None:
    assert "empty" in failure(table(tmp_path, "")).message
    assert "no rows" in failure(table(tmp_path, "question,answer\n")).message
    assert "no rows" in failure(table(tmp_path, "[]", "t.json")).message


@pytest.mark.parametrize(
    ("fields", "stratum"),
    [
        ({"answerable": False}, Stratum.UNANSWERABLE),
        ({"answerable": "no"}, Stratum.UNANSWERABLE),
        ({"should_abstain": "TRUE"}, Stratum.UNANSWERABLE),
        ({"stratum": "Unanswerable"}, Stratum.UNANSWERABLE),
        ({"is_impossible": 1}, Stratum.UNANSWERABLE),
        ({"answerable": True, "answer": "Ada"}, Stratum.ANSWERABLE),
        ({"should_abstain": 0, "answer": "Ada"}, Stratum.ANSWERABLE),
        ({"answerable": None, "answer": "Ada"}, Stratum.ANSWERABLE),
    ],
)
def test_the_stratum_is_told_in_several_ways(tmp_path: Path, fields: dict[str, Any], stratum: Stratum) -> None:
    assert only(objects(tmp_path, {"question": "Who?", **fields})).stratum is stratum


@pytest.mark.parametrize("fields", [{"answerable": "perhaps"}, {"stratum": "hard"}, {"condition": "oracle"}])
def test_an_unknown_word_is_an_error(tmp_path: Path, fields: dict[str, Any]) -> None:
    error = failure(objects(tmp_path, {"question": "Who?", "answer": "Ada", **fields}))
    assert next(iter(fields.values())) in error.message
    assert "Write" in (error.remedy or "")


def test_an_unanswerable_question_with_a_gold_answer_is_an_error(tmp_path: Path) -> None:
    error = failure(objects(tmp_path, {"question": "Who?", "answer": "Ada", "answerable": False}))
    assert "has the gold answer 'Ada'" in error.message


def test_passages_are_shown_and_tell_the_condition_where_none_is_stated(tmp_path: Path) -> None:
    rows = [
        {"question": "Who?", "answer": "Ada", "passages": [{"text": "Ada did.", "title": "Book"}, "More."]},
        {"question": "Who?", "answerable": False, "passage": "Somebody did."},
        {"question": "Who?", "answer": "Ada", "passage": "Bob did not.", "condition": "near-miss"},
        {"question": "Who?", "answer": "Ada"},
    ]
    questions = load_questions(objects(tmp_path, *rows)).questions
    assert questions[0].passages == (Passage(text="Ada did.", source="Book"), Passage(text="More."))
    assert [question.condition for question in questions] == [
        Condition.GOLD,
        Condition.WITHOUT,
        Condition.NEAR_MISS,
        Condition.NONE,
    ]


@pytest.mark.parametrize(
    ("row", "golds"),
    [
        ({"answer": "B"}, ("red",)),
        ({"answer": 0}, ("blue",)),
        ({"answer": "red"}, ("red",)),
        ({"gold": [2]}, ("7",)),
        ({"answer": 7}, ("7",)),
        ({"answer": "green"}, ("green",)),
        ({"target": ["A", "B"]}, ("blue", "red")),
    ],
)
def test_a_gold_may_point_at_a_choice(tmp_path: Path, row: dict[str, Any], golds: tuple[str, ...]) -> None:
    question = only(objects(tmp_path, {"question": "Which?", "choices": ["blue", "red", "7"], **row}))
    assert question.golds == golds
    assert question.choices == ("blue", "red", "7")


def test_choices_and_their_index_may_be_printed_in_a_cell(tmp_path: Path) -> None:
    question = only(table(tmp_path, "question,choices,gold\nWhich?,\"['blue', 'red']\",[1]\n"))
    assert (question.golds, question.choices) == (("red",), ("blue", "red"))


def test_a_printed_list_is_a_list_in_csv_and_an_answer_in_json(tmp_path: Path) -> None:
    assert only(table(tmp_path, "question,answer\nWhat?,\"['a', 'b']\"\n")).golds == ("a", "b")
    assert only(objects(tmp_path, {"question": "What?", "answer": "['a', 'b']"})).golds == ("['a', 'b']",)


def test_a_question_may_be_a_conversation_of_one_message(tmp_path: Path) -> None:
    row = {"prompt": [{"role": "user", "content": "Who?"}], "target": "Ada"}
    assert only(objects(tmp_path, row)).text == "Who?"
    error = failure(objects(tmp_path, {"prompt": [*row["prompt"], {"role": "user", "content": "?"}], "target": "Ada"}))
    assert "not a text" in error.message


@pytest.mark.parametrize("gold", [4, -1, [0, 9], "[7]", "12"])
def test_an_index_beyond_the_choices_is_a_mistake_and_no_answer(tmp_path: Path, gold: object) -> None:
    row = {"question": "Which?", "choices": ["a", "b", "c", "d"], "gold": gold}
    error = failure(objects(tmp_path, row))
    assert error.place == f"{tmp_path / 't.jsonl'}:1"
    assert "there are 4, counted from 0" in error.message


def test_a_number_that_is_a_choice_is_that_choice_and_no_index(tmp_path: Path) -> None:
    assert only(objects(tmp_path, {"question": "When?", "choices": ["1931", "1932"], "gold": 1931})).golds == ("1931",)


def test_without_ids_a_question_under_several_conditions_has_one_cluster(tmp_path: Path) -> None:
    asked = [{"question": f"Who {n}?", "answer": "Ada"} for n in range(2)]
    rows = [*asked, {**asked[0], "passage": "Ada did.", "condition": "gold"}]
    loaded = load_questions(objects(tmp_path, *rows))
    assert len({question.id for question in loaded}) == 3
    assert loaded.questions[0].cluster == loaded.questions[2].cluster is not None
    assert loaded.questions[1].cluster is None


def test_metadata_does_not_overrule_a_column_of_its_own(tmp_path: Path) -> None:
    row = {"question": "Who?", "answer": "Ada", "topic": "Art", "metadata": {"topic": "Law", "Domain": "Life", "n": 1}}
    question = only(objects(tmp_path, row))
    assert (question.topic, question.domain, question.extra) == ("Art", "Life", {"n": 1})


def test_a_column_of_metadata_can_be_mapped(tmp_path: Path) -> None:
    path = table(tmp_path, "question,answer,metadata\nWho?,Ada,\"{'field': 'Art'}\"\n")
    assert only(path, fields={"domain": "field"}).domain == "Art"


def test_whole_numbers_that_became_floats_are_whole_again(tmp_path: Path) -> None:
    polars.DataFrame({"id": [1.0], "question": ["When?"], "answer": [1972.0]}).write_parquet(tmp_path / "t.parquet")
    question = only(tmp_path / "t.parquet")
    assert (question.id, question.golds) == ("1", ("1972",))


def test_repairs_are_counted_placed_and_told(tmp_path: Path) -> None:
    path = table(tmp_path, "question,answer\nWho?,A\x00da\n")
    loaded = load_questions(path)
    assert loaded.questions[0].golds == ("A\ufffdda",)
    assert (loaded.repaired, loaded.first_repair) == (1, f"{path}:2")
    assert f"the first at {path}:2" in loaded.warnings[0]


def test_a_limit_reads_the_first_questions_only(tmp_path: Path) -> None:
    path = table(tmp_path, "question,answer\nWho?,Ada\nWhere?,\n")
    assert len(load_questions(path, limit=1)) == 1


def test_columns_of_one_name_are_reported_with_their_line(tmp_path: Path) -> None:
    path = table(tmp_path, "question,answer,Answer\nWho?,Ada,Bob\n")
    assert failure(path).place == f"{path}:2"
