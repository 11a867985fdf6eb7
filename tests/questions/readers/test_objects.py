"""JSON and JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.errors import InputError
from calibrant.questions import read_rows
from calibrant.questions.readers import objects


def write(folder: Path, content: str, name: str = "t.json") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    return path


def rows(folder: Path, content: str, name: str = "t.json") -> list[tuple[int, dict[str, Any]]]:
    return [(row.line, row.values) for row in read_rows(write(folder, content, name))]


def failure(folder: Path, content: str, name: str = "t.json") -> InputError:
    with pytest.raises(InputError) as caught:
        list(read_rows(write(folder, content, name)))
    return caught.value


def test_json_lines_keep_their_line_numbers_across_blank_lines(tmp_path: Path) -> None:
    assert rows(tmp_path, '{"q": 1}\n\n  {"q": 2}\n', "t.jsonl") == [(1, {"q": 1}), (3, {"q": 2})]


def test_an_array_gives_the_line_of_each_element(tmp_path: Path) -> None:
    assert rows(tmp_path, '[\n {"q": 1},\n {"q":\n 2}, {"q": 3}\n]\n') == [(2, {"q": 1}), (3, {"q": 2}), (4, {"q": 3})]


@pytest.mark.parametrize("key", objects.ROW_KEYS)
def test_a_list_under_a_known_key_is_found_among_other_members(tmp_path: Path, key: str) -> None:
    text = f'{{"version": "1", "tags": ["a"],\n "{key}": [\n{{"q": 1}}\n], "end": 12}}'
    assert rows(tmp_path, text) == [(3, {"q": 1})]


def test_columns_become_rows(tmp_path: Path) -> None:
    expected = [(1, {"q": "a", "n": 1}), (2, {"q": "b", "n": None})]
    assert rows(tmp_path, '{"q": ["a", "b"], "n": [1, null]}') == expected
    assert rows(tmp_path, '{"q": {"0": "a", "1": "b"}, "n": {"0": 1, "1": null}}') == expected
    assert "q: 2, n: 1" in failure(tmp_path, '{"q": ["a", "b"], "n": [1]}').message


def test_one_object_is_one_row_and_objects_may_follow_each_other(tmp_path: Path) -> None:
    assert rows(tmp_path, '{"q": "a", "list": [1]}') == [(1, {"q": "a", "list": [1]})]
    assert rows(tmp_path, '{"q": ["a"]}\n{"q": ["b"]}\n') == [(1, {"q": ["a"]}), (2, {"q": ["b"]})]


def test_two_lists_of_records_are_refused(tmp_path: Path) -> None:
    assert "'data' and 'rows'" in failure(tmp_path, '{"data": [{"q": 1}], "rows": [{"q": 2}]}').message


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("t.jsonl", '{"q": 1}\n{"q": \n', 2, "broken JSON"),
        ("t.jsonl", '{"q": 1} {"q": 2}\n', 1, "text after the object"),
        ("t.jsonl", "[1]\n", 1, "expected an object, found a list"),
        ("t.jsonl", '{"q": 1}\n{"q": 1, "q": 2}\n', 2, "key 'q' appears twice"),
        ("t.jsonl", '{"q": Infinity}\n', 1, "Infinity"),
        ("t.jsonl", '{"q": 1e999}\n', 1, "too large"),
        ("t.jsonl", '{"q": ' + "9" * 5000 + "}\n", 1, "4,300 digits"),
        ("t.jsonl", '{"q": ' + "[" * 100_000 + "\n", 1, "nested too deeply"),
        ("t.json", '[\n{"q": 1},\n{"q" 2}\n]', 3, "broken JSON"),
        ("t.json", '[{"q": 1},\n', 2, "ends too early"),
        ("t.json", '[{"q": 1}\n', 2, "the end of the file"),
        ("t.json", '[{"q": 1}]\n]', 2, "text after the end"),
        ("t.json", "[\n3\n]", 2, "expected an object, found a number"),
        ("t.json", '{"q": 1,\n"q": 2}', 2, "key 'q' appears twice"),
        ("t.json", '{"q": 1,\nq: 2}', 2, "broken JSON"),
        ("t.json", '{"data": [\n{"a": 1, "a": 2}]}', 2, "key 'a' appears twice"),
        ("t.json", '{"data": [{"a": 1},\n7]}', 2, "expected an object"),
        ("t.json", "hello", 1, "expected '['"),
    ],
)
def test_broken_json_is_reported_with_its_line(
    tmp_path: Path, name: str, content: str, line: int, message: str
) -> None:
    error = failure(tmp_path, content, name)
    assert message in error.message
    assert error.place == f"{tmp_path / name}:{line}"
    assert error.remedy


@pytest.mark.parametrize("content", ["[]", "{}", '{"data": []}', '{"q": []}', " \n "])
def test_a_document_without_rows_is_an_error(tmp_path: Path, content: str) -> None:
    message = failure(tmp_path, content).message
    assert message == ("the file is empty" if not content.strip() else "the file has no rows")


def test_json_lines_without_a_line_are_an_error(tmp_path: Path) -> None:
    assert failure(tmp_path, "\n\n", "t.jsonl").message == "the file has no rows"


def test_nan_is_a_missing_value(tmp_path: Path) -> None:
    assert rows(tmp_path, '[{"q": NaN}]') == [(1, {"q": None})]


@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
def test_nul_and_lone_surrogates_are_replaced_however_they_are_written(tmp_path: Path, name: str) -> None:
    body = '{"q": "a\\u0000b\\ud800c", "k\\udc00": ["\\uD83D\\uDE00", "raw \ud800 and \x00"]}'
    path = write(tmp_path, f"[{body}]" if name == "t.json" else body, name)
    reader = read_rows(path)
    assert [row.values for row in reader] == [{"q": "a\ufffdb\ufffdc", "k\ufffd": ["😀", "raw \ufffd and \ufffd"]}]
    assert reader.repairs.count == 5
    assert reader.repairs.first == f"{path}:1"


def test_the_halves_of_a_character_written_as_two_are_joined(tmp_path: Path) -> None:
    reader = read_rows(write(tmp_path, '{"q": "\ud83d\ude00"}', "t.jsonl"))
    assert next(iter(reader)).values == {"q": "😀"}
    assert reader.repairs.count == 0


def test_columns_are_those_of_the_rows_read(tmp_path: Path) -> None:
    reader = read_rows(write(tmp_path, '{"q": 1}\n{"a": 2, "q": 3}\n', "t.jsonl"))
    list(reader)
    assert reader.columns == ("q", "a")


def test_an_array_is_read_through_a_small_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, json.dumps([{"q": f"question {number}"} for number in range(5000)], indent=1))
    longest = 0
    grow = objects._Window._grow

    def measured(window: objects._Window) -> None:
        nonlocal longest
        grow(window)
        longest = max(longest, len(window._text))

    monkeypatch.setattr(objects._Window, "_grow", measured)
    assert sum(1 for _ in read_rows(path)) == 5000
    assert longest < 2 * objects._CHUNK < path.stat().st_size


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('abc"\\é', max_size=3), inner, max_size=3),
    max_leaves=8,
)
records = st.lists(
    st.dictionaries(st.text("qa,]}é", min_size=1, max_size=3), values, min_size=1, max_size=3), min_size=1, max_size=5
)


@settings(deadline=None)
@given(
    records,
    st.sampled_from([None, 1]),
    st.booleans(),
    st.integers(1, 40),
    st.sampled_from(["array", "wrapped", "lines"]),
)
def test_whatever_json_writes_is_read_back_through_any_window(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[dict[str, Any]],
    indent: int | None,
    escape: bool,
    chunk: int,
    shape: str,
) -> None:
    folder = tmp_path_factory.mktemp("json")
    if shape == "lines":
        content = "\n".join(json.dumps(row, ensure_ascii=escape) for row in table)
    else:
        document = table if shape == "array" else {"n": 12.5, "data": table, "m": [1, 2]}
        content = json.dumps(document, ensure_ascii=escape, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects, "_CHUNK", chunk)
        read = [row.values for row in read_rows(write(folder, content, "t.jsonl" if shape == "lines" else "t.json"))]
    assert read == table
