"""``calibrant run`` as a user types it, against a real server on this machine that fails as real ones do."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calibrant.store import open_store
from calibrant.types import OutcomeState
from tests.models.fault_server import KEY, Server, fault_server

BATCH = 500
"""Responses in one commit of a run, at most."""


class Running:
    """A server in a thread of its own."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with fault_server(latency_s=self._latency_s) as self.server:
            self._ready.set()
            await self._end.wait()

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(10)
        return self.server

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)


@pytest.fixture
def server() -> Iterator[Server]:
    with Running(latency_s=0.005) as running:
        yield running


def write_questions(folder: Path, texts: list[str]) -> Path:
    path = folder / "questions.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "question", "answer", "domain"])
        rows.writerows([number, text, f"echo {text}", "AB"[number % 2]] for number, text in enumerate(texts))
    return path


def command(folder: Path, server: Server, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "CALIBRANT"))}
    given |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "NO_COLOR": "1", **environment}
    return subprocess.Popen(
        [Path(sys.executable).parent / "calibrant", *arguments],
        cwd=folder,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    return process.returncode, out, err


def run_json(folder: Path, server: Server, *arguments: str, code: int = 0) -> dict[str, Any]:
    returned, out, err = finished(command(folder, server, "run", *arguments, "--yes", "--json"))
    assert returned == code, err
    result: dict[str, Any] = json.loads(out)
    return result


def test_two_efforts_are_asked_and_reported(tmp_path: Path, server: Server) -> None:
    write_questions(tmp_path, [f"Capital {number}?" for number in range(30)])
    result = run_json(tmp_path, server, "questions.csv", "--model", "stub@low", "--model", "stub@high")
    assert {row["model"]: (row["accuracy"], row["n"]) for row in result["models"]} == {
        "stub@low": (1.0, 30),
        "stub@high": (1.0, 30),
    }
    assert (result["schema_version"], result["complete"], result["asking"]["asked"]) == (1, True, 60)
    assert result["set_hash"]
    assert Counter(entry["body"]["reasoning_effort"] for entry in server.log) == {"low": 30, "high": 30}


def test_the_equal_grader_judges_what_the_exact_one_leaves_open(tmp_path: Path, server: Server) -> None:
    (tmp_path / "q.csv").write_text("question,answer\nname a mountain,Mount Reva\n", encoding="utf-8")
    states = {}
    for grader in ("exact", "equal"):
        (model,) = run_json(tmp_path, server, "q.csv", "--model", "stub", "--grader", grader)["models"]
        states[grader] = (model["incorrect"], model["ungraded"])
    assert states == {"exact": (0, 1), "equal": (1, 0)}
    assert len(server.log) == 1, "another grader asks nothing again"
    code, _, err = finished(command(tmp_path, server, "run", "q.csv", "--model", "stub", "--grader", "vibes"))
    assert (code, "There are: exact, equal, numeric, choice, action." in err) == (2, True)


def test_a_person_sees_what_will_be_asked_what_was_and_the_leaderboard(tmp_path: Path, server: Server) -> None:
    write_questions(tmp_path, ["Capital 1?", "Capital 2?"])
    code, out, err = finished(command(tmp_path, server, "run", "questions.csv", "--model", "stub"))
    assert code == 0
    assert "2 answers needed, 2 to ask." in err
    assert "stub: 2 answers, about" in err
    assert "cost unknown (no price)" in err
    assert "2 answers asked" in err
    assert "stub" in out
    code, _, err = finished(command(tmp_path, server, "run", "questions.csv", "--model", "stub"))
    assert (code, len(server.log)) == (0, 2)
    assert "2 are there already, 0 to ask" in err


def test_two_thousand_questions_through_every_fault_end_in_one_response_each(tmp_path: Path, server: Server) -> None:
    lasting = {"half": 6, "empty": 6, "html": 6, "inner": 6, "null": 6, "bad": 6, "noretry": 6, "filter": 6}
    texts = [f"{kind} {number}" for kind, count in lasting.items() for number in range(count)]
    texts += [f"storm-{1 + number % 2} {number}" for number in range(60)]
    texts += [f"reset-1 {number}" for number in range(40)]
    texts += [f"fatal500 {number}" for number in range(4)]
    texts += [f"Capital {number}?" for number in range(2000 - len(texts))]
    write_questions(tmp_path, texts)
    result = run_json(tmp_path, server, "questions.csv", "--model", "stub", "--max-errors", "0.05")
    broken = sum(lasting.values()) + 4
    assert (result["asking"]["asked"], result["asking"]["errors"], result["complete"]) == (2000, broken, True)
    with open_store(tmp_path / ".calibrant") as store:
        items = list(store.items(store.find_run()))
    assert Counter(item.question.text for item in items) == Counter(texts)
    failed = {item.question.text for item in items if item.state is OutcomeState.ERROR}
    assert failed == {text for text in texts if text.split()[0] in {*lasting, "fatal500"}}
    for text, requests in server.seen.items():
        kind = text.split()[0]
        if kind in {"Capital", "bad", "noretry", "filter"}:
            assert requests == 1, text
        assert requests <= 8, text
    said = "".join(str(item.response) for item in items) + json.dumps(result)
    assert KEY not in said


def test_killed_at_twenty_moments_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    texts = [f"Capital {number}?" for number in range(1500)]
    write_questions(tmp_path, texts)
    chance = random.Random(7)
    arguments = ("run", "questions.csv", "--model", "stub", "--concurrency", "8", "--yes", "--json")
    with Running(latency_s=0.02) as server:
        for _ in range(20):
            before = len(server.log)
            process = command(tmp_path, server, *arguments)
            until = before + chance.randrange(1, 60)
            while len(server.log) < until and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.1)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            extra = len(server.log) - len(server.seen)
        result = json.loads(finished(command(tmp_path, server, *arguments))[1])
        extra = len(server.log) - len(server.seen)
        asked = set(server.seen)
    assert (result["complete"], result["asking"]["errors"]) == (True, 0)
    assert asked == set(texts)
    # Of each kill: what was under way, and what came back since the last commit, at most 50 ms of a server that
    # answers 8 questions in 20 ms.
    assert extra <= 20 * (8 + 8 * 4)
    with open_store(tmp_path / ".calibrant") as store:
        run = store.find_run()
        assert Counter(item.question.text for item in store.items(run)) == Counter(texts)
        assert {outcome.state for outcome in store.outcomes(run)} == {OutcomeState.CORRECT}
        assert len(store.list_runs()) == 1


