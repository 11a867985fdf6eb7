from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from calibrant.errors import InputError, StoreError
from calibrant.store import NewRun, Store, open_store
from calibrant.types import OutcomeState

Make = Callable[..., Any]


def test_a_new_run_is_as_it_was_given(store: Store) -> None:
    run = store.begin_run(
        NewRun(kind="import", source="a.csv", source_digest="d", name="first", manifest={"é": [1, None]}, seed=7)
    )
    assert (run.kind, run.source, run.source_digest, run.name, run.seed) == ("import", "a.csv", "d", "first", 7)
    assert run.manifest == {"é": [1, None]}
    assert (run.complete, run.resumed, run.set_hash) == (False, False, None)
    assert (run.questions, run.responses, run.models) == (0, 0, ())
    assert run.counts == {"items": 0, "errors": 0, "ungraded": 0}
    assert run.created_at.tzinfo is UTC


def test_times_are_kept_in_utc(location: str, new_run: Make) -> None:
    berlin = datetime.fromisoformat("2026-07-01T12:00:00+02:00")
    with open_store(location, clock=lambda: berlin) as store:
        assert store.begin_run(new_run()).created_at == berlin
        assert store.find_run().created_at.hour == 10


def test_a_finished_run_knows_its_set_and_its_counts(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    with store.writer(run) as writer:
        writer.add(*item(1, grades={"exact": OutcomeState.CORRECT}))
        writer.add(*item(1, model="b", text=None, error="time-out"))
        writer.add(*item(2))
    finished = store.finish_run(run, set_hash="abc")
    assert finished.complete
    assert finished.set_hash == "abc"
    assert (finished.questions, finished.responses, finished.models) == (2, 3, ("b", "gpt-x"))
    assert finished.counts == {"items": 3, "errors": 1, "ungraded": 1}
    assert store.find_run() == finished


def test_the_same_source_again_goes_on_with_an_unfinished_run(store: Store, new_run: Make) -> None:
    first = store.begin_run(new_run())
    again = store.begin_run(new_run())
    assert again.id == first.id
    assert again.resumed
    assert len(store.list_runs()) == 1


def test_the_same_source_again_finds_its_finished_run(store: Store, new_run: Make) -> None:
    first = store.finish_run(store.begin_run(new_run()), set_hash="h")
    again = store.begin_run(new_run())
    assert (again.id, again.complete, again.resumed) == (first.id, True, False)


def test_another_source_or_kind_is_another_run(store: Store, new_run: Make) -> None:
    ids = {store.begin_run(new).id for new in (new_run("a"), new_run("b"), new_run("a", kind="ask"))}
    assert len(ids) == 3


def test_a_name_given_later_replaces_the_earlier_one(store: Store, new_run: Make) -> None:
    store.begin_run(new_run(name="draft"))
    assert store.begin_run(new_run(name="final")).name == "final"
    assert store.begin_run(new_run()).name == "final"
    assert store.find_run("final").name == "final"


def test_no_run_may_be_called_latest(store: Store, new_run: Make) -> None:
    with pytest.raises(InputError, match="cannot be called 'latest'"):
        store.begin_run(new_run(name="latest"))


def test_runs_are_listed_from_the_newest(store: Store, new_run: Make) -> None:
    runs = [store.begin_run(new_run(source)) for source in "abc"]
    assert [run.id for run in store.list_runs()] == [run.id for run in reversed(runs)]
    assert [run.id for run in store.list_runs(limit=2)] == [runs[2].id, runs[1].id]
    assert store.find_run("latest").id == runs[2].id


def test_runs_begun_at_the_same_moment_keep_their_order(location: str, new_run: Make) -> None:
    with open_store(location, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as store:
        runs = [store.begin_run(new_run(source)) for source in "abc"]
        assert store.find_run().id == runs[2].id
        assert len({run.id for run in runs}) == 3


def test_a_run_is_found_by_id_beginning_and_name(store: Store, new_run: Make) -> None:
    run = store.begin_run(new_run(name="Läufe 100%"))
    for reference in (run.id, run.id.upper(), run.id[:5], "Läufe 100%"):
        assert store.find_run(reference).id == run.id


def test_of_several_runs_of_one_name_the_newest_is_meant(store: Store, new_run: Make) -> None:
    store.begin_run(new_run("a", name="nightly"))
    newest = store.begin_run(new_run("b", name="nightly"))
    assert store.find_run("nightly").id == newest.id


def test_an_id_goes_before_a_name(store: Store, new_run: Make) -> None:
    run = store.begin_run(new_run("a"))
    store.begin_run(new_run("b", name=run.id))
    assert store.find_run(run.id).id == run.id


def test_a_beginning_of_several_ids_is_answered_with_a_list(store: Store, new_run: Make) -> None:
    runs = [store.begin_run(new_run(str(number))) for number in range(40)]
    first = [run.id[0] for run in runs]
    shared = next(letter for letter in first if first.count(letter) > 1)
    with pytest.raises(InputError, match=f"'{shared}' is the beginning of {first.count(shared)} runs") as caught:
        store.find_run(shared)
    newest = next(run.id for run in reversed(runs) if run.id.startswith(shared))
    assert newest in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_run_is_answered_with_the_newest(store: Store, new_run: Make) -> None:
    runs = [store.begin_run(new_run(str(number), name=f"n{number}")) for number in range(8)]
    with pytest.raises(InputError, match="there is no run 'nonsense'") as caught:
        store.find_run("nonsense")
    assert f"{runs[7].id} (n7)" in str(caught.value)
    assert runs[0].id not in str(caught.value)
    assert "and 3 more" in str(caught.value)


@pytest.mark.parametrize("reference", ["%", "_", "", "a_c%"])
def test_wildcards_of_the_database_mean_nothing(store: Store, new_run: Make, reference: str) -> None:
    store.begin_run(new_run())
    with pytest.raises(InputError, match="there is no run"):
        store.find_run(reference)


@pytest.mark.parametrize("reference", ["latest", "abc"])
def test_an_empty_store_says_how_to_fill_it(store: Store, reference: str) -> None:
    assert store.list_runs() == []
    with pytest.raises(InputError, match=r"no runs here yet.*calibrant import"):
        store.find_run(reference)


def test_what_is_written_later_changes_the_counts_of_a_finished_run(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    with store.writer(run) as writer:
        writer.add(*item(1, text=None, error="time-out"))
    store.finish_run(run, set_hash="h")
    other = store.begin_run(new_run("other"))
    with store.writer(other) as writer:
        writer.add(*item(1, grades={"exact": OutcomeState.CORRECT}))
    assert store.find_run(run.id).counts == {"items": 1, "errors": 0, "ungraded": 1}


def test_a_deleted_run_can_be_neither_finished_nor_read(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    store.delete_run(run)
    with pytest.raises(StoreError, match=f"run {run.id} was deleted"):
        store.finish_run(run, set_hash="h")
    with pytest.raises(StoreError, match="was deleted"):
        next(store.outcomes(run))
    store.begin_run(new_run("takes the deleted run's row number"))
    writer = store.writer(run)
    writer.add(*item())
    with pytest.raises(StoreError, match="was deleted"):
        writer.flush()


def test_a_seed_beyond_64_bits_is_refused_in_one_line(store: Store, new_run: Make) -> None:
    with pytest.raises(StoreError, match="a number is too large for the database"):
        store.begin_run(new_run(seed=2**63))
