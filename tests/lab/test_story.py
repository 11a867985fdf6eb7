"""The demo's story: nothing that certifies is about what checks it, and the share without an answer is as said."""

from pathlib import Path

from calibrant.lab.questions import UNKNOWNS
from calibrant.lab.routed import ROUTED
from calibrant.lab.story import PROMISED, ROUTED_LOOK, UNANSWERABLE_SHARE, tell, traffic
from calibrant.store import open_store


def test_labels_and_fresh_questions_are_about_different_things() -> None:
    labelled, fresh = traffic()
    shared = {one.entity for one in labelled} & {one.entity for one in fresh}
    assert {one.band for one in labelled if one.entity in shared} <= {UNKNOWNS[0]}, "an invented name may recur"
    assert not {one.text for one in labelled} & {one.text for one in fresh}
    for questions in (labelled, fresh):
        share = sum(one.answer is None for one in questions) / len(questions)
        assert abs(share - UNANSWERABLE_SHARE) < 0.01


def test_the_story_is_asked_and_not_recorded(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        story = tell(store, limit=40, alpha=0.4)
        assert len(store.list_runs()) == 3
    assert story.report.analysis.questions == 40
    assert [one.promise.model for one in story.promises] == list(PROMISED)
    large = next(row for row in story.trap if row.model == "reference-large@low")
    small = next(row for row in story.trap if row.model == "reference-small@low")
    assert large.accuracy > small.accuracy
    assert large.made_up > 0.9


def test_the_story_goes_on_to_a_policy_over_two_efforts(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        routed = tell(store, limit=60, alpha=0.4).routed
    assert [rule.name for rule in routed.rules] == ["policy", *ROUTED]
    assert routed.policy.cascade.names == ROUTED
    assert routed.policy.split["fitted_on"]["questions"] + routed.policy.split["certified_on"]["questions"] == 60
    low, high = routed.rules[1:]
    assert low.cost_usd < high.cost_usd
    assert routed.policy.certificate.look == ROUTED_LOOK
