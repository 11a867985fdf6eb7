"""Tasks made from a table and a list of tools."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from calibrant.builder.actions import ActionSettings, Tool, build_actions, read_tools
from calibrant.builder.writing import write_set
from calibrant.errors import InputError
from calibrant.grading import grade_action
from calibrant.grading.stated import StatedGrader
from calibrant.models import Prompt, Reply
from calibrant.questions import load_questions
from calibrant.reports import build_report
from calibrant.reports.as_csv import csv_texts
from calibrant.reports.html import write_html
from calibrant.runs import Plan, RunOptions, execute
from calibrant.runs.forcing import force_run, prepare_forcing
from calibrant.runs.judging import Judge, JudgingOptions, judge_run
from calibrant.store import open_store
from calibrant.types import OutcomeState, Stratum
from tests.reports.test_html import Elements
from tests.runs.conftest import USAGE, ScriptedModel

MCP = {
    "tools": [
        {
            "name": "refund_order",
            "description": "Refund an order.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "order_id": {"type": "string"},
                    "amount": {"type": "number"},
                    "currency": {"type": "string", "enum": ["EUR", "USD"]},
                },
                "required": ["order_id", "amount"],
            },
        },
        {
            "name": "find_order",
            "description": "Find orders of a customer.",
            "inputSchema": {"type": "object", "properties": {"customer": {"type": "string"}}, "required": ["customer"]},
        },
    ]
}
ROWS = [
    {"Order ID": f"A-{number:04}", "amount": 10.5 + number, "currency": "EUR", "customer": f"Kim {number}"}
    for number in range(40)
]


@pytest.fixture
def tools(tmp_path: Path) -> list[Tool]:
    (tmp_path / "tools.json").write_text(json.dumps(MCP), encoding="utf-8")
    return read_tools(tmp_path / "tools.json")


def build(tools: list[Tool], rows: list[dict[str, Any]] | None = None, **settings: Any) -> Any:
    return build_actions(ROWS if rows is None else rows, tools, table="orders", settings=ActionSettings(**settings))


def test_half_of_the_tasks_lack_a_required_argument_and_say_which(tools: list[Tool]) -> None:
    built = build(tools, count=30)
    absent = [item for item in built.items if item.question.stratum is Stratum.ACTION]
    assert (len(built.items), len(absent)) == (30, 15)
    for item in absent:
        (missing,) = item.question.extra["action"]["missing"]
        assert missing in {"order_id", "amount"}
        row = ROWS[int(item.source.row.removeprefix("row ")) - 1]
        value = row["Order ID" if missing == "order_id" else "amount"]
        assert str(value) not in item.question.text.rpartition("Task:")[2]
        assert item.question.extra["action"]["lookups"] == ["find_order"]


def test_the_gold_of_a_complete_task_is_graded_right_and_an_invention_wrong(tools: list[Tool]) -> None:
    for item in build(tools, count=20).items:
        action = item.question.extra["action"]
        if item.question.golds:
            assert grade_action(item.question, item.question.golds[0]).state is OutcomeState.CORRECT
        else:
            made_up = action["given"] | {action["missing"][0]: "A-9999"}
            reply = json.dumps({"tool": action["tool"], "arguments": made_up})
            assert grade_action(item.question, reply).state is OutcomeState.INCORRECT


def test_a_row_whose_other_values_give_the_argument_away_is_dropped(tools: list[Tool]) -> None:
    rows = [{"order_id": "7", "amount": 7, "currency": "EUR"} for _ in range(5)]
    built = build(tools, rows, count=4, absent=1.0)
    assert not built.items
    assert {one.filter for one in built.dropped} == {"argument absent"}


def test_values_that_do_not_fit_the_schema_make_no_task(tools: list[Tool]) -> None:
    rows = [{"order_id": "A-1", "amount": "much", "currency": "EUR"}, {"order_id": "", "amount": 3}]
    assert not build(tools, rows, count=4).items


def test_the_same_seed_gives_the_same_tasks(tools: list[Tool]) -> None:
    first, again, other = (build(tools, count=10, seed=seed).items for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_columns_that_do_not_tell_are_named(tools: list[Tool]) -> None:
    rows = [{"number": "A-1", "total": 3.5}]
    with pytest.raises(InputError, match="no tool can be called") as caught:
        build(tools, rows)
    assert "refund_order needs order_id, amount" in (caught.value.remedy or "")
    named = build(tools, rows, count=2, columns={"order_id": "number", "amount": "total"})
    assert named.items
    with pytest.raises(InputError, match="no column 'gone'"):
        build(tools, rows, columns={"order_id": "gone"})


@pytest.mark.parametrize(
    "content",
    [
        {"result": MCP},
        MCP["tools"],
        [{"type": "function", "function": {"name": "t", "parameters": {"type": "object", "properties": {}}}}],
        [{"name": "t", "input_schema": {"type": "object", "properties": {}}}],
        {"title": "t", "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
    ],
)
def test_lists_of_every_form_are_read(tmp_path: Path, content: Any) -> None:
    (tmp_path / "tools.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_tools(tmp_path / "tools.json")[0].name in {"t", "refund_order"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("[]", "no list of tools"),
        ("3", "no list of tools"),
        ('[{"name": "a"}]', "no JSON Schema"),
        ('[{"parameters": {"type": "object"}}]', "needs a name"),
        (
            '[{"name": "a", "parameters": {"type": "object", "properties": {"x": {"type": "strin"}}}}]',
            "not a JSON Schema",
        ),
        ('[{"name": "a", "parameters": {"type": "object", "required": ["y"]}}]', "required and not described: y"),
        ('[{"name": "a", "parameters": {}}, {"name": "a", "parameters": {}}]', "two tools 'a'"),
    ],
)
def test_what_is_no_list_of_tools_is_said_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "tools.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_tools(tmp_path / "tools.json")
    assert "tools.json" in (caught.value.place or "")


def test_a_model_that_makes_arguments_up_shows_in_every_report(tools: list[Tool], tmp_path: Path) -> None:
    built = build(tools, count=40)
    write_set(built, tmp_path / "set.parquet")
    questions = load_questions(tmp_path / "set.parquet")

    def reckless(prompt: Prompt) -> Reply:
        task = prompt.text.rpartition("Task:")[2]
        told = {"order_id": re.search(r"order id: ([\w-]+)", task), "amount": re.search(r"amount: ([\d.]+)", task)}
        arguments = {name: found[1].rstrip(".") if found else "77" for name, found in told.items()}
        return Reply(
            text=json.dumps({"tool": "refund_order", "arguments": arguments | {"currency": "EUR"}}), usage=USAGE
        )

    def careful(prompt: Prompt) -> Reply:
        if all(f"{name}: " in prompt.text.rpartition("Task:")[2] for name in ("order id", "amount")):
            return reckless(prompt)
        return Reply(text='{"ask": "Which one?"}', usage=USAGE)

    models = [ScriptedModel(reply=reply, name=name) for name, reply in (("reckless", reckless), ("careful", careful))]
    with open_store(tmp_path / "store") as store:
        plan = Plan(list(questions), models, RunOptions())
        run = asyncio.run(execute(plan, store, grader=StatedGrader())).run
        report = build_report(store, run)
        page = write_html(report, store, tmp_path / "page.html").read_text("utf-8")
    rates = {
        row["model"]: (row["n"], row["hallucinated_action"], row["correct_refusal"])
        for row in report.to_dict()["models"]
        if row["stratum"] == "action"
    }
    assert rates == {"reckless": (20, 1.0, 0.0), "careful": (20, 0.0, 1.0)}
    right = {row["model"]: row["accuracy"] for row in report.to_dict()["models"] if row["stratum"] == "answerable"}
    assert right == {"reckless": 1.0, "careful": 1.0}
    assert "made an argument up" in str(report)
    assert "Tasks without an argument they need" in page
    numbers = {path: value for path, value, _ in Elements(page).numbers}
    places = [at for at, row in enumerate(report.to_dict()["models"]) if row["stratum"] == "action"]
    assert [float(numbers[f"models/{at}/hallucinated_action"]) for at in places] == [
        report.to_dict()["models"][at]["hallucinated_action"] for at in places
    ]
    rows = list(csv.DictReader(csv_texts(report.to_dict())["models"].splitlines()))
    told = {row["model"]: float(row["hallucinated_action"]) for row in rows if row["stratum"] == "action"}
    assert told == {"reckless": 1.0, "careful": 0.0}


def test_tasks_that_were_asked_about_are_demanded_and_shown_as_tasks(tools: list[Tool], tmp_path: Path) -> None:
    write_set(build(tools, count=20), tmp_path / "set.jsonl")
    questions = load_questions(tmp_path / "set.jsonl")

    def yielding(prompt: Prompt) -> Reply:
        """Asks, and makes everything up when a call is demanded."""
        if any("an answer is required" in message.content for message in prompt.messages):
            arguments = {"order_id": "77", "amount": 1, "currency": "EUR"}
            return Reply(text=json.dumps({"tool": "refund_order", "arguments": arguments}), usage=USAGE)
        return Reply(text='{"ask": "Which one?"}', usage=USAGE)

    model, grader = ScriptedModel(reply=yielding), StatedGrader()
    with open_store(tmp_path / "store") as store:
        run = asyncio.run(execute(Plan(questions, [model], RunOptions()), store, grader=grader)).run
        forcing = prepare_forcing(store, run, grader, models=[model], declined_by="stated")
        asyncio.run(force_run(store, forcing))
        report = build_report(store, run)
        page = write_html(report, store, tmp_path / "page.html").read_text("utf-8")
    forced = {row.stratum: (row.declined, row.wrong, row.missed_knowledge) for row in report.forced}
    assert forced == {Stratum.ACTION: (10, 10, None), Stratum.ANSWERABLE: (10, 10, 0.0)}
    table = str(report).partition("Declined, then an answer was demanded")[2]
    assert re.search(r"scripted\S*\s+tasks\s+10", table)
    assert re.search(r"answerable\s+10", table)
    assert "tasks without an argument they need</" in page


def test_a_judge_is_not_asked_about_tasks(tools: list[Tool], tmp_path: Path) -> None:
    write_set(build(tools, count=6), tmp_path / "set.jsonl")
    judging = ScriptedModel(reply=lambda _: Reply(text='{"verdict": "CORRECT"}', usage=USAGE), name="judge")
    model = ScriptedModel(reply=lambda _: Reply(text="Done, refunded.", usage=USAGE))
    with open_store(tmp_path / "store") as store:
        plan = Plan(load_questions(tmp_path / "set.jsonl"), [model], RunOptions())
        run = asyncio.run(execute(plan, store, grader=StatedGrader())).run
        judge = Judge(model=judging, first=StatedGrader())
        summary = asyncio.run(judge_run(store, run, judge, JudgingOptions()))
        states = {outcome.state for outcome in store.outcomes(run, judge.name)}
    assert (len(judging.asked), summary.answers) == (0, 6)
    assert states == {OutcomeState.UNGRADED}


def test_cells_of_a_csv_fill_arguments_of_every_type(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "amount": {"type": "number"}, "paid": {"type": "boolean"}},
        "required": ["id", "amount", "paid"],
    }
    tool = Tool(name="pay", description="Pay.", schema=schema, read_only=False)
    rows = [{"id": 1000 + n, "amount": f"{n}.50", "paid": "yes"} for n in range(10)]
    items = build_actions(rows, [tool], table="t", settings=ActionSettings(count=4, absent=0.0)).items
    assert len(items) == 4
    for item in items:
        given = item.question.extra["action"]["given"]
        assert (type(given["id"]), type(given["amount"]), given["paid"]) == (str, float, True)
        assert grade_action(item.question, item.question.golds[0]).state is OutcomeState.CORRECT


def test_an_optional_value_that_does_not_fit_is_left_out_and_the_task_stays(tools: list[Tool]) -> None:
    rows = [{"order_id": f"A-{n}", "amount": n + 0.5, "currency": "Swiss francs"} for n in range(9)]
    items = build(tools, rows, count=4, absent=0.0).items
    assert len(items) == 4
    assert all("currency" not in item.question.extra["action"]["given"] for item in items)


def test_every_tool_gets_its_share_and_one_without_tasks_says_why(tools: list[Tool]) -> None:
    send = Tool(
        name="send_note",
        description="Send a note.",
        schema={"type": "object", "properties": {"customer": {"type": "string"}}, "required": ["customer"]},
        read_only=False,
    )
    never = Tool(
        name="book",
        description="Book.",
        schema={"type": "object", "properties": {"customer": {"type": "integer"}}, "required": ["customer"]},
        read_only=False,
    )
    built = build([*tools, send, never], count=20, absent=0.0)
    assert Counter(item.question.topic for item in built.items) == {"refund_order": 10, "send_note": 10}
    assert built.skipped == {
        "find_order": "only finds something out",
        "book": "no row holds values that fit its schema",
    }


def test_an_argument_that_no_tool_has_is_refused_with_the_nearest(tools: list[Tool]) -> None:
    with pytest.raises(InputError, match="no tool has an argument 'oder_id'") as caught:
        build(tools, columns={"oder_id": "Order ID"})
    assert "Did you mean 'order_id'?" in (caught.value.remedy or "")


def test_a_row_s_tasks_and_questions_are_one_cluster(tools: list[Tool]) -> None:
    names = [row["customer"] for row in ROWS]
    items = build_actions(ROWS, tools, table="orders", settings=ActionSettings(count=6), names=names).items
    for item in items:
        row = ROWS[names.index(item.source.row)]  # type: ignore[union-attr,arg-type]
        assert item.question.cluster == f"orders: {row['customer']}"
        assert any(str(row[name]) in item.question.text for name in ("Order ID", "amount"))


def test_tools_fit_a_small_context_as_signatures(tools: list[Tool]) -> None:
    (one, *_) = build(tools, count=2, signatures=True).items
    told = "refund_order(order_id: string, amount: number, currency?: EUR|USD): Refund an order."
    assert told in one.question.text
    assert "inputSchema" not in one.question.text
    assert '"properties"' not in one.question.text
