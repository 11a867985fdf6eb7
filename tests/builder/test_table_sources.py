"""Tables in every format, and what is said where one cannot be used."""

from __future__ import annotations

import datetime
import json
import sqlite3
from pathlib import Path
from typing import Any

import polars
import pytest

from calibrant.builder.tables import TableSettings, build_from_tables, open_table, plan_tables, without_secrets
from calibrant.errors import InputError

ROWS = [
    {"name": "Berlin", "country": "Germany", "founded": 1237, "length_km": 38.5},
    {"name": "Paris", "country": "France", "founded": 250, "length_km": 18.25},
    {"name": "Madrid", "country": "Spain", "founded": 852, "length_km": 33.0},
]


def questions(source: Path | str, **options: Any) -> dict[str, str]:
    settings = TableSettings(count=50, per_row=9)
    result = build_from_tables(plan_tables([open_table(str(source), **options)], settings), settings)
    return {item.question.text: item.question.golds[0] for item in result.items}


def plan(source: Path | str, **settings: Any) -> Any:
    return plan_tables([open_table(str(source))], TableSettings(**settings))[0]


def workbook(path: Path, rows: list[list[Any]], *, merges: tuple[tuple[int, int, int, int, Any], ...] = ()) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("cities")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for merge in merges:
        sheet.merge_range(*merge)
    book.close()
    return path


def database(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cities (name TEXT, country TEXT, founded INTEGER, length_km REAL)")
        connection.executemany("INSERT INTO cities VALUES (:name, :country, :founded, :length_km)", ROWS)
    return path


def test_one_table_in_six_formats_gives_the_same_questions(tmp_path: Path) -> None:
    frame = polars.DataFrame(ROWS)
    frame.write_csv(tmp_path / "cities.csv")
    frame.write_csv(tmp_path / "cities.tsv", separator="\t")
    frame.write_parquet(tmp_path / "cities.parquet")
    (tmp_path / "cities.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    workbook(tmp_path / "cities.xlsx", [list(ROWS[0]), *(list(row.values()) for row in ROWS)])
    database(tmp_path / "world.db")
    expected = questions(tmp_path / "cities.csv")
    assert len(expected) == 9
    for name in ("cities.tsv", "cities.parquet", "cities.jsonl", "cities.xlsx"):
        assert questions(tmp_path / name) == expected, name
    assert questions(f"sqlite:///{tmp_path}/world.db#cities") == expected


def test_a_query_is_a_table(tmp_path: Path) -> None:
    path = database(tmp_path / "cities.db")
    query = "SELECT name, country || ':x' AS country FROM cities WHERE founded > 300"
    assert len(questions(f"sqlite:///{path}", query=query)) == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM cities",
        "WITH gone AS (SELECT 1) DELETE FROM cities",
        "SELECT 1; DELETE FROM cities",
        "  update cities SET name = 'x'",
    ],
)
def test_a_query_that_writes_is_not_run(tmp_path: Path, query: str) -> None:
    path = database(tmp_path / "cities.db")
    with pytest.raises(InputError):
        questions(f"sqlite:///{path}", query=query)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM cities").fetchone() == (3,)


def test_wrong_sql_and_unknown_tables_are_said_without_a_traceback(tmp_path: Path) -> None:
    path = database(tmp_path / "cities.db")
    with pytest.raises(InputError, match="no such column: nam"):
        open_table(f"sqlite:///{path}", query="SELECT nam FROM cities")
    with pytest.raises(InputError, match="no table 'towns'.*There are cities"):
        open_table(f"sqlite:///{path}#towns")
    with pytest.raises(InputError, match="no such database file"):
        open_table(f"sqlite:///{tmp_path}/none.db#towns")
    with pytest.raises(InputError, match="'name' appears twice"):
        open_table(f"sqlite:///{path}", query="SELECT name, name FROM cities")


def test_a_locked_database_is_said(tmp_path: Path) -> None:
    path = database(tmp_path / "cities.db")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(InputError, match="locked"):
            open_table(f"sqlite:///{path}", query="SELECT * FROM cities")
    finally:
        holder.close()


def test_no_password_of_a_database_is_ever_shown() -> None:
    source = "postgresql://me:s3cret@127.0.0.1:1/world?password=s3cret#cities"
    with pytest.raises(InputError) as raised:
        open_table(source)
    assert "s3cret" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert "s3cret" not in without_secrets(f"calibrant questions build --table '{source}'")


def test_a_kind_of_database_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="not known"):
        open_table("oracle://me:pw@host/db#t")


