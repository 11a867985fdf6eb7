"""The page of a run at stated prices, graded twice, with a second pass over what was declined."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
from pathlib import Path

import pytest

from calibrant.grading import ABSTENTION_SENTENCE, EQUAL, EXACT
from calibrant.models import Prompt, Reply
from calibrant.reports import Report, build_report
from calibrant.reports.html import write_html
from calibrant.runs import Plan, RunOptions, aa_template, execute
from calibrant.runs.forcing import force_run, prepare_forcing
from calibrant.runs.grading import regrade
from calibrant.store import open_store
from calibrant.types import Question
from tests.reports.test_html import Elements
from tests.runs.conftest import USAGE, ScriptedModel


def timid(prompt: Prompt) -> Reply:
    """Declines the even questions; when an answer is demanded it knows those below 10."""
    number = int(re.findall(r"Capital (\d+)", prompt.text)[-1])
    if number % 2:
        return Reply(text="Paris", usage=USAGE)
    if not any("an answer is required" in message.content for message in prompt.messages):
        return Reply(text=ABSTENTION_SENTENCE, usage=USAGE)
    return Reply(text="Paris" if number < 10 else "Lyon", usage=USAGE)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Report, str]:
    questions = [Question(id=f"q{n}", text=f"Capital {n} ?", golds=("Paris",)) for n in range(20)]
    model = ScriptedModel(reply=timid)
    with open_store(tmp_path / "store") as store:
        templates = tuple(aa_template(price=price) for price in (0.25, 0.75))
        run = asyncio.run(execute(Plan(questions, [model], RunOptions(templates=templates)), store)).run
        asyncio.run(force_run(store, prepare_forcing(store, run, EXACT, models=[model])))
        regrade(store, run, EQUAL)
        report = build_report(store, store.find_run(run.id))
        return report, write_html(report, store, tmp_path / "page.html").read_text("utf-8")


def test_a_model_at_two_prices_is_two_models_of_the_page(made: tuple[Report, str]) -> None:
    _, page = made
    numbers = {path: value for path, value, _ in Elements(page).numbers}
    assert {path for path in numbers if re.fullmatch(r"models/\d/accuracy", path)} == {
        "models/0/accuracy",
        "models/1/accuracy",
    }
    assert "t=0.25" in page
    assert "t=0.75" in page


def test_every_answer_of_either_price_has_a_permalink_of_its_own(made: tuple[Report, str]) -> None:
    _, page = made
    packed = re.findall(r'<script type="application/octet-stream" id="[^"]*">([^<]*)</script>', page)
    unpacked = [json.loads(gzip.decompress(base64.b64decode(one))) for one in packed]
    index = next(one for one in unpacked if isinstance(one, dict) and "rows" in one)
    assert len(index["rows"]) == len({row[0] for row in index["rows"]}) == 40
    assert [name[-6:] for name in index["models"]] == ["t=0.25", "t=0.75"]


def test_missed_knowledge_and_the_check_at_the_price_stand_in_the_page(made: tuple[Report, str]) -> None:
    report, page = made
    document = report.to_dict()
    numbers = {path: value for path, value, _ in Elements(page).numbers}
    for at, row in enumerate(document["forced"]):
        assert row["missed_knowledge"] == 0.5
        assert numbers[f"forced/{at}/missed_knowledge"] == "0.5"
        assert numbers[f"forced/{at}/check/accuracy_forced"] == str(row["check"]["accuracy_forced"])
    assert len(document["forced"]) == 2


def test_gradings_stand_side_by_side_with_their_agreement(made: tuple[Report, str]) -> None:
    report, page = made
    document = report.to_dict()
    numbers = {path: value for path, value, _ in Elements(page).numbers}
    assert [row["grader"] for row in document["gradings"]] == ["exact", "equal"]
    for at, row in enumerate(document["gradings"]):
        assert numbers[f"gradings/{at}/graded"] == str(row["graded"])
    assert numbers["agreements/0/agreed"] == str(document["agreements"][0]["agreed"])
