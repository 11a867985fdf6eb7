"""The ledger counts looks at labels, whatever is done to make them look like the first."""

from __future__ import annotations

import hashlib
from typing import Any

from calibrant.store import Look, Store


def labels(*numbers: int) -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in numbers]


def look(store: Store, numbers: range, *, route: str = "gpt-x stated", evidence: str = "", **settings: Any) -> Look:
    return store.take_look(route, labels=labels(*numbers), evidence=evidence or str(numbers), settings=settings)


def test_the_first_look_is_one_and_each_further_one_counts(store: Store) -> None:
    found = [look(store, range(100), alpha=alpha).look for alpha in (0.05, 0.1, 0.2)]
    assert found == [1, 2, 3]


def test_a_grown_label_set_is_no_new_one(store: Store) -> None:
    assert [look(store, range(size)).look for size in (150, 300, 450)] == [1, 2, 3]


def test_one_shared_question_is_enough(store: Store) -> None:
    look(store, range(100))
    assert look(store, range(99, 200)).look == 2
    assert look(store, range(200, 300)).look == 1


def test_looks_are_counted_along_the_whole_chain_of_overlaps(store: Store) -> None:
    assert [look(store, numbers).look for numbers in (range(10), range(5, 15), range(12, 20), range(30, 40))] == [
        1,
        2,
        3,
        1,
    ]


def test_labels_joined_bring_all_their_looks(store: Store) -> None:
    assert [look(store, numbers).look for numbers in (range(10), range(10, 20), range(20))] == [1, 1, 3]


def test_another_route_has_its_own_count(store: Store) -> None:
    look(store, range(100))
    assert look(store, range(100), route="gpt-x agreement").look == 1


def test_the_very_same_look_again_is_the_same_and_keeps_its_answer(store: Store) -> None:
    first = look(store, range(100), alpha=0.1)
    assert first.certificate is None
    store.keep_certificate(first, {"threshold": 0.5})
    store.keep_certificate(first, {"threshold": 0.1})
    again = look(store, range(100), alpha=0.1)
    assert (again.number, again.look, again.certificate) == (first.number, 1, {"threshold": 0.5})
    assert look(store, range(100), alpha=0.1, evidence="other scores").look == 2


def test_the_ledger_can_be_read(store: Store) -> None:
    look(store, range(3), alpha=0.1)
    look(store, range(3), route="other")
    (first, _), (only,) = store.looks(), store.looks("gpt-x stated")
    assert first == only
    assert (only.route, only.labels, only.settings, only.look) == ("gpt-x stated", 3, {"alpha": 0.1}, 1)
