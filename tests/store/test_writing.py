from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from calibrant.errors import StoreError
from calibrant.store import RunInfo, RunWriter, Store, open_store, response_digest
from calibrant.types import Confidence, ConfidenceSource, OutcomeState, Purpose

Make = Callable[..., Any]


@pytest.fixture
def run(store: Store, new_run: Make) -> RunInfo:
    return store.begin_run(new_run())


def tally(writer: RunWriter) -> dict[str, int]:
    names = ("added", "skipped", "reused", "replaced", "dropped")
    return {name: getattr(writer, name) for name in names if getattr(writer, name)}


def texts(store: Store, run: RunInfo) -> list[str | None]:
    return [found.response.text for found in store.items(run)]


def test_full_batches_are_committed_at_once_and_the_rest_at_the_end(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run, batch=2, max_age_s=1e9) as writer:
        for number in range(5):
            writer.add(*item(number))
        assert writer.added == 4
        assert len(texts(store, run)) == 4
    assert writer.added == 5
    assert len(texts(store, run)) == 5


def test_a_batch_is_committed_when_it_is_old_enough(location: str, new_run: Make, item: Make) -> None:
    now = [0.0]
    with open_store(location, monotonic=lambda: now[0]) as store:
        writer = store.writer(store.begin_run(new_run()), max_age_s=0.05)
        writer.add(*item(1))
        now[0] = 0.04
        writer.add(*item(2))
        assert writer.added == 0
        now[0] = 0.051
        writer.add(*item(3))
        assert writer.added == 3
        now[0] = 0.08
        writer.add(*item(4))
        assert writer.added == 3


def test_a_batch_is_committed_when_its_texts_are_long(store: Store, run: RunInfo, item: Make) -> None:
    writer = store.writer(run, batch=1000, max_age_s=1e9)
    for number in range(5):
        writer.add(*item(number, text="x" * 1_500_000))
    assert writer.added == 3
    writer.flush()
    assert writer.added == 5


def test_flush_commits_what_waits(store: Store, run: RunInfo, item: Make) -> None:
    writer = store.writer(run)
    writer.flush()
    writer.add(*item())
    writer.flush()
    assert texts(store, run) == ["Paris"]


