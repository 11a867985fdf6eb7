"""What the numbers say, in plain sentences, and what is wrong with them. No sentence says more than the intervals do.

A model is called the best only where its rank interval is 1 to 1; else the sentence says that it is not settled and
gives what was measured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calibrant.analysis import Analysis, Measured, ModelRow, Ranking, percent
from calibrant.analysis.cautions import WITHOUT
from calibrant.reports.cells import interval_of_share, level
from calibrant.reports.stopping import incomplete, stopping_sentences
from calibrant.types import Stratum

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["Finding", "caveats", "findings", "money"]

_NAMED = 4
"""Up to so many models are named where several may be the best."""


_QUESTIONS = {
    "right": "Who is right?",
    "made_up": "Who makes things up?",
    "index": "Who is best on balance?",
    "no_answer": "Who declines where there is no answer?",
    "price": "And if errors cost more?",
    "cost": "At what cost?",
    "confidence": "Do they know when they are right?",
    "promise": "What is promised?",
    "sure": "How sure is this?",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A question about the models, its answer, and a remark on it."""

    about: str
    """``right``, ``made_up``, ``index``, ``no_answer``, ``price``, ``cost``, ``confidence``, ``promise``, ``sure``."""
    head: tuple[tuple[str, str], ...]
    """The answer as (kind, text): kind is ``text``, ``model`` or ``number``."""
    more: tuple[tuple[str, str], ...] = ()
    """The remark, likewise; may be empty."""

    @property
    def question(self) -> str:
        """What a reader asks."""
        return _QUESTIONS[self.about]

    @property
    def text(self) -> str:
        """Answer and remark, plain."""
        return " ".join("".join(text for _, text in parts) for parts in (self.head, self.more) if parts)


class _Words:
    """Collects the parts of a finding."""

    def __init__(self) -> None:
        self._head: list[tuple[str, str]] | None = None
        self._parts: list[tuple[str, str]] = []

    def say(self, text: str) -> _Words:
        self._parts.append(("text", text))
        return self

    def model(self, name: str) -> _Words:
        self._parts.append(("model", name))
        return self

    def number(self, text: str) -> _Words:
        self._parts.append(("number", text))
        return self

    def then(self) -> _Words:
        """What follows is the remark."""
        self._head, self._parts = self._parts, []
        return self

    def models(self, names: Sequence[str]) -> _Words:
        """``a, b or c``."""
        for at, name in enumerate(names):
            self.say("" if at == 0 else " or " if at == len(names) - 1 else ", ").model(name)
        return self

    def about(self, what: str) -> Finding:
        if self._head is None:
            return Finding(what, tuple(self._parts))
        return Finding(what, tuple(self._head), tuple(self._parts))


def findings(report: Report) -> tuple[Finding, ...]:
    """The answer, the most important first."""
    analysis = report.analysis
    answerable = [row for row in analysis.models if row.stratum is Stratum.ANSWERABLE and row.measured.counts.n]
    unanswerable = [row for row in analysis.models if row.stratum is Stratum.UNANSWERABLE and row.measured.counts.n]
    found: list[Finding] = []
    if answerable:
        found += [_right(analysis, answerable), _made_up(analysis, answerable), _index(analysis, answerable)]
    if unanswerable:
        found.append(_no_answer(analysis, unanswerable))
    found += _price(analysis)
    if answerable or unanswerable:
        found.append(_cost(analysis.models))
    found += [*_confidence(analysis), *_promise(report)]
    if answerable:
        found.append(_sure(analysis, answerable))
    return tuple(found)


def money(dollars: float) -> str:
    """Dollars to two significant digits at least.

    >>> money(0), money(0.0042), money(1234.5)
    ('$0', '$0.0042', '$1,234.50')
    """
    if dollars == 0:
        return "$0"
    return f"${dollars:,.2f}" if dollars >= 0.1 else f"${dollars:.2g}"


def _rate(measured: Measured, metric: str) -> str:
    value, interval = measured.values[metric], measured.intervals[metric]
    if value is None:
        return "not defined"
    span = interval_of_share(interval).replace("..", " to ")
    return f"{percent(value)} ({span})" if span else f"{percent(value)} (no interval)"


