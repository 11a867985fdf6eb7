"""The audit of a set by the installed command."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROWS = [
    {
        "id": f"q{number}",
        "question": f"How many desks has office {number}?",
        "golds": [str(number)],
        "cluster": f"c{number}",
    }
    for number in range(1, 9)
]


def calibrant(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "calibrant", "questions", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_the_page_is_served_judged_and_ended_and_the_set_is_mended(folder: Path) -> None:
    command = [sys.executable, "-m", "calibrant", "questions", "audit", "set.jsonl", "--sample", "4", "--no-browser"]
    serving = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert serving.stderr is not None
    found = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)", serving.stderr.readline())
    assert found
    url, token = found.groups()
    judged = []
    for place, word in enumerate(["accept", "accept", "reject"]):
        get = urllib.request.Request(f"{url}/items/{place}", headers={"x-audit-token": token})
        with urllib.request.urlopen(get, timeout=30) as answer:
            item = json.loads(answer.read())["item"]
        judged.append(item["id"])
        said = json.dumps({"digest": item["digest"], "word": word}).encode()
        post = urllib.request.Request(f"{url}/items/{place}", said, {"x-audit-token": token})
        with urllib.request.urlopen(post, timeout=30) as answer:
            assert answer.status == 200
    serving.send_signal(signal.SIGINT)
    out, _ = serving.communicate(timeout=30)
    assert out.startswith("3 of 4 judged, 1 wrong (33.3 %")
    done = calibrant(folder, "apply", "set.jsonl", "--out", "audited.parquet", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["rows"], result["rows_changed"]["rejected"], result["judged"]) == (7, 1, 3)
    status = json.loads(calibrant(folder, "audit", "set.jsonl", "--status", "--json").stdout)
    assert status["complete"] is False
    assert status["error_rate"] == pytest.approx(1 / 3)
    again = calibrant(folder, "lint", "audited.parquet", "--json")
    assert json.loads(again.stdout)["rows"] == 7


def test_what_cannot_be_done_is_said_with_a_remedy(folder: Path) -> None:
    nothing = calibrant(folder, "apply", "set.jsonl", "--out", "x.csv")
    assert nothing.returncode == 2
    assert "there is no audit of this set" in nothing.stderr
    alone = calibrant(folder, "audit", "set.jsonl", "--terminal")
    assert alone.returncode == 2
    assert "nobody is there to judge" in alone.stderr
    large = calibrant(folder, "audit", "set.jsonl", "--status", "--sample", "99")
    assert large.returncode == 2
    assert "8 questions, fewer than the 99" in large.stderr
    assert not (folder / "set.audit.jsonl").exists()
