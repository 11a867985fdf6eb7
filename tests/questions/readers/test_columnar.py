"""Parquet."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path

import polars
import pytest

from calibrant.errors import InputError
from calibrant.questions import read_rows
from calibrant.questions.readers import columnar


def test_a_table_is_read_in_batches_with_row_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "_BATCH", 4)
    polars.DataFrame({"q": [f"question {n}" for n in range(11)], "n": range(11)}).write_parquet(tmp_path / "t.parquet")
    reader = read_rows(tmp_path / "t.parquet")
    assert reader.columns == ("q", "n")
    assert reader.typed
    rows = list(reader)
    assert [row.line for row in rows] == list(range(1, 12))
    assert rows[10].values == {"q": "question 10", "n": 10}
    assert len(list(read_rows(tmp_path / "t.parquet", limit=6))) == 6


def test_cells_become_what_json_would_hold(tmp_path: Path) -> None:
    frame = polars.DataFrame(
        {
            "list": [["a", "b"]],
            "struct": [{"text": ["x"], "n": 1}],
            "nan": [float("nan")],
            "date": [dt.date(2024, 2, 29)],
            "decimal": [Decimal("1.50")],
            "bytes": [b"raw"],
            "nul": ["a\x00b"],
            "none": polars.Series([None], dtype=polars.String),
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    reader = read_rows(tmp_path / "t.parquet")
    assert next(iter(reader)).values == {
        "list": ["a", "b"],
        "struct": {"text": ["x"], "n": 1},
        "nan": None,
        "date": "2024-02-29",
        "decimal": "1.50",
        "bytes": "raw",
        "nul": "a\ufffdb",
        "none": None,
    }
    assert reader.repairs.count == 1
    assert reader.repairs.first == f"{tmp_path / 't.parquet'}:1"


def test_a_compressed_table_is_read(tmp_path: Path) -> None:
    polars.DataFrame({"q": ["one"]}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.parquet.gz").write_bytes(gzip.compress((tmp_path / "t.parquet").read_bytes()))
    assert [row.values for row in read_rows(tmp_path / "t.parquet.gz")] == [{"q": "one"}]


def test_damaged_files_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    polars.DataFrame({"q": [f"question {n}" for n in range(1000)]}).write_parquet(path)
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[-60:-8] = b"\xff" * 52
    spoiled = bytearray(whole)
    spoiled[4:400] = b"\x55" * 396
    for content, message in [
        (b"", "empty"),
        (b"q,a\n1,2\n", "not a parquet file"),
        (whole[: len(whole) // 2], "ends too early"),
        (bytes(damaged), "damaged"),
        (bytes(spoiled), "damaged"),
    ]:
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            list(read_rows(path))
        assert message in caught.value.message
        assert "\n" not in str(caught.value)


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    polars.DataFrame({"q": []}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="no rows"):
        list(read_rows(tmp_path / "t.parquet"))
