"""``calibrant fit``: answer, spend more effort, or abstain: a policy under one promise."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.cli.certify import MethodName
from calibrant.cli.printing import plain, plural
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.cli.arms import ArmRuns
    from calibrant.policies import Draft, Policy
    from calibrant.store import Store

_ROUTE = "policy"


def fit(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Runs over the same questions, by several models or efforts.")
    ],
    error: Annotated[
        float, typer.Option("--error", min=0.0001, max=0.9999, help="Largest share of wrong answers among those given.")
    ] = 0.05,
    confidence: Annotated[
        float, typer.Option("--confidence", min=0.5, max=0.9999, help="How sure the promise has to be.")
    ] = 0.95,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", help="A promise for each domain, topic, language or condition."),
    ] = None,
    arms: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--arms", metavar="A,B", help="Arms to use, in the order tried. Default: all, the cheapest first."
        ),
    ] = None,
    wrong_costs: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--wrong-costs", min=0, help="A wrong answer in right ones: 9 answers from 90 % sure."),
    ] = None,
    price: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--price", min=0, max=0.9999, help="The same, as the probability from which answering pays."),
    ] = None,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--budget", metavar="USD", help="Mean dollars a question at most."),
    ] = None,
    lam: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--lambda", min=0, help="What a dollar is worth, in right answers."),
    ] = None,
    on_missing: Annotated[
        str, typer.Option("--on-missing", help="Where a signal is missing that never was here: abstain or escalate.")
    ] = "abstain",
    fit_share: Annotated[
        float, typer.Option("--fit-share", min=0.05, max=0.95, help="Of the documents, to fit on; the rest certifies.")
    ] = 0.4,
    method: MethodName = "multistart",
    exact: Annotated[bool, typer.Option("--exact", help="One random question of each document.")] = False,
    grader: options.GraderName = None,
    seed: options.Seed = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write the policy.")] = Path("policy.json"),
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Fit a policy: for each question the cheap answer, a dearer one, or none, so that few of those given are wrong.

    One part of the questions is fitted on; the promise is made on the other, and is a look at it that the store counts.
    Exit code 1 where nothing can be promised; the policy then answers nothing.
    """
    from calibrant.cli.arms import read_arms
    from calibrant.cli.printing import print_json
    from calibrant.cli.settings import load_settings
    from calibrant.store import open_store

    settings = load_settings()
    asked = _Asked(
        error=error,
        delta=round(1 - confidence, 12),
        by=by,
        wrong_costs=_wrong_costs(wrong_costs, price),
        budget=budget,
        lam=lam,
        on_missing=on_missing,
        share=fit_share,
        method=method,
        exact=exact,
        seed=settings.seed if seed is None else seed,
    )
    asked.check()
    with open_store(store or settings.store, create=False) as opened:
        order = None if arms is None else [name.strip() for name in arms.split(",") if name.strip()]
        read = read_arms(runs, opened, order=order, by=by, grader=grader)
        draft, policy = _fitted(read, opened, asked)
    _write(policy, out)
    if as_json:
        print_json({**_as_json(policy), "left_out": _left_out(read), "written": str(out)})
    else:
        _show(policy, draft, read, out)
    if not policy.promised:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    error: float
    delta: float
    by: str | None
    wrong_costs: float | None
    budget: float | None
    lam: float | None
    on_missing: str
    share: float
    method: str
    exact: bool
    seed: int

    def check(self) -> None:
        """Refuse a slip of the pen before it is entered as a look."""
        from typing import get_args

        from calibrant.policies import Method

        if self.method not in get_args(Method):
            raise InputError(f"method must be one of {', '.join(get_args(Method))}, not '{self.method}'")
        if self.on_missing not in ("abstain", "escalate"):
            raise InputError(f"must be abstain or escalate, not '{self.on_missing}'", place="--on-missing")


def _wrong_costs(wrong_costs: float | None, price: float | None) -> float | None:
    from calibrant.policies.routing.value import wrong_costs_at

    if price is None:
        return wrong_costs
    if wrong_costs is not None:
        raise InputError("--wrong-costs and --price say the same thing: give one of them")
    return wrong_costs_at(price)


