"""Routers and cascades on recorded outcomes of real models, beside every control.

    python benchmarks/routing.py --part mmlu --draws 20         # or mmlu_pro_folds, mmlu_pro_labels, cruxeval, lcb, matched_risk, bbh, all

Each part draws the labels anew for each draw, fits on them, and judges on all other questions (whole clusters: a text
asked twice is on one side). Nothing is chosen on the questions it is judged on. 'Over draws' is the mean with the 2.5 %
and 97.5 % quantiles over label draws; 'over questions' is a percentile interval of resampled questions, mean ends over
draws: the first says what another set of labels gives, the second what other questions would. Writes
benchmarks/results/routing_PART.md. Dollars are modelled where the records hold none; each part says how.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from routing_tables import CRUX, bbh, cruxeval, lcb, mmlu_pro, routellm, take, two_arms

from calibrant import metrics
from calibrant.confidence.calibrate import cluster_folds
from calibrant.policies import Certifying, fit_policy
from calibrant.policies.routing import ArmTable, Played, Wishes, fit_cascade, fit_router
from calibrant.policies.routing.categories import category_means
from calibrant.policies.routing.comparison import Comparison, compare
from calibrant.policies.routing.joint import Joint, columns_of, fit_joint
from calibrant.policies.routing.sweeping import escalation

RESULTS = Path(__file__).parent / "results"
Array = np.ndarray
Scorer = Callable[[ArmTable, ArmTable], Array]
"""(labelled questions, other questions) -> by which of the others go to the strong arm first."""


def by_words(fit: ArmTable, fresh: ArmTable) -> Array:
    """Category and words of the question: before any answer."""
    folds = cluster_folds(fit.clusters, len(fit), folds=5)
    router = fit_router(np.nan_to_num(fit.right), folds, fit.domains, fit.texts).router
    right = router.values(fresh.domains, fresh.texts, len(fresh))
    return right[:, -1] - right[:, 0]


def by_category(fit: ArmTable, fresh: ArmTable) -> Array:
    means = category_means(fit)
    right = np.stack([means.get(str(name), means[""]) for name in fresh.domains or ()])
    return right[:, -1] - right[:, 0]


def by_cascade(fit: ArmTable, fresh: ArmTable) -> Array:
    """What `calibrant fit` makes, where only right answers count."""
    return escalation(fit_cascade(fit, wrong_costs=0.0, lam=0.0, escalate="gain"), fresh)


LAST: list[tuple[ArmTable, ArmTable, Array]] = []
"""The last answer of ``chances``: both ways of using it ask for the same."""


def chances(fit: ArmTable, fresh: ArmTable) -> Array:
    """Of the four outcomes of the two arms."""
    if LAST and LAST[0][0] is fit and LAST[0][1] is fresh:
        return LAST[0][2]
    columns = columns_of(fit, 0)
    found = fit_joint(columns.matrix(fit, 0), fit.right[:, 0], fit.right[:, 1], columns, clusters=fit.clusters)
    LAST[:] = [(fit, fresh, found.predict(columns.matrix(fresh, 0)))]
    return LAST[0][2]


def by_gain(fit: ArmTable, fresh: ArmTable) -> Array:
    """What is known once the weak arm has answered, by the gain to be expected."""
    return Joint.gain(chances(fit, fresh))


def by_doubt(fit: ArmTable, fresh: ArmTable) -> Array:
    """The same model, by how unsure the weak answer is, whatever the strong arm could do."""
    return -Joint.confidence(chances(fit, fresh))


def draws_of(table: ArmTable, labels: int, draws: int) -> Iterator[tuple[Array, Array]]:
    """Random labelled questions and all others, whole clusters."""
    for seed in range(draws):
        names = np.random.default_rng([9, seed]).permutation(int(table.clusters.max()) + 1)
        order = np.argsort(np.argsort(names)[table.clusters], kind="stable")
        last = table.clusters[order[labels - 1]]
        inside = np.zeros(len(table), dtype=bool)
        inside[order[:labels]] = True
        inside[table.clusters == last] = True
        yield np.flatnonzero(inside), np.flatnonzero(~inside)


class Tally:
    """APGR and its kin of one way over draws."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[tuple[float, ...]] = []

    def add(self, score: Array, table: ArmTable, resamples: int) -> None:
        weak, strong = table.right[:, 0], table.right[:, -1]
        theirs = metrics.apgr_of_quantiles(score, weak, strong)
        found = metrics.apgr_interval(score, weak, strong, table.clusters, draws=resamples)
        low, high = found.interval if found is not None else (np.nan, np.nan)
        curve = metrics.deferral_curve(score, weak, strong)
        peak = metrics.pgr(float(curve.quality.max()), curve.weak, curve.strong)
        values = [metrics.apgr(score, weak, strong), theirs, low, high]
        values += [metrics.cpt(score, weak, strong, share) for share in (0.5, 0.8, 1.0)]
        self.rows.append(tuple(np.nan if one is None else one for one in (*values, peak)))

    def row(self) -> str:
        given = np.array(self.rows)
        known = np.isfinite(given)
        mean = np.where(known, given, 0).sum(axis=0) / np.where(known.any(axis=0), known.sum(axis=0), np.nan)
        none = int(np.isnan(given[:, 0]).sum())
        if none:  # a mean over the draws that happen to have a gap would flatter
            return f"| {self.name} | no gap in {none} of {len(given)} draws: undefined |" + " |" * 6
        low, high = np.quantile(given[:, 0], [0.025, 0.975])
        cells = [
            f"{mean[0]:.3f} [{low:.3f}, {high:.3f}]",
            f"[{mean[2]:.3f}, {mean[3]:.3f}]",
            f"{mean[1]:.3f}" if np.isfinite(given[:, 1]).any() else "ties",
            *(f"{100 * one:.0f} %" if np.isfinite(one) else "never" for one in mean[4:7]),
            f"{mean[7]:.2f}",
        ]
        return f"| {self.name} | " + " | ".join(cells) + " |"


