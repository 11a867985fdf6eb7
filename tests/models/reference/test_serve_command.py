"""``calibrant models serve`` as a user starts and ends it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibrant.models.reference import ReferenceFiles


def started(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALIBRANT")}
    return subprocess.Popen(
        [sys.executable, "-m", "calibrant", "models", "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=folder,
        env=clean,
    )


@pytest.fixture
def server(models: ReferenceFiles, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = started("--port", "0", "--data", str(models.folder), folder=tmp_path)
    assert process.stderr is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    line = process.stderr.readline()
    found = re.search(r"serving reference-small, reference-large at (http://127\.0\.0\.1:\d+/v1)", line)
    assert found, line + process.stderr.read()
    yield process, found.group(1)
    guard.cancel()
    process.kill()
    process.communicate()


def ask(url: str) -> str:
    body = {"model": "reference-small", "messages": [{"role": "user", "content": "Who?"}], "max_tokens": 50}
    request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.loads(answer.read())["choices"][0]["finish_reason"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_ends_quietly_on_a_signal(server: tuple[subprocess.Popen[str], str], number: int) -> None:
    process, url = server
    assert ask(url) in ("stop", "length")
    answers: list[str] = []

    def asks() -> None:
        with contextlib.suppress(OSError):  # not accepted any more
            answers.append(ask(url))

    asking = [threading.Thread(target=asks) for _ in range(8)]
    for thread in asking:
        thread.start()
    while not answers:  # others are under way
        time.sleep(0.001)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    for thread in asking:
        thread.join()
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "--public"),
        (["reference-huge"], "Known: reference-small, reference-large"),
        (["--data", "nowhere"], "manifest.json: cannot be read"),
    ],
)
def test_a_mistake_is_one_line(models: ReferenceFiles, tmp_path: Path, arguments: list[str], words: str) -> None:
    data = [] if "--data" in arguments else ["--data", str(models.folder)]
    process = started("--port", "0", *data, *arguments, folder=tmp_path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert words in err
    assert (out, err.count("\n")) == ("", 1)