def test_interrupted_by_ctrl_c_it_says_so_keeps_everything_and_goes_on(tmp_path: Path) -> None:
    write_questions(tmp_path, [f"Capital {number}?" for number in range(300)])
    arguments = ("run", "questions.csv", "--model", "stub", "--concurrency", "4", "--yes", "--json")
    with Running(latency_s=0.02) as server:
        process = command(tmp_path, server, *arguments)
        while len(server.log) < 100 and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        code, out, err = finished(process)
        asked = len(server.log)
        assert (code, out) == (130, "")
        assert "kept. The same command goes on" in err
        result = json.loads(finished(command(tmp_path, server, *arguments))[1])
    assert (result["complete"], result["asking"]["asked"] + result["asking"]["reused"]) == (True, 300)
    assert result["asking"]["reused"] >= asked - 3 * 4
    assert len(server.log) == asked + result["asking"]["asked"]
    assert 0 < result["asking"]["lost_in_flight"] <= 8


def test_a_budget_ends_it_cleanly(tmp_path: Path, server: Server) -> None:
    write_questions(tmp_path, [f"Capital {number}?" for number in range(200)])
    prices = tmp_path / "prices.csv"
    prices.write_text("model,input,output\nstub,100,1000\n")  # .006 dollars an answer, less .0008 for no cache price
    assert finished(command(tmp_path, server, "prices", "import", "prices.csv"))[0] == 0
    few = ("--budget", "0.5", "--max-tokens", "4", "--concurrency", "5")
    result = run_json(tmp_path, server, "questions.csv", "--model", "stub", *few)
    assert (result["complete"], result["asking"]["stopped_by"]) == (False, "budget")
    assert 0.4 <= result["asking"]["cost_usd"] <= 0.5
    assert result["models"][0]["cost_usd"] == pytest.approx(result["asking"]["cost_usd"])


ASK = ("run", "questions.csv", "--model", "stub", "--yes")


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "complaint"),
    [
        (("run", "questions.csv"), {}, 2, "no model is named"),
        (("run", "nowhere.csv", "--model", "stub"), {}, 2, "nowhere.csv"),
        (("run", "questions.csv", "--model", "stub@huge"), {}, 2, "huge"),
        (("run", "questions.csv", "--model", "stub", "--budget", "1"), {}, 2, "no price is known"),
        (("run", "questions.csv", "--model", "nobody", "--yes"), {}, 3, "does not exist"),
        (ASK, {"OPENAI_API_KEY": "sk-wrong-1234567890abcd"}, 3, "key"),
        (ASK, {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, 3, "127.0.0.1"),
        (("run", "questions.csv", "--model", "x"), {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}, 2, "OPENAI_API_KEY"),
    ],
)
def test_what_cannot_work_is_said_in_a_line(
    tmp_path: Path, server: Server, arguments: tuple[str, ...], environment: dict[str, str], code: int, complaint: str
) -> None:
    write_questions(tmp_path, ["Capital 1?"])
    returned, _, err = finished(command(tmp_path, server, *arguments, **environment))
    assert returned == code, err
    assert complaint in err
    assert KEY not in err
    assert "sk-wrong-1234567890abcd" not in err


def test_a_distant_endpoint_without_a_yes_is_not_asked(tmp_path: Path, server: Server) -> None:
    write_questions(tmp_path, ["Capital 1?"])
    away = {"OPENAI_BASE_URL": "http://endpoint.invalid/v1"}
    code, _, err = finished(command(tmp_path, server, "run", "questions.csv", "--model", "stub", **away))
    assert (code, not server.log) == (2, True)
    assert "Say --yes" in err
