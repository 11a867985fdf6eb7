"""``fit`` as a user types it."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibrant.cli.arms import ArmRuns
from calibrant.policies import Policy
from calibrant.policies.routing import arm_table, part_of
from calibrant.store import open_store
from calibrant.types import ModelRef, Outcome, OutcomeState
from tests.scenarios.test_promise_commands import command


def answers(
    path: Path, count: int, start: int = 0, *, models: tuple[str, ...] = ("low", "high"), cost: bool = True
) -> None:
    random = np.random.default_rng(start)
    ease = random.beta(1.2, 1, count)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "question", "model", "effort", "correct", "confidence_sure", "domain", "cost_usd"])
        for effort, hard, dollars in (("low", 0.5, 0.001), ("high", 0.2, 0.004)):
            if effort not in models:
                continue
            chance = 1 / (1 + np.exp(-8 * (ease - hard)))
            right = random.random(count) < chance
            for n in range(count):
                sure = random.binomial(5, chance[n]) / 5
                row = [start + n, f"question {start + n}", "m", effort, int(right[n]), sure, "AB"[n % 2]]
                rows.writerow([*row, dollars if cost else ""])


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported")
    answers(folder / "labels.csv", 900)
    assert command(folder, "import", "labels.csv", "--name", "labels", "--store", "store").returncode == 0
    return folder


@pytest.fixture
def folder(imported: Path, tmp_path: Path) -> Path:
    shutil.copytree(imported, tmp_path / "here")
    return tmp_path / "here"


def test_a_policy_is_fitted_and_written(folder: Path) -> None:
    made = command(folder, "fit", "labels", "--store", "store", "--error", "0.15", "--confidence", "0.9", "--json")
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert (found["schema_version"], found["promised"], found["look"]) == (1, True, 1)
    assert found["arms"] == ["m@low", "m@high"]
    assert found["frozen"]["prompt_contract"] == "traffic"
    assert found["split"]["fitted_on"]["questions"] + found["split"]["certified_on"]["questions"] == 900
    assert found["errors"] <= 0.15 * found["accepted"]
    policy = Policy.load(folder / "policy.json")
    assert policy.decide({}, domain="A").action == "ask"
    assert policy.shared_with(label + "0" * 48 for label in policy.labels) == 900


def test_it_is_said_in_words_what_is_promised_and_what_the_arms_do_alone(folder: Path) -> None:
    made = command(folder, "fit", "labels", "--store", "store", "--error", "0.15", "--confidence", "0.9")
    assert made.stdout.startswith("With 90 % confidence, at most 15 % of")
    for words in ("look 1 at these", "the policy", "m@low alone", "m@high alone", "Wrote policy.json"):
        assert words in made.stdout


def test_the_same_fit_is_the_same_look_and_another_one_costs(folder: Path) -> None:
    looks = []
    small = ["--fit-share", "0.95", "--seed"]
    for more in ([], [], ["--error", "0.2", "--arms", "m@high,m@low"], [*small, "1"], [*small, "2"]):
        made = command(folder, "fit", "labels", "--store", "store", "--confidence", "0.9", "--json", *more)
        looks.append(json.loads(made.stdout)["look"])
    # The last two certify on questions that hardly overlap: to take the better one is a look all the same.
    assert looks == [1, 1, 2, 3, 4]


def test_where_nothing_can_be_promised_the_exit_code_is_1_and_labels_are_named(folder: Path) -> None:
    made = command(folder, "fit", "labels", "--store", "store", "--error", "0.001")
    assert made.returncode == 1
    assert made.stdout.startswith("No promise possible with these data")
    assert "labelled questions in all" in made.stdout
    policy = Policy.load(folder / "policy.json")
    assert policy.decide({}).why == "no promise"


def test_a_budget_a_price_and_domains_are_heeded(folder: Path) -> None:
    options = ["--error", "0.25", "--confidence", "0.8", "--by", "domain", "--budget", "0.002", "--price", "0.6"]
    made = command(folder, "fit", "labels", "--store", "store", "--json", *options)
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert found["observed"]["cost_usd"] < 0.0022
    assert found["wrong_costs"] == pytest.approx(1.5)
    refused = command(folder, "fit", "labels", "--store", "store", "--budget", "0.0001")
    assert refused.returncode == 2
    assert "no arm can be asked within $0.0001 a question: the cheapest, m@low, costs $0.001" in refused.stderr
    assert (found["by"], set(found["certificate"]["groups"])) == ("domain", {"A", "B"})


def test_without_costs_there_is_a_promise_without_cost(tmp_path: Path) -> None:
    answers(tmp_path / "labels.csv", 600, cost=False)
    command(tmp_path, "import", "labels.csv")
    made = command(tmp_path, "fit", "latest", "--error", "0.2", "--confidence", "0.9")
    assert made.returncode == 0, made.stderr
    assert "costs are unknown" in made.stdout
    refused = command(tmp_path, "fit", "latest", "--budget", "0.01")
    assert refused.returncode == 2
    assert "no costs to keep a budget with" in refused.stderr


def test_runs_without_common_questions_are_refused(tmp_path: Path) -> None:
    answers(tmp_path / "one.csv", 50, models=("low",))
    answers(tmp_path / "two.csv", 50, 1000, models=("high",))
    for name in ("one", "two"):
        command(tmp_path, "import", f"{name}.csv", "--name", name)
    made = command(tmp_path, "fit", "one", "two")
    assert made.returncode == 2
    assert "no question in common" in made.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--wrong-costs", "9", "--price", "0.9"], "say the same thing"),
        (["--budget", "1", "--lambda", "1"], "not both"),
        (["--on-missing", "guess"], "abstain or escalate"),
        (["--method", "hope"], "method must be one of"),
        (["--arms", "m@low,m@max"], "there is no arm 'm@max'"),
        (["--by", "colour"], "not split by 'colour'"),
    ],
)
def test_slips_of_the_pen_are_refused_before_they_count_as_looks(folder: Path, options: list[str], said: str) -> None:
    made = command(folder, "fit", "labels", "--store", "store", *options)
    assert made.returncode == 2
    assert said in made.stderr
    with open_store(folder / "store") as store:
        assert store.looks() == []


def test_answers_without_a_grade_and_failures_are_told_before_any_number() -> None:
    from calibrant.cli.fit import _unfit

    def said(question: int, model: str) -> Outcome:
        state = OutcomeState.UNGRADED if question < 30 and model == "x" else OutcomeState.CORRECT
        state = OutcomeState.ERROR if question >= 290 and model == "y" else state
        return Outcome(question_id=str(question), cluster=str(question), model=ModelRef(model=model), state=state)

    table = arm_table([said(question, model) for question in range(300) for model in "xy"])
    told = _unfit(ArmRuns(table=table, grader="exact", frozen={}))
    assert told[0].startswith("! 30 answers without a grade: 30 of 300 questions are left out, and the promise is not")
    assert told[1].startswith("! y failed at 3.7% of the questions")
    assert not _unfit(ArmRuns(table=part_of(replace(table, facts={}), np.arange(200)), grader="exact", frozen={}))[1:]


def test_questions_of_documents_in_the_fit_are_told_when_a_policy_is_evaluated(tmp_path: Path) -> None:
    for name, start in (("labels", 0), ("fresh", 1000)):
        answers(tmp_path / f"{name}.csv", 300, start)
        rows = list(csv.reader((tmp_path / f"{name}.csv").read_text().splitlines()))
        rows[0].append("cluster")
        for row in rows[1:]:
            row.append(f"page {int(row[0]) % 100}")
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        assert command(tmp_path, "import", f"{name}.csv", "--name", name).returncode == 0
    command(tmp_path, "fit", "labels", "--error", "0.4", "--confidence", "0.8")
    found = command(tmp_path, "evaluate", "policy.json", "fresh", "--no-shift", "--draws", "50")
    assert "100 documents of these questions were in the fit as well" in found.stderr
