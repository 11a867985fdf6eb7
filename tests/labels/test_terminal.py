"""The audit by keys."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from calibrant.labels import Audit, Journal, make_audit, read_items
from calibrant.labels.terminal import judge_in_terminal


def judge(folder: Path, keys: str, lines: list[str]) -> tuple[Audit, str]:
    _, items = read_items(folder / "set.jsonl")
    audit = make_audit(items, Journal(folder / "j.jsonl"))
    pressed, said, shown = iter(keys), iter(lines), io.StringIO()
    console = Console(file=shown, width=80, color_system=None)
    judge_in_terminal(audit, console, lambda _: None, key=lambda: next(pressed), line=lambda _, there: next(said))
    return audit, shown.getvalue()


def test_each_key_is_a_verdict_and_the_end_says_what_they_show(folder: Path) -> None:
    audit, shown = judge(folder, "araa", ["ambiguous"])
    tally = audit.tally()
    assert (tally.accepted, tally.rejected, tally.complete) == (3, 1, True)
    assert "4 of 4 judged, 1 wrong (25.0 %, 95 % interval 4.6 to 69.9 %)" in " ".join(shown.split())


def test_leaving_keeps_what_was_said(folder: Path) -> None:
    audit, shown = judge(folder, "aq", [])
    assert audit.tally().judged == 1
    again, _ = judge(folder, "q", [])
    assert again.next_open() == 1


def test_an_edit_that_mends_nothing_is_asked_again(folder: Path) -> None:
    _, items = read_items(folder / "set.jsonl")
    first = make_audit(items, Journal(folder / "other.jsonl")).drawn[0]
    lines = [first.question.text, " | ".join(first.question.golds), ""]
    audit, shown = judge(folder, "eq", lines if first.question.golds else [first.question.text, ""])
    assert audit.tally().judged == 0
    assert "nothing was changed" in shown


def test_control_characters_do_not_reach_the_terminal(folder: Path) -> None:
    text = (folder / "set.jsonl").read_text(encoding="utf-8").replace("How many desks", "\\u001b[2JHow many desks")
    (folder / "set.jsonl").write_text(text, encoding="utf-8")
    _, shown = judge(folder, "ssssq", [])
    assert "\x1b" not in shown
