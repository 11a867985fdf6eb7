"""CSV and TSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.errors import InputError
from calibrant.questions import read_rows


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def failure(folder: Path, content: str | bytes, name: str = "t.csv") -> InputError:
    with pytest.raises(InputError) as caught:
        list(read_rows(write(folder, content, name)))
    return caught.value


def test_rows_come_with_the_line_on_which_their_record_starts(tmp_path: Path) -> None:
    rows = list(read_rows(write(tmp_path, 'q,a\none,"two\nlines"\n\nthree,4\n')))
    assert [(row.line, row.values) for row in rows] == [
        (2, {"q": "one", "a": "two\nlines"}),
        (5, {"q": "three", "a": "4"}),
    ]


def test_the_header_is_known_before_a_row_is_read(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, " q , a\n1,2\n")).columns == ("q", "a")


def test_an_empty_cell_is_none_and_a_short_record_is_filled(tmp_path: Path) -> None:
    rows = list(read_rows(write(tmp_path, "q,a,b\n1,,\n2\n")))
    assert [row.values for row in rows] == [{"q": "1", "a": None, "b": None}, {"q": "2", "a": None, "b": None}]


def test_a_record_of_empty_cells_is_skipped(tmp_path: Path) -> None:
    assert [row.line for row in read_rows(write(tmp_path, "q,a\n,\n1,2\n"))] == [3]


def test_surplus_cells_are_an_error_unless_they_are_empty(tmp_path: Path) -> None:
    assert next(iter(read_rows(write(tmp_path, "q,a\n1,2,,\n")))).values == {"q": "1", "a": "2"}
    error = failure(tmp_path, "q,a\n1,2\nWho, then?,x\n")
    assert error.place is not None
    assert error.place.endswith("t.csv:3")
    assert "3 cells where the header has 2" in error.message
    assert error.remedy is not None
    assert "double quotes" in error.remedy


@pytest.mark.parametrize(("name", "separator"), [("t.csv", ";"), ("t.csv", "\t"), ("t.tsv", "\t"), ("t.csv", ",")])
def test_other_separators_are_seen_in_the_header(tmp_path: Path, name: str, separator: str) -> None:
    rows = list(read_rows(write(tmp_path, separator.join("qa") + "\n" + separator.join("12") + "\n", name)))
    assert rows[0].values == {"q": "1", "a": "2"}


def test_a_column_without_a_name_is_called_by_its_number(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, ",q\n0,one\n")).columns == ("column_1", "q")


def test_a_quote_that_is_never_closed_is_reported_where_it_opens(tmp_path: Path) -> None:
    error = failure(tmp_path, 'q,a\n1,2\n3,"four\n5,6\n')
    assert (error.place or "").endswith(":3")
    assert "never closed" in error.message


def test_text_after_a_closing_quote_is_an_error(tmp_path: Path) -> None:
    error = failure(tmp_path, 'q,a\n"one" two,3\n')
    assert (error.place or "").endswith(":2")
    assert "closing quote" in error.message


def test_a_column_that_appears_twice_is_an_error(tmp_path: Path) -> None:
    error = failure(tmp_path, "\nq,a,q\n1,2,3\n")
    assert (error.place or "").endswith(":2")
    assert "'q' appears twice: as column 1 and as column 3" in error.message


@pytest.mark.parametrize(
    ("content", "message"), [("", "empty"), ("\n \n", "empty"), ("q,a\n", "no rows"), ("\ufeff", "empty")]
)
def test_nothing_to_read_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    assert message in failure(tmp_path, content).message


def test_a_limit_ends_the_reading_before_a_later_error(tmp_path: Path) -> None:
    path = write(tmp_path, "q,a\n1,2\n3,4\n5,6,7\n")
    assert [row.line for row in read_rows(path, limit=2)] == [2, 3]
    with pytest.raises(ValueError, match="at least 1"):
        read_rows(path, limit=0)


def test_a_reader_can_be_read_twice(tmp_path: Path) -> None:
    reader = read_rows(write(tmp_path, "q,a\n1,\x00\n"))
    assert list(reader) == list(reader)
    assert reader.repairs.count == 1


def test_nul_is_replaced_counted_and_placed(tmp_path: Path) -> None:
    reader = read_rows(write(tmp_path, 'q,a\n1,2\n3,"x\n\x00y\x00"\n'))
    assert list(reader)[1].values == {"q": "3", "a": "x\n\ufffdy\ufffd"}
    assert reader.repairs.count == 2
    assert (reader.repairs.first or "").endswith("t.csv:4")


def test_a_field_of_megabytes_is_read_and_the_process_wide_limit_left_alone(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    long = "answer " * 300_000
    assert next(iter(read_rows(write(tmp_path, f"q,a\n1,{long}\n")))).values["a"] == long
    assert csv.field_size_limit() == before


def test_old_macintosh_line_ends_are_line_ends(tmp_path: Path) -> None:
    assert [row.line for row in read_rows(write(tmp_path, "q,a\r1,2\r3,4\r"))] == [2, 3]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_what_the_standard_library_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str]]
) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("q", "a"), *table])
    path = write(tmp_path_factory.mktemp("csv"), out.getvalue())
    assert [tuple(row.values.values()) for row in read_rows(path)] == table
