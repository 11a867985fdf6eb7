"""The page over real HTTP: whoever has the key may judge, nobody else may read."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from calibrant.labels import Audit, Journal, make_audit, read_items
from calibrant.labels.page import application
from calibrant.models.reference.server import bind

KEY = "a-key-of-this-test"


@pytest.fixture
def audit(folder: Path) -> Audit:
    _, items = read_items(folder / "set.jsonl")
    return make_audit(items, Journal(folder / "j.jsonl", auditor="ada"))


@pytest.fixture
def url(audit: Audit, folder: Path) -> Iterator[str]:
    text = (folder / "documents" / "handbook.md").read_text(encoding="utf-8")
    listening = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application(audit, token=KEY, read=lambda _: text), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()


def ask(url: str, said: Any = None, **headers: str) -> tuple[int, Any]:
    body = None if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
    request = urllib.request.Request(url, data=body, headers={"x-audit-token": KEY} | headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_an_item_comes_with_its_source_and_a_verdict_is_kept(url: str, audit: Audit, folder: Path) -> None:
    status, body = ask(f"{url}/items/0")
    found = json.loads(body)
    assert status == 200
    assert found["item"]["id"] == audit.drawn[0].id
    status, body = ask(f"{url}/items/0", {"digest": found["item"]["digest"], "word": "reject", "note": "twice"})
    assert status == 200
    assert json.loads(body)["next"] == 1
    assert json.loads(body)["tally"]["rejected"] == 1
    kept = Journal(folder / "j.jsonl").verdict(audit.drawn[0].id, audit.drawn[0].digest)
    assert kept is not None
    assert (kept.note, kept.auditor) == ("twice", "ada")


def test_the_quote_is_marked_in_its_document(url: str, audit: Audit) -> None:
    place = next(place for place, one in enumerate(audit.drawn) if one.id == "desks")
    found = json.loads(ask(f"{url}/items/{place}")[1])
    assert found["excerpt"]["quote"] == "has 42 desks"
    assert found["excerpt"]["before"].endswith("2014. It ")


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/items/0"])
def test_without_the_key_nothing_is_shown(url: str, path: str) -> None:
    status, body = ask(url + path, **{"x-audit-token": ""})
    assert status == 403
    assert b"Oslo" not in body


def test_a_name_that_only_resolves_to_this_machine_is_refused(url: str) -> None:
    status, _ = ask(f"{url}/?token={KEY}", Host="rebound.example")
    assert status == 400


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"{", 400),
        ({"digest": "x", "word": "fine"}, 400),
        ({"digest": "x", "word": "accept", "more": 1}, 400),
        ({"digest": "another", "word": "accept"}, 409),
        (b" " * 1_000_001, 413),
    ],
)
def test_what_is_no_verdict_is_refused_and_nothing_is_kept(url: str, audit: Audit, said: Any, status: int) -> None:
    assert ask(f"{url}/items/0", said)[0] == status
    assert audit.tally().judged == 0


def test_an_edit_that_changes_nothing_is_said_and_not_kept(url: str, audit: Audit) -> None:
    said = {"digest": audit.drawn[0].digest, "word": "edit", "question": audit.drawn[0].question.text}
    status, body = ask(f"{url}/items/0", said)
    assert status == 422
    assert "nothing was changed" in json.loads(body)["error"]
    assert audit.tally().judged == 0


def test_the_page_asks_nobody_else(url: str) -> None:
    status, body = ask(f"{url}/?token={KEY}")
    assert status == 200
    assert b"http://" not in body
    assert b"https://" not in body