HEAD = (
    "| way | APGR, mean [over draws] | [over questions] | APGR as RouteLLM computes it | CPT 50 % | CPT 80 % | CPT 100 % "
    "| peak PGR |\n|" + "---|" * 8
)


def tallied(
    table: ArmTable, splits: Iterator[tuple[Array, Array]], ways: dict[str, Scorer], resamples: int
) -> list[str]:
    """A table of every way and the two ends of all ways: chance and the oracle."""
    found = {name: Tally(name) for name in (*ways, "random", "oracle")}
    for labelled, others in splits:
        fit, fresh = take(table, labelled), take(table, others)
        for name, way in ways.items():
            found[name].add(way(fit, fresh), fresh, resamples)
        found["random"].add(np.zeros(len(fresh)), fresh, resamples)
        found["oracle"].add(fresh.right[:, -1] - fresh.right[:, 0], fresh, resamples)
    return [HEAD, *(one.row() for one in found.values())]


def in_folds(
    table: ArmTable, ways: dict[str, Scorer], times: int, resamples: int
) -> tuple[list[str], dict[str, Array]]:
    """Five folds, each scored by what was fitted on the other four, pooled; repeated over partitions."""
    found = {name: Tally(name) for name in (*ways, "random", "oracle")}
    kept: dict[str, Array] = {}
    for seed in range(times):
        part = cluster_folds(table.clusters, len(table), folds=5, seed=seed)
        scores = {name: np.zeros(len(table)) for name in ways}
        for fold in range(5):
            out = part == fold
            fit, fresh = take(table, np.flatnonzero(~out)), take(table, np.flatnonzero(out))
            for name, way in ways.items():
                scores[name][out] = way(fit, fresh)
        for name, score in scores.items():
            kept.setdefault(name, score)
            found[name].add(score, table, resamples)
    found["random"].add(np.zeros(len(table)), table, resamples)
    found["oracle"].add(table.right[:, -1] - table.right[:, 0], table, resamples)
    return [HEAD, *(one.row() for one in found.values())], kept


