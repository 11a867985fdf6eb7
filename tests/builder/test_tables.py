"""Questions from tables: what is asked, what is left out, and that both are true."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from calibrant.builder import Built
from calibrant.builder.tables import TableSettings, build_from_tables, load_templates, open_table, plan_tables
from calibrant.builder.tables.cells import Kind, fold_key, kind_of
from calibrant.builder.tables.foreign import absent_attributes, foreign_label
from calibrant.builder.tables.scan import scan
from calibrant.errors import InputError
from calibrant.grading import matches
from calibrant.types import OutcomeState, Stratum

CITIES = """name,country,founded_year,length_km,population,note
Berlin,Germany,1237,38.5,3600000,the capital
Paris,France,250,18.1,2100000,
Lyon,France,143,12.0,520000,
Madrid,Spain,852,33.25,3300000,n/a
Wien,Austria,1137,29.4,1900000,unknown
Graz,Austria,1128,15.0,290000,
"""


def table(folder: Path, text: str, name: str = "cities.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def built(path: Path | str, **settings: Any) -> Built:
    chosen = TableSettings(**settings)
    return build_from_tables(plan_tables([open_table(str(path))], chosen), chosen)


def asked(result: Built) -> dict[str, tuple[str, ...]]:
    return {item.question.text: item.question.golds for item in result.items}


def test_every_question_has_the_answer_that_its_row_states(tmp_path: Path) -> None:
    path = table(tmp_path, CITIES)
    result = built(path, count=100, per_row=9)
    rows = {row["name"]: row for row in csv.DictReader(path.read_text("utf-8").splitlines())}
    for item in result.items:
        row = rows[item.source.row]  # type: ignore[index, union-attr]
        column = item.made.removeprefix("table: ")
        assert matches(row[column], item.question.golds)
        assert item.question.cluster == f"cities: {row['name']}"
        told, rest = item.question.evidence
        assert told.endswith(f"{column}: {row[column]}")
        others = [name for name in row if name not in (column, "name") and f"{name}: " in rest]
        assert others
        assert all(f"{name}: {row[name] or '(empty)'}" in rest for name in others)
        assert f"{column}: " not in rest
        assert all(check.passed for check in item.checks)
    assert len(result.items) == 18  # six rows, and three columns that can be asked for


def test_a_column_whose_name_says_how_is_asked_for_naturally_and_others_in_the_generic_form(tmp_path: Path) -> None:
    texts = asked(built(table(tmp_path, CITIES), count=100, per_row=9))
    assert texts["In which year was Berlin founded?"] == ("1237",)
    assert texts["According to cities, what is the country of Berlin?"] == ("Germany",)
    assert texts["According to cities, what is the length of Madrid, in km?"] == ("33.25", "33.25 km")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("parameters", "According to cities, what is the number of parameters of Aa?"),
        ("sales_usd", "According to cities, what are the sales of Aa, in USD?"),
        ("status_class", "According to cities, what is the status class of Aa?"),
    ],
)
def test_the_english_form_fits_one_thing_several_things_and_numbers_of_things(
    tmp_path: Path, column: str, text: str
) -> None:
    path = table(tmp_path, f"name,{column}\nAa,12\nBb,14\n")
    assert text in asked(built(path, only=(column,)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Was steht in cities unter „length“ für Graz (in km)?"),
        ("zh", "根据cities，Graz的“length”是什么（单位：km）？"),
        ("es", "Según cities, ¿qué figura en «length» para Graz (en km)?"),
    ],
)
def test_the_generic_form_exists_in_four_languages(tmp_path: Path, language: str, text: str) -> None:
    assert text in asked(built(table(tmp_path, CITIES), count=100, per_row=9, languages=(language,)))


def test_one_fact_in_several_languages_is_one_cluster_and_the_count_is_exact(tmp_path: Path) -> None:
    result = built(table(tmp_path, CITIES), count=11, languages=("de", "en"))
    assert Counter(item.language for item in result.items) == {"de": 6, "en": 5}
    clusters = {(item.question.cluster, item.question.subtopic) for item in result.items}
    assert len(clusters) == 6


def test_a_language_without_words_of_its_own_needs_a_template(tmp_path: Path) -> None:
    path = table(tmp_path, CITIES)
    with pytest.raises(InputError, match="no words for the language 'fr'"):
        built(path, languages=("fr",))
    own = table(tmp_path, '[country]\nfr = "Dans quel pays se trouve {key} ?"\n', "own.toml")
    templates = load_templates(own, ("name", "country"))
    result = built(path, languages=("fr",), only=("country",), templates=templates)
    assert "Dans quel pays se trouve Lyon ?" in asked(result)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[contry]\nen = "x {key}"', "no such column"),
        ('[country]\nen = "In which country is it?"', r"does not name \{key\}"),
        ('[country]\nen = "{key} on {planet}?"', r"nothing fills \{planet\}"),
        ("[country\n", "cannot be read"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_before_anything_is_asked(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        load_templates(table(tmp_path, text, "own.toml"), ("name", "country"))


def test_equal_names_are_completed_by_a_column_that_tells_them_apart(tmp_path: Path) -> None:
    rows = (
        "name,state,founded_year,area_km2\nSpringfield,Illinois,1821,170.5\n"
        "Springfield,Ohio,1801,66.1\nBoston,Texas,1846,2.5\n"
    )
    result = built(table(tmp_path, rows), count=50, per_row=9, key=("name", "state"))
    texts = asked(result)
    assert texts["In which year was Springfield (state: Illinois) founded?"] == ("1821",)
    assert "In which year was Boston founded?" in texts
    assert not any("Springfield" in text and "state" not in text for text in texts)


def test_rows_that_contradict_each_other_are_asked_only_what_they_agree_on(tmp_path: Path) -> None:
    rows = CITIES + "Berlin,Germany,1244,38.5,3600000,\nGRAZ ,Austria,1128,16.0,290000,\n"
    result = built(table(tmp_path, rows), count=100, per_row=9)
    texts = asked(result)
    assert "According to cities, what is the country of Berlin?" in texts
    assert "In which year was Berlin founded?" not in texts
    dropped = {(one.item.source.row, one.item.made, one.filter) for one in result.dropped}  # type: ignore[union-attr]
    assert dropped == {
        ("Berlin", "table: founded_year", "several rows of one name"),
        ("Graz", "table: length_km", "names that differ in case, accents, blanks or order"),
    }
    assert sum(text.endswith("country of Berlin?") for text in texts) == 1


def test_what_changes_with_time_is_asked_only_for_a_day(tmp_path: Path) -> None:
    path = table(tmp_path, CITIES)
    plans = plan_tables([open_table(str(path))], TableSettings())
    assert plans[0].roles["population"].use == "not used"
    assert any("--as-of" in warning for warning in plans[0].warnings)
    result = built(path, count=100, per_row=9, as_of="2024-12-31")
    assert "As of 2024-12-31: According to cities, what is the population of Lyon?" in asked(result)
    assert {item.as_of for item in result.items if item.made == "table: population"} == {"2024-12-31"}
    assert {item.as_of for item in result.items if item.made == "table: country"} == {None}


def test_the_day_may_stand_in_a_column_and_a_row_without_one_is_not_asked(tmp_path: Path) -> None:
    rows = "name,price_eur,country,seen\nTea,3.20,India,2024-02-01\nCoffee,8.10,Peru,\n"
    result = built(table(tmp_path, rows), count=50, as_of="seen")
    texts = asked(result)
    assert texts["As of 2024-02-01: According to cities, what is the price of Tea, in EUR?"][0] == "3.20"
    assert not any("price of Coffee" in text for text in texts)


def test_a_value_of_one_row_only_is_asked_in_reverse_and_no_other(tmp_path: Path) -> None:
    result = built(table(tmp_path, CITIES), count=100, per_row=9, reverse=True)
    reverse = {text: golds for text, golds in asked(result).items() if ", which name has" in text}
    assert reverse == {
        "According to cities, which name has the country Germany?": ("Berlin",),
        "According to cities, which name has the country Spain?": ("Madrid",),
    }


def test_cells_of_another_kind_and_of_several_values_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = [f"Item {chr(65 + number)}x,{number + 10},maker {number}" for number in range(24)]
    lines[3] = "Item Dx,about ten,maker 3"
    lines[5] = "Item Fx,15,maker 5; maker 6"
    result = built(table(tmp_path, "name,weight_kg,maker\n" + "\n".join(lines)), count=200, per_row=9)
    assert result.facts["left_out"] == {"another kind": 1, "several values": 1}
    assert len(result.items) == 46


def test_the_set_is_balanced_over_topics_and_attributes(tmp_path: Path) -> None:
    lines = ["name,kind,year,maker,city"]
    for number in range(300):
        kind = "common" if number < 270 else ("rare", "odd", "new")[number % 3]
        lines.append(f"Thing {number:03d}q,{kind},{1500 + number},Maker {number},City {number % 60}")
    result = built(table(tmp_path, "\n".join(lines), "things.csv"), count=72, per_row=3)
    assert set(Counter((item.question.topic, item.question.subtopic) for item in result.items).values()) == {6}
    assert max(Counter(item.question.cluster for item in result.items).values()) <= 3


def test_the_share_of_unanswerable_questions_is_exact_even_where_the_table_holds_too_few(tmp_path: Path) -> None:
    path = table(tmp_path, CITIES)
    small = built(path, count=12, unanswerable=0.25)
    assert Counter(item.question.stratum for item in small.items) == {"answerable": 9, "unanswerable": 3}
    large = built(path, count=5000, unanswerable=0.25)
    counts = Counter(item.question.stratum for item in large.items)
    assert counts["answerable"] == 3 * counts["unanswerable"]
    assert "no more facts" in large.facts["shortage"]


def test_unanswerable_questions_truly_have_no_answer_in_the_table(tmp_path: Path) -> None:
    lines = ["name,maker,year,city"]
    draw = random.Random(4)
    for number in range(200):
        city = "" if number % 5 == 0 else f"City {draw.randrange(40)}"
        first, last = draw.choice(["Anna", "Berta", "Clara", "Dora"]), f"Stone{number:03d}"
        lines.append(f"{first} {last},Maker {draw.randrange(20)},{draw.randrange(1700, 1900)},{city}")
    path = table(tmp_path, "\n".join(lines), "people.csv")
    result = built(path, count=100, unanswerable=0.3)
    rows = {fold_key(row["name"]): row for row in csv.DictReader(path.read_text("utf-8").splitlines())}
    void = [item for item in result.items if item.question.stratum is Stratum.UNANSWERABLE]
    assert Counter(item.made for item in void) == {
        "unanswerable: invented entity": 10,
        "unanswerable: false premise": 10,
        "unanswerable: never stated": 5,
        "unanswerable: never stated, no such column": 5,
    }
    for item in void:
        name = item.question.cluster.partition(": ")[2]  # type: ignore[union-attr]
        if item.made == "unanswerable: invented entity":
            assert fold_key(name) not in rows
        elif item.made == "unanswerable: never stated":
            assert rows[fold_key(name)][item.question.subtopic] == ""  # type: ignore[index]
        elif item.made == "unanswerable: never stated, no such column":
            assert str(item.question.subtopic) in item.question.text
            assert str(item.question.subtopic) not in path.read_text("utf-8")
        else:
            told = item.question.text.partition(" (")[2].partition(")")[0]
            column, _, value = told.partition(": ")
            assert rows[fold_key(name)][column] not in ("", value)
    true = [item for item in result.items if ", given its " in item.made]
    assert len(true) == 10  # a premise alone does not tell that there is no answer


def test_the_same_seed_gives_the_same_questions_and_another_seed_others(tmp_path: Path) -> None:
    path = table(tmp_path, CITIES)
    first, again, other = (built(path, count=8, unanswerable=0.25, seed=seed) for seed in (1, 1, 2))
    assert first.items == again.items
    assert first.items != other.items


def test_no_gold_answer_stands_in_its_question(tmp_path: Path) -> None:
    rows = "name,maker,year\nKodak Brownie,Kodak,1900\nLeica One,Ernst Leitz,1925\nNikon F,Nikon,1959\n"
    result = built(table(tmp_path, rows), count=20, per_row=9)
    assert {one.item.source.row for one in result.dropped} == {"Kodak Brownie", "Nikon F"}  # type: ignore[union-attr]
    assert len(result.items) == 4


def test_numbers_keep_the_digits_of_the_table_and_are_right_in_other_forms(tmp_path: Path) -> None:
    rows = 'name,area_km2,"weight (kg)",opened\nAa,1234567,"1.234,50",1972-12-14\nBb,2500000,"12,25",1999-01-02\n'
    result = built(table(tmp_path, rows), count=20, per_row=9)
    golds = {(item.source.row, item.question.subtopic): item.question.golds for item in result.items}  # type: ignore[union-attr]
    assert golds["Aa", "area"] == ("1234567", "1,234,567", "1234567 km2")
    assert golds["Aa", "weight"][0] == "1234.50"
    assert golds["Aa", "opened"] == ("1972-12-14", "14 December 1972", "December 14, 1972")


def test_the_grader_that_a_question_states_takes_its_own_gold_for_right(tmp_path: Path) -> None:
    from calibrant.builder.item import asked as as_read
    from calibrant.grading import StatedGrader

    questions = [as_read(item) for item in built(table(tmp_path, CITIES), count=100, as_of="2024-12-31").items]
    grader = StatedGrader.of(questions)
    for question in questions:
        for gold in question.golds:
            assert grader(question, gold).state is OutcomeState.CORRECT, (question.text, gold)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (None, Kind.EMPTY),
        (" N/A ", Kind.EMPTY),
        (float("nan"), Kind.EMPTY),
        ("-12.5e3", Kind.NUMBER),
        ("1,234,567", Kind.GROUPED),
        ("12,5", Kind.COMMA),
        ("007", Kind.CODE),
        ("12/11/1972", Kind.OPEN_DATE),
        ("2001-02-03 00:00:00", Kind.TIME),
        ("https://example.org/a", Kind.ADDRESS),
        ("Yes", Kind.TRUTH),
        ("x" * 2_000_000, Kind.LONG),
        ([1, 2], Kind.OBJECT),
    ],
)
def test_a_cell_is_read_for_what_it_is(cell: Any, kind: Kind) -> None:
    assert kind_of(cell) is kind


def test_a_column_called_after_what_was_done_asks_when(tmp_path: Path) -> None:
    path = tmp_path / "lamps.csv"
    rows = "".join(f"Lamp {number},20{number:02}-03-01\n" for number in range(10, 20))
    path.write_text(f"name,launched\n{rows}", encoding="utf-8")
    plans = plan_tables([open_table(str(path))], TableSettings(count=5))
    built = build_from_tables(plans, TableSettings(count=5))
    assert {item.question.text.partition("Lamp")[0] for item in built.items} == {"According to lamps, when was "}
    assert all(item.question.text.endswith(" launched?") for item in built.items)


@pytest.mark.parametrize("language", ["en", "de", "zh", "es"])
def test_attributes_that_no_column_has_are_asked_in_the_language_and_of_the_table(
    tmp_path: Path, language: str
) -> None:
    path = table(tmp_path, CITIES)
    result = built(path, count=12, unanswerable=0.5, languages=(language,))
    foreign = [item for item in result.items if item.made == "unanswerable: never stated, no such column"]
    assert foreign
    for item in foreign:
        label = foreign_label(str(item.question.subtopic), language)
        assert label is not None
        assert label in item.question.text
        assert path.stem in item.question.text
        assert item.checks[0].name == "attribute not in the table"


def test_an_attribute_that_the_table_names_anywhere_is_none_that_it_lacks(tmp_path: Path) -> None:
    everything = open_table(str(table(tmp_path, "name,year\nAa,1900\nBb,1901\n", "plain.csv")))
    known = {column.name for column in absent_attributes(scan(everything), ("en",))}
    assert {"blood type", "shoe size", "call sign"} <= known
    rows = "name,Blutgruppe,shoe_size_eu,note\nAa,A,40,its Call Sign is X\nBb,B,41,\n"
    told = open_table(str(table(tmp_path, rows, "told.csv")))
    assert known - {column.name for column in absent_attributes(scan(told), ("en",))} == {
        "blood type",
        "shoe size",
        "call sign",
    }
    assert absent_attributes(scan(told), ("en", "fr")) == ()