def _points(measured: Measured) -> str:
    value, interval = measured.values["omniscience_index"], measured.intervals["omniscience_index"]
    if value is None:
        return "not defined"
    span = "no interval" if interval is None else f"{interval.low:+.0f} to {interval.high:+.0f}"
    return f"{value:+.0f} ({span})"


def _ranking(analysis: Analysis, metric: str) -> Ranking | None:
    return next((one for one in analysis.rankings if one.metric == metric), None)


def _best(ranking: Ranking | None, rows: Sequence[ModelRow]) -> list[str]:
    """Models that may have rank 1, in the order of the rows; empty where nothing is ranked."""
    if ranking is None:
        return []
    return [row.model for row in rows if row.model in ranking.ranks and ranking.ranks[row.model].best == 1]


def _by(rows: Sequence[ModelRow], metric: str, *, lowest: bool = False) -> list[ModelRow]:
    known = [row for row in rows if row.measured.values.get(metric) is not None]
    return sorted(known, key=lambda row: (row.measured.values[metric] or 0.0) * (1 if lowest else -1))


def _span(words: _Words, rows: Sequence[ModelRow], metric: str) -> _Words:
    """``from 12 % (a) to 40 % (b)``, as measured."""
    ordered = _by(rows, metric, lowest=True)
    low, high = ordered[0], ordered[-1]
    words.say("from ").number(_rate(low.measured, metric)).say(", ").model(low.model)
    return words.say(", to ").number(_rate(high.measured, metric)).say(", ").model(high.model)


def _unsettled(words: _Words, best: Sequence[str], of: int) -> _Words:
    if not best:
        return words.say("Cannot be said: no question has a grade for every model.")
    if len(best) > _NAMED:
        return (
            words.say("Not settled by these questions: it may be any of ")
            .number(f"{len(best)} of {of}")
            .say(" models.")
        )
    return words.say("Not settled by these questions: ").models(best).say(".")


def _right(analysis: Analysis, rows: Sequence[ModelRow]) -> Finding:
    words, best = _Words(), _best(_ranking(analysis, "accuracy"), _by(rows, "accuracy"))
    if len(rows) == 1 or len(best) == 1:
        row = rows[0] if len(rows) == 1 else next(row for row in rows if row.model == best[0])
        words.model(row.model).say(" is right on " if len(rows) == 1 else " is right most often, on ")
        words.number(_rate(row.measured, "accuracy")).say(" of the questions that have an answer.")
    else:
        _unsettled(words, best, len(rows))
    if len(rows) > 1:
        _span(words.then().say("Right, as measured: "), rows, "accuracy").say(".")
    return words.about("right")


def _made_up(analysis: Analysis, rows: Sequence[ModelRow]) -> Finding:
    words, missed = _Words(), [row for row in rows if row.measured.values["hallucination_rate"] is not None]
    if len(rows) > 1:
        best = _best(_ranking(analysis, "wrong_of_all"), _by(rows, "wrong_of_all", lowest=True))
        if len(best) == 1:
            row = next(row for row in rows if row.model == best[0])
            words.say("Fewest wrong answers: ").model(row.model).say(", on ")
            words.number(_rate(row.measured, "wrong_of_all")).say(" of the questions that have an answer.")
        else:
            _unsettled(words.say("Fewest wrong answers? "), best, len(rows))
        words.then()
    if not missed:
        words.say("Nothing was missed, so nothing was made up.")
    elif not any(row.measured.counts.abstained for row in rows):
        words.say("It never declines" if len(rows) == 1 else "None of them ever declines")
        words.say(": what is not known is answered wrongly all the same.")
    elif len(rows) == 1:
        words.say("Of what it did not get right, it answered ")
        words.number(_rate(rows[0].measured, "hallucination_rate")).say(" wrongly instead of declining.")
    else:
        words.say("Wrong instead of declining, of what a model did not get right: ")
        _span(words, missed, "hallucination_rate").say(".")
    return words.about("made_up")