def cascade(table: ArmTable, score: Array, threshold: float, *, beforehand: bool = False) -> Played:
    """The strong arm where the score is above a threshold; the weak one always, or, decided beforehand, elsewhere."""
    up = score > threshold
    called = np.stack([~up if beforehand else np.ones(len(table), dtype=bool), up], axis=1)
    return Played(
        arm=up.astype(np.int64),
        right=np.where(up, table.right[:, 1], table.right[:, 0]),
        cost=(table.cost * called).sum(axis=1),
        called=called,
        score=score,
    )


def beside_controls(
    table: ArmTable, score: Array, resamples: int, price: float, *, beforehand: bool = False
) -> list[str]:
    """The cascade that escalates where the expected gain is worth ``price`` right answers, and all controls."""
    thresholds = np.unique(np.quantile(score, np.linspace(0, 1, 41)))
    swept = [cascade(table, score, one, beforehand=beforehand) for one in thresholds[::-1]]
    played = cascade(table, score, price, beforehand=beforehand)
    found = compare(table, played, swept, score=score, draws=resamples)
    return [*rules(found), "", *frontiers(found), *(f"\n{note}" for note in found.notes)]


def rules(found: Comparison) -> list[str]:
    lines = [
        "| rule | calls | right | $ per 1,000 questions | $ per 1,000 right [95 %] | the policy is right more often by [95 %] |",
        "|" + "---|" * 6,
    ]
    for one in found.rules:
        per = one.per_success
        dollars = "" if one.cost is None else f"{1000 * one.cost:.3f}"
        success = "" if per is None else f"{1000 * per.value:.3f}"
        if per is not None and per.interval is not None:
            success += f" [{1000 * per.interval.low:.3f}, {1000 * per.interval.high:.3f}]"
        # Utility at w = 1 is right - wrong; where everything is answered, twice the difference in right answers.
        more = "" if one.name == "policy" else f"{one.difference / 2:+.4f}"
        if one.difference_interval is not None and one.name != "policy":
            more += f" [{one.difference_interval.low / 2:+.4f}, {one.difference_interval.high / 2:+.4f}]"
        calls = ", ".join(f"{100 * share:.0f} %" for share in one.calls.values())
        lines.append(f"| {one.name} | {calls} | {one.right:.4f} | {dollars} | {success} | {more} |")
    return lines


def frontiers(found: Comparison) -> list[str]:
    if not found.frontiers:
        return []
    lines = ["| frontier | AIQ | over the zero router [95 %] | cost at equal quality [95 %] |", "|" + "---|" * 4]
    for one in found.frontiers:
        gain = f"{one.aiq_gain:+.4f}" if one.aiq_gain is not None else ""
        if one.aiq_gain_interval is not None:
            gain += f" [{one.aiq_gain_interval.low:+.4f}, {one.aiq_gain_interval.high:+.4f}]"
        cost = "never" if one.neutral_cost is None else f"{one.neutral_cost:.2f}"
        if one.neutral_interval is not None:
            cost += f" [{one.neutral_interval.low:.2f}, {one.neutral_interval.high:.2f}]"
        lines.append(f"| {one.name} | {one.aiq or float('nan'):.4f} | {gain} | {cost} |")
    return lines


def head_of(table: ArmTable, name: str) -> list[str]:
    means = ", ".join(f"{arm} {share:.3f}" for arm, share in zip(table.arms, table.right.mean(axis=0), strict=True))
    any_right = float(table.right.max(axis=1).mean())
    return [
        f"## {name}",
        "",
        f"{len(table):,} questions; right: {means}; any arm {any_right:.3f}. Costs {table.facts['costs']}.",
        "",
    ]


def mmlu(given: argparse.Namespace) -> list[str]:
    table = routellm("mmlu")
    ways = {"words and subject (the product's router)": by_words, "subject means": by_category}
    text = head_of(table, "RouteLLM's MMLU table: Mixtral-8x7B -> GPT-4-1106")
    text += [f"1,500 labels, {given.draws} draws; judged on all other questions. Published by RouteLLM: .603.", ""]
    text += tallied(table, draws_of(table, 1500, given.draws), ways, given.resamples)
    maths = routellm("gsm8k")
    text += ["", *head_of(maths, "RouteLLM's GSM8K table"), f"500 labels, {given.draws} draws. Published: .622.", ""]
    return text + tallied(maths, draws_of(maths, 500, given.draws), {"words": by_words}, given.resamples)


