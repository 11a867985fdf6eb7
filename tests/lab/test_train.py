import importlib.util
import subprocess
import sys

import pytest

from calibrant.lab.train import main


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
