"""The card of a question set: kept with a run, shown by every report, true after an audit and in a part."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibrant.builder.tables import TableSettings, build_from_tables, open_table, plan_tables
from calibrant.builder.writing import write_set
from calibrant.cli import app
from calibrant.labels import Journal, journal_path, make_audit, read_items
from calibrant.labels.journal import Word
from calibrant.models import Prompt, Reply
from calibrant.questions import load_questions
from calibrant.questions.card import card_path, read_card
from calibrant.reports import Report, build_report, report
from calibrant.reports.as_csv import write_csv
from calibrant.reports.html import write_html
from calibrant.runs import Plan, RunOptions, RunSummary, execute
from calibrant.store import open_store
from tests.reports.test_html import Elements
from tests.runs.conftest import USAGE, ScriptedModel


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """``set.parquet`` of 40 questions from a table, with its card."""
    lines = ["name,kind,maker,year"]
    lines += [f"Shop {chr(97 + n % 26)}{n}x,{'ab'[n % 2]}z,Maker {n},{1700 + n}" for n in range(60)]
    (tmp_path / "shops.csv").write_text("\n".join(lines), encoding="utf-8")
    settings = TableSettings(count=40, unanswerable=0.25)
    built = build_from_tables(plan_tables([open_table(str(tmp_path / "shops.csv"))], settings), settings)
    write_set(built, tmp_path / "set.parquet", command="calibrant questions build --table shops.csv")
    return tmp_path / "set.parquet"


def calibrant(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.output


def asked(path: Path, store: Path, limit: int | None = None) -> RunSummary:
    def reply(_: Prompt) -> Reply:
        return Reply(text="Maker 3", usage=USAGE)

    plan = Plan(load_questions(path, limit=limit), [ScriptedModel(reply=reply)], RunOptions())
    with open_store(store) as opened:
        return asyncio.run(execute(plan, opened))


def judged(path: Path, *, wrong: int, of: int) -> None:
    """An audit of so many questions, so many of them rejected."""
    _, items = read_items(path)
    audit = make_audit(items, Journal(journal_path(path), auditor="ann"), sample=of)
    for number, item in enumerate(audit.drawn):
        audit.judge(item, Word.REJECT if number < wrong else Word.ACCEPT)


def shown(store: Path, folder: Path) -> tuple[Report, str, str]:
    """The latest run's report, as terminal and page show it."""
    with open_store(store) as opened:
        built = build_report(opened, opened.find_run("latest"))
        return built, str(built), write_html(built, opened, folder / "page.html").read_text("utf-8")


def test_every_report_shows_the_card_after_the_set_and_its_card_are_gone(made: Path, tmp_path: Path) -> None:
    asked(made, tmp_path / "store")
    for path in (made, card_path(made), card_path(made).with_suffix(".md")):
        path.unlink()
    built, text, page = shown(tmp_path / "store", tmp_path)
    card = built.to_dict()["card"]
    assert (card["strata"], card["questions"]) == ({"answerable": 30, "unanswerable": 10}, 40)
    assert "licence" in card["licence"]
    assert "Question set: 30 answerable, 10 unanswerable, made by templates over tables" in " ".join(text.split())
    assert "not audited yet" in text
    numbers = {path: value for path, value, _ in Elements(page).numbers}
    assert {path for path in numbers if path.startswith("card/")} >= {
        "card/strata/answerable",
        "card/strata/unanswerable",
        "card/domains/shops",
    }
    assert numbers["card/strata/answerable"] == "30"
    write_csv(built, tmp_path / "csv")
    rows = list(csv.DictReader((tmp_path / "csv" / "card.csv").read_text("utf-8").splitlines()))
    assert {"fact": "strata", "name": "unanswerable", "value": "10"} in rows


def test_a_report_holds_no_command_and_no_cell_of_the_table(made: Path, tmp_path: Path) -> None:
    asked(made, tmp_path / "store")
    card = report("latest", store=tmp_path / "store").card
    assert card is not None
    assert not {"command", "tables", "skipped"} & card.keys()
    assert str(tmp_path) not in json.dumps(card)


def test_a_run_without_a_card_shows_none(made: Path, tmp_path: Path) -> None:
    card_path(made).unlink()
    asked(made, tmp_path / "store")
    built, text, page = shown(tmp_path / "store", tmp_path)
    assert built.to_dict()["card"] is None
    assert "Question set:" not in text
    assert 'id="set"' not in page


def test_an_audit_stands_on_the_card_and_a_run_begun_before_learns_of_it(made: Path, tmp_path: Path) -> None:
    first = asked(made, tmp_path / "store").run
    judged(made, wrong=2, of=20)
    calibrant("questions", "audit", made, "--status")
    facts = read_card(made)
    assert facts is not None
    assert (facts["audited_error_rate"], facts["audit"]["complete"]) == (0.1, True)
    assert "10.0% (2.8% to 30.1% at 95%) of 20 audited" in card_path(made).with_suffix(".md").read_text("utf-8")
    assert asked(made, tmp_path / "store").run.id == first.id
    _, text, page = shown(tmp_path / "store", tmp_path)
    assert "10.0% (2.8% to 30.1% at 95%) of 20 audited" in " ".join(text.split())
    assert "10.0% (2.8% to 30.1% at 95%) of 20 audited" in page


def test_an_audited_set_says_what_was_found_before_it_was_mended(made: Path, tmp_path: Path) -> None:
    judged(made, wrong=2, of=20)
    calibrant("questions", "apply", made, "--out", tmp_path / "audited.jsonl")
    facts = read_card(tmp_path / "audited.jsonl")
    assert facts is not None
    assert (facts["questions"], facts["audit"]["applied"], facts["audited_error_rate"]) == (38, True, 0.1)
    assert facts["set_hash"] == load_questions(tmp_path / "audited.jsonl").set_hash
    asked(tmp_path / "audited.jsonl", tmp_path / "store")
    assert "2 of them left the set and 0 were mended" in " ".join(shown(tmp_path / "store", tmp_path)[1].split())


def test_parts_have_cards_of_their_own(made: Path) -> None:
    calibrant("questions", "split", made, "--parts", "fit=.5,test=.5")
    cards = [read_card(made.with_suffix(f".{name}.parquet")) for name in ("fit", "test")]
    assert sum(card["questions"] for card in cards if card) == 40
    assert all(
        re.match(r"Part: (fit|test) \(50%\) of the set \w{12}, split by cluster", card["part"])
        for card in cards
        if card
    )
    assert all(load_questions(made.with_suffix(f".{name}.parquet")).card for name in ("fit", "test"))


def test_the_first_questions_of_a_set_are_told_as_a_part_of_it(made: Path, tmp_path: Path) -> None:
    asked(made, tmp_path / "store", limit=7)
    assert "Question set: the first 7 of 40 (30 answerable, 10 unanswerable)" in shown(tmp_path / "store", tmp_path)[1]


@pytest.mark.parametrize(
    ("content", "told"), [("{", "cannot be read"), ("[]", "no card"), ('{"set_hash": "00"}', "another set")]
)
def test_a_card_that_is_not_of_this_set_is_not_shown_and_said(made: Path, content: str, told: str) -> None:
    card_path(made).write_text(content, encoding="utf-8")
    loaded = load_questions(made)
    assert loaded.card is None
    assert any(told in warning for warning in loaded.warnings)
