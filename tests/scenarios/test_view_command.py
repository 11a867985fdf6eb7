"""``calibrant view`` and ``calibrant report --html``, driven as a user drives them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.test_command import ROWS, run


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    (tmp_path / "results.csv").write_text(ROWS, encoding="utf-8")
    assert run(tmp_path, "import", "results.csv").returncode == 0
    return tmp_path


def test_view_says_where_the_page_is_and_leaves_the_browser_alone_when_asked(imported: Path) -> None:
    done = run(imported, "view", "--no-browser", XDG_CACHE_HOME=str(imported / "cache"))
    assert done.returncode == 0, done.stderr
    page = Path(done.stdout.strip())
    assert page.parent == imported / "cache" / "calibrant" / "reports"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_report_writes_the_page_it_is_told_to(imported: Path) -> None:
    done = run(imported, "report", "--html", "out/page.html", "--answers", "2", "--without-texts")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    text = (imported / "out" / "page.html").read_text(encoding="utf-8")
    assert "2 of 4 answers" in text
    assert "Texts of questions and answers are left out" in text


def test_options_of_the_page_without_a_page_are_refused(imported: Path) -> None:
    done = run(imported, "report", "--without-texts")
    assert done.returncode == 2
    assert "Add --html FILE" in done.stderr


def test_an_empty_run_and_a_file_that_is_no_promise_are_clear_errors(imported: Path) -> None:
    done = run(imported, "view", "--no-browser", "nonesuch")
    assert done.returncode == 2
    assert "nonesuch" in done.stderr
    (imported / "promise.json").write_text(json.dumps([1]), encoding="utf-8")
    done = run(imported, "report", "--certificate", "promise.json")
    assert done.returncode == 2
    assert "no promise" in done.stderr
    empty = (
        "from calibrant.store import NewRun, open_store\n"
        "with open_store('.calibrant') as store:\n"
        "    run = store.begin_run(NewRun(kind='import', source='s', source_digest='s', name='empty'))\n"
    )
    subprocess.run([sys.executable, "-c", empty], cwd=imported, check=True)
    done = run(imported, "report", "empty", "--html", "page.html")
    assert done.returncode == 2
    assert "nothing to analyse" in done.stderr
    assert not (imported / "page.html").exists()
