"""Graders of other packages: found by entry point, wrapped so that none of them stops a run."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.grading import GRADERS, Grader, find_grader, grader_names
from calibrant.types import OutcomeState, Question

QUESTION = Question(id="1", text="Is it?", golds=("yes",))

MODULE = """
    from dataclasses import dataclass
    from calibrant.types import Grade, OutcomeState

    @dataclass(frozen=True)
    class Shout:
        name: str = "shout"

        def __call__(self, question, answer):
            state = OutcomeState.CORRECT if answer.isupper() else OutcomeState.INCORRECT
            return Grade(state=state, grader="some other name", reason="capitals")

    SHOUT = Shout()

    def make():
        return Shout()

    def make_nothing():
        return None

    def make_noise():
        raise RuntimeError("no licence: key sk-proj-abcdefghijklmnop1234")

    class Raises(Shout):
        def __call__(self, question, answer):
            raise ValueError("cannot read it; " + answer)

    class Unprintable(Shout):
        def __call__(self, question, answer):
            class Odd(Exception):
                def __str__(self):
                    raise TypeError("odd")
            raise Odd

    class Returns(Shout):
        def __call__(self, question, answer):
            return "correct"

    class Word(Shout):
        def __call__(self, question, answer):
            return Grade(state="correct", grader="x")

    class Leaves(Shout):
        def __call__(self, question, answer):
            raise SystemExit(0)

    class SaysError(Shout):
        def __call__(self, question, answer):
            return Grade(state=OutcomeState.ERROR, grader="x")

    class Later(Shout):
        async def __call__(self, question, answer):
            return Grade(state=OutcomeState.CORRECT, grader="x")
"""
POINTS = {
    "shout": "SHOUT",
    "from-class": "Shout",
    "from-function": "make",
    "nothing": "make_nothing",
    "noise": "make_noise",
    "raises": "Raises",
    "unprintable": "Unprintable",
    "returns": "Returns",
    "says-error": "SaysError",
    "later": "Later",
    "word": "Word",
    "leaves": "Leaves",
    "absent": "NOT_THERE",
}


def install(folder: Path, package: str, points: dict[str, str], module: str = MODULE) -> Path:
    """Lay a package down as pip does: a module and the metadata of its distribution."""
    folder.mkdir(exist_ok=True)
    name = package.replace("-", "_")
    (folder / f"{name}.py").write_text(textwrap.dedent(module), encoding="utf-8")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"{point} = {name}:{target}" for point, target in points.items()]
    (info / "entry_points.txt").write_text("[calibrant.graders]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = install(tmp_path / "site", "loud-graders", POINTS)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "loud_graders", raising=False)
    return folder


@pytest.mark.parametrize("name", ["shout", "from-class", "from-function"])
def test_an_object_a_class_and_a_factory_are_graders_under_the_entry_points_name(installed: Path, name: str) -> None:
    grader = find_grader(name)
    assert isinstance(grader, Grader)
    grade = grader(QUESTION, "YES")
    assert (grade.state, grade.grader, grade.reason) == (OutcomeState.CORRECT, name, "capitals")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("raises", "grader raises failed: ValueError: cannot read it; YES"),
        ("unprintable", "grader unprintable failed: Odd"),
        ("returns", "grader returns failed: it returned str, not a Grade"),
        (
            "says-error",
            "grader says-error failed: it returned the state 'error', which is for responses; unsure is 'ungraded'",
        ),
        ("word", "grader word failed: the state of its grade is str, not an OutcomeState"),
        ("leaves", "grader leaves failed: SystemExit: 0"),
        ("later", "grader later failed: it is asynchronous; a grader returns a Grade"),
    ],
)
def test_a_failure_on_an_answer_leaves_that_answer_ungraded_with_the_cause(
    installed: Path, name: str, reason: str
) -> None:
    grade = find_grader(name)(QUESTION, "YES")
    assert (grade.state, grade.grader, grade.reason) == (OutcomeState.UNGRADED, name, reason)


def test_secrets_stay_out_of_reasons_and_errors(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "hunter2-and-more")
    grade = find_grader("raises")(QUESTION, "my token is hunter2-and-more and sk-proj-abcdefghijklmnop1234")
    assert "hunter2" not in grade.reason
    assert "abcdefghijklmnop" not in grade.reason
    with pytest.raises(InputError) as raised:
        find_grader("noise")
    assert "abcdefghijklmnop" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("nothing", "NoneType is no grader"),
        ("noise", "RuntimeError: no licence"),
        ("absent", "AttributeError"),
    ],
)
def test_a_broken_plug_in_is_named_with_its_package_entry_point_and_cause(
    installed: Path, name: str, cause: str
) -> None:
    with pytest.raises(InputError) as raised:
        find_grader(name)
    told = str(raised.value)
    assert "loud-graders" in told
    assert f"calibrant.graders: {name} = loud_graders:{POINTS[name]}" in told
    assert cause in told


def test_an_unknown_name_lists_what_there_is(installed: Path) -> None:
    with pytest.raises(InputError, match="exact, equal, numeric, choice, .*shout"):
        find_grader("shuot")
    assert grader_names()[: len(GRADERS)] == tuple(GRADERS)


def test_a_plug_in_cannot_take_a_built_in_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(install(tmp_path / "site", "thief", {"exact": "SHOUT"})))
    with pytest.raises(InputError, match="the package thief offers a grader 'exact', which is a built-in name"):
        find_grader("exact")
    assert find_grader("equal") is GRADERS["equal"]


def test_one_name_in_two_packages_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("one-pack", "two-pack"):
        monkeypatch.syspath_prepend(str(install(tmp_path / package, package, {"shout": "SHOUT"})))
    with pytest.raises(InputError, match="two packages offer a grader 'shout': one-pack and two-pack"):
        find_grader("shout")


def run_cli(folder: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(site), "CALIBRANT_STORE": str(folder / "store.db")}
    command = [sys.executable, "-m", "calibrant", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False)


def test_a_run_grades_by_a_plug_in_and_survives_one_that_fails(tmp_path: Path) -> None:
    site = install(tmp_path / "site", "loud-graders", POINTS)
    (tmp_path / "q.csv").write_text(
        "question,answer\nWho rules Norland?,Nobody\nWhere is Velm?,Here\n", encoding="utf-8"
    )
    asked = ("run", "q.csv", "--model", "reference-small", "--json", "--yes")
    done = run_cli(tmp_path, site, *asked, "--grader", "shout")
    assert done.returncode == 0, done.stderr
    assert '"ungraded": 0' in done.stdout
    failed = run_cli(tmp_path, site, *asked, "--grader", "raises")
    assert failed.returncode == 0, failed.stderr
    assert "Traceback" not in failed.stderr
    assert '"ungraded": 2' in failed.stdout


def test_a_run_with_an_unknown_grader_ends_before_anything_is_asked(tmp_path: Path) -> None:
    site = install(tmp_path / "site", "loud-graders", POINTS)
    (tmp_path / "q.csv").write_text("question,answer\nWho rules Norland?,Nobody\n", encoding="utf-8")
    done = run_cli(tmp_path, site, "run", "q.csv", "--model", "reference-small", "--grader", "shuot")
    assert done.returncode == 2
    assert "--grader" in done.stderr
    assert "shout" in done.stderr
    broken = run_cli(tmp_path, site, "run", "q.csv", "--model", "reference-small", "--grader", "noise")
    assert broken.returncode == 2
    assert "loud-graders" in broken.stderr
    assert "Traceback" not in broken.stderr
