"""``calibrant run --confidence`` and ``calibrant confidence --signals``, as a user drives them, over real wires."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from calibrant.cli import app
from calibrant.cli.signalling import spelled_out
from calibrant.store import open_store
from calibrant.types import Confidence
from tests.signal_server import SignalServer, SignalServing

PRICE = "price = { input = 1000, output = 1000 }\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def server() -> Iterator[SignalServer]:
    with SignalServing() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: SignalServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CALIBRANT_STORE", raising=False)
    entries = [f'[models.{name}]\nbase_url = "{server.url}"\nmax_tries = 1\n{PRICE}' for name in ("one", "two")]
    wires = [
        f'[models.{wire}]\nwire = "{wire}"\nbase_url = "{server.url}"\n{PRICE}' for wire in ("decisions", "systemone")
    ]
    (tmp_path / "calibrant.toml").write_text("".join(entries + wires), encoding="utf-8")
    lines = ["id,question,answer", *(f"{number},Capital {number}?,Paris" for number in range(12))]
    (tmp_path / "questions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def signal_rows(*arguments: str) -> dict[str, dict[str, object]]:
    done = run("confidence", "--json", *arguments)
    assert done.exit_code == 0, done.stderr
    return {row["confidence"]: row for row in json.loads(done.stdout)["signals"]}


def kept(folder: Path) -> dict[str, dict[str, Confidence]]:
    """Question -> name -> signal, of the latest run."""
    with open_store(folder / ".calibrant") as store:
        return {one.question_id: {c.name: c for c in one.confidences} for one in store.outcomes(store.find_run())}


ALL = (
    "scvc,logprob,p_true,agreement:3,semantic_entropy:3,cocoa:3,stated_two_step,"
    "second_model:two,judge_probability:two,decision:decisions,decision:systemone"
)


def test_all_signals_are_asked_for_in_one_run_with_what_they_cost(folder: Path, server: SignalServer) -> None:
    done = run("run", "--confidence", ALL, "questions.csv", "--model", "one", "--grader", "equal", "--yes")
    assert done.exit_code == 0, done.stderr
    assert "For signals at most 108 further calls" in done.stderr
    assert "decisions: 1 failed (1 filtered)" in done.stderr
    assert "lack a signal: decision:decisions (1)" in done.stderr
    found = kept(folder)
    calls = {name: one.extra_calls for name, one in found["0"].items() if one.extra_calls}
    assert calls == {
        "scvc": 1,
        "p_true": 1,
        "agreement:3": 3,
        "semantic_entropy:3": 3,
        "cocoa:3": 3,
        "stated_two_step": 1,
        "second_model:two": 1,
        "judge_probability:two": 1,
        "decision:decisions": 1,
        "decision:systemone": 1,
    }
    assert set(found["0"]) - set(calls) == {"stated", "sum_logprob", "mean_logprob", "min_logprob"}
    assert found["0"]["agreement:3"].extra_cost_usd == pytest.approx(3 * 0.105)
    assert found["0"]["decision:decisions"].extra_cost_usd == pytest.approx(0.05)
    for name in set(found["0"]) - {"stated"}:
        known = [found[str(number)][name].value for number in range(0, 12, 2)]
        unknown = [one[name].value for number, one in found.items() if int(number) % 2 and name in one]
        assert min(known) > max(unknown), name
    assert found["0"]["p_true"].value == pytest.approx(0.8)
    assert found["1"]["scvc"].value == pytest.approx(0.25 + 0.45)
    asked = server.asked("decisions")
    assert len(asked) == 12
    assert "BEGIN " in asked[0]["input"]
    assert asked[0]["questions"][0]["instructions"] == "The answer given to the question is correct."
    cut = [body for body in server.asked("chat") if "True or False" in body["messages"][-1]["content"]]
    assert {(body["max_tokens"], body["top_logprobs"]) for body in cut} == {(8, 20)}


def test_a_bare_flag_asks_for_a_stated_confidence_as_ever(folder: Path, server: SignalServer) -> None:
    done = run("run", "--confidence", "questions.csv", "--model", "one", "--grader", "equal", "--yes")
    assert done.exit_code == 0, done.stderr
    assert {tuple(one) for one in kept(folder).values()} == {("stated",)}
    assert len(server.asked("chat")) == 12
    assert "further calls" not in done.stderr


def test_signals_are_asked_for_afterwards_within_a_budget(folder: Path, server: SignalServer) -> None:
    assert run("run", "questions.csv", "--model", "one", "--grader", "equal", "--yes").exit_code == 0
    computed = run("confidence", "--signals", "agreement:3")
    assert computed.exit_code == 2
    assert "Of 12 answers these lack a signal: agreement:3 (12)." in computed.stderr
    assert len(server.log) == 12
    unsaid = run("confidence", "--signals", "agreement:3,p_true", "--ask")
    assert (unsaid.exit_code, "Say --yes" in unsaid.stderr) == (2, True)
    assert len(server.log) == 12
    short = run("confidence", "--signals", "p_true", "--ask", "--yes", "--budget", "0.6")
    assert "The budget leaves no room" in short.stderr
    assert 12 < len(server.log) < 24
    rows = signal_rows("--signals", "agreement:3,p_true", "--ask", "--yes")
    assert len(server.log) == 12 + 12 + 36
    assert (rows["p_true"]["auroc"], rows["agreement:3"]["auroc"]) == (1.0, 1.0)
    assert {tuple(one) for one in kept(folder).values()} == {("agreement:3", "p_true")}


def test_repeats_of_an_imported_table_stand_for_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CALIBRANT_STORE", raising=False)
    lines = ["question,model,answer,gold,repeat"]
    for number in range(20):
        for repeat in range(4):
            answer = 100 + number if number % 2 else 500 + 10 * number + repeat
            lines.append(f"How many lakes has land {number}?,m,{answer},{100 + number},{repeat}")
    (tmp_path / "repeats.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("import", "repeats.csv").exit_code == 0
    rows = signal_rows("--signals", "agreement:3,discrete_semantic_entropy:3")
    assert {name: (row["auroc"], row["extra_calls"]) for name, row in rows.items()} == {
        "agreement:3": (1.0, 3.0),
        "discrete_semantic_entropy:3": (1.0, 3.0),
    }
    asked = run("confidence", "--signals", "p_true", "--ask")
    assert asked.exit_code == 2
    assert "were imported, so there is no model to ask for p_true" in asked.stderr


def test_a_misspelt_signal_is_named_with_what_was_meant(folder: Path, server: SignalServer) -> None:
    done = run("run", "--confidence", "scvk", "questions.csv", "--model", "one")
    assert done.exit_code == 2
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


def test_a_second_model_of_the_same_family_is_named(folder: Path, server: SignalServer) -> None:
    names = "judge_probability:reference-candid@low,second_model:reference-large@high"
    done = run("run", "questions.csv", "--confidence", names, "--model", "reference-large@low", "--limit", "2")
    assert done.exit_code == 0, done.stderr
    assert (
        "judge_probability:reference-candid@low looks at answers of reference-large@low, of the same f" in done.stderr
    )
    assert "second_model:reference-large@high looks at answers of reference-large@low, the same model" in done.stderr
