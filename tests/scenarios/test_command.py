"""The installed command, driven as a user drives it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import calibrant

ROWS = """question,model,answer,gold,confidence
Capital of Australia?,a,Canberra,Canberra,0.9
Capital of Australia?,b,Sydney,Canberra,0.8
Symbol of tungsten?,a,I don't know.,W,0.1
Symbol of tungsten?,b,W,W,0.9
"""


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALIBRANT")}
    return subprocess.run(
        [sys.executable, "-m", "calibrant", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=clean | {"PYTHONUTF8": "1", "COLUMNS": "100"} | environment,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "results.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def test_the_demo_asks_four_models_and_promises_what_can_be(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--limit", "60", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [row["model"] for row in found["trap"]] == [
        f"reference-{size}@{effort}" for size in ("small", "medium", "large", "candid") for effort in ("low", "high")
    ]
    assert {(row["model"], row["stratum"]) for row in found["models"]} == {
        (row["model"], stratum) for row in found["trap"] for stratum in ("answerable", "unanswerable")
    }
    assert found["outcomes"] == 480
    assert [one["model"] for one in found["promises"]] == ["reference-large@low", "reference-candid@low"]
    assert all(one["labelled"] == one["evaluation"]["rows"] == 60 for one in found["promises"])
    assert list(tmp_path.iterdir()) == []


def test_the_demo_shows_the_trap_and_what_a_promise_does(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--limit", "60", "--error", "0.3")
    assert done.returncode == 0, done.stderr
    assert "The confidence trap" in done.stdout
    assert "60 questions, 480 answers." in done.stdout
    assert "60 labelled questions, 60 fresh ones" in done.stdout
    assert "at most 30% of what is answered is wrong" in done.stdout
    assert "large@low, certificate" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_the_recorded_demo_measures_real_models_offline_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--recorded", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["models"]) == 12
    assert all(row["n"] == 100 and row["abstained"] == 0 for row in found["models"])
    assert all(row["hallucination_rate"] == 1 for row in found["models"])
    (trivia,) = found["more"]
    assert trivia["models"][0]["model"] == "phi-3-mini"
    assert trivia["models"][0]["n"] + trivia["models"][0]["ungraded"] == 300
    assert list(tmp_path.iterdir()) == []


def test_the_recorded_demo_says_that_none_of_its_models_declines(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--recorded")
    assert done.returncode == 0, done.stderr
    assert "None of these models declines" in done.stdout
    assert "gpt-4-0613@high" in done.stdout


def test_import_then_report(folder: Path) -> None:
    imported = run(folder, "import", "results.csv")
    assert imported.returncode == 0, imported.stderr
    assert "4 answers to 2 questions" in imported.stdout
    reported = run(folder, "report", "--json")
    assert reported.returncode == 0, reported.stderr
    rows = {row["model"]: row for row in json.loads(reported.stdout)["models"]}
    assert (rows["a"]["accuracy"], rows["a"]["hallucination_rate"]) == (0.5, 0.0)
    assert (rows["b"]["accuracy"], rows["b"]["hallucination_rate"]) == (0.5, 1.0)
    assert (folder / ".calibrant" / ".gitignore").read_text(encoding="utf-8").strip() == "*"


def test_an_older_file_imported_again_is_reported_by_its_id(folder: Path) -> None:
    first = run(folder, "import", "results.csv")
    assert first.stdout.endswith("Now: calibrant report\n")
    (folder / "newer.csv").write_text(ROWS.replace("Sydney", "Perth"), encoding="utf-8")
    run(folder, "import", "newer.csv")
    again = run(folder, "import", "results.csv")
    command = again.stdout.splitlines()[-1].removeprefix("Now: calibrant ").split()
    assert json.loads(run(folder, *command, "--json").stdout)["run"]["source"] == "results.csv"


def test_a_failed_import_does_not_become_the_latest(folder: Path) -> None:
    run(folder, "import", "results.csv")
    (folder / "bad.csv").write_text("foo,bar\na,b\n", encoding="utf-8")
    assert run(folder, "import", "bad.csv").returncode == 2
    assert json.loads(run(folder, "report", "--json").stdout)["run"]["source"] == "results.csv"


def test_one_of_a_thing_is_spoken_of_as_one(folder: Path) -> None:
    (folder / "one.csv").write_text("\n".join(ROWS.splitlines()[:2]) + "\n", encoding="utf-8")
    assert "1 answer to 1 question." in run(folder, "import", "one.csv").stdout
    assert "1 question, 1 model, 1 answer." in run(folder, "report").stdout
    assert "1 answer to 1 question by a" in run(folder, "runs", "show").stdout
    (folder / "q.csv").write_text("question,answer\nCapital of Italy?,Rome\n", encoding="utf-8")
    assert "1 question (1 answerable), 1 cluster\n" in run(folder, "questions", "lint", "q.csv").stdout


@pytest.mark.parametrize(
    "arguments", [["demo", "--recorded", "--json"], ["demo", "--recorded"], ["--version"], ["import", "--help"]]
)
def test_a_full_disk_on_stdout_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "calibrant", *arguments],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr == "calibrant: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", [["demo", "--recorded", "--json"], ["demo", "--recorded"], ["--version"]])
def test_a_reader_that_has_seen_enough_is_no_mistake(tmp_path: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "calibrant", *arguments],
            cwd=tmp_path,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_recorded_demo_counts_what_it_shows_and_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    shown = run(tmp_path, "demo", "--recorded", "--limit", "20", COLUMNS="80").stdout
    assert "20 programs, graded by its authors" in shown
    assert "20 trivia questions, graded by" in shown
    assert "100 programs" not in shown
    assert "\u2026" not in shown
    found = json.loads(run(tmp_path, "demo", "--recorded", "--limit", "20", "--json").stdout)
    assert found["run"]["source"] == "cruxeval.jsonl.gz"


def test_the_doctor_measures_the_disk_of_the_store(folder: Path, tmp_path: Path) -> None:
    for where in ("there", "there/not/yet"):
        checks = json.loads(run(folder, "doctor", "--json", "--store", where).stdout)["checks"]
        assert str(folder) in next(check["found"] for check in checks if check["what"] == "disk")
    checks = json.loads(run(folder, "doctor", "--json", "--store", "/dev/shm").stdout)["checks"]
    assert next(check["found"] for check in checks if check["what"] == "disk").endswith("at /dev/shm")


def test_an_unknown_state_of_a_grade_word_is_named_as_it_was_written(folder: Path) -> None:
    done = run(folder, "import", "results.csv", "--grade-value", "C=foo")
    assert done.returncode == 2
    assert "--grade-value: there is no state 'foo' for 'C'. States are: correct," in done.stderr


def test_runs_are_listed_shown_and_deleted(folder: Path) -> None:
    run(folder, "import", "results.csv", "--name", "first")
    (listed,) = json.loads(run(folder, "runs", "list", "--json").stdout)["runs"]
    assert listed["name"] == "first"
    shown = run(folder, "runs", "show", "first", "--state", "incorrect", "--json")
    assert [item["answer"] for item in json.loads(shown.stdout)["items"]] == ["Sydney"]
    refused = run(folder, "runs", "delete", "first")
    assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
    assert run(folder, "runs", "delete", listed["run"][:4], "--yes").returncode == 0
    assert json.loads(run(folder, "runs", "list", "--json").stdout)["runs"] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("question,answer\n", "q.csv: nothing in it can be asked"),
        ("foo,bar\na,b\nc,d\n", "q.csv: none of its 2 rows can be asked"),
        ("question,answer\nCapital of Italy?,\n", "q.csv: its only row cannot be asked"),
    ],
)
def test_lint_exits_with_2_where_there_is_no_question_to_ask(folder: Path, content: str, message: str) -> None:
    (folder / "q.csv").write_text(content, encoding="utf-8")
    done = run(folder, "questions", "lint", "q.csv")
    assert (done.returncode, message in done.stderr) == (2, True)
    assert "error" in done.stdout


def test_lint_fails_only_when_strict(folder: Path) -> None:
    (folder / "q.csv").write_text(
        "question,answer\nCapital of Italy?,Rome\nCapital of Italy?,Paris\n", encoding="utf-8"
    )
    assert run(folder, "questions", "lint", "q.csv").returncode == 0
    strict = run(folder, "questions", "lint", "q.csv", "--strict", "--json")
    assert strict.returncode == 1
    codes = {finding["code"] for finding in json.loads(strict.stdout)["findings"]}
    assert "contradictory-golds" in codes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "missing.csv"], "missing.csv"),
        (["import", "results.csv", "--map", "gold=nothing"], "no column 'nothing'"),
        (["import", "results.csv", "--map", "gold"], "'gold' is not NAME=VALUE"),
        (["import", "broken.jsonl"], "broken.jsonl:2"),
        (["import", "latin.csv"], "--encoding"),
        (["import", "empty.csv"], "empty.csv"),
        (["report"], "calibrant import results.csv"),
        (["runs", "show", "nothing"], "calibrant import results.csv"),
        (["questions", "lint", "nothing.csv"], "nothing.csv"),
    ],
)
def test_a_mistake_is_one_line_with_a_remedy_and_exit_code_2(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "broken.jsonl").write_text('{"question": "a", "model": "m", "answer": "b", "gold": "c"}\n{"question": \n')
    (folder / "latin.csv").write_bytes("question,model,answer,gold\na?,m,Caf\xe9,Caf\xe9\n".encode("latin-1"))
    (folder / "empty.csv").write_bytes(b"")
    done = run(folder, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_setting_in_the_file_is_beaten_by_env_file_environment_and_flag(folder: Path) -> None:
    assert run(folder, "init").returncode == 0
    assert run(folder, "init").returncode == 2
    (folder / "calibrant.toml").write_text('store = "one"\n', encoding="utf-8")
    run(folder, "import", "results.csv")
    (folder / ".env").write_text("CALIBRANT_STORE=two\n", encoding="utf-8")
    run(folder, "import", "results.csv")
    run(folder, "import", "results.csv", CALIBRANT_STORE="three")
    run(folder, "import", "results.csv", "--store", "four")
    assert all((folder / name / "calibrant.db").is_file() for name in ("one", "two", "three", "four"))


def test_a_misspelt_setting_is_named(folder: Path) -> None:
    (folder / "calibrant.toml").write_text("levle = 0.9\n", encoding="utf-8")
    done = run(folder, "import", "results.csv")
    assert done.returncode == 2
    assert "calibrant.toml: levle" in done.stderr


def test_the_doctor_finds_a_sound_store_and_shows_no_secret(folder: Path) -> None:
    run(folder, "import", "results.csv")
    done = run(folder, "doctor", "--json", OPENAI_API_KEY="sk-very-secret")
    assert done.returncode == 0, done.stdout
    assert all(check["ok"] for check in json.loads(done.stdout)["checks"])
    assert "OPENAI_API_KEY" in done.stdout
    assert "sk-very-secret" not in done.stdout + done.stderr


def test_starting_loads_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("numpy", "scipy", "polars", "sqlalchemy", "pydantic", "rich", "dotenv", "tokenizers", "torch", "starlette")
    code = f"import sys, calibrant, calibrant.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"
    assert run(tmp_path, "--version").stdout.strip() == f"calibrant {calibrant.__version__}"


def test_every_public_name_can_be_had() -> None:
    for name in calibrant.__all__:
        assert getattr(calibrant, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        calibrant.nothing  # noqa: B018


def test_help_pages_in_the_docs_are_current() -> None:
    script = Path(__file__).parent.parent.parent / "docs" / "build_cli_pages.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_the_example_runs() -> None:
    script = Path(__file__).parent.parent.parent / "examples" / "own_answers.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=True)
    assert re.search(r"model-a: accuracy 0\.67, Index \+67, n 3", done.stdout)


def test_the_example_of_asking_a_function_runs() -> None:
    script = Path(__file__).parent.parent.parent / "examples" / "ask_a_function.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == [
        "price 0.75: right 0.50, made up of what it missed 0.00, index at that price +50",
        "price 0.00: right 0.50, made up of what it missed 1.00, index at that price +50",
    ]


def test_the_example_of_questions_about_the_standard_library_runs() -> None:
    script = Path(__file__).parent.parent.parent / "examples" / "standard_library.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=True)
    assert re.match(r"\d+ functions, 60 questions, set hash [0-9a-f]{12}\n", done.stdout)
    assert "called?" in done.stdout


def test_the_table_of_the_standard_library_is_asked_about_by_the_command(folder: Path) -> None:
    script = Path(__file__).parent.parent.parent / "examples" / "standard_library.py"
    subprocess.run([sys.executable, str(script), str(folder / "library.csv")], capture_output=True, check=True)
    build = "questions build --table library.csv --key function --topic module --count 60 --unanswerable 0.15"
    done = run(folder, *build.split(), "--out", "library.parquet")
    assert (done.returncode, "60 questions" in done.stdout) == (0, True)
    assert (folder / "library.card.json").is_file()


def test_init_finds_keys_by_name_and_says_what_will_leave_the_machine(folder: Path) -> None:
    secret = "sk-abcdefghijklmnop1234567890"
    found = run(folder, "init", OPENAI_API_KEY=secret, ANTHROPIC_API_KEY=secret, OPENAI_BASE_URL="http://gpu-7:8000/v1")
    assert found.returncode == 0
    written = (folder / "calibrant.toml").read_text()
    assert secret not in found.stdout + found.stderr + written
    assert "Keys found: OPENAI_API_KEY, ANTHROPIC_API_KEY" in found.stdout
    assert "gpu-7, api.anthropic.com" in found.stdout
    assert "runs delete" in found.stdout
    uncommented = re.sub(r"^# (?=\[models|\w+ = )", "", written, flags=re.MULTILINE)
    (folder / "calibrant.toml").write_text(uncommented)
    listed = run(folder, "models", "list", "--json", OPENAI_API_KEY=secret, ANTHROPIC_API_KEY="")
    models = {row["model"]: row["key_set"] for row in json.loads(listed.stdout)["models"]}
    own = {name: key for name, key in models.items() if not name.startswith("reference-")}
    assert own == {"openai": True, "anthropic": False}
    assert all(key is None for name, key in models.items() if name not in own)
