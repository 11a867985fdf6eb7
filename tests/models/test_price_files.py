"""Price tables of every shape, and what is wrong with one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.models import Price, read_prices

LITELLM = """{
  "sample_spec": {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0, "mode": "one of: chat, embedding"},
  "gpt-x-mini": {
    "input_cost_per_token": 1.5e-07, "output_cost_per_token": 6e-07, "cache_read_input_token_cost": 7.5e-08,
    "output_cost_per_reasoning_token": 9e-07, "litellm_provider": "openai", "mode": "chat", "max_tokens": 16384
  },
  "pictures": {"input_cost_per_pixel": 1e-08, "litellm_provider": "openai", "mode": "image_generation"}
}"""


def read(folder: Path, name: str, text: str) -> list[tuple[str, Price]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_prices(path)


CSV = "model,input,output,cached_input,reasoning,as_of\na,1.25,$10,0.125,,2026-11-01\nb,1,2,,,\n"
JSON = """[
  {"model": "a", "input": 1.25, "output": 10, "cached_input": 0.125, "as_of": "2026-11-01"},
  {"model": "b", "input": 1, "output": 2}
]"""
TOML = """
[a]
input = 1.25
output = 10
cached_input = 0.125
as_of = 2026-11-01
[b]
input = 1
output = 2
"""
LISTED = TOML.replace("[a]", "[[prices]]\nmodel = 'a'").replace("[b]", "[[prices]]\nmodel = 'b'")


@pytest.mark.parametrize(("name", "text"), [("p.csv", CSV), ("p.json", JSON), ("p.toml", TOML), ("q.toml", LISTED)])
def test_the_same_table_in_every_format(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, name, text) == [
        ("a", Price(input=1.25, output=10.0, cached_input=0.125, as_of=date(2026, 11, 1), source=name)),
        ("b", Price(input=1.0, output=2.0, source=name)),
    ]


def test_litellms_dollars_per_token_become_dollars_per_million(tmp_path: Path) -> None:
    assert read(tmp_path, "model_prices.json", LITELLM) == [
        (
            "gpt-x-mini",
            Price(input=0.15, output=0.6, cached_input=0.075, reasoning=0.9, source="model_prices.json"),
        )
    ]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("p.csv", "model,input\na,1\n", "p.csv:1: has no column output"),
        ("p.csv", "model,input,output\na,1,2\na,1,2\n", "p.csv:3: a stands twice"),
        ("p.csv", "model,input,output\na,1,2\nb,,2\n", "p.csv:3: has no price for input"),
        ("p.csv", "model,input,output\na,-1,2\n", "p.csv:2: the price for input is '-1'"),
        ("p.csv", "model,input,output\na,nan,2\n", "not a number of dollars"),
        ("p.csv", "model,input,output\n,1,2\n", "p.csv:2: has no model"),
        ("p.csv", "model,input,output,as_of\na,1,2,soon\n", "not a date"),
        ("p.csv", "model,input,output\n", "holds no prices"),
        ("p.json", '{"a": {\n"input": }}', "p.json:2: is no JSON"),
        ("p.json", '{"a": 3}', "p.json: a: is no table"),
        ("p.json", '{"a": {"cost": 3}}', "p.json: a: has no price"),
        ("p.json", '{"a": {"input": true, "output": 1}}', "is 'True'"),
        ("p.toml", "[a", "is no TOML"),
        ("p.xlsx", "", "is of no known format"),
    ],
)
def test_a_fault_names_its_line_or_entry(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, name, text)
    assert words in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_prices(tmp_path / "none.csv")


def test_prices_of_several_days_are_a_history(tmp_path: Path) -> None:
    text = "model,input,output,as_of\na,1,2,2026-01-01\na,3,4,2026-06-01\n"
    found = read(tmp_path, "p.csv", text)
    assert [(model, price.input, price.as_of) for model, price in found] == [
        ("a", 1, date(2026, 1, 1)),
        ("a", 3, date(2026, 6, 1)),
    ]
    with pytest.raises(InputError, match="a stands twice with as_of 2026-01-01"):
        read(tmp_path, "p.csv", text.replace("06-01", "01-01"))


def test_what_the_command_lists_can_be_imported_again(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from calibrant.cli.prices import app

    path, store = tmp_path / "p.csv", ["--store", str(tmp_path / "store")]
    path.write_text("model,input,output,as_of\na,1,2,2026-01-01\na,3,4,2026-06-01\nb,5,6,2026-06-01\n")
    assert CliRunner().invoke(app, ["import", str(path), *store]).exit_code == 0
    listed = CliRunner().invoke(app, ["list", "--json", *store]).stdout
    again = read(tmp_path, "again.json", listed)
    assert sorted((model, price.input, str(price.as_of)) for model, price in again) == [
        ("a", 1, "2026-01-01"),
        ("a", 3, "2026-06-01"),
        ("b", 5, "2026-06-01"),
    ]
