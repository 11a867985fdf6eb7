"""A small set with its document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

HANDBOOK = "# Offices\n\nThe office in Oslo opened in 2014. It has 42 desks.\n\nHolidays are 30 days a year.\n"
ROWS = [
    {
        "id": "year",
        "question": "In which year did the office in Oslo open?",
        "golds": ["2014"],
        "quote": "opened in 2014",
    },
    {"id": "desks", "question": "How many desks has the office in Oslo?", "golds": ["42"], "quote": "has 42 desks"},
    {"id": "days", "question": "How many days of holiday are there?", "golds": ["30"], "quote": "Holidays are 30 days"},
    {"id": "norvik", "question": "When did the office in Norvik open?", "golds": [], "stratum": "unanswerable"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``set.jsonl`` and ``documents/handbook.md``."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "handbook.md").write_text(HANDBOOK, encoding="utf-8")
    rows = []
    for place, row in enumerate(ROWS):
        quote = row.get("quote", "")
        found = {"document": "handbook.md", "start": HANDBOOK.find(quote), "end": HANDBOOK.find(quote) + len(quote)}
        rows.append({"cluster": f"page-{place}", **row, **(found if quote else {})})
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path
