"""``calibrant compare`` as a user has it: files, runs, gates, refusals, the plugin for pytest and the action."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from calibrant.cli import app

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent.parent


def write(path: Path, answers: dict[str, str], *, questions: int = 120, documents: int = 40) -> None:
    """A file of answers: for each model a word of c, i and a, which is repeated over the questions."""
    grades = {"c": "correct", "i": "incorrect", "a": "abstained"}
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "question", "domain", "cluster", "model", "answer", "grade"])
        for model, word in answers.items():
            for number in range(questions):
                place = number * 7 % questions
                domain = "law" if number % documents < documents // 2 else "music"
                row = f"q{number}", f"What is {number}?", domain, f"d{number % documents}", model, "x"
                out.writerow([*row, grades[word[place % len(word)]]])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "old.csv", {"m": "cicaciiaca"})
    write(tmp_path / "new.csv", {"m": "cccacciaca"})
    write(tmp_path / "many.csv", {"one": "cic", "two": "cia", "three": "iiac"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def calibrant(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="calibrant")


SCREEN = """\
! Same model and set; with which words imported answers were asked is not known
120 questions from 40 documents, each with a grade for all. Differences are new minus old, with 95%
intervals.
                            new    old  difference      interval
Index                     +50.0  +10.0       +40.0  +14.0..+66.0  new better
accuracy                  60.0%  40.0%       +20.0   +7.0..+33.0  new better
hallucination rate        25.0%  50.0%       -25.0   -44.7..-9.4  new better
  on 48 both missed                           +0.0  -19.4..+19.4
