"""``calibrant evaluate policy.json RUN...``: the half of the verb that is about policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.policies.evaluate_policy import PolicyEvaluation
    from calibrant.policies.policy import Policy
    from calibrant.policies.routing.comparison import Comparison, Rule
    from calibrant.policies.routing.sweeping import Shift

__all__ = ["PolicyAsked", "evaluate_a_policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAsked:
    """What the command line said."""

    path: Path
    runs: Sequence[str]
    store: str | None
    level: float
    wrong_costs: float | None
    grader: str | None
    force: bool
    shift: bool
    draws: int
    picture: Path | None
    as_json: bool


def evaluate_a_policy(asked: PolicyAsked) -> str:
    """Read, play, compare, print; the verdict.

    Raises:
        InputError: runs that cannot be used with this policy, or questions that it was fitted or certified on.
        PolicyError: the policy cannot be read.
    """
    from calibrant.cli.arms import read_arms
    from calibrant.cli.printing import print_json, remark
    from calibrant.policies.evaluate_policy import evaluate_policy
    from calibrant.policies.policy import Policy
    from calibrant.store import open_store

    policy = Policy.load(asked.path)
    with open_store(asked.store) as opened:
        read = read_arms(asked.runs, opened, order=_order(policy), by=policy.by, grader=_grader(policy, asked))
    table = read.table
    differences = policy.refuse_other(read.frozen, force=asked.force)
    shared = policy.shared_with(table.questions)
    if shared:
        raise InputError(
            f"{shared:,} of these questions were fitted or certified on",
            place=str(asked.path),
            remedy="A policy is checked on fresh questions: take a run over others.",
        )
    try:
        found = evaluate_policy(
            policy,
            table,
            wrong_costs=asked.wrong_costs,
            shift=asked.shift,
            level=asked.level,
            draws=asked.draws,
        )
    except ValueError as error:
        raise InputError(str(error)) from None
    if asked.picture is not None:
        from calibrant.reports.routing_pictures import draw_routing

        draw_routing(found.comparison, asked.picture)
        remark(f"wrote {asked.picture}")
    for signal in policy.lacking(table):
        remark(
            f"! No answer has the signal '{signal}', which the policy goes by: where answers never lacked it, it does "
            f"as --on-missing said ({policy.cascade.on_missing})."
        )
    familiar = policy.documents_shared_with(table)
    if familiar:
        remark(
            f"! {familiar:,} documents of these questions were in the fit as well: what is shown here of the promise "
            "is not about new documents. Split by document: calibrant questions split."
        )
    for one in differences:
        remark(f"! Not what the policy was fitted on: {one}. The promise is not about these answers.")
    if asked.as_json:
        head = {"schema_version": 1, "kind": "policy evaluation", "level": asked.level, "differences": differences}
        head["documents_in_the_fit"] = familiar
        print_json({**head, **found.to_dict()})
    else:
        _show(policy, found)
    return found.promise.verdict


def _order(policy: Policy) -> list[str]:
    """The arms as runs name them: how often each is asked is found in the runs."""
    return [name.partition(" x")[0] for name in policy.cascade.names]


def _grader(policy: Policy, asked: PolicyAsked) -> str | None:
    frozen = policy.frozen.get("grader")
    return asked.grader or (frozen if isinstance(frozen, str) else None)


def _show(policy: Policy, found: PolicyEvaluation) -> None:
    from calibrant.cli.printing import plain

    promise, comparison = found.promise, found.comparison
    sure = f"{100 * comparison.level:g}%"
    bound = "-" if promise.upper_bound is None else f"{promise.upper_bound:.2%}"
    verdicts = {
        "kept": f"Kept: the error rate is at most {bound} with {sure} confidence.",
        "broken": f"BROKEN: so many errors have a chance of {promise.p_value or 0:.2%} if the promise were kept.",
        "not contradicted": f"Not contradicted, and not shown either: the error rate may reach {bound} ({sure}).",
        "nothing answered": "Nothing was answered: there is no promise to keep.",
    }
    print(verdicts[promise.verdict])
    print(f"Promised: {plain(policy.sentence())}")
    _rules(comparison)
    _frontiers(comparison)
    _deferrals(comparison)
    _shifts(found.shift)
    for note in comparison.notes:
        print(note)
    units = "documents or questions"
    print(f"{comparison.questions:,} fresh questions, {comparison.clusters:,} {units}. Intervals at {sure}.")
    print(f"Those of AIQ, APGR and cost at equal quality: {comparison.draws} paired resamples of {units}.")


def _table(names: Sequence[str]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, justify="left" if name == names[0] else "right")
    return table


def _rules(found: Comparison) -> None:
    from calibrant.cli.printing import console, plain

    table = _table(["rule", "answered", "right", "wrong of answered", "Index", "$/1k", "$/1k right", "policy gains"])
    for one in found.rules:
        table.add_row(
            plain(one.name),
            f"{one.coverage:.1%}",
            f"{one.right:.1%}",
            _share(one.risk),
            f"{one.index:+.1f}",
            "-" if one.cost is None else f"{1000 * one.cost:.3g}",
            _success(one),
            "" if one.name == "policy" else _gain(one.difference, one.difference_interval),
        )
    console().print(table)
    print(
        f"Policy gains: right answers a question, a wrong one costing {found.wrong_costs:g}, more than by that rule; "
        "dollars apart."
    )


def _success(one: Rule) -> str:
    per = one.per_success
    if per is None:
        return "-"
    span = "" if per.interval is None else f" {1000 * per.interval.low:.3g}..{1000 * per.interval.high:.3g}"
    return f"{1000 * per.value:.3g}{span}"


def _frontiers(found: Comparison) -> None:
    from calibrant.cli.printing import console

    if not found.frontiers:
        return
    table = _table(["frontier", "AIQ", "over zero router", "cost at equal quality"])
    for one in found.frontiers:
        none = "-" if one.aiq is None else "never"  # where all cost the same, no cost is less
        cost = none if one.neutral_cost is None else f"{one.neutral_cost:.2f}"
        if one.neutral_cost is not None and one.neutral_interval is not None:
            cost += f" {one.neutral_interval.low:.2f}..{one.neutral_interval.high:.2f}"
        aiq = "-" if one.aiq is None else f"{one.aiq:.3f}"
        gain = "-" if one.aiq_gain is None else _gain(one.aiq_gain, one.aiq_gain_interval)
        table.add_row(one.name, aiq, gain, cost)
    console().print(table)


def _deferrals(found: Comparison) -> None:
    from calibrant.cli.printing import console

    if not found.deferrals:
        return
    table = _table(["deferral to the second arm", "APGR", "policy gains", "CPT 50%", "CPT 80%"])
    for one in found.deferrals:
        span = "" if one.interval is None else f" {one.interval.low:.2f}..{one.interval.high:.2f}"
        shares = ["never" if share is None else f"{share:.0%}" for share in one.cpt.values()]
        rival = "" if one.name == "policy" or one.gain is None else _gain(one.gain, one.gain_interval)
        table.add_row(one.name, "-" if one.apgr is None else f"{one.apgr:.3f}{span}", rival, *shares)
    console().print(table)
    print("APGR and CPT count calls to the second arm alone; what the first one costs is in the dollars above.")


def _shifts(found: Sequence[Shift]) -> None:
    from calibrant.cli.printing import console, plain

    if not found:
        return
    table = _table(["domain left out of a fit", "questions", "answered", "wrong of answered", "by the policy", "lost"])
    for one in found:
        span = "" if one.risk_interval is None else f" {one.risk_interval.low:.1%}..{one.risk_interval.high:.1%}"
        table.add_row(
            plain(one.domain) or "(none)",
            f"{one.questions:,}",
            f"{one.coverage:.1%}",
            f"{_share(one.risk)}{span}",
            _share(one.home_risk),
            "-" if one.difference is None else _gain(one.difference, one.difference_interval),
        )
    console().print(table)


def _gain(value: float, interval: Sequence[float] | None) -> str:
    span = "" if interval is None else f" {interval[0]:+.3f}..{interval[1]:+.3f}"
    return f"{value:+.3f}{span}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
