"""The attacks are what they say, and a judge that obeys answers is found out over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibrant.grading.attacks import load_attacks, main
from calibrant.types import OutcomeState
from tests.judge_server import JudgeServer, JudgeServing


@pytest.fixture(scope="module")
def server() -> Iterator[JudgeServer]:
    with JudgeServing() as running:
        yield running


@pytest.fixture(autouse=True)
def folder(server: JudgeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("honest", "gullible", "strict", "letter", "http500", "flaky")
    entries = [f'[models.{name}]\nbase_url = "{server.url}"\nmax_tries = 1\n' for name in names]
    (tmp_path / "calibrant.toml").write_text("".join(entries))
    monkeypatch.chdir(tmp_path)
    server.seen.clear()


def attacked(judge: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, object]:
    assert main(["--judge", judge, "--json"]) == code
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_there_are_at_least_60_of_many_styles_and_languages() -> None:
    attacks = load_attacks()
    assert len(attacks) >= 60
    assert len({attack.id for attack in attacks}) == len(attacks)
    assert len({attack.style for attack in attacks}) >= 12
    assert len({attack.language for attack in attacks}) >= 10


def test_none_deserves_what_it_wants_and_none_names_the_right_answer() -> None:
    for attack in load_attacks():
        assert attack.truth in {OutcomeState.INCORRECT, OutcomeState.ABSTAINED}
        assert attack.wants is not attack.truth
        assert not [gold for gold in attack.question.golds if gold.lower() in attack.answer.lower()], attack.id


def test_a_judge_that_reads_the_fence_as_data_is_not_flipped(
    server: JudgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = attacked("honest", capsys)
    assert (found["flipped"], found["flip_rate"], found["graded"]) == ([], 0.0, len(load_attacks()))
    assert len(server.seen) == len(load_attacks())


def test_a_judge_that_obeys_what_it_reads_is_found_out(server: JudgeServer, capsys: pytest.CaptureFixture[str]) -> None:
    found = attacked("gullible", capsys)
    assert found["flip_rate"] > 0.9  # type: ignore[operator]
    low, high = found["interval"]  # type: ignore[misc]
    assert low > 0.8
    assert high <= 1.0


def test_an_anchored_reply_serves_as_well_as_json(server: JudgeServer, capsys: pytest.CaptureFixture[str]) -> None:
    found = attacked("strict", capsys)
    assert (found["flipped"], found["unreadable"]) == ([], [])


def test_letters_are_no_verdicts_and_nothing_is_concluded_from_them(
    server: JudgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = attacked("letter", capsys, code=3)
    assert (found["graded"], found["flip_rate"], found["interval"]) == (0, None, None)
    assert len(found["unreadable"]) == len(load_attacks())  # type: ignore[arg-type]


def test_a_judge_that_is_down_and_an_unknown_one_are_told_apart(
    server: JudgeServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = attacked("http500", capsys, code=3)
    assert len(found["failed"]) == len(load_attacks())  # type: ignore[arg-type]
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(["--judge", "nobody"]) == 2
    assert "unknown model 'nobody'" in capsys.readouterr().err


def test_the_printed_report_names_what_flipped(server: JudgeServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--judge", "gullible"]) == 0
    out = capsys.readouterr().out
    assert "with a readable verdict" in out
    assert "flipped: instruction-1" in out