def _index(analysis: Analysis, rows: Sequence[ModelRow]) -> Finding:
    words, ranked = _Words(), _by(rows, "omniscience_index")
    best = _best(_ranking(analysis, "omniscience_index"), ranked)
    if len(rows) == 1 or len(best) == 1:
        row = rows[0] if len(rows) == 1 else next(row for row in rows if row.model == best[0])
        words.model(row.model).say(" scores an Index of " if len(rows) == 1 else ", with an Index of ")
        words.number(_points(row.measured)).say(".").then()
    else:
        _unsettled(words, best, len(rows)).then()
        if best:
            words.say("Highest Index as measured: ").number(_points(ranked[0].measured)).say(", ")
            words.model(ranked[0].model).say(". ")
    words.say("The Index takes one right answer away for each wrong one. ")
    intervals = [row.measured.intervals["omniscience_index"] for row in rows]
    above = sum(one is not None and one.low > 0 for one in intervals)
    who = "It is" if len(rows) == 1 else f"{above} of {len(rows)} {'is' if above == 1 else 'are'}"
    if not above:
        who = "It is not" if len(rows) == 1 else "None is"
    return words.say(f"{who} surely above 0, the score of always declining.").about("index")


def _no_answer(analysis: Analysis, rows: Sequence[ModelRow]) -> Finding:
    words = _Words()
    share = next(one for one in analysis.strata if one.stratum is Stratum.UNANSWERABLE)
    best = _best(_ranking(analysis, "correct_refusal"), _by(rows, "correct_refusal"))
    if len(rows) == 1 or len(best) == 1:
        row = rows[0] if len(rows) == 1 else next(row for row in rows if row.model == best[0])
        words.model(row.model).say(" declines " if len(rows) == 1 else " declines most often, ")
        words.number(_rate(row.measured, "correct_refusal")).say(f" of the {share.questions:,} that have none.")
    else:
        _unsettled(words, best, len(rows))
    if len(rows) > 1:
        words.then().say(f"Answered all the same, of {share.questions:,} questions: ")
        _span(words, rows, "false_acceptance").say(".")
    return words.about("no_answer")


def _price(analysis: Analysis) -> Iterator[Finding]:
    leaders, words = analysis.prices.leaders, _Words()
    if len(analysis.prices.curves) < 2:
        return
    if len(leaders) == 1:
        words.say("As measured, ").model(leaders[0].model).say(
            " leads whatever a wrong answer costs, up to 19 right ones."
        )
        yield words.then().say("How much of that is settled, the ranks say.").about("price")
        return
    words.say("The order changes, as measured: first leads ").model(leaders[0].model)
    for leader in leaders[1:]:
        words.say(", then, where a wrong answer costs more than ")
        words.number(f"{leader.low / (1 - leader.low):.2g}").say(" right ones, ").model(leader.model)
    words.say(".").then()
    handed = [one for one in analysis.prices.crossings if one.leads]
    shown = [one for one in handed if one.below_until is not None and one.above_from is not None]
    if not shown:
        words.say("None of these changes is settled by these questions.")
    elif len(shown) < len(handed):
        words.say(f"{len(shown)} of these {len(handed)} changes {'is' if len(shown) == 1 else 'are'} settled.")
    else:
        words.say("That the order changes is settled; the exact price is not.")
    yield words.about("price")


def _cost(rows: Sequence[ModelRow]) -> Finding:
    by_model: dict[str, list[ModelRow]] = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row)
    costs: dict[str, float] = {}
    for model, parts in by_model.items():
        known = [row.cost_usd for row in parts if row.cost_usd is not None]
        if len(known) == len(parts):
            costs[model] = 1000 * sum(known) / sum(row.attempts for row in parts)
    words = _Words()
    if not costs:
        return words.say("Not known: no prices were given.").about("cost")
    low, high = (pick(costs, key=costs.__getitem__) for pick in (min, max))
    if costs[high] == 0:
        words.say("Nothing: these answers are free of charge.")
    elif costs[low] == costs[high]:
        words.say("A thousand answers cost ").number(money(costs[low])).say(".")
    else:
        words.say("A thousand answers cost from ").number(money(costs[low])).say(", ").model(low)
        words.say(", to ").number(money(costs[high])).say(", ").model(high).say(".")
    if len(costs) < len(by_model):
        words.then().say(f"Of {len(by_model) - len(costs)} models the cost is not known.")
    return words.about("cost")


