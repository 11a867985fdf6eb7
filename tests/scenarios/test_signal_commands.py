"""``calibrant run --confidence`` and ``calibrant confidence --signals``, as a user drives them, over real wires."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibrant.cli.signalling import spelled_out
from tests.scenarios.test_command import run
from tests.signal_server import SignalServer, SignalServing

PRICE = "price = { input = 1000, output = 1000 }\n"


@pytest.fixture
def server() -> Iterator[SignalServer]:
    with SignalServing() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: SignalServer) -> Path:
    entries = [f'[models.{name}]\nbase_url = "{server.url}"\nmax_tries = 1\n{PRICE}' for name in ("one", "two")]
    wires = [
        f'[models.{wire}]\nwire = "{wire}"\nbase_url = "{server.url}"\n{PRICE}' for wire in ("decisions", "systemone")
    ]
    (tmp_path / "calibrant.toml").write_text("".join(entries + wires), encoding="utf-8")
    lines = ["id,question,answer", *(f"{number},Capital {number}?,Paris" for number in range(12))]
    (tmp_path / "questions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def signal_rows(folder: Path, *arguments: str) -> dict[str, dict[str, object]]:
    done = run(folder, "confidence", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return {row["confidence"]: row for row in json.loads(done.stdout)["signals"]}


ALL = (
    "scvc,logprob,p_true,agreement:3,semantic_entropy:3,cocoa:3,stated_two_step,"
    "second_model:two,judge_probability:two,decision:decisions,decision:systemone"
)


def test_all_signals_are_asked_for_in_one_run_and_measured_with_what_they_cost(
    folder: Path, server: SignalServer
) -> None:
    done = run(folder, "run", "--confidence", ALL, "questions.csv", "--model", "one", "--grader", "equal", "--yes")
    assert done.returncode == 0, done.stderr
    assert "For signals at most 108 further calls" in done.stderr
    assert "decisions: 1 failed (1 filtered)" in done.stderr
    assert "lack a signal: decision:decisions (1)" in done.stderr
    rows = signal_rows(folder)
    calls = {name: row["extra_calls"] for name, row in rows.items()}
    assert calls == {
        "stated": 0.0,
        "sum_logprob": 0.0,
        "mean_logprob": 0.0,
        "min_logprob": 0.0,
        "scvc": 1.0,
        "p_true": 1.0,
        "agreement:3": 3.0,
        "semantic_entropy:3": 3.0,
        "cocoa:3": 3.0,
        "stated_two_step": 1.0,
        "second_model:two": 1.0,
        "judge_probability:two": 1.0,
        "decision:decisions": 1.0,
        "decision:systemone": 1.0,
    }
    assert rows["agreement:3"]["extra_cost_usd"] == pytest.approx(3 * 0.105)
    assert rows["decision:decisions"]["extra_cost_usd"] == pytest.approx(0.05)
    assert all(rows[name]["auroc"] == 1.0 for name in ("p_true", "agreement:3", "cocoa:3", "decision:systemone"))
    assert len(server.asked("decisions")) == 12
    asked = server.asked("decisions")[0]
    assert "BEGIN " in asked["input"]
    assert asked["questions"][0]["instructions"] == "The answer given to the question is correct."
    before = len(server.log)
    again = run(folder, "run", "--confidence", ALL, "questions.csv", "--model", "one", "--grader", "equal", "--yes")
    assert "1 further calls" in again.stderr
    assert len(server.log) == before + 1  # the refused one


def test_a_bare_flag_asks_for_a_stated_confidence_as_ever(folder: Path, server: SignalServer) -> None:
    done = run(folder, "run", "--confidence", "questions.csv", "--model", "one", "--grader", "equal", "--yes")
    assert done.returncode == 0, done.stderr
    assert list(signal_rows(folder)) == ["stated"]
    assert len(server.asked("chat")) == 12
    assert "further calls" not in done.stderr


def test_signals_are_asked_for_afterwards_within_a_budget(folder: Path, server: SignalServer) -> None:
    assert run(folder, "run", "questions.csv", "--model", "one", "--grader", "equal", "--yes").returncode == 0
    computed = run(folder, "confidence", "--signals", "agreement:3")
    assert computed.returncode == 2
    assert "Of 12 answers these lack a signal: agreement:3 (12)." in computed.stderr
    assert len(server.log) == 12
    unsaid = run(folder, "confidence", "--signals", "agreement:3,p_true", "--ask")
    assert (unsaid.returncode, "Say --yes" in unsaid.stderr) == (2, True)
    assert len(server.log) == 12
    short = run(folder, "confidence", "--signals", "p_true", "--ask", "--yes", "--budget", "0.6")
    assert "The budget leaves no room" in short.stderr
    assert 12 < len(server.log) < 24
    rows = signal_rows(folder, "--signals", "agreement:3,p_true", "--ask", "--yes")
    assert len(server.log) == 12 + 12 + 36
    assert (rows["p_true"]["auroc"], rows["agreement:3"]["auroc"]) == (1.0, 1.0)
    assert list(signal_rows(folder)) == ["agreement:3", "p_true"]  # kept with the run


def test_repeats_of_an_imported_table_stand_for_samples(tmp_path: Path) -> None:
    lines = ["question,model,answer,gold,repeat"]
    for number in range(20):
        for repeat in range(4):
            answer = 100 + number if number % 2 else 500 + 10 * number + repeat
            lines.append(f"How many lakes has land {number}?,m,{answer},{100 + number},{repeat}")
    (tmp_path / "repeats.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(tmp_path, "import", "repeats.csv").returncode == 0
    rows = signal_rows(tmp_path, "--signals", "agreement:3,discrete_semantic_entropy:3")
    assert {name: (row["auroc"], row["extra_calls"]) for name, row in rows.items()} == {
        "agreement:3": (1.0, 3.0),
        "discrete_semantic_entropy:3": (1.0, 3.0),
    }
    asked = run(tmp_path, "confidence", "--signals", "p_true", "--ask")
    assert asked.returncode == 2
    assert "were imported, so there is no model to ask for p_true" in asked.stderr


def test_a_misspelt_signal_is_named_with_what_was_meant(folder: Path, server: SignalServer) -> None:
    done = run(folder, "run", "--confidence", "scvk", "questions.csv", "--model", "one")
    assert done.returncode == 2
    assert "there is no signal 'scvk'. Did you mean 'scvc'?" in done.stderr
    assert server.log == []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--confidence"], ["--confidence=stated"]),
        (["--confidence", "--model", "m"], ["--confidence=stated", "--model", "m"]),
        (["--confidence", "dir/q.csv"], ["--confidence=stated", "dir/q.csv"]),
        (["--confidence", "hf:owner/name"], ["--confidence=hf:owner/name"]),
        (["--confidence", "decision:a@low,p_true", "q.csv"], ["--confidence=decision:a@low,p_true", "q.csv"]),
        (["--confidence=scvc", "q.csv"], ["--confidence=scvc", "q.csv"]),
        (["--", "--confidence"], ["--", "--confidence"]),
    ],
)
def test_what_follows_the_flag_is_its_value_where_it_looks_like_signals(given: list[str], read: list[str]) -> None:
    assert spelled_out(given) == read
