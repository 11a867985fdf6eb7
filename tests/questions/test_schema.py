"""Which column holds what."""

from __future__ import annotations

import pytest

from calibrant.errors import InputError
from calibrant.questions import ALIASES, Schema


def columns(*names: str, fields: dict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    return dict(Schema(fields).layout(names).columns)


def test_names_are_compared_without_case_spaces_and_hyphens() -> None:
    found = columns("Question ID", "Best Answer", "PROBLEM", "seed-document.id")
    assert found == {
        "id": ("Question ID",),
        "question": ("PROBLEM",),
        "gold": ("Best Answer",),
        "cluster": ("seed-document.id",),
    }


@pytest.mark.parametrize(
    ("names", "field", "winner"),
    [
        (("prompt", "question"), "question", "question"),
        (("input", "query", "user_input"), "question", "user_input"),
        (("answer", "expected_answer"), "gold", "expected_answer"),
        (("reference", "ground_truth_answer", "self_answer"), "gold", "ground_truth_answer"),
        (("id", "question_id"), "id", "question_id"),
        (("subject", "category"), "domain", "category"),
        (("question_category", "topic"), "topic", "topic"),
    ],
)
def test_of_several_columns_the_first_in_precedence_is_taken_and_the_others_are_extra(
    names: tuple[str, ...], field: str, winner: str
) -> None:
    layout = Schema().layout(names)
    assert layout.columns[field] == (winner,)
    assert set(layout.extra) == set(names) - {winner}


def test_every_alias_is_found_on_its_own() -> None:
    for field, aliases in ALIASES.items():
        for alias in aliases:
            assert field in columns(alias), alias


def test_further_answers_stand_behind_the_preferred_one() -> None:
    assert columns("Correct Answers", "Best Answer")["gold"] == ("Best Answer", "Correct Answers")
    assert columns("aliases", "answer")["gold"] == ("answer", "aliases")


def test_a_field_given_by_the_user_overrules_every_alias() -> None:
    found = columns("gold", "my col", "answer", fields={"gold": "My_Col"})
    assert found["gold"] == ("my col",)


def test_an_unknown_field_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="Did you mean topic") as caught:
        Schema({"topik": "x"})
    assert caught.value.place == "--map"


def test_an_unknown_column_is_an_error_that_lists_the_columns() -> None:
    schema = Schema({"gold": "solutoin"})
    with pytest.raises(InputError) as caught:
        schema.check_fields(["Frage", "solution"], place="t.csv")
    assert caught.value.message == "no column 'solutoin' for gold"
    assert caught.value.remedy == "Did you mean 'solution'? Columns are 'Frage', 'solution'"


def test_columns_that_differ_in_case_only_are_ambiguous_where_they_hold_a_field() -> None:
    with pytest.raises(InputError, match="'Answer' and 'answer' have the same name"):
        columns("q", "Answer", "answer")
    assert columns("question", "Note", "note") == {"question": ("question",)}
    assert columns("Answer", "answer", fields={"gold": "answer"})["gold"] == ("answer",)
