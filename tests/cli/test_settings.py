"""``calibrant.toml``: its own fields, and the table of models beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.cli.settings import load_settings
from calibrant.errors import InputError


def test_settings_and_models_stand_in_one_file(tmp_path: Path) -> None:
    (tmp_path / "calibrant.toml").write_text('seed = 7\n[models.a]\nmodel = "gpt-x"\n', encoding="utf-8")
    found = load_settings(tmp_path)
    assert found.seed == 7
    assert found.models["a"].model == "gpt-x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sed = 7\n", "sed: Extra inputs"),
        ("[models.a]\nmodle = 'x'\n", "[models.a]: unknown field modle. Did you mean model?"),
    ],
)
def test_a_fault_is_named_where_it_is(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "calibrant.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_settings(tmp_path)
    assert words in str(caught.value)