def test_merged_cells_and_formulas_of_a_workbook_are_what_a_reader_sees(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["name", "country", "opened", "double"],
        ["Lyon", None, datetime.date(1999, 2, 3), "=2*21"],
    ]
    rows += [["Paris", None, datetime.date(2001, 4, 5), "=1+1"], ["Graz", "Austria", datetime.date(2002, 4, 5), 5]]
    path = workbook(tmp_path / "cities.xlsx", rows, merges=((1, 1, 2, 1, "France"),))
    opened = open_table(str(path))
    read = [row.values for row in opened.read()]
    assert [row["country"] for row in read] == ["France", "France", "Austria"]
    assert read[0]["opened"] == "1999-02-03"
    assert any("merged over several rows" in note for note in opened.notes)
    assert any("formulas" in note for note in opened.notes)


def test_a_value_merged_over_columns_belongs_to_none_of_them(tmp_path: Path) -> None:
    rows = [["name", "country", "city"], ["a1", None, None], ["b1", "x", "y"]]
    opened = open_table(str(workbook(tmp_path / "t.xlsx", rows, merges=((1, 1, 1, 2, "both"),))))
    assert next(iter(opened.read())).values == {"name": "a1", "country": None, "city": None}


def test_a_workbook_of_several_sheets_needs_a_name(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "two.xlsx"))
    for name in ("one", "two"):
        book.add_worksheet(name).write_row(0, 0, ["name", "x"])
    book.close()
    with pytest.raises(InputError, match="2 sheets.*one, two"):
        open_table(str(tmp_path / "two.xlsx"))
    with pytest.raises(InputError, match="no sheet 'three'"):
        open_table(str(tmp_path / "two.xlsx"), sheet="three")
    with pytest.raises(InputError, match="no rows"):
        open_table(str(tmp_path / "two.xlsx"), sheet="one")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", b"name,country\n", "no rows"),
        ("twice.csv", b"name,x,x\na,1,2\n", "appears twice"),
        ("mixed.csv", "name,city\na,Köln\n".encode() + "b,Köln\n".encode("latin-1"), "mixed.csv:3"),
        ("zip.xlsx", b"PK\x03\x04nonsense", "cannot be read"),
        ("strange.docx", b"x", "not a kind of table"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_place(
    tmp_path: Path, name: str, content: bytes, complaint: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint) as raised:
        plan(path)
    assert str(path) in str(raised.value)


def test_a_table_without_a_key_says_so_and_how_to_name_one(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("kind,amount\n" + "".join(f"{'ab'[n % 2]},{n}\n" for n in range(50)))
    with pytest.raises(InputError, match="no column names the rows.*--key"):
        plan(path)


def test_of_one_row_or_of_names_alone_nothing_can_be_asked(tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text("name,country,founded\nBerlin,Germany,1237\n")
    with pytest.raises(InputError, match="the same everywhere"):
        plan(one)
    names = tmp_path / "names.csv"
    names.write_text("name\nBerlin\nParis\n")
    with pytest.raises(InputError, match="nothing can be asked.*no other column"):
        plan(names)


def test_mixed_types_and_long_cells_keep_a_column_from_being_asked(tmp_path: Path) -> None:
    lines = ["name,size,essay,maker"]
    lines += [f"n{n}a,{n if n % 2 else 'big'},{'word ' * 40},m{n}" for n in range(20)]
    lines[3] = f"n2a,3,{'x' * 2_000_000},m2"
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines))
    roles = plan(path).roles
    assert roles["size"].why.startswith("mixed types")
    assert roles["essay"].why.startswith("free text")
    assert roles["maker"].use == "asked"


def test_a_column_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,maker\na1,b\nc1,d\n")
    for settings in ({"key": ("nam",)}, {"only": ("nam",)}, {"topic": "nam"}):
        with pytest.raises(InputError, match="no column 'nam'.*name, maker"):
            plan(path, **settings)


def test_of_a_large_table_a_sample_is_kept_and_names_are_still_compared_with_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    rows = [f"n{number:05d}a,m{number % 977}" for number in range(30_000)]
    rows[29_999] = "N00001A ,other"
    path.write_text("name,maker\n" + "\n".join(rows))
    found = plan(path)
    assert (found.scan.count, len(found.scan.rows)) == (30_000, 20_000)
    assert found.key.clear == 29_998
    assert found.key.knows("n29998A")


def test_cells_of_another_encoding_are_read_as_what_they_are_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "joined.csv"
    path.write_bytes("name,river\nMünchen,Isar\nZürich,Limmat\n".encode("cp1252") + "Köln,Rhein\n".encode())
    with pytest.raises(InputError, match="is not UTF-8.*--encoding"):
        list(open_table(str(path)).read())
    opened = open_table(str(path), encoding="cp1252")
    for _ in range(2):  # each reading counts anew
        assert [row.values["name"] for row in opened.read()] == ["München", "Zürich", "Köln"]
        assert opened.found == {"cells hold UTF-8 in a file read as cp1252, and were read as UTF-8": 1}
    (plan,) = plan_tables([opened], TableSettings(count=5))
    assert plan.warnings[0].startswith("1 cells hold UTF-8 in a file read as cp1252")