def _confidence(analysis: Analysis) -> Iterator[Finding]:
    rows = [row for row in analysis.confidence if row.stratum is Stratum.ANSWERABLE]
    if not rows:
        return
    words, models = _Words(), {row.model for row in rows}
    telling = {row.model for row in rows if "auroc" in row.intervals and row.intervals["auroc"].low > 0.5}
    words.say("Confidence tells right from wrong better than a coin: shown for ")
    words.number(f"{len(telling)} of {len(models)}").say(".")
    probable = {row.model for row in rows if row.values["gap"] is not None}
    over = {row.model for row in rows if "gap" in row.intervals and row.intervals["gap"].low > 0}
    if probable:
        words.then().say("Surer than right, on average: shown for ").number(f"{len(over)} of {len(probable)}").say(".")
    yield words.about("confidence")


def _promise(report: Report) -> Iterator[Finding]:
    if not report.promises:
        yield _Words().say("Nothing: no certificate rests on these questions.").about("promise")
    seen: set[tuple[str, str]] = set()
    for made in report.promises:
        key = made.model, made.signal
        if key not in seen:
            seen.add(key)
            yield _Words().model(made.model).say(f": {made.certificate.sentence()}").about("promise")


def _sure(analysis: Analysis, rows: Sequence[ModelRow]) -> Finding:
    words = _Words()
    clusters = max(row.measured.clusters for row in rows)
    questions = max(row.measured.questions for row in rows)
    words.say("Numbers in brackets are intervals at ").number(level(analysis))
    words.say(f", from {questions:,} questions that have an answer")
    words.say("." if clusters == questions else f" out of {clusters:,} independent documents.")
    halves = [
        (one.high - one.low) / 2 for row in rows if (one := row.measured.intervals["omniscience_index"]) is not None
    ]
    if halves:
        words.then().say("The widest interval of an Index here reaches ").number(f"{max(halves):.0f}")
        words.say(" points to either side.")
    return words.about("sure")


def caveats(report: Report) -> tuple[tuple[str, str], ...]:
    """(kind, sentence): what is wrong with this comparison, the worst first."""
    analysis = report.analysis
    found: list[tuple[str, str]] = []
    if (why := incomplete(report.run, report.stopping)) is not None:
        found.append(("incomplete", why))
    found += [("stopped", sentence) for sentence in stopping_sentences(report.stopping)]
    found += [(caution.kind, caution.text) for caution in analysis.cautions]
    found += _shared(analysis)
    models = {row.model for row in analysis.models}
    if len(models) == 1:
        found.append(("alone", "One model alone: these numbers compare it with nothing."))
    thin = sum(len(row.measured.thin) > 0 for row in analysis.models)
    if thin:
        found.append(
            ("thin", "Numbers marked ~ rest on fewer than 20 documents or 5 events: their intervals may be too narrow.")
        )
    return (*found, ("audit", _audit(report.graders)))


def _shared(analysis: Analysis) -> Iterator[tuple[str, str]]:
    for ranking in {ranking.stratum: ranking for ranking in analysis.rankings}.values():
        if 0 < ranking.shared < ranking.questions:
            without = WITHOUT[ranking.stratum]
            shared = f"{ranking.shared:,} of {ranking.questions:,} questions{without}"
            yield "shared", f"Ranks rest on {shared}: those that every model has a grade for."


def _audit(graders: Mapping[str, int]) -> str:
    if not graders:
        return "Nobody graded these answers."
    who = " and ".join(
        "the source of the answers" if name == "imported" else f"the grader '{name}'" for name in graders
    )
    return f"Verdicts are by {who}. Whether they are right has not been checked by people here."