def _fitted(read: ArmRuns, store: Store, asked: _Asked) -> tuple[Draft, Policy]:
    from dataclasses import asdict

    from calibrant.policies import Certificate, Certifying, certify_draft, draft_policy, finish_policy
    from calibrant.policies.routing import Wishes

    wishes = Wishes(
        error=asked.error,
        wrong_costs=asked.wrong_costs,
        lam=asked.lam,
        budget=asked.budget,
        on_missing=asked.on_missing,  # type: ignore[arg-type]
        seed=asked.seed,
    )
    draft = draft_policy(read.table, wishes, share=asked.share)
    _refuse_a_budget_for_nothing(draft, asked.budget)
    look = store.take_look(
        # Not the arms: choosing them by comparing certificates is looking, too.
        f"{_ROUTE} | {read.grader}",
        # All of them: with other seeds or shares, parts of the same labels are looked at that need not overlap.
        labels=read.table.questions,
        evidence=draft.evidence,
        settings={**asdict(asked), "arms": list(draft.cascade.names)},
    )
    if look.certificate is not None:
        certificate = Certificate.from_dict(look.certificate)
    else:
        certifying = Certifying(
            alpha=asked.error,
            delta=asked.delta,
            method=asked.method,  # type: ignore[arg-type]
            exact=asked.exact,
            by_domain=asked.by is not None,
            seed=asked.seed,
        )
        try:
            certificate = certify_draft(draft, certifying, look.look)
        except ValueError as error:
            raise InputError(str(error)) from None
        store.keep_certificate(look, certificate.to_dict())
    return draft, finish_policy(draft, certificate, by=asked.by, frozen=read.frozen)


def _refuse_a_budget_for_nothing(draft: Draft, budget: float | None) -> None:
    """Before a look is spent on it."""
    import numpy as np

    costs = draft.cascade.costs
    if budget is None or not np.isnan(draft.correct).all() or not min(costs) > budget:
        return
    arm = int(np.argmin(costs))
    raise InputError(
        f"no arm can be asked within ${budget:g} a question: the cheapest, {draft.cascade.names[arm]}, "
        f"costs ${costs[arm]:.3g}",
        place="--budget",
    )


