import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from calibrant.errors import InputError
from calibrant.lab.ship import DATA, read_card, ship
from calibrant.lab.train import main
from calibrant.models.reference import Engine, ReferenceFiles


def test_an_unknown_name_lists_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    assert main(["huge"]) == 2
    assert "small, medium, large, candid" in capsys.readouterr().err


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["small"]) == 3
    assert "calibrant[lab]" in capsys.readouterr().err


def test_importing_calibrant_imports_no_torch() -> None:
    code = "import sys, calibrant, calibrant.lab.world, calibrant.lab.artefacts; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A folder as training leaves it, with the model that ships."""
    shutil.copyfile(DATA / "reference-small.safetensors", tmp_path / "reference-small-seed0.safetensors")
    shutil.copyfile(DATA / "cards" / "small.json", tmp_path / "reference-small-seed0.json")
    return tmp_path


def test_check_ends_with_0_where_the_figures_agree(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    assert main(["small", "--check", "--out", str(trained)]) == 0
    assert "all figures are within their tolerance; the weights are the same" in capsys.readouterr().out


def test_check_ends_with_1_where_a_figure_does_not(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    path = trained / "reference-small-seed0.json"
    card = json.loads(path.read_text())
    card["closed_book"]["accuracy"] += 0.2
    path.write_text(json.dumps(card))
    assert main(["small", "--check", "--out", str(trained)]) == 1
    out = capsys.readouterr().out
    assert "NO" in next(line for line in out.splitlines() if line.startswith("accuracy "))
    assert "1 outside of the tolerance" in out


def test_weights_of_another_tokenizer_do_not_ship(trained: Path, tmp_path: Path) -> None:
    path = trained / "reference-small-seed0.safetensors"
    with safe_open(path, framework="numpy") as file:
        metadata = {**file.metadata(), "tokenizer": "0" * 64}
    save_file(load_file(path), path, metadata=metadata)
    with pytest.raises(InputError, match="seed0.safetensors: the weights were trained with another tokenizer"):
        ship(trained, tmp_path / "data")


def test_what_ships_can_be_asked(trained: Path, tmp_path: Path) -> None:
    assert ship(trained, tmp_path / "data") == ["small"]
    files = ReferenceFiles(tmp_path / "data")
    assert files.models == ("reference-small",)
    assert Engine(files, "reference-small").context == 256
    assert (tmp_path / "data" / "tokenizer.json").read_bytes() == (DATA / "tokenizer.json").read_bytes()
    assert read_card("small", tmp_path / "data")["tolerance_seeds"] == [0]
