"""The sample is drawn before anybody looks; what was judged mends the set."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.labels import Audit, Journal, Word, make_audit, read_items
from calibrant.labels.applying import apply_verdicts
from calibrant.labels.items import distinct
from calibrant.labels.sources import excerpt
from calibrant.metrics import wilson_interval
from calibrant.types import Condition, Passage, Question


def audit_of(folder: Path, sample: int | None = None, seed: int | None = None) -> Audit:
    _, items = read_items(folder / "set.jsonl")
    return make_audit(items, Journal(folder / "j.jsonl"), sample=sample, seed=seed)


def item(audit: Audit, name: str) -> int:
    return next(place for place, one in enumerate(audit.drawn) if one.id == name)


def test_the_error_rate_counts_what_was_rejected_and_what_had_to_be_mended(folder: Path) -> None:
    audit = audit_of(folder)
    assert audit.tally().error_rate is None
    audit.judge(audit.drawn[item(audit, "year")], Word.ACCEPT)
    audit.judge(audit.drawn[item(audit, "desks")], Word.REJECT, note="ambiguous")
    audit.judge(audit.drawn[item(audit, "days")], Word.EDIT, golds=["30", "thirty"])
    tally = audit.tally()
    assert (tally.judged, tally.accepted, tally.rejected, tally.edited) == (3, 1, 1, 1)
    assert tally.error_rate == pytest.approx(2 / 3)
    assert tally.interval == wilson_interval(2, 3)
    assert not tally.complete


def test_the_same_sample_comes_again_and_goes_on_where_it_stopped(folder: Path) -> None:
    audit = audit_of(folder, sample=3, seed=7)
    audit.judge(audit.drawn[0], Word.ACCEPT)
    again = audit_of(folder)
    assert [one.id for one in again.drawn] == [one.id for one in audit.drawn]
    assert again.next_open() == 1
    with pytest.raises(InputError, match="declared"):
        audit_of(folder, sample=4)


def test_different_seeds_draw_different_orders(folder: Path) -> None:
    _, items = read_items(folder / "set.jsonl")
    orders = {
        tuple(one.id for one in make_audit(items, Journal(folder / f"{seed}.jsonl"), seed=seed).drawn)
        for seed in range(10)
    }
    assert len(orders) > 3


def test_a_sample_larger_than_the_set_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="4 questions, fewer than the 9"):
        audit_of(folder, sample=9)


@pytest.mark.parametrize(
    ("name", "question", "golds", "message"),
    [
        ("year", None, ["2014"], "nothing was changed"),
        ("year", None, ["", " "], "needs one"),
        ("norvik", None, ["2020"], "cannot have an answer"),
    ],
)
def test_an_edit_that_mends_nothing_is_no_verdict(
    folder: Path, name: str, question: str | None, golds: list[str], message: str
) -> None:
    audit = audit_of(folder)
    with pytest.raises(InputError, match=message):
        audit.judge(audit.drawn[item(audit, name)], Word.EDIT, question=question, golds=golds)
    assert audit.tally().judged == 0


def test_applying_takes_out_what_was_rejected_and_mends_what_was_edited(folder: Path) -> None:
    audit = audit_of(folder)
    audit.judge(audit.drawn[item(audit, "desks")], Word.REJECT)
    audit.judge(audit.drawn[item(audit, "days")], Word.EDIT, question="How many days of holiday a year?", golds=["30"])
    audit.judge(audit.drawn[item(audit, "year")], Word.ACCEPT)
    questions, _ = read_items(folder / "set.jsonl")
    applied = apply_verdicts(questions, audit)
    assert [(one.id, one.extra.get("audited")) for one in applied.questions] == [
        ("year", "accept"),
        ("days", "edit"),
        ("norvik", None),
    ]
    assert applied.questions[1].text == "How many days of holiday a year?"
    assert (applied.rejected, applied.edited) == (1, 1)


def conditions() -> list[Question]:
    bare = {"text": "How many desks?", "golds": ("42",), "cluster": "handbook"}
    shown = (Passage(text="It has desks."),)
    return [
        Question(id="near", condition=Condition.NEAR_MISS, passages=shown, **bare),
        Question(id="none", **bare),
        Question(id="gold", condition=Condition.GOLD, passages=(Passage(text="It has 42 desks."),), **bare),
    ]


def test_a_question_under_several_conditions_is_judged_once_and_leaves_as_one(tmp_path: Path) -> None:
    items = distinct(conditions())
    assert [one.id for one in items] == ["none"]
    audit = make_audit(items, Journal(tmp_path / "j.jsonl"))
    audit.judge(items[0], Word.REJECT)
    assert apply_verdicts(conditions(), audit).questions == ()


def test_another_answer_takes_out_the_passages_that_were_chosen_without_it(tmp_path: Path) -> None:
    items = distinct(conditions())
    audit = make_audit(items, Journal(tmp_path / "j.jsonl"))
    audit.judge(items[0], Word.EDIT, golds=["43"])
    applied = apply_verdicts(conditions(), audit)
    assert [(one.id, one.golds) for one in applied.questions] == [("none", ("43",)), ("gold", ("43",))]
    assert applied.outdated == 1


def test_an_excerpt_believes_offsets_only_where_the_quote_stands_there(folder: Path) -> None:
    _, items = read_items(folder / "set.jsonl")
    desks = next(one for one in items if one.id == "desks")
    text = (folder / "documents" / "handbook.md").read_text(encoding="utf-8")
    found = excerpt(desks, lambda _: text)
    assert found is not None
    assert found.quote == "has 42 desks"
    assert found.before.endswith("It ")
    moved = excerpt(desks, lambda _: "New first line.\n" + text)
    assert moved is not None
    assert moved.quote == "has 42 desks"
    assert excerpt(desks, lambda _: "Nothing of it.") is None
    assert excerpt(desks, lambda _: None) is None