def _write(policy: Policy, path: Path) -> None:
    try:
        path.write_text(policy.dumps(), encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None


def _left_out(read: ArmRuns) -> dict[str, Any]:
    names = ("questions_left_out", "answers_ungraded", "failed_calls_at_the_mean_cost")
    return {name: read.table.facts[name] for name in names if read.table.facts.get(name)}


def _unfit(read: ArmRuns) -> list[str]:
    """What has to be known before any number (definitions, section 1)."""
    facts, arms = read.table.facts, len(read.table.arms)
    out, ungraded = facts.get("questions_left_out", 0), facts.get("answers_ungraded", 0)
    every = len(read.table) + out
    said = []
    if ungraded > 0.01 * every * arms:
        said.append(
            f"! {plural(ungraded, 'answer')} without a grade: {out:,} of {every:,} questions are left out, and the "
            "promise is not about such. Grade them: calibrant grade RUN --grader equal, or by a judge."
        )
    elif out > 0.01 * every:
        said.append(f"! {out:,} of {every:,} questions are left out: not every arm has an answer to them.")
    failed = read.table.failed.mean(axis=0).tolist()
    said += [
        f"! {plain(str(arm))} failed at {share:.1%} of the questions: that counts as not answered, and is paid for."
        for arm, share in zip(read.table.arms, failed, strict=True)
        if share > 0.01
    ]
    return said


def _as_json(policy: Policy) -> dict[str, Any]:
    shown = policy.to_dict()
    cascade = policy.cascade
    for name in ("labels", "cascade", "kind"):
        del shown[name]
    shown["split"] = {name: value for name, value in shown["split"].items() if name != "documents"}
    return {
        **shown,
        "arms": list(cascade.names),
        "wrong_costs": cascade.wrong_costs,
        "lambda": cascade.lam,
        "notes": list(cascade.notes),
        "labels_needed": _labels_needed(policy),
    }


def _labels_needed(policy: Policy) -> int | None:
    """Labelled questions in all, of which the certificate gets its share; of groups, of the one that needs most."""
    one = policy.certificate
    needed = [each.labels_needed for each in (one, *one.groups.values()) if each.labels_needed]
    return round(max(needed) / (1 - policy.split["share_fitted_on"])) if needed else None


def _show(policy: Policy, draft: Draft, read: ArmRuns, path: Path) -> None:
    certificate, split = policy.certificate, policy.split
    for warning in _unfit(read):
        print(warning)
    print(plain(policy.sentence()))
    fitted, certified = (split[part]["questions"] for part in ("fitted_on", "certified_on"))
    print(
        f"  questions  {plural(fitted, 'question')} fitted on, {certified:,} certified on; look {certificate.look} at "
        f"these: tested at {certificate.level:.4f}"
    )
    if not policy.promised:
        needed = _labels_needed(policy)
        if needed is not None:
            assumed = next(
                (one.labels_assumption for one in (certificate, *certificate.groups.values()) if one.labels_assumption),
                "",
            )
            print(f"  needed     about {needed:,} labelled questions in all ({assumed})")
        print("  answers    nothing, and asks nothing: a policy without a promise abstains")
    else:
        _show_promise(policy)
    _show_arms(policy, draft)
    for note in policy.cascade.notes:
        print(f"  note       {plain(note)}")
    for name, count in _left_out(read).items():
        print(f"  left out   {name.replace('_', ' ')}: {plain(count)}")
    for sentence in certificate.assumptions:
        print(f"  assumes    {sentence}")
    print(f"Wrote {path}. On fresh questions: calibrant evaluate {path} RUN")


def _show_promise(policy: Policy) -> None:
    from calibrant.policies.certificate import rule_in_words

    certificate = policy.certificate
    bound = "" if certificate.upper_bound is None else f", at most {certificate.upper_bound:.1%}"
    span = certificate.coverage_interval
    between = "" if span is None else f" ({span.low:.0%} to {span.high:.0%})"
    print(
        f"  here       {certificate.errors:,} of {certificate.accepted:,} wrong{bound}; "
        f"{certificate.coverage:.1%}{between} of all questions are answered"
    )
    for name, group in certificate.groups.items():
        rule = "no promise" if group.threshold is None else rule_in_words(group.threshold)
        counts = "" if group.threshold is None else f", {group.errors:,} of {group.accepted:,} wrong"
        print(f"  {plain(name) or '(none)'}: {rule}{counts}")


def _show_arms(policy: Policy, draft: Draft) -> None:
    import numpy as np
    from rich.table import Table

    from calibrant.cli.printing import console

    made = policy.play(draft.certified)
    answered = made.arm >= 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in (
        "on the certificate's questions",
        "answered",
        "of answered wrong",
        "right of all",
        "$ / 1,000",
        "asked",
    ):
        table.add_column(name, justify="left" if name.startswith("on") else "right")
    right = np.nan_to_num(made.right)
    table.add_row(
        "the policy",
        f"{answered.mean():.0%}",
        f"{1 - made.right[answered].mean():.1%}" if answered.any() else "-",
        f"{right.mean():.0%}",
        _dollars(policy.observed["cost_usd"]),
        "",
    )
    for name, facts in policy.observed["arms"].items():
        given = facts["answered"]
        table.add_row(
            f"{plain(name)} alone",
            f"{given:.0%}",
            f"{1 - facts['right'] / given:.1%}" if given else "-",
            f"{facts['right']:.0%}",
            _dollars(facts["cost_usd"]),
            f"{policy.observed['called'][name]:.0%}",
        )
    console().print(table)


def _dollars(cost: float | None) -> str:
    return "?" if cost is None or not isfinite(cost) else f"{1000 * cost:,.4g}"
