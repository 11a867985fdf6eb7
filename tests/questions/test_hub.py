"""Datasets in the hub's format."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.questions import HubName, lint_file, load_questions, parse_hub_name

ROWS = (
    '{"problem": "Who?", "answer": "Ada", "topic": "Life"}\n{"problem": "Where?", "answer": "Bonn", "topic": "Art"}\n'
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("hf:org/set", HubName(name="org/set")),
        ("hf:org/set@abc", HubName(name="org/set", revision="abc")),
        ("hf:org/set@v1.0?split=eval&config=en", HubName(name="org/set", revision="v1.0", split="eval", config="en")),
        ("hf:./folder@", HubName(name="./folder")),
    ],
)
def test_a_name_is_taken_apart(source: str, expected: HubName) -> None:
    assert parse_hub_name(source) == expected


@pytest.mark.parametrize("source", ["hf:", "hf:@abc", "hf:org/set?splt=test"])
def test_a_name_that_makes_no_sense_is_an_error(source: str) -> None:
    with pytest.raises(InputError, match="hf:NAME@REVISION"):
        load_questions(source)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(InputError) as caught:
        load_questions("hf:org/set@abc")
    assert caught.value.remedy == "pip install 'calibrant[hf]'"


class Table(list[dict[str, Any]]):
    """A split as far as the loader looks at one."""

    column_names = ("question", "answer")


class Library(ModuleType):
    """A stand-in for ``datasets`` that notes what it was asked for."""

    def __init__(self, found: Any) -> None:
        super().__init__("datasets")
        self.found = found
        self.asked: list[Any] = []

    def load_dataset(self, path: str, name: str | None, revision: str | None) -> Any:
        self.asked.append((path, name, revision))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


SPLITS = {"train": Table(), "test": Table([{"question": "Who?", "answer": "A\x00da"}])}


def test_the_pinned_revision_is_asked_for_and_an_unpinned_one_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(SPLITS)
    monkeypatch.setitem(sys.modules, "datasets", library)
    pinned = load_questions("hf:org/set@abc?split=test&config=en")
    assert library.asked == [("org/set", "en", "abc")]
    assert pinned.places == ("hf:org/set@abc?split=test&config=en:1",)
    assert pinned.questions[0].golds == ("A\ufffdda",)
    assert len(pinned.warnings) == 1
    assert "NUL" in pinned.warnings[0]
    assert "source" not in {finding.code for finding in lint_file("hf:org/set@abc?split=test").findings}
    assert [one.code for one in lint_file("hf:org/set").findings if "names no revision" in one.message] == ["source"]
    loose = load_questions("hf:org/set")
    assert any("names no revision" in warning for warning in loose.warnings)
    assert any("read 'test', not 'train'" in warning for warning in loose.warnings)


def test_a_split_that_is_not_there_lists_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", Library(SPLITS))
    with pytest.raises(InputError, match="Splits are 'train', 'test'"):
        load_questions("hf:org/set@abc?split=eval")
    with pytest.raises(InputError, match="no rows"):
        load_questions("hf:org/set@abc?split=train")
    with pytest.raises(ValueError, match="at least 1"):
        load_questions("hf:org/set@abc", limit=0)


def test_what_the_library_raises_becomes_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", Library(RuntimeError("no such thing\nat all")))
    with pytest.raises(InputError) as caught:
        load_questions("hf:org/set@abc")
    assert "the dataset cannot be loaded: no such thing." in str(caught.value)


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The real library, offline, with its cache in the test's folder."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return pytest.importorskip("datasets", reason="needs the extra hf")


@pytest.mark.filterwarnings("default")
def test_a_folder_of_files_is_read_by_the_real_library(datasets: Any, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "test.jsonl").write_text(ROWS)
    loaded = load_questions(f"hf:{folder}?split=test")
    assert [(question.text, question.golds, question.topic) for question in loaded] == [
        ("Who?", ("Ada",), "Life"),
        ("Where?", ("Bonn",), "Art"),
    ]
    assert loaded.warnings == ()
    assert [finding.code for finding in lint_file(f"hf:{folder}", limit=1).findings] == ["no-cluster"]


@pytest.mark.filterwarnings("default")
def test_a_saved_dataset_is_read_by_the_real_library(datasets: Any, tmp_path: Path) -> None:
    table = datasets.Dataset.from_dict({"question": ["Who?"], "answers": [["Ada", "Lovelace"]]})
    table.save_to_disk(str(tmp_path / "one"))
    assert load_questions(f"hf:{tmp_path / 'one'}").questions[0].golds == ("Ada", "Lovelace")
    datasets.DatasetDict({"validation": table}).save_to_disk(str(tmp_path / "splits"))
    assert len(load_questions(f"hf:{tmp_path / 'splits'}")) == 1
    with pytest.raises(InputError, match="Splits are 'validation'"):
        load_questions(f"hf:{tmp_path / 'splits'}?split=test")
