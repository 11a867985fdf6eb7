"""Importing answers that exist already."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.neighbours import ImportOptions, import_answers
from calibrant.store import Store, open_store
from calibrant.types import OutcomeState, Stratum

ROWS = """question,model,answer,gold
Capital of Australia?,a,Canberra,Canberra
Capital of Australia?,b,Sydney,Canberra
Symbol of tungsten?,a,I don't know.,W
Symbol of tungsten?,b,W,W
"""


@pytest.fixture
def store(tmp_path: Path):
    with open_store(tmp_path / "store") as opened:
        yield opened


def write(tmp_path: Path, text: str, name: str = "results.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def states(store: Store, grader: str | None = None) -> Counter[str]:
    return Counter(outcome.state.value for outcome in store.outcomes(store.find_run("latest"), grader))


def test_ungraded_rows_are_graded_exactly(store: Store, tmp_path: Path) -> None:
    summary = import_answers(write(tmp_path, ROWS), store)
    assert summary.states == {"correct": 2, "incorrect": 1, "abstained": 1}
    assert states(store) == summary.states
    assert (summary.run.questions, summary.run.responses, summary.run.complete) == (2, 4, True)


def test_the_same_file_twice_adds_nothing(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, ROWS)
    first = import_answers(path, store)
    second = import_answers(path, store)
    assert second.run.id == first.run.id
    assert (second.added, second.already_there) == (0, 4)
    assert len(store.list_runs()) == 1


def test_a_changed_file_is_a_new_run_with_its_own_answers(store: Store, tmp_path: Path) -> None:
    first = import_answers(write(tmp_path, ROWS), store)
    second = import_answers(write(tmp_path, ROWS.replace("Sydney", "Canberra")), store)
    assert second.run.id != first.run.id
    assert second.states["correct"] == first.states["correct"] + 1


def test_the_order_of_the_rows_does_not_change_the_set(store: Store, tmp_path: Path) -> None:
    head, *rows = ROWS.splitlines()
    first = import_answers(write(tmp_path, ROWS), store)
    second = import_answers(write(tmp_path, "\n".join([head, *reversed(rows)]) + "\n"), store)
    assert first.run.set_hash == second.run.set_hash


def test_the_files_own_grade_counts_and_the_exact_one_stands_beside_it(store: Store, tmp_path: Path) -> None:
    text = "question,model,answer,gold,grade\nCapital of Australia?,a,Canberra,Canberra,incorrect\n"
    import_answers(write(tmp_path, text), store)
    assert states(store) == {"incorrect": 1}
    assert states(store, "exact") == {"correct": 1}


def test_a_table_of_grades_needs_no_answers(store: Store, tmp_path: Path) -> None:
    import_answers(write(tmp_path, "question_id,model,correct\n7,a,1\n8,a,0\n"), store)
    assert states(store) == {"correct": 1, "incorrect": 1}


def test_failures_are_errors_and_never_answers(store: Store, tmp_path: Path) -> None:
    rows = [
        {"question": "a?", "model": "m", "answer": "x", "gold": "x", "finish_reason": "length"},
        {"question": "b?", "model": "m", "answer": None, "gold": "x", "error": "time-out after 60 s"},
        {"question": "c?", "model": "m", "answer": "", "gold": "x"},
        {"question": "d?", "model": "m", "answer": "x", "gold": "x", "finish_reason": "stop"},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    import_answers(write(tmp_path, text, "results.jsonl"), store)
    assert states(store) == {"error": 3, "correct": 1}
    causes = {outcome.error for outcome in store.outcomes(store.find_run())} - {None}
    assert causes == {"cut off at the token limit", "time-out after 60 s", "empty answer"}


def test_an_answer_to_an_unanswerable_question_is_wrong(store: Store, tmp_path: Path) -> None:
    text = (
        "question,model,answer,answerable\nFirst king of Atlantis?,a,Atlas,false\nAnd the last?,a,I don't know.,false\n"
    )
    import_answers(write(tmp_path, text), store)
    assert states(store) == {"incorrect": 1, "abstained": 1}
    assert {outcome.stratum for outcome in store.outcomes(store.find_run())} == {Stratum.UNANSWERABLE}


def test_confidence_usage_and_cost_are_kept(store: Store, tmp_path: Path) -> None:
    text = (
        "question,model,answer,gold,confidence,input_tokens,output_tokens,cost_usd,document_id\n"
        "Capital of Australia?,a@high,Canberra,Canberra,85%,12,3,0.002,atlas\n"
    )
    import_answers(write(tmp_path, text), store)
    (outcome,) = store.outcomes(store.find_run())
    assert outcome.confidences[0].value == pytest.approx(0.85)
    assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (12, 3)
    assert outcome.cost_usd == pytest.approx(0.002)
    assert outcome.cluster == "atlas"


def test_a_second_answer_to_the_same_question_needs_a_repeat(store: Store, tmp_path: Path) -> None:
    text = ROWS + "Capital of Australia?,a,Perth,Canberra\n"
    with pytest.raises(InputError, match=r"results.csv:6.*already in line 2.*--number-repeats"):
        import_answers(write(tmp_path, text), store)


def test_rows_with_different_ids_stay_apart_even_if_their_texts_are_alike(store: Store, tmp_path: Path) -> None:
    text = "question_id,question,model,answer,gold\n1,Capital?,a,Rome,Rome\n2,Capital?,a,Berlin,Rome\n"
    summary = import_answers(write(tmp_path, text), store)
    assert summary.run.responses == 2
    assert states(store) == {"correct": 1, "incorrect": 1}


def test_one_question_under_two_conditions_is_two_attempts(store: Store, tmp_path: Path) -> None:
    text = "question_id,question,model,answer,gold,condition\n1,Where?,a,Rome,Rome,gold\n1,Where?,a,Rome,Rome,none\n"
    import_answers(write(tmp_path, text), store)
    found = [outcome.condition.value for outcome in store.outcomes(store.find_run())]
    assert sorted(found) == ["gold", "none"]


def test_without_ids_a_question_under_several_conditions_is_one_question_in_one_cluster(
    store: Store, tmp_path: Path
) -> None:
    conditions = ("none", "gold", "near_miss", "without")
    rows = [f"question {n}?,m,x,correct,{condition}\n" for n in range(30) for condition in conditions]
    summary = import_answers(write(tmp_path, "question,model,answer,grade,condition\n" + "".join(rows)), store)
    assert (summary.run.questions, summary.run.responses) == (30, 120)
    found = list(store.outcomes(summary.run))
    assert len({outcome.cluster for outcome in found}) == 30
    assert len({outcome.condition for outcome in found}) == 4


@pytest.mark.parametrize(
    "text", ["foo,bar\na,b\n", "question,model,answer,gold,cost\na?,m,b,c,much\n", "question,model,answer,gold\n"]
)
def test_a_file_that_cannot_be_used_leaves_no_run(store: Store, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        import_answers(write(tmp_path, text), store)
    assert store.list_runs() == []


def test_the_same_bytes_under_another_name_keep_the_runs_name_unless_one_is_given(store: Store, tmp_path: Path) -> None:
    import_answers(write(tmp_path, ROWS), store, ImportOptions(name="mine"))
    copy = write(tmp_path, ROWS, "copy.csv")
    assert import_answers(copy, store).run.name == "mine"
    assert import_answers(copy, store, ImportOptions(name="other")).run.name == "other"


def test_an_effort_said_twice_alike_is_one_effort(store: Store, tmp_path: Path) -> None:
    text = "question,model,effort,answer,gold\na?,m@low,low,b,c\nb?,m@low,,b,c\nc?,m,low,b,c\n"
    summary = import_answers(write(tmp_path, text), store)
    assert summary.run.models == ("m@low",)


def test_a_column_of_confidence_is_named_without_a_colon(store: Store, tmp_path: Path) -> None:
    text = "question,model,answer,gold,confidence,confidence_mine\na?,m,b,c,0.5,3\n"
    columns = import_answers(write(tmp_path, text), store).columns
    assert (columns["confidence"], columns["confidence:mine"]) == ("confidence", "confidence_mine")


def test_repeats_can_be_numbered(store: Store, tmp_path: Path) -> None:
    text = ROWS + "Capital of Australia?,a,Perth,Canberra\n"
    import_answers(write(tmp_path, text), store, ImportOptions(number_repeats=True))
    repeats = [outcome.repeat for outcome in store.outcomes(store.find_run()) if str(outcome.model) == "a"]
    assert sorted(repeats) == [0, 0, 1]


def test_rows_without_ids_are_one_question_where_their_texts_are(store: Store, tmp_path: Path) -> None:
    rows = "question,model,answer,gold\nCapital?,a,x,Rome\nCapital?,b,Rome,Rome\n"
    assert import_answers(write(tmp_path, rows), store).run.questions == 1
    with pytest.raises(InputError, match=r"results.csv:4: question 'q-\w+' has another right answer than in line 2"):
        import_answers(write(tmp_path, rows + "Capital?,c,x,Paris\n"), store)


def test_contradicting_right_answers_name_both_lines(store: Store, tmp_path: Path) -> None:
    text = "question_id,question,model,answer,gold\n1,Capital?,a,x,Rome\n1,Capital?,b,x,Paris\n"
    with pytest.raises(InputError, match=r"results.csv:3: question '1' has another right answer than in line 2"):
        import_answers(write(tmp_path, text), store)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model,answer,gold\na,b,c\n", "no column holds the question"),
        ("question,answer,gold\na,b,c\n", "no column names the model"),
        ("question,model,gold\na,b,c\n", "no column holds the model's answer"),
        ("question,model,response\na,b,c\n", "no column holds the right answer"),
        ("question,model,answer,gold,confidence\na?,m,b,c,1.7\n", "--confidence-scale 100"),
        (
            "question,model,answer,gold,confidence\na?,m,b,c,high\n",
            "results.csv:2: column 'confidence': 'high' is not a number",
        ),
        ("question,model,answer,gold,cost\na?,m,b,c,about 1\n", "column 'cost': 'about 1' is not a number"),
        ("question,model,answer,gold,cost\na?,m,b,c,about 1\n", "Write dollars as a number, such as 0.01 or $0.01"),
        ("question,model,effort,answer,gold\na?,m@low,high,b,c\n", "called 'm@low', and its effort is 'high'"),
        ("question,model,answer,gold,grade\na?,m,b,c,C\n", "--grade-value WORD=STATE"),
        ("question,model,answer,gold\n,m,b,c\n", "results.csv:2: the question is empty"),
        ("question,model,answer,gold\na?,,b,c\n", "results.csv:2: the model is empty"),
        ("question,model,answer,gold,input_tokens\na?,m,b,c,-3\n", "not a whole number"),
        ("question,model,answer,gold\n", "results.csv"),
    ],
)
def test_what_cannot_be_used_is_one_line_with_place_and_remedy(
    store: Store, tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        import_answers(write(tmp_path, text), store)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_two_megabyte_answer_and_odd_characters_survive(store: Store, tmp_path: Path) -> None:
    rows = [
        {"question": "long?", "model": "m", "answer": "x" * 2_000_000, "gold": "y"},
        {"question": "odd?", "model": "m", "answer": "a\x00b \ud83d", "gold": "Ünïcödé 🦊"},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    summary = import_answers(write(tmp_path, text, "results.jsonl"), store)
    assert summary.repaired == 2
    assert summary.first_repair is not None
    answers = [item.response.text for item in store.items(summary.run)]
    assert len(answers[0] or "") == 2_000_000
    assert answers[1] == "a\ufffdb \ufffd"


def test_an_import_that_stopped_goes_on_where_it_was(store: Store, tmp_path: Path) -> None:
    lines = [f"question {index}?,m,x,x\n" for index in range(1200)]
    path = write(tmp_path, "question,model,answer,gold\n" + "".join(lines))

    def stop(count: int) -> None:
        if count >= 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_answers(path, store, progress=stop)
    (run,) = store.list_runs()
    assert not run.complete
    assert run.responses >= 500
    summary = import_answers(path, store)
    assert summary.run.id == run.id
    assert summary.already_there == run.responses
    assert summary.run.responses == 1200


def test_published_answers_are_imported_with_a_mapping(store: Store, shared_data: Path) -> None:
    path = shared_data / "confidence" / "triviaqa_phi3mini_label_conf.jsonl.gz"
    options = ImportOptions(model="phi-3-mini", fields={"grade": "label"}, limit=500, number_repeats=True)
    summary = import_answers(path, store, options)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        labels = [json.loads(line)["label"] for line, _ in zip(lines, range(500), strict=False)]
    assert summary.states[OutcomeState.CORRECT.value] == sum(labels)
    assert {one.name for one in next(store.outcomes(summary.run)).confidences} >= {"ppl", "max_prob"}


def test_signals_of_other_packages_come_in_with_higher_as_surer(store: Store, tmp_path: Path) -> None:
    rows = [
        "prompt,response,sampled_responses,answer,noncontradiction,discrete_entropy_value,MaximumSequenceProbability",
        "Capital of France?,Paris,\"['Paris']\",Paris,0.98,0.0,0.2",
        "Capital of Australia?,Sydney,\"['Perth']\",Canberra,0.31,0.69,7.5",
    ]
    (tmp_path / "uq.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    summary = import_answers(tmp_path / "uq.csv", store, ImportOptions(model="m"))
    first, second = store.outcomes(summary.run)
    assert (first.state, second.state) == (OutcomeState.CORRECT, OutcomeState.INCORRECT)
    assert {one.name: one.value for one in second.confidences} == {
        "uqlm_noncontradiction": 0.31,
        "uqlm_discrete_entropy_value": -0.69,
        "lm_polygraph_MaximumSequenceProbability": -7.5,
    }
    assert all(one.value > other.value for one, other in zip(first.confidences, second.confidences, strict=True))
