"""Encodings, compression, and files that are not what they seem."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.questions import ENDINGS, read_rows

TABLE = "q,a\nWo?,Zürich\nWer?,Émile\n"
EXPECTED = ["Zürich", "Émile"]


def answers(path: Path, encoding: str | None = None) -> list[str]:
    return [row.values["a"] for row in read_rows(path, encoding=encoding)]


def write(folder: Path, content: bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def failure(path: Path, encoding: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        list(read_rows(path, encoding=encoding))
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("packed", [False, True])
def test_unicode_files_are_read_without_being_told(tmp_path: Path, encoding: str, packed: bool) -> None:
    content = TABLE.encode(encoding)
    path = write(tmp_path, gzip.compress(content), "t.csv.gz") if packed else write(tmp_path, content)
    assert answers(path) == EXPECTED


def test_big_endian_is_told_by_its_mark(tmp_path: Path) -> None:
    assert answers(write(tmp_path, b"\xfe\xff" + TABLE.encode("utf-16-be"))) == EXPECTED


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "UTF8"])
def test_another_encoding_is_read_when_it_is_named(tmp_path: Path, encoding: str) -> None:
    assert answers(write(tmp_path, TABLE.encode(encoding)), encoding) == EXPECTED


def test_a_mark_is_not_part_of_the_first_column_whatever_is_named(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_rows(write(tmp_path, TABLE.encode(encoding)), encoding="utf-8").columns == ("q", "a")


def test_a_byte_that_is_not_utf8_is_named_with_line_and_remedy(tmp_path: Path) -> None:
    path = write(tmp_path, ("q,a\n" + "x,y\n" * 30_000 + "Wo?,Zürich\n").encode("cp1252"))
    error = failure(path)
    assert error.place == f"{path}:30002"
    assert "0xfc" in error.message
    assert "--encoding cp1252" in (error.remedy or "")


def test_mixed_encodings_are_called_that(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE.encode() + "Was?,Genève\n".encode("latin-1"))
    error = failure(path)
    assert error.place == f"{path}:4"
    assert "mixes encodings" in (error.remedy or "")


def test_a_byte_that_does_not_fit_the_named_encoding_is_an_error(tmp_path: Path) -> None:
    error = failure(write(tmp_path, b"q,a\n1,\x81\n"), "cp1252")
    assert "0x81 is not CP1252" in error.message
    assert (error.place or "").endswith(":2")


def test_utf16_without_a_mark_is_recognised_and_named(tmp_path: Path) -> None:
    assert "--encoding utf-16-le" in (failure(write(tmp_path, TABLE.encode("utf-16-le"))).remedy or "")
    assert "--encoding utf-16-be" in (failure(write(tmp_path, TABLE.encode("utf-16-be"))).remedy or "")


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "hex"])
def test_an_unknown_encoding_is_an_error(tmp_path: Path, encoding: str) -> None:
    assert "unknown text encoding" in failure(write(tmp_path, TABLE.encode()), encoding).message


def test_a_missing_file_a_folder_and_an_unknown_ending_are_errors(tmp_path: Path) -> None:
    assert failure(tmp_path / "none.csv").message == "no such file"
    assert "folder" in failure(tmp_path).message
    (tmp_path / "folder.csv").mkdir()
    assert "folder" in failure(tmp_path / "folder.csv").message
    unknown = failure(write(tmp_path, b"x", "t.xlsx"))
    assert "'.xlsx'" in unknown.message
    assert all(ending in (unknown.remedy or "") for ending in ENDINGS)
    assert "no ending" in failure(write(tmp_path, b"x", "table")).message


def test_a_spreadsheet_called_csv_is_recognised(tmp_path: Path) -> None:
    assert "spreadsheet" in failure(write(tmp_path, b"PK\x03\x04....")).message


def test_compression_and_name_must_agree(tmp_path: Path) -> None:
    assert "Rename it to t.csv.gz" in (failure(write(tmp_path, gzip.compress(TABLE.encode()))).remedy or "")
    plain = failure(write(tmp_path, TABLE.encode(), "t.csv.gz"))
    assert "not gzip" in plain.message
    assert "Rename it to t.csv" in (plain.remedy or "")
    assert "empty" in failure(write(tmp_path, b"", "e.csv.gz")).message
    assert "empty" in failure(write(tmp_path, gzip.compress(b""), "e.csv.gz")).message


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json", ".parquet"])
def test_a_truncated_or_damaged_gzip_file_is_an_error(tmp_path: Path, ending: str) -> None:
    body = "".join(f'{{"q": {number}}}\n' for number in range(20_000)).encode()
    packed = gzip.compress(body)
    cut = failure(write(tmp_path, packed[: len(packed) // 2], f"t{ending}.gz"))
    assert "ends in the middle" in cut.message
    wrong_sum = write(tmp_path, packed[:-8] + bytes(8), f"s{ending}.gz")
    assert "damaged" in failure(wrong_sum).message
    no_data = write(tmp_path, packed[:10] + b"\xff" * 100, f"d{ending}.gz")
    assert "damaged" in failure(no_data).message


def test_what_was_read_before_the_damage_is_handed_out_first(tmp_path: Path) -> None:
    body = "".join(f'{{"q": {number}}}\n' for number in range(20_000)).encode()
    packed = gzip.compress(body)
    seen: list[int] = []
    rows = read_rows(write(tmp_path, packed[: len(packed) // 2], "t.jsonl.gz"))
    with pytest.raises(InputError):
        seen.extend(row.values["q"] for row in rows)
    assert seen == list(range(len(seen)))
    assert len(seen) > 1000