TREES: dict[str, Scorer] = {"joint trees, by gain": by_gain, "joint trees, by doubt": by_doubt}
ADDITIVE: dict[str, Scorer] = {"cascade (additive)": by_cascade}


def mmlu_pro_folds(given: argparse.Namespace) -> list[str]:
    table = mmlu_pro()
    text = head_of(table, "MMLU-Pro: Gemini 1.5 flash -> pro, helpers Llama-3.1-8B and Phi-3-mini")
    text += [f"Five folds, {given.partitions} partitions.", ""]
    ways = TREES | ADDITIVE | {"category means": by_category}
    folded, kept = in_folds(table, ways, given.partitions, given.resamples)
    said = "One policy beside all controls (first partition; escalates where the expected gain is above .05)"
    text += [*folded, "", f"### {said}", ""]
    text += beside_controls(table, kept["joint trees, by gain"], given.resamples, 0.05)
    said = "The helpers' dollars are in the price of every flash call, so flash alone is really cheaper than here."
    return [*text, "", said]


def mmlu_pro_labels(given: argparse.Namespace) -> list[str]:
    table, alone = mmlu_pro(), mmlu_pro(helpers=False)
    text = head_of(table, "MMLU-Pro: Gemini 1.5 flash -> pro, helpers Llama-3.1-8B and Phi-3-mini")
    text += [f"1,500 labels, {given.draws} draws.", ""]
    ways = TREES | ADDITIVE | {"category means": by_category}
    text += tallied(table, draws_of(table, 1500, given.draws), ways, given.resamples)
    text += ["", f"Without helpers (category, length of the answer), 1,500 labels, {given.draws} draws.", ""]
    return text + tallied(alone, draws_of(alone, 1500, given.draws), TREES, given.resamples)


def cruxeval_part(given: argparse.Namespace) -> Iterator[str]:
    yield from [
        "# CRUXEval: direct answers -> chain of thought, per model",
        "",
        f"400 labels, {given.draws} draws.",
        "",
    ]
    ways: dict[str, Scorer] = {"agreement, joint, by gain": by_gain, "agreement, joint, by doubt": by_doubt}
    for model in given.models.split(","):
        for task in ("output", "input"):
            table = cruxeval(model, task)
            yield from head_of(table, f"{model}, {task}, {table.arms[0].samples} direct samples")
            found = tallied(table, draws_of(table, 400, given.draws), ways | ADDITIVE, given.resamples)
            yield "\n".join([*found, ""])


def lcb_part(given: argparse.Namespace) -> list[str]:
    whole = lcb()
    ways: dict[str, Scorer] = {"words and difficulty": by_words, "difficulty": by_category}
    text: list[str] = []
    for first, second in ((0, 2), (0, 1), (1, 2)):
        table = two_arms(whole, first, second)
        text += head_of(table, f"LiveCodeBench: o1 {whole.arms[first].effort} -> {whole.arms[second].effort} effort")
        text += [
            f"Five folds, {given.draws} partitions. One try a problem: the gap is a few points, APGR is noise.",
            "",
        ]
        text += [*in_folds(table, ways, given.draws, given.resamples)[0], ""]
    return text


def bbh_part(given: argparse.Namespace) -> list[str]:
    table = bbh()
    ways: dict[str, Scorer] = {
        "words and task": by_words,
        "task means": by_category,
        **TREES,
        **ADDITIVE,
    }
    text = head_of(table, "BIG-Bench Hard: code-davinci-002, direct -> chain of thought")
    text += [f"1,500 labels, {given.draws} draws.", ""]
    text += tallied(table, draws_of(table, 1500, given.draws), ways, given.resamples)
    labelled, others = next(draws_of(table, 1500, 1))
    fresh = take(table, others)
    text += ["", "### One policy beside all controls (first draw; escalates where the expected gain is above .05)", ""]
    return text + beside_controls(fresh, by_words(take(table, labelled), fresh), given.resamples, 0.05, beforehand=True)