wrong of all              10.0%  30.0%       -20.0   -33.0..-7.0  new better
"""


def test_two_files_of_answers_are_compared_on_one_screen(folder: Path) -> None:
    found = calibrant("compare", "new.csv", "old.csv")
    assert found.exit_code == 0, found.output
    said = "\n".join(line.rstrip() for line in found.stdout.splitlines())
    assert said.startswith(SCREEN)
    assert "By domain: Index, 2 comparisons whose intervals hold all at once" in said
    assert not (folder / ".calibrant").exists(), "comparing files makes no store"


def test_all_models_of_the_latest_run_are_compared_and_ranked(folder: Path) -> None:
    calibrant("import", "many.csv")
    found = calibrant("compare", "--json")
    document = json.loads(found.stdout)
    (stratum,) = document["strata"]
    assert [one["name"] for one in document["contenders"]] == ["one", "three", "two"]
    assert stratum["ranks"]["one"] == [1, 1]
    assert {row["how"] for row in document["differences"]} == {"all pairs at once"}
    pair = json.loads(calibrant("compare", "two", "many.csv:one", "--json").stdout)
    assert pair["sign"] == "first minus second"
    (index,) = [row for row in pair["differences"] if row["metric"] == "omniscience_index"]
    assert (index["first"], index["second"]) == ("two", "one")
    assert index["difference"] < 0


@pytest.mark.parametrize(
    ("gate", "code", "said"),
    [
        (("--fail-if", "index < -5"), 0, "passed: --fail-if 'index < -5'"),
        (("--fail-if", "index > 5"), 1, "FAILED: --fail-if 'index > 5'"),
        (("--fail-unless-excluded", "index < -5"), 0, "is excluded: new less old is +40.0"),
        (("--fail-unless-excluded", "index < 30"), 1, "is possible, not shown"),
        (("--fail-if", "accuracy[domain=law] > -30%"), 1, "FAILED"),
        (("--fail-if", "index < -5", "--fail-if", "index > 5"), 1, "passed"),
    ],
)
def test_a_gate_decides_the_exit_code(folder: Path, gate: tuple[str, ...], code: int, said: str) -> None:
    found = calibrant("compare", "new.csv", "old.csv", *gate)
    assert found.exit_code == code, found.output
    assert said in found.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new.csv", "old.csv", "--fail-if", "index << 5"), "a number is expected"),
        (("new.csv", "many.csv"), "'many.csv' has 3 models"),
        (("new.csv",), "nothing to compare"),
        (("new.csv", "no.csv"), "'no.csv' is no file, and there are no runs here yet"),
        (("new.csv", "old.csv", "--margin", "2%"), "'2%' is no margin of omniscience_index"),
        (("new.csv", "old.csv", "--metric", "colour"), "'colour' is no metric to rank by"),
        (("new.csv", "old.csv", "--declared", "new"), "'new' is no pair"),
    ],
)
def test_what_is_not_understood_is_told_and_ends_with_2(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    found = calibrant("compare", *arguments)
    assert found.exit_code == 2, found.output
    assert said in found.stderr


def test_the_caret_stands_under_the_mistake(folder: Path) -> None:
    lines = calibrant("compare", "new.csv", "old.csv", "--fail-if", "index << 5").stderr.splitlines()
    assert lines[1] == "  index << 5"
    assert lines[2] == "         ^"


def test_runs_of_other_sets_are_refused_until_that_is_the_treatment(folder: Path) -> None:
    write(folder / "half.csv", {"m": "cci"}, questions=60)
    refused = calibrant("compare", "half.csv", "old.csv")
    assert refused.exit_code == 2
    assert "they differ in set" in refused.stderr
    assert "set of half: half.csv" in refused.stderr
    allowed = calibrant("compare", "half.csv", "old.csv", "--treatment", "set")
    assert allowed.exit_code == 0
    assert "! They differ in set, as was said" in allowed.stdout
    assert "60 of 120 questions were not asked of all" in allowed.stdout


def test_a_file_without_a_common_question_is_refused(folder: Path) -> None:
    other = (folder / "old.csv").read_text(encoding="utf-8").replace("What is", "Where is")
    (folder / "other.csv").write_text(other, encoding="utf-8")
    found = calibrant("compare", "other.csv", "old.csv", "--treatment", "set")
    assert found.exit_code == 2
    assert "they share none (other 120, old 120)" in found.stderr
    assert calibrant("compare", "other.csv", "old.csv", "--treatment", "set", "--pair-by", "id").exit_code == 0


def test_tables_and_a_summary_are_written(folder: Path) -> None:
    (folder / "summary.md").write_text("before\n", encoding="utf-8")
    found = calibrant(
        "compare",
        "new.csv",
        "old.csv",
        "--csv",
        "out",
        "--markdown",
        "summary.md",
        "--margin",
        "100",
        "--fail-if",
        "index<0",
    )
    assert found.exit_code == 0, found.output
    rows = csv.DictReader((folder / "out" / "differences.csv").read_text(encoding="utf-8").splitlines())
    index = next(row for row in rows if row["metric"] == "omniscience_index")
    assert float(index["low"]) < float(index["difference"]) < float(index["high"])
    assert {path.name for path in (folder / "out").iterdir()} == {
        "contenders.csv",
        "differences.csv",
        "gates.csv",
        "groups.csv",
    }
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("before\n## new against old\n\n- ✅ `--fail-if index<0`")
    assert "Equivalent: new and old are less than 100.0 points of Index apart." in summary


def test_names_cannot_write_markup_into_a_summary(folder: Path) -> None:
    write(folder / "odd.csv", {"<img src=x>|`a`": "cic", "plain": "cia"})
    calibrant("compare", "odd.csv", "--markdown", "summary.md")
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert "<img" not in summary
    assert "&lt;img src=x&gt;\\|\\`a\\`" in summary


PLUGIN = ("-p", "calibrant.pytest_plugin", "-p", "no:cacheprovider")


def test_the_fixture_fails_a_test_where_a_gate_fails(folder: Path, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"""
        NEW, OLD = {str(folder / "new.csv")!r}, {str(folder / "old.csv")!r}

        def test_not_worse(calibrant_compare):
            found = calibrant_compare(NEW, OLD, fail_unless_excluded="index < -5")
            assert found.comparison.find("accuracy")[0].difference > 0

        def test_not_better(calibrant_compare):
            calibrant_compare(NEW, OLD, fail_if=["index > 5"])

        def test_nonsense(calibrant_compare):
            calibrant_compare(NEW, OLD, fail_if="index")
    """)
    found = pytester.runpytest_inprocess("-p", "no:cacheprovider")  # the plugin comes with the package
    found.assert_outcomes(passed=1, failed=2)
    found.stdout.fnmatch_lines(["*FAILED: --fail-if 'index > 5'*", "*here <, <=, > or >= is expected*"])


def test_the_plugin_loads_nothing_heavy_where_it_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\n\n\ndef test_it():\n    assert 'calibrant.pytest_plugin' in sys.modules\n"
        "    heavy = {'numpy', 'scipy', 'sqlalchemy', 'typer', 'calibrant.analysis'}\n"
        "    assert not heavy & set(sys.modules)\n",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", *PLUGIN, "--rootdir", str(tmp_path), str(tmp_path)]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=tmp_path)
    assert found.returncode == 0, found.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="runs bash")
@pytest.mark.parametrize(("gate", "code"), [("index < -5\n\naccuracy < -2%\n", 0), ("index > 5", 1)])
def test_the_action_writes_a_summary_and_fails_with_its_gates(folder: Path, gate: str, code: int) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "compare"]
    given = {"candidate": "new.csv", "baseline": "old.csv", "fail-if": gate}
    values = {name: given.get(name, one.get("default", "")) for name, one in action["inputs"].items()}
    environment = os.environ | {
        name: values[told.removeprefix("${{ inputs.").removesuffix(" }}")] for name, told in step["env"].items()
    }
    environment |= {
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "RUNNER_TEMP": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
    }
    found = subprocess.run(["bash", "-e", "-c", step["run"]], env=environment, capture_output=True, encoding="utf-8")
    assert found.returncode == code, found.stderr
    assert ("❌" if code else "✅") in (folder / "summary.md").read_text(encoding="utf-8")
    (named,) = (folder / "output").read_text(encoding="utf-8").splitlines()
    document = json.loads(Path(named.removeprefix("json=")).read_text(encoding="utf-8"))
    assert document["failed"] is bool(code)
    assert [one["condition"] for one in document["gates"]] == [line for line in gate.splitlines() if line]
