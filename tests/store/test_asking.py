"""What asking keeps beside an answer: bodies, token probabilities, prompts and prices; what is in flight or left."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from calibrant.errors import InputError
from calibrant.models import Price
from calibrant.store import PromptRecord, Store, response_digest
from calibrant.store.tables import bodies, prompts, runs, templates
from calibrant.types import Grade, OutcomeState, TokenLogprob

Make = Callable[..., Any]
TEMPLATE = PromptRecord(digest="t", name="price-0.75", price=0.75, content={"user": "{{ question }}"})


def rows(store: Store, table: Any) -> int:
    with store._database.reading() as connection:
        return len(connection.execute(table.select()).all())


def test_a_body_and_its_token_probabilities_come_back_as_they_were(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    question, digest, response, grades = item(1)
    tokens = (TokenLogprob("Par", -0.1, (("Par", -0.1), ("Lon", -2.5))), TokenLogprob("is", 0.0))
    response = replace(response, logprobs=tokens, raw=b'{"text": "\xc3\xa9\x00"}' * 50)
    with store.writer(run) as writer:
        writer.add(question, digest, response, grades)
        writer.add(*item(2))
    found, bare = (one.response for one in store.items(run))
    assert (found.logprobs, found.raw) == (tokens, response.raw)
    assert (bare.logprobs, bare.raw) == ((), None)
    store.delete_run(run)
    assert rows(store, bodies) == 0


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 100_000])
def test_bodies_of_any_length_come_back(store: Store, new_run: Make, item: Make, size: int) -> None:
    run = store.begin_run(new_run())
    question, digest, response, _ = item(1)
    body = (b"\0x\xda" * size)[:size]
    with store.writer(run) as writer:
        writer.add(question, digest, replace(response, raw=body))
    assert [one.response.raw for one in store.items(run)] == [body]


def test_a_newer_answer_brings_its_own_body(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    question, digest, failed, _ = item(1, text=None, error="time-out")
    with store.writer(run) as writer:
        writer.add(question, digest, replace(failed, raw=b"<html>"))
        writer.flush()
        writer.add(question, digest, replace(failed, text="Paris", error=None, raw=b"{}"))
    assert [one.response.raw for one in store.items(run)] == [b"{}"]


def test_an_outcome_knows_the_price_that_its_prompt_stated(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    with store.writer(run, prompts={"p": TEMPLATE, "another": TEMPLATE}) as writer:
        writer.add(*item(1))
        question, digest, response, _ = item(2)
        writer.add(question, digest, replace(response, key=replace(response.key, prompt="of an import")))
    assert [outcome.price for outcome in store.outcomes(run)] == [0.75, None]
    assert (rows(store, prompts), rows(store, templates)) == (1, 1)
    store.delete_run(run)
    assert (rows(store, prompts), rows(store, templates)) == (0, 0)


def test_a_template_is_kept_once_for_all_its_prompts(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    with store.writer(run, prompts={"p": TEMPLATE, "q": TEMPLATE}) as writer:
        for number, prompt in enumerate(("p", "q", "p")):
            question, digest, response, _ = item(number)
            writer.add(question, digest, replace(response, key=replace(response.key, prompt=prompt)))
            writer.flush()
    assert (rows(store, prompts), rows(store, templates)) == (2, 1)


def test_a_run_remembers_how_many_prompts_were_in_flight(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    writer = store.writer(run)
    seen = []
    for in_flight, answers in ((3, 0), (2, 1), (2, 2), (0, 0)):
        writer.in_flight(in_flight)
        for number in range(answers):
            writer.add(*item(10 * in_flight + number))
        writer.flush()
        seen.append(store.find_run(run.id).in_flight)
    assert seen == [3, 2, 2, 0]


def test_an_item_is_graded_after_it_was_committed(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    writer = store.writer(run)
    writer.add(*item(1, grades={"exact": OutcomeState.INCORRECT}))
    writer.add(*item(2))
    writer.flush()
    question, digest, response, _ = item(2, text="another answer for the key that is there")
    writer.add(question, digest, response)
    writer.flush()
    first, second, dropped = writer.written()
    assert (writer.written(), dropped) == ([], None)
    assert first is not None
    assert second is not None
    for number in (first, second):
        writer.grade(number, Grade(state=OutcomeState.CORRECT, grader="exact", reason="why"))
    writer.flush()
    assert [one.state for one in store.items(run)] == [OutcomeState.CORRECT] * 2
    assert store.find_run(run.id).counts["ungraded"] == 0


def test_what_is_settled_was_answered_here_and_graded(store: Store, new_run: Make, item: Make) -> None:
    run, other = store.begin_run(new_run()), store.begin_run(new_run("other.csv"))
    graded = item(1, grades={"exact": OutcomeState.CORRECT})
    ungraded = item(2)
    failed = item(3, text=None, error="time-out", grades={"exact": OutcomeState.CORRECT})
    elsewhere = item(4, grades={"exact": OutcomeState.CORRECT})
    with store.writer(run) as writer:
        for one in (graded, ungraded, failed):
            writer.add(*one)
    with store.writer(other) as writer:
        writer.add(*elsewhere)
    digests = [response_digest(one[2].key) for one in (graded, ungraded, failed, elsewhere)]
    assert store.settled(run, digests, "exact") == {digests[0]}
    assert store.settled(run, digests, "judge") == set()
    found = store.responses([*digests, "unknown"])
    assert found == {digests[0]: graded[2], digests[1]: ungraded[2], digests[3]: elsewhere[2]}


def test_prices_are_kept_by_day_and_the_newest_that_holds_counts(store: Store) -> None:
    old = Price(input=1, output=1, as_of=date(2025, 1, 1))
    new = Price(input=2, output=1, as_of=date(2026, 2, 1))
    coming = Price(input=3, output=1, as_of=date(2026, 9, 1))
    assert store.keep_prices([("gpt-x", new), ("gpt-x", old), ("gpt-x", coming)]) == 3
    assert store.price_of("gpt-x") == new
    assert store.price_of("gpt-y") is None
    changed = Price(input=5, output=6, cached_input=0.5, reasoning=7, as_of=new.as_of, source="table.csv")
    store.keep_prices([("gpt-x", changed)])
    assert store.price_of("gpt-x") == changed
    assert [price.input for _, price in store.prices()] == [1, 5, 3]


def test_a_price_without_a_day_is_todays(store: Store) -> None:
    store.keep_prices([("gpt-x", Price(input=1, output=2))])
    found = store.price_of("gpt-x")
    assert found is not None
    assert found.as_of == date(2026, 3, 1)


def test_a_price_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="input"):
        Price(input=-1, output=0)


def test_a_run_is_one_processes_at_a_time(store: Store, new_run: Make) -> None:
    run, other = store.begin_run(new_run()), store.begin_run(new_run("other.csv"))
    with store.claimed(run) as alive, store.claimed(other):
        alive()
        with pytest.raises(InputError, match=rf"run {run.id} is being asked already.*Wait until"), store.claimed(run):
            pass
    with store.claimed(run):
        pass


def test_a_claim_ends_with_its_process_or_without_a_sign_of_life(store: Store, new_run: Make) -> None:
    run = store.begin_run(new_run())
    here = socket.gethostname()
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    for busy_by, busy_until in ((f"{here}:{finished.pid}:x", "2999"), ("elsewhere:1:x", "2026-03-01T11:00:00")):
        with store._database.writing() as connection:
            connection.execute(update(runs).values(busy_by=busy_by, busy_until=busy_until))
        with store.claimed(run):
            pass
    with store._database.writing() as connection:
        connection.execute(update(runs).values(busy_by="elsewhere:1:x", busy_until="2999"))
    with pytest.raises(InputError, match="elsewhere:1"), store.claimed(run):
        pass