def test_an_exception_keeps_the_batches_before_it_and_nothing_of_its_own(
    store: Store, run: RunInfo, item: Make
) -> None:
    def interrupted() -> None:
        with store.writer(run, batch=2, max_age_s=1e9) as writer:
            for number in range(3):
                writer.add(*item(number, text=str(number)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert texts(store, run) == ["0", "1"]


def test_a_batch_that_fails_leaves_nothing_behind_and_still_waits(store: Store, run: RunInfo, item: Make) -> None:
    writer = store.writer(run, max_age_s=1e9)
    writer.add(*item(1))
    question, digest, response, _ = item(2)
    writer.add(question, digest, dataclasses.replace(response, key=dataclasses.replace(response.key, repeat=2**70)))
    for _ in range(2):
        with pytest.raises(StoreError, match="a number is too large"):
            writer.flush()
        assert texts(store, run) == []
        assert store.check().counts["questions"] == 0
    assert writer.added == 0


def test_a_batch_needs_room(store: Store, run: RunInfo) -> None:
    with pytest.raises(ValueError, match="at least one item"):
        store.writer(run, batch=0)


def test_an_item_that_is_there_is_skipped(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(1))
        writer.add(*item(1))
    assert tally(writer) == {"added": 1, "skipped": 1}
    with store.writer(run) as writer:
        writer.add(*item(1))
        writer.add(*item(2))
    assert tally(writer) == {"added": 1, "skipped": 1}
    assert len(texts(store, run)) == 2


def test_a_response_is_kept_once_for_all_runs(store: Store, run: RunInfo, new_run: Make, item: Make) -> None:
    other = store.begin_run(new_run("other"))
    for each in (run, other):
        with store.writer(each) as writer:
            writer.add(*item(1))
    assert tally(writer) == {"added": 1, "reused": 1}
    counts = store.check().counts
    assert (counts["responses"], counts["questions"], counts["run_items"]) == (1, 1, 2)


def test_two_questions_of_the_same_words_share_a_response(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(1, id="a"))
        writer.add(*item(1, id="b"))
    assert tally(writer) == {"added": 2, "reused": 1}
    assert [found.question.id for found in store.items(run)] == ["a", "b"]
    assert store.check().counts["responses"] == 1


def test_questions_that_differ_in_anything_are_kept_apart(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(1, golds=("Paris",)))
        writer.add(*item(1, golds=("Rome",)))
        writer.add(*item(1, golds=("Rome",), extra={"page": 3}))
    assert [found.question.golds for found in store.items(run)] == [("Paris",), ("Rome",), ("Rome",)]
    assert [found.question.extra for found in store.items(run)] == [{}, {}, {"page": 3}]


@pytest.mark.parametrize("batch", [1, 500])
def test_an_answer_takes_the_place_of_an_error(store: Store, run: RunInfo, item: Make, batch: int) -> None:
    sure = (Confidence(source=ConfidenceSource.STATED, value=0.5),)
    with store.writer(run, batch=batch) as writer:
        writer.add(
            *item(1, text=None, error="time-out", confidences=(*sure, *sure), grades={"exact": OutcomeState.UNGRADED})
        )
        writer.add(*item(1, text="Paris", confidences=sure, grades={"imported": OutcomeState.CORRECT}))
    assert tally(writer) == {"added": 1, "replaced": 1}
    (found,) = store.items(run)
    assert (found.response.text, found.response.error, found.response.confidences) == ("Paris", None, sure)
    assert [grade.grader for grade in found.grades] == ["imported"]


def test_a_newer_error_takes_the_place_of_an_error(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(1, text=None, error="time-out"))
        writer.add(*item(1, text=None, error="time-out"))
        writer.add(*item(1, text="half a rep", error="cut off"))
    assert tally(writer) == {"added": 1, "skipped": 1, "replaced": 1}
    (found,) = store.items(run)
    assert (found.response.text, found.response.error) == ("half a rep", "cut off")


@pytest.mark.parametrize("late", [{"text": "Rome"}, {"text": None, "error": "time-out"}])
@pytest.mark.parametrize("batch", [1, 500])
def test_an_answer_stays_and_what_judges_another_text_is_dropped(
    store: Store, run: RunInfo, item: Make, late: dict[str, Any], batch: int
) -> None:
    with store.writer(run, batch=batch) as writer:
        writer.add(*item(1, text="Paris", grades={"exact": OutcomeState.CORRECT}))
        writer.add(*item(1, **late, grades={"exact": OutcomeState.INCORRECT}))
    assert tally(writer) == {"added": 1, "skipped": 1, "dropped": 1}
    (found,) = store.items(run)
    assert (found.response.text, found.state) == ("Paris", OutcomeState.CORRECT)


def test_regrading_replaces_the_graders_own_grade_only(store: Store, run: RunInfo, item: Make) -> None:
    states = OutcomeState
    for grades in (
        {"exact": states.INCORRECT, "judge": states.CORRECT},
        {"exact": states.CORRECT},
        {"exact": states.PARTIAL},
    ):
        with store.writer(run) as writer:
            writer.add(*item(1, grades=grades))
    (found,) = store.items(run)
    assert {grade.grader: grade.state for grade in found.grades} == {"exact": states.PARTIAL, "judge": states.CORRECT}


def test_grades_belong_to_a_run(store: Store, run: RunInfo, new_run: Make, item: Make) -> None:
    other = store.begin_run(new_run("other"))
    with store.writer(run) as writer:
        writer.add(*item(1, grades={"exact": OutcomeState.CORRECT}))
    with store.writer(other) as writer:
        writer.add(*item(1))
    assert (store.graders(run), store.graders(other)) == ({"exact": 1}, {})


def test_a_response_of_2_megabytes_comes_back_whole(store: Store, run: RunInfo, item: Make) -> None:
    long = "Größe 🙂 " * 250_000
    with store.writer(run) as writer:
        writer.add(*item(1, text=long))
    assert texts(store, run) == [long]


def test_what_no_database_can_hold_is_mended_alike_everywhere(store: Store, run: RunInfo, item: Make) -> None:
    broken = "a\0b\ud800c"
    with store.writer(run) as writer:
        writer.add(
            *item(
                1,
                text=broken,
                id=broken,
                golds=(broken,),
                extra={broken: [broken]},
                confidences=(Confidence(source=ConfidenceSource.OTHER, value=1, name=broken),),
                grades={broken: OutcomeState.CORRECT},
            )
        )
        writer.add(*item(1, text=broken, id=broken, golds=(broken,), extra={broken: [broken]}))
    mended = "a\ufffdb\ufffdc"
    (found,) = store.items(run)
    assert found.response.text == found.question.id == mended
    assert found.question.golds == (mended,)
    assert found.question.extra == {mended: [mended]}
    assert found.response.confidences[0].name == found.grades[0].grader == mended
    assert tally(writer) == {"added": 1, "skipped": 1}


def test_answered_tells_what_need_not_be_asked(store: Store, run: RunInfo, item: Make) -> None:
    offers = [item(1), item(2, text=None, error="time-out"), item(3, purpose=Purpose.JUDGE), item(4)]
    digests = [response_digest(response.key) for _, _, response, _ in offers]
    with store.writer(run) as writer:
        for offer in offers[:3]:
            writer.add(*offer)
    assert store.answered(digests) == {digests[0], digests[2]}
    assert store.answered([]) == set()
    assert store.answered(iter(digests * 2000)) == {digests[0], digests[2]}
