"""Policies: one question at a time and many at once, files, promises kept, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.errors import InputError, PolicyError
from calibrant.policies import Certifying, Decision, Policy, certify_draft, draft_policy, finish_policy, fit_policy
from calibrant.policies.routing import ArmTable, Played, Wishes
from tests.policies.test_cascades import drawn

PROMISE = Certifying(alpha=0.15, delta=0.1)


def ask(policy: Policy, table: ArmTable, row: int) -> tuple[int, list[Decision]]:
    """As whoever answers live would: decide, ask, decide again. The arm answered with, -1 = none."""
    seen: dict[str, Any] = {}
    said = []
    while True:
        decision = policy.decide(seen, domain=table.domains[row] if table.domains else None)
        said.append(decision)
        if decision.action != "ask":
            return (policy.cascade.names.index(str(decision.arm)) if decision.arm else -1), said
        arm = policy.cascade.names.index(str(decision.arm))
        if np.isnan(table.right[row, arm]):
            seen[str(decision.arm)] = "failed" if table.failed[row, arm] else "declined"
        else:
            seen[str(decision.arm)] = {name: float(values[row, arm]) for name, values in table.signals.items()}


def same_as_alone(policy: Policy, table: ArmTable) -> None:
    played = policy.play(table)
    alone = [ask(policy, table, row) for row in range(len(table))]
    np.testing.assert_array_equal([arm for arm, _ in alone], played.arm)
    called = [sum(decision.action == "ask" for decision in said) for _, said in alone]
    np.testing.assert_array_equal(called, played.called.sum(axis=1))


# Deciding


@settings(max_examples=6, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from([2, 3]),
    st.booleans(),
    st.sampled_from(["abstain", "escalate"]),
    st.sampled_from([None, 2.0]),
)
def test_a_question_alone_is_decided_as_among_many(
    seed: int, arms: int, holes: bool, on_missing: Any, wrong_costs: float | None
) -> None:
    wishes = Wishes(error=0.25, wrong_costs=wrong_costs, lam=5.0, on_missing=on_missing)
    asked = Certifying(alpha=0.25, delta=0.2, by_domain=seed % 2 == 0)
    policy = fit_policy(drawn(500, seed, arms=arms, holes=holes), wishes, asked)
    # Holes where there were none in the fit: signals are missing that never were.
    same_as_alone(policy, drawn(80, seed + 1, arms=arms, holes=True))


def test_deciding_is_pure() -> None:
    policy = fit_policy(drawn(800), Wishes(error=0.15), PROMISE)
    before = policy.dumps()
    seen = {"model@e0": {"agreement": 0.8}}
    one = [policy.decide(seen, domain="domain 1").to_dict() for _ in range(3)]
    policy.decide({"model@e0": "failed"}, domain="domain 1")
    assert one[0] == one[1] == one[2] == policy.decide(seen, domain="domain 1").to_dict()
    assert (policy.dumps(), seen) == (before, {"model@e0": {"agreement": 0.8}})


def test_a_decision_explains_itself() -> None:
    policy = fit_policy(drawn(2000, 1), Wishes(error=0.15, wrong_costs=3.0, lam=30.0), PROMISE)
    unsure = policy.decide({"model@e0": {"agreement": 0.4}}, domain="domain 1")
    assert unsure.action == "ask"
    assert unsure.arm == unsure.next_arm == "model@e1"
    assert unsure.next_cost_usd == pytest.approx(0.004)
    assert unsure.expected_gain is not None
    assert unsure.expected_gain > 0
    assert unsure.with_more is not None
    assert unsure.with_more[0] > unsure.with_more[1] > 0
    assert "asking model@e1 at $0.004 would bring +0." in unsure.reason
    sure = policy.decide({"model@e0": {"agreement": 1.0}, "model@e1": {"agreement": 1.0}}, domain="domain 1")
    assert (sure.action, sure.arm, sure.next_arm) == ("answer", "model@e1", None)
    assert sure.probability is not None
    assert sure.probability >= sure.threshold >= 0.75
    last = policy.decide({"model@e0": {"agreement": 0.0}, "model@e1": {"agreement": 0.0}}, domain="domain 1")
    assert (last.action, last.why, last.arm) == ("abstain", "unsure", None)
    first = policy.decide({}, domain="domain 1")
    assert (first.action, first.arm) == ("ask", "model@e0")


def test_where_a_signal_is_missing_the_policy_does_what_it_was_fitted_to_do() -> None:
    for on_missing, action in (("abstain", "abstain"), ("escalate", "ask")):
        policy = fit_policy(drawn(800), Wishes(error=0.15, on_missing=on_missing), PROMISE)  # type: ignore[arg-type]
        decision = policy.decide({"model@e0": {}}, domain="domain 1")
        assert (decision.action, decision.why) == (action, "missing")
        assert "'model@e0:agreement' is missing" in decision.reason


def test_a_signal_that_answers_never_lacked_is_missing_even_where_other_questions_were_declined() -> None:
    table = drawn(800)
    right = table.right.copy()
    right[::5] = np.nan
    policy = fit_policy(replace(table, right=right), Wishes(error=0.25), Certifying(alpha=0.25, delta=0.2))
    for seen in ({"model@e0": {}}, {"model@e0": "declined", "model@e1": {}}):
        assert policy.decide(seen, domain="domain 1").why == "missing"  # type: ignore[arg-type]
    assert policy.decide({"model@e0": "declined"}, domain="domain 1").why != "missing"
    bare = replace(drawn(60, 9), signals={"agreement": np.full((60, 2), np.nan)})
    same_as_alone(policy, bare)
    assert (policy.lacking(bare), policy.lacking(drawn(60, 9))) == (["agreement"], [])


def test_what_is_no_number_is_refused_as_a_signal() -> None:
    policy = fit_policy(drawn(400), Wishes(), PROMISE)
    with pytest.raises(PolicyError, match="'agreement' of model@e0 is no number but '0.9'"):
        policy.decide({"model@e0": {"agreement": "0.9"}}, domain="domain 1")  # type: ignore[dict-item]


def test_a_file_with_a_nan_is_refused_as_changed(written: str) -> None:
    with pytest.raises(PolicyError, match="was changed since it was written"):
        Policy.loads(written.replace('"upper_bound":', '"upper_bounds": NaN, "upper_bound":', 1))


def test_arms_unknown_or_out_of_order_are_refused() -> None:
    policy = fit_policy(drawn(400), Wishes(), PROMISE)
    with pytest.raises(PolicyError, match="knows no arm 'gpt'"):
        policy.decide({"gpt": {}}, domain="domain 1")
    with pytest.raises(PolicyError, match="in the order model@e1, model@e0"):
        policy.decide({"model@e1": {"agreement": 1.0}, "model@e0": {"agreement": 1.0}}, domain="domain 1")
    with pytest.raises(PolicyError, match="not 'timeout'"):
        policy.decide({"model@e0": "timeout"}, domain="domain 1")  # type: ignore[dict-item]


def test_a_domain_or_a_text_that_the_policy_goes_by_must_be_said() -> None:
    table = drawn(800)
    policy = fit_policy(table, Wishes(error=0.15), PROMISE)
    with pytest.raises(PolicyError, match="goes by a question's domain"):
        policy.decide({})
    assert policy.decide({}, domain="").action == "ask"
    router = replace(policy.cascade.router, words={"word": (1.0, 0.1, 0.1)})
    with pytest.raises(PolicyError, match="no text was said"):
        replace(policy, cascade=replace(policy.cascade, router=router)).decide({}, domain="domain 1")
    nameless = replace(table, domains=[name if row % 2 else "" for row, name in enumerate(table.domains or ())])
    mixed = fit_policy(nameless, Wishes(error=0.15), PROMISE)
    assert mixed.cascade.router.at(None, None) == mixed.cascade.router.at("", None) != mixed.cascade.router.overall


def test_below_the_price_nothing_is_answered() -> None:
    table = drawn(2000, 2)
    policy = fit_policy(table, Wishes(error=0.4, wrong_costs=9.0), Certifying(alpha=0.4, delta=0.2))
    played = policy.play(table)
    assert policy.promised
    assert played.score[played.arm >= 0].min() >= 0.9


# Promises


def test_the_certificate_sees_no_question_that_was_fitted_on() -> None:
    table = replace(drawn(600, 3), clusters=np.arange(600) // 3, questions=[f"{n:064x}" for n in range(600)])
    draft = draft_policy(table, Wishes(error=0.15))
    assert not set(draft.fitted.clusters.tolist()) & set(draft.certified.clusters.tolist())
    assert set(draft.fitted.questions) | set(draft.certified.questions) == set(table.questions)
    found = certify_draft(draft, PROMISE, 1)
    assert found.rows == len(draft.certified)
    assert found.clusters is not None
    assert found.clusters.clusters == len(np.unique(draft.certified.clusters))


def test_what_is_certified_is_what_is_played() -> None:
    draft = draft_policy(drawn(2000, 4), Wishes(error=0.15))
    policy = finish_policy(draft, certify_draft(draft, PROMISE, None))
    played = policy.play(draft.certified)
    certificate = policy.certificate
    assert (int((played.arm >= 0).sum()), int((played.right == 0).sum())) == (
        certificate.accepted,
        certificate.errors,
    )


def test_promises_that_cannot_be_kept_are_rare() -> None:
    """Both arms are wrong in 15 % whatever the signals say: every promise of less is broken."""
    promised = 0
    for seed in range(30):
        table = drawn(250, seed)
        right = (np.random.default_rng([seed, 9]).random((250, 2)) > 0.1500001).astype(float)
        policy = fit_policy(replace(table, right=right), Wishes(error=0.15, lam=1.0), PROMISE, look=None)
        promised += policy.promised
    assert promised <= 7  # of 30 at delta .1: more has a chance of 1 in 100


def test_without_a_promise_nothing_is_asked() -> None:
    table = drawn(60)
    policy = fit_policy(table, Wishes(error=0.01), Certifying(alpha=0.01, delta=0.05))
    played: Played = policy.play(table)
    assert not policy.promised
    assert policy.certificate.labels_needed
    assert (played.arm == -1).all()
    assert not played.called.any()
    assert played.cost.sum() == 0
    assert policy.decide({}).why == "no promise"
    assert policy.threshold() == inf


def test_a_promise_by_domain_has_a_threshold_for_each() -> None:
    policy = fit_policy(drawn(4000, 5), Wishes(error=0.2), Certifying(alpha=0.2, delta=0.2, by_domain=True))
    thresholds = [policy.threshold(f"domain {n}") for n in range(4)]
    assert min(thresholds) < inf
    assert policy.threshold("elsewhere") == inf
    assert policy.decide({}, domain="elsewhere").action == "abstain"
    with pytest.raises(InputError, match="no question has a domain"):
        fit_policy(replace(drawn(200), domains=None), Wishes(), Certifying(alpha=0.2, delta=0.2, by_domain=True))


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        draft_policy(drawn(2), Wishes())


# Files


@pytest.fixture(scope="module")
def written() -> str:
    frozen = {"grader": "exact", "arms": {"model@e0": {"model": "aa", "template": "bb"}}}
    return fit_policy(drawn(600, 6), Wishes(error=0.2), PROMISE, frozen=frozen).dumps()


def test_a_policy_outlives_its_file(written: str, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(written, encoding="utf-8")
    policy = Policy.load(tmp_path / "policy.json")
    assert policy.dumps() == written
    same_as_alone(policy, drawn(60, 7))


def test_whitespace_and_order_of_the_file_do_not_matter(written: str) -> None:
    again = Policy.loads(json.dumps(json.loads(written), sort_keys=True))
    assert again.to_dict() == Policy.loads(written).to_dict()


def lower_threshold(data: dict[str, Any]) -> None:
    data["certificate"]["threshold"] = 0.1


def other_version(data: dict[str, Any]) -> None:
    data["schema_version"] = 7


def other_kind(data: dict[str, Any]) -> None:
    data["kind"] = "calibrant promise"


def cheaper(data: dict[str, Any]) -> None:
    data["cascade"]["costs_usd"][1] = 0.0


def without_digest(data: dict[str, Any]) -> None:
    del data["integrity"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lower_threshold, "changed since it was written"),
        (cheaper, "changed since it was written"),
        (without_digest, "changed since it was written"),
        (other_version, "schema version 7; this Calibrant reads 1"),
        (other_kind, "no policy of Calibrant"),
    ],
)
def test_a_policy_that_was_changed_is_refused(
    written: str, tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    data = json.loads(written)
    change(data)
    (tmp_path / "policy.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(PolicyError, match=said) as caught:
        Policy.load(tmp_path / "policy.json")
    assert caught.value.place == str(tmp_path / "policy.json")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        Policy.loads(text)


def test_another_model_or_prompt_is_refused_unless_forced(written: str) -> None:
    policy = Policy.loads(written)
    assert policy.refuse_other(policy.frozen) == []
    other = {**policy.frozen, "arms": {"model@e0": {"model": "cc", "template": "bb"}}}
    with pytest.raises(PolicyError, match="arms model@e0 model is cc, and was aa"):
        policy.refuse_other(other)
    assert len(policy.refuse_other(other, force=True)) == 1
    assert policy.refuse_other({"arms": {"model@e0": {"model": None}}}) == []
