"""The report in a terminal, at the widths terminals have."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from calibrant.analysis import analyse
from calibrant.neighbours import import_answers
from calibrant.reports import Report, build_report, print_report
from calibrant.reports.names import short_names
from calibrant.reports.outcome_tables import leaderboard
from calibrant.store import open_store
from calibrant.types import ModelRef, Outcome, OutcomeState

WIDTHS = pytest.mark.parametrize("width", [80, 120])
Row = dict[str, object]
Make = Callable[[list[Row]], Report]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(rows: list[Row]) -> Report:
        path = tmp_path / "results.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        with open_store(tmp_path / "store") as store:
            return build_report(store, import_answers(path, store).run)

    return made


def rendered(report: Report, width: int) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=width, highlight=False))
    text = out.getvalue()
    assert all(len(line.rstrip()) <= width for line in text.splitlines())
    assert "\u2026" not in text
    return text


def flowing(report: Report, width: int) -> str:
    """The text with its line breaks as blanks."""
    return " ".join(rendered(report, width).split())


def graded(number: int, model: str, grade: str, **more: object) -> Row:
    return {"question": f"question {number}?", "model": model, "answer": "x", "grade": grade, **more}


def right(number: int, share: float) -> str:
    """Right so often, and wrong elsewhere on the same questions for every model."""
    return "correct" if number % 20 < 20 * share else "incorrect"


@WIDTHS
def test_every_model_has_a_line_in_every_table(make: Make, width: int) -> None:
    names = ["[red]first[/red]", "=second@high", "a-name-that-is-far-too-long-to-show-anywhere"]
    rows = [
        graded(n, name, right(n * step, 0.5), confidence=n % 5 / 10 + 0.5)
        for step, name in zip((1, 3, 7), names, strict=True)
        for n in range(60)
    ]
    lines = rendered(make(rows), width).splitlines()
    shown = ("[red]first[/red]", "=second@high", "a-name-")
    assert [sum(line.startswith(name) for line in lines) for name in shown] == [3, 3, 3]


@WIDTHS
def test_of_many_models_only_those_that_may_rank_first_are_counted(make: Make, width: int) -> None:
    rows = [graded(n, f"m{model:02}", right(n + model % 7, 1 - model / 16)) for model in range(16) for n in range(60)]
    text = flowing(make(rows), width)
    report = make(rows)
    ranks = report.analysis.rankings[0].ranks
    best = sum(rank.best == 1 for rank in ranks.values())
    assert any(str(rank.best).startswith("1") for rank in ranks.values() if rank.best > 1)
    assert f"{best} of 16 may have the highest Index" in text or best == 1


@WIDTHS
def test_the_one_best_model_is_named_with_the_level(make: Make, width: int) -> None:
    rows = [graded(n, name, right(n, share)) for name, share in (("good", 0.9), ("bad", 0.1)) for n in range(80)]
    assert "good has the highest Index, at 95%." in flowing(make(rows), width)


@WIDTHS
def test_ranks_say_on_how_many_questions_they_rest_and_who_lacks_the_most(make: Make, width: int) -> None:
    rows = [graded(n, name, right(n, 0.5)) for name in ("a", "b") for n in range(100)]
    rows += [graded(n, "c", right(n, 0.5)) for n in range(40)]
    text = flowing(make(rows), width)
    assert "Ranks rest on 40 of 100 questions that all models have a grade for; c lacks the most, 60." in text


@WIDTHS
def test_models_without_a_shared_question_cannot_be_ranked(make: Make, width: int) -> None:
    rows = [graded(n, "a", "correct") for n in range(40)] + [graded(n + 40, "b", "correct") for n in range(40)]
    text = flowing(make(rows), width)
    assert "cannot be ranked: no question that all models have a grade for" in text
    assert "may have the highest" not in text
    assert " rank " not in text


@WIDTHS
def test_confidence_is_shown_for_questions_that_have_an_answer_only(make: Make, width: int) -> None:
    rows = [graded(n, "m", right(n, 0.5), confidence=0.8) for n in range(40)]
    rows += [
        graded(100 + n, "m", "abstained" if n % 2 else "incorrect", confidence=0.6, answerable=False) for n in range(40)
    ]
    text = rendered(make(rows), width)
    table = text.split("is it surer")[1]
    assert sum(line.startswith("m ") for line in table.splitlines()) == 1
    assert "40 with an answer (50%) and 40 without one (50%)" in " ".join(text.split())
    assert "declined" in text.split("Questions without an answer")[1]


@WIDTHS
def test_many_signals_and_conditions_fit_without_a_cut_number(make: Make, width: int) -> None:
    names = [f"vendor/some-extremely-long-model-name-{number:02}-instruct@high" for number in range(6)]
    rows = [
        graded(
            n,
            name,
            ("correct", "partial", "incorrect", "abstained")[n * (at + 2) % 7 % 4],
            confidence_stated=n % 10 / 10,
            confidence_agreement=n % 7 / 7,
            confidence_an_extremely_long_signal_name=n / 10,
            mean_logprob=-n / 10,
            question_id=f"q{n}",
            condition=condition,
            domain="a domain with a name that goes on and on" if n % 2 else "law",
            cost_usd=12345.678,
        )
        for at, name in enumerate(names)
        for n in range(30)
        for condition in ("none", "gold", "near_miss", "without")
    ]
    text = rendered(make(rows), width)
    for number in range(6):
        lines = [line for line in text.splitlines() if f"-{number:02}" in line and "highest" not in line]
        assert len(lines) == 2 + 1 + 2 + 4
    assert "30 questions, 6 models, 720 answers" in text
    assert "By condition" in text
    logprob = next(line for line in text.splitlines() if "mean_logprob" in line)
    assert "%" in logprob


@WIDTHS
def test_names_that_differ_in_the_middle_stay_apart(make: Make, width: int) -> None:
    names = [f"vendor/a-model-of-a-long-family-{number:02}-with-a-long-suffix-2026" for number in range(4)]
    text = rendered(make([graded(n, name, right(n, 0.5)) for name in names for n in range(30)]), width)
    lines = [line.split()[0] for line in text.split("Counted")[0].splitlines() if line.startswith("vendor")]
    assert len(lines) == len(set(lines)) == 4


@WIDTHS
def test_of_many_cautions_the_three_worst_are_said_and_the_others_counted(make: Make, width: int) -> None:
    rows = [
        graded(n, f"m{model}", "ungraded" if n < 2 + model else right(n, 0.5)) for model in range(9) for n in range(60)
    ]
    text = flowing(make(rows), width)
    assert text.count("could not be graded") == 3
    assert text.index("m8:") < text.index("m7:") < text.index("m6:") < text.index("and 6 more like these: --json")


@WIDTHS
def test_all_of_the_definitions_metrics_have_a_column_and_a_threshold(make: Make, width: int) -> None:
    text = flowing(make([graded(n, "m", ("correct", "incorrect", "abstained")[n % 3]) for n in range(90)]), width)
    for said in ("accuracy given attempted", "F1", "error rate", "selective risk", "hallucination rate"):
        assert said in text
    assert "A guess pays: by accuracy always, by the Index above 50%, by F1 above F1/2 (20%)" in text


@WIDTHS
def test_nearly_all_is_not_all_and_no_probability_is_not_sure(make: Make, width: int) -> None:
    rows = [graded(n, "m", "incorrect" if n == 7 else "correct", mean_logprob=-n) for n in range(300)]
    text = rendered(make(rows), width)
    assert ">99%" in text
    table = text.split("is it surer")[1]
    assert "sure:" not in table
    assert "-149" not in table


@WIDTHS
def test_each_price_that_a_prompt_stated_has_a_row_and_its_index(width: int) -> None:
    outcomes = [
        Outcome(
            question_id=f"q{n}",
            cluster=f"q{n}",
            model=ModelRef(model="m"),
            price=price,
            state=OutcomeState.INCORRECT if n % 4 == 0 else OutcomeState.CORRECT,
        )
        for price in (None, 0.75, 0.9)
        for n in range(60)
    ]
    analysis = analyse(outcomes)
    names = short_names((row.model for row in analysis.models), 18)
    out = io.StringIO()
    Console(file=out, width=width).print(leaderboard(analysis, analysis.models, names, width))
    head, *lines = out.getvalue().splitlines()
    assert "Index at t" in head
    index_at = {line[:8].strip(): line[head.index("Index at t") - 8 :].split() for line in lines}
    assert {
        name: next(cell for cell in cells if cell in {"+50", "+0", "-150"}) for name, cells in index_at.items()
    } == {
        "m": "+50",
        "m t=0.75": "+0",
        "m t=0.9": "-150",
    }


def test_control_characters_do_not_reach_the_terminal(make: Make) -> None:
    row = {"question": "q?", "model": "m\x1b[2J", "answer": "x", "gold": "x", "error": "\x1b]0;title\x07 failed"}
    assert "\x1b" not in rendered(make([row]), 100)
