"""What a promise rests on, and why there is none, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calibrant.policies.certificate import ClusterFacts
from calibrant.policies.clusters import FEWEST_FOR_A_PROMISE
from calibrant.policies.declared import POPULATIONS, Declared
from calibrant.policies.labelled import Labelled
from calibrant.policies.methods import MONOTONE, Trial
from calibrant.policies.sizes import zero_error_minimum

__all__ = ["assumptions", "assumptions_of_groups", "no_promise_reason"]


def assumptions(
    method: str, declared: Declared, used: Labelled, facts: ClusterFacts | None, look: int | None, from_scores: bool
) -> tuple[str, ...]:
    """Sentences that must be true for the promise to hold."""
    said = [
        f"The promise is about {POPULATIONS[declared.population]}.",
        "Model, prompt, sampling, confidence and grader are as they were here.",
        "The rows labelled are a random draw of what the promise is about, and their labels are right.",
        "The score, alpha, delta and method were not chosen by comparing certificates on these labels.",
    ]
    if look:
        said.append(f"This is look number {look} at these labels; every earlier one was counted.")
    else:
        said.append("This is the only look that will ever be taken at these labels.")
    if method in MONOTONE:
        said.append("The error rate among answers never falls as the threshold on the confidence falls.")
    if used.weight is not None:
        said += _about_weights(declared.weight_bound, float(used.weight.max()))
    return (*said, *_about_clusters(facts, from_scores))


def _about_weights(bound: float | None, largest: float) -> list[str]:
    known = "The weights are the known density ratio of the traffic to these rows, up to a factor"
    if bound is not None:
        return [f"{known}, and never exceed {bound:.6g} (as declared)."]
    outside = f"Traffic of a weight above {largest:.6g}, the largest one here, is outside the promise"
    return [f"{known}.", f"{outside}: declare weight_bound to have all of it inside."]


def _about_clusters(facts: ClusterFacts | None, from_scores: bool) -> list[str]:
    if facts is None:
        return ["The rows are independent of each other: no two come from one document, and no question is repeated."]
    if facts.handling.startswith("ignored"):
        return ["Documents are fixed: errors of different rows are independent, given the documents."]
    said = [f"The {facts.clusters} clusters are independent draws."]
    if facts.approximate:
        said.append(
            f"Approximate in clusters: G {facts.clusters}, ICC {facts.icc or 0:.3f}, d {facts.design_effect or 1:.2f}."
        )
    elif facts.handling != "too few":
        said.append("The error rate is that of a random row of a random cluster: clusters count alike, whatever size.")
        if facts.handling.startswith("all items") and from_scores:
            said.append("Candidate thresholds come from scores of the same clusters, whose effect was measured as nil.")
    return said


def assumptions_of_groups(
    pools: Mapping[str, tuple[str, ...]], smallest: int, said: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """What the promises of all groups rest on together, and what each of them rests on."""
    sentences = [
        f"Each of {len(pools)} groups was tested at a share of the level, so all their promises hold at once.",
        f"Groups of fewer than {smallest} answered rows were merged, the smallest first, without a look at labels.",
    ]
    if any(len(members) > 1 for members in pools.values()):
        sentences.append("The promise of merged groups is about them together, in the proportions they have here.")
    common = set(said[0]).intersection(*said)
    return (*sentences, *(sentence for sentence in said[0] if sentence in common))


def no_promise_reason(used: Labelled, trial: Trial, level: float, too_few_clusters: bool) -> str:
    """Why nothing can be promised, in one line."""
    if too_few_clusters:
        return f"fewer than {FEWEST_FOR_A_PROMISE} clusters hold an answer, too few to say anything about new ones"
    if not used.answered:
        return "the model answered none of the rows"
    least = zero_error_minimum(trial.alpha, level)
    if not (trial.evidence.best <= level).any():
        if used.cluster is not None:
            there = len(set(used.cluster[: used.answered].tolist()))
            return f"{there} clusters hold an answer, fewer than a test takes even without an error"
        return f"{used.answered} answered rows are fewer than the {least} that a test takes even without an error"
    if trial.ladder.errors[-1] == trial.ladder.accepted[-1]:
        return "every answer is wrong"
    if len(trial.ladder) == 1 and trial.ladder.from_scores:
        return "all scores are equal, and the error rate of all answers was not shown to be below alpha"
    return "at no candidate threshold was the error rate shown to be below alpha"