def matched_risk(given: argparse.Namespace) -> Iterator[str]:
    """The cascade's certified policy, allowed as many errors as the dear arm makes bare on the labelled questions."""
    yield "# Matched risk: the cascade's policy against the dear arm bare"
    yield ""
    yield "alpha is the dear arm's error rate on the labelled questions, delta .1; 40 % of labels fit, 60 % certify; judged on all others."
    yield f"Means over {given.draws} draws of those with a promise; the last column has its 2.5 % and 97.5 % quantiles over draws."
    yield ""
    yield "| table | labels | draws with a promise | answered | wrong of answered | dear arm wrong | $ per 1,000 right: policy | dear arm | ratio |"
    yield "|" + "---|" * 9
    tables = {
        "MMLU-Pro flash -> pro": (mmlu_pro(), 1500),
        "BBH direct -> CoT": (bbh(), 1500),
        "CRUXEval output, gpt-4 direct x10 -> CoT": (cruxeval("gpt-4-0613", "output"), 400),
    }
    for name, (table, labels) in tables.items():
        rows = [_matched(table, *split) for split in draws_of(table, labels, given.draws)]
        found = np.array([row for row in rows if row is not None])
        if not len(found):
            yield f"| {name} | {labels} | 0 of {len(rows)} |" + " |" * 6
            continue
        answered, wrong, bare, ours, theirs = found.mean(axis=0)
        ratio = found[:, 3] / found[:, 4]
        low, high = np.quantile(ratio, [0.025, 0.975])
        cells = [f"{len(found)} of {len(rows)}", f"{answered:.3f}", f"{wrong:.3f}", f"{bare:.3f}"]
        cells += [f"{1000 * ours:.3f}", f"{1000 * theirs:.3f}", f"{ratio.mean():.2f} [{low:.2f}, {high:.2f}]"]
        yield f"| {name} | {labels} | " + " | ".join(cells) + " |"


def _matched(table: ArmTable, labelled: Array, others: Array) -> tuple[float, ...] | None:
    """Answered, wrong of answered, the dear arm's errors, dollars per right answer of both; None without a promise."""
    fit, fresh = take(table, labelled), take(table, others)
    alpha = float(1 - np.nan_to_num(fit.right[:, -1]).mean())
    policy = fit_policy(fit, Wishes(error=alpha), Certifying(alpha=alpha, delta=0.1))
    if not policy.promised:
        return None
    made = policy.play(fresh)
    there = ~np.isnan(made.right)
    dear = np.nan_to_num(fresh.right[:, -1])
    right = float(np.nan_to_num(made.right).sum())
    per = float(made.cost.sum()) / right, float(fresh.cost[:, -1].sum() / dear.sum())
    return float(there.mean()), float((made.right[there] == 0).mean()), float(1 - dear.mean()), *per


PARTS: dict[str, Callable[[argparse.Namespace], Iterable[str]]] = {
    "mmlu": mmlu,
    "mmlu_pro_folds": mmlu_pro_folds,
    "mmlu_pro_labels": mmlu_pro_labels,
    "cruxeval": cruxeval_part,
    "lcb": lcb_part,
    "matched_risk": matched_risk,
    "bbh": bbh_part,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all")
    parser.add_argument("--draws", type=int, default=20, help="label draws, or partitions into folds")
    parser.add_argument("--partitions", type=int, default=3, help="into five folds, where they take long")
    parser.add_argument("--models", default=",".join(CRUX), help="of CRUXEval, by commas")
    parser.add_argument("--resamples", type=int, default=200, help="of questions, for an interval")
    given = parser.parse_args()
    for name in PARTS if given.part == "all" else (given.part,):
        started, text = time.process_time(), ""
        for line in PARTS[name](given):
            text += f"{line}\n"
            (RESULTS / f"routing_{name}.md").write_text(text, encoding="utf-8")
        asked = f"python benchmarks/routing.py --part {name} --draws {given.draws} --resamples {given.resamples}"
        asked += f" --partitions {given.partitions}" if name == "mmlu_pro_folds" else ""
        asked += f" --models {given.models}" if name == "cruxeval" else ""
        text += f"\n`{asked}`: {time.process_time() - started:.0f} s of CPU.\n"
        sys.stdout.write(text)
        (RESULTS / f"routing_{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
