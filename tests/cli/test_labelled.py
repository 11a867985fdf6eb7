"""A promise takes a judge's verdicts for labels only where its user says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.cli.labelled import read_evidence
from calibrant.store import NewRun, Store, open_store
from calibrant.types import (
    Confidence,
    ConfidenceSource,
    Grade,
    ModelRef,
    OutcomeState,
    Question,
    Response,
    ResponseKey,
)


def fill(store: Store, **states: OutcomeState) -> None:
    run = store.begin_run(NewRun(kind="ask", source="s", source_digest="d"))
    with store.writer(run) as writer:
        for number in range(30):
            key = ResponseKey(question=f"{number:032x}", model="m", prompt="p", sampling="s")
            sure = Confidence(source=ConfidenceSource.STATED, value=0.5)
            response = Response(key=key, model=ModelRef(model="m"), text="y", confidences=(sure,))
            grades = [Grade(state=state, grader=name.replace("_", ":")) for name, state in states.items()]
            grades += [Grade(state=OutcomeState.CORRECT, grader="exact+judge:j")]
            writer.add(Question(id=f"q{number}", text=f"{number}?", golds=("x",)), key.question, response, grades)


def read(store: Store, grader: str | None = None) -> tuple[str, float]:
    evidence = read_evidence("latest", store, model=None, signal=None, grader=grader, by=None)
    return evidence.grader, float(evidence.rows.correct.mean())


def test_labels_are_the_codes_although_the_report_shows_the_judges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(tmp_path) as store:
        fill(store, exact=OutcomeState.INCORRECT)
        assert read(store) == ("exact", 0.0)
    assert "Labels: exact. A judge's grades are labels only if you say so" in capsys.readouterr().err


def test_a_judges_labels_are_taken_by_name_and_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(tmp_path) as store:
        fill(store, exact=OutcomeState.INCORRECT)
        assert read(store, "exact+judge:j") == ("exact+judge:j", 1.0)
    assert "! The labels are those of exact+judge:j" in capsys.readouterr().err


def test_where_only_a_judge_graded_its_labels_are_used_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(tmp_path) as store:
        fill(store)
        assert read(store) == ("exact+judge:j", 1.0)
    assert "! The labels are those of exact+judge:j" in capsys.readouterr().err
