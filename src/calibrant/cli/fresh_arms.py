"""Runs of the store as one table of the arms of a policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calibrant.policies.policy import Policy
    from calibrant.policies.routing import ArmTable
    from calibrant.store import Store
    from calibrant.types import Outcome

__all__ = ["fresh_arms"]


def fresh_arms(policy: Policy, runs: Sequence[str], store: Store, grader: str | None) -> ArmTable:
    """The policy's arms, in its order, on the questions that all of them were asked in these runs.

    Raises:
        InputError: no such run, an arm that was not asked, no question that all arms share.
    """
    from calibrant.confidence import AGREEMENT_OF_REPEATS, with_agreement
    from calibrant.policies.routing import arm_table

    cascade = policy.cascade
    order = [arm.model if arm.effort is None else f"{arm.model}@{arm.effort}" for arm in cascade.arms]
    texts: dict[str, str] = {}

    def outcomes() -> Iterator[Outcome]:
        for reference in runs:
            run = store.find_run(reference)
            attempts = store.outcomes(run, grader)
            if cascade.router.words or AGREEMENT_OF_REPEATS in cascade.signals:
                seen = [
                    (outcome, item.question.text, item.response.text)
                    for outcome, item in zip(attempts, store.items(run, grader=grader, bodies=False), strict=True)
                ]
                texts.update({one.question_hash: text for one, text, _ in seen if one.question_hash})
                yield from with_agreement(seen) if AGREEMENT_OF_REPEATS in cascade.signals else (o for o, _, _ in seen)
            else:
                yield from attempts

    found = list(outcomes())
    return arm_table(found, order=order, texts=texts or None, facts={"runs": list(runs)})
