"""``calibrant questions build`` as a user types it, and a run of what it made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from calibrant.questions import load_questions
from calibrant.store import open_store


def calibrant(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calibrant", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = ["name,kind,founded_year,maker,price_eur"]
    lines += [f"Shop {chr(97 + n % 26)}{n}x,{'ab'[n % 2]}{'cd'[n % 2]}z,{1700 + n},Maker {n},{n}.50" for n in range(80)]
    (tmp_path / "shops.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_one_command_makes_a_set_with_card_that_lints_clean(folder: Path) -> None:
    done = calibrant(folder, "questions", "build", "--table", "shops.csv", "-n", "40", "--unanswerable", "0.2")
    assert "40 questions about" in done.stdout
    assert "not asked, since it changes with time: price_eur" in done.stderr
    assert "Next: calibrant questions lint set.parquet, then calibrant run set.parquet --model NAME" in done.stderr
    assert Counter(question.stratum for question in load_questions(folder / "set.parquet")) == {
        "answerable": 32,
        "unanswerable": 8,
    }
    card = (folder / "set.card.md").read_text(encoding="utf-8")
    assert "calibrant questions build --table shops.csv -n 40 --unanswerable 0.2" in card
    linted = json.loads(calibrant(folder, "questions", "lint", "set.parquet", "--strict", "--json").stdout)
    assert (linted["errors"], linted["warnings"]) == (0, 0)


def test_json_names_the_files_and_the_counts(folder: Path) -> None:
    arguments = ("questions", "build", "--table", "shops.csv", "-n", "30", "-o", "my.jsonl", "--json")
    facts = json.loads(calibrant(folder, *arguments).stdout)
    assert (facts["out"], facts["questions"], facts["strata"]) == ("my.jsonl", 30, {"answerable": 30})
    assert facts["set_hash"] == load_questions(folder / "my.jsonl").set_hash
    assert facts["audited_error_rate"] is None


def test_a_dry_run_writes_nothing_and_shows_why_columns_are_used(folder: Path) -> None:
    shown = calibrant(folder, "questions", "build", "--table", "shops.csv", "--dry-run", "-n", "9").stdout
    assert "changes with time" in shown
    assert {path.name for path in folder.iterdir()} == {"shops.csv"}
    profile = json.loads(calibrant(folder, "questions", "profile", "shops.csv", "--json").stdout)
    uses = {column["name"]: column["use"] for column in profile["columns"]}
    assert uses == {
        "name": "key",
        "kind": "topic",
        "founded_year": "asked",
        "maker": "asked",
        "price_eur": "not used",
    }


def test_a_password_in_the_address_stands_neither_in_the_message_nor_anywhere_else(folder: Path) -> None:
    address = "postgresql://me:s3cret@127.0.0.1:1/world#shops"
    done = calibrant(folder, "questions", "build", "--table", address, code=2)
    assert "s3cret" not in done.stderr + done.stdout
    assert "127.0.0.1:1/world" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "nothing to build from"),
        (("--table", "none.csv"), "none.csv"),
        (("--table", "shops.csv", "-o", "set.txt"), "no ending that a set can have"),
        (("--table", "shops.csv", "--as-of", "soon"), "'soon' is neither a day nor a column"),
        (("--table", "shops.csv", "--language", "xx"), "no words for the language 'xx'"),
        (("--table", "shops.csv", "--query", "SELECT 1"), "a query needs a database"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(folder: Path, arguments: tuple[str, ...], complaint: str) -> None:
    done = calibrant(folder, "questions", "build", *arguments, code=2)
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_built_set_runs_with_the_graders_that_it_states(folder: Path) -> None:
    calibrant(folder, "questions", "build", "--table", "shops.csv", "-n", "12", "--unanswerable", "0.25")
    shown = calibrant(folder, "run", "set.parquet", "--model", "reference-small@low", "--json").stdout
    assert json.loads(shown)["models"]
    with open_store(folder / ".calibrant") as store:
        run = store.find_run()
        assert store.graders(run) == {"stated": 12}
    wrong = load_questions(folder / "set.parquet")
    (folder / "bad.jsonl").write_text(
        json.dumps({"question": wrong.questions[0].text, "answer": "x", "grader": "guess"}), encoding="utf-8"
    )
    done = calibrant(folder, "run", "bad.jsonl", "--model", "reference-small@low", code=2)
    assert "states the grader 'guess'" in done.stderr


def test_a_set_is_split_frozen_and_exported(folder: Path) -> None:
    calibrant(folder, "questions", "build", "--table", "shops.csv", "-n", "60", "--unanswerable", "0.2")
    told = json.loads(
        calibrant(folder, "questions", "split", "set.parquet", "--parts", "fit=.5,test=.5", "--json").stdout
    )
    fit, test = (load_questions(folder / told["parts"][name]["file"]) for name in ("fit", "test"))
    assert len(fit) + len(test) == 60
    assert not {one.cluster for one in fit} & {one.cluster for one in test}
    assert fit.set_hash == told["parts"]["fit"]["set_hash"]
    assert "frozen as" in calibrant(folder, "questions", "freeze", "set.parquet").stdout
    shown = calibrant(folder, "questions", "export", "set.parquet", "--to", "aa-csv").stdout
    assert shown.startswith("set.aa.csv: 60 questions")
    assert (
        load_questions(folder / "set.aa.csv").questions[0].golds
        == load_questions(folder / "set.parquet").questions[0].golds
    )
    (folder / "set.parquet").write_bytes((folder / "set.test.parquet").read_bytes())
    assert "has changed" in calibrant(folder, "run", "set.parquet", "-m", "reference-small@low", "--json").stderr


def test_a_set_in_two_languages_is_reported_by_language(folder: Path) -> None:
    build = ("questions", "build", "--table", "shops.csv", "-n", "20", "--language", "en", "--language", "de")
    calibrant(folder, *build)
    calibrant(folder, "run", "set.parquet", "-m", "reference-small@low")
    with open_store(folder / ".calibrant") as store:
        languages = Counter(outcome.language for outcome in store.outcomes(store.find_run()))
    assert languages == {"en": 10, "de": 10}
    told = json.loads(calibrant(folder, "report", "--by", "language", "--json").stdout)
    assert {row["value"] for row in told["breakdowns"] if row["by"] == "language"} == {"en", "de"}


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    text = (
        "# The Harbour\n\nThe Harbour Office was founded in 1954. The Kestrel Bridge was built in 1987 by Marta Olsen. "
        "The maximum load of the Kestrel Bridge is 40 tonnes.\n"
    )
    (tmp_path / "harbour.md").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_documents_become_a_set_with_passages_that_reads_back_in_every_format(harbour: Path, ending: str) -> None:
    build = ("questions", "build", "harbour.md", "--conditions", "none,gold", "-o", f"set.{ending}", "--json")
    facts = json.loads(calibrant(harbour, *build).stdout)
    back = load_questions(harbour / f"set.{ending}")
    assert back.set_hash == facts["set_hash"]
    assert {str(one.condition) for one in back} == {"none", "gold"}
    assert all("Kestrel" in one.passages[0].text for one in back if str(one.condition) == "gold")
    assert "| verified | " in (harbour / "set.card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("harbour.md", "--table", "x.csv"), "documents and tables are two sets"),
        (("harbour.md", "--per-row", "2"), "--per-row belongs to building from tables"),
        (("--table", "x.csv", "--verifier", "m"), "--verifier belongs to building from documents"),
    ],
)
def test_what_belongs_to_the_other_kind_of_source_is_refused(
    harbour: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    assert complaint in calibrant(harbour, "questions", "build", *arguments, code=2).stderr


def test_tools_put_tasks_into_the_count_and_they_are_graded_by_their_own_grader(folder: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"shop": {"type": "string"}, "maker": {"type": "string"}},
        "required": ["shop", "maker"],
    }
    tool = {"name": "call_maker", "description": "Call the maker of a shop", "parameters": schema}
    (folder / "tools.json").write_text(json.dumps([tool]), encoding="utf-8")
    build = ("questions", "build", "--table", "shops.csv", "-n", "20", "--tools", "tools.json", "--actions", "6")
    facts = json.loads(calibrant(folder, *build, "--argument", "shop=name", "-o", "set.csv", "--json").stdout)
    assert (facts["questions"], facts["tasks"], facts["graders"]["action"]) == (20, 6, 6)
    assert facts["strata"] == {"answerable": 17, "action": 3}
    assert load_questions(folder / "set.csv").set_hash == facts["set_hash"]
    assert "tasks need tools" in calibrant(folder, *build[:6], "--actions", "6", code=2).stderr


@pytest.mark.parametrize("out", ["shops.csv", "shops.jsonl"])
def test_what_a_set_is_made_from_is_never_written_over(folder: Path, out: str) -> None:
    if out == "shops.jsonl":  # the list of what was left out is a file too
        (folder / "shops.csv").rename(folder / "shops.dropped.jsonl")
        rows = [json.dumps({"name": f"Shop {chr(97 + n)}", "maker": f"Maker {n}"}) for n in range(20)]
        (folder / "shops.dropped.jsonl").write_text("\n".join(rows), encoding="utf-8")
    source = next(folder.iterdir())
    before = source.read_bytes()
    done = calibrant(folder, "questions", "build", "--table", source.name, "--out", out, code=2)
    assert "would be written over what it is made from" in done.stderr
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_a_frozen_set_is_not_written_over_by_another(folder: Path) -> None:
    build = ("questions", "build", "--table", "shops.csv", "-n", "30", "-o", "set.jsonl")
    calibrant(folder, *build)
    calibrant(folder, "questions", "freeze", "set.jsonl")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    calibrant(folder, *build)  # the same set again
    done = calibrant(folder, *build, "--seed", "5", code=2)
    assert "was frozen as" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_part_that_was_frozen_stays_as_it_is(folder: Path) -> None:
    calibrant(folder, "questions", "build", "--table", "shops.csv", "-n", "30", "-o", "set.jsonl")
    split = ("questions", "split", "set.jsonl", "--parts", "fit=.5,test=.5")
    calibrant(folder, *split)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "was frozen as" in calibrant(folder, *split, "--seed", "5", code=2).stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_export_does_not_write_over_its_set(folder: Path) -> None:
    calibrant(folder, "questions", "build", "--table", "shops.csv", "-n", "30", "-o", "set.csv")
    before = (folder / "set.csv").read_bytes()
    done = calibrant(folder, "questions", "export", "set.csv", "--to", "aa-csv", "--out", "set.csv", code=2)
    assert "the set itself would be overwritten" in done.stderr
    assert (folder / "set.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--key", "nmae"),
        ("--topic", "knid"),
        ("--attribute", "makers"),
        ("--skip", "marker"),
        ("--as-of", "Founded_yaer"),
    ],
)
def test_a_mistyped_column_is_told_with_the_nearest(folder: Path, option: str, said: str) -> None:
    meant = {"--key": "name", "--topic": "kind", "--as-of": "founded_year"}.get(option, "maker")
    done = calibrant(folder, "questions", "build", "--table", "shops.csv", "--dry-run", option, said, code=2)
    assert f"Did you mean '{meant}'? There are name, kind, founded_year, maker, price_eur" in done.stderr
