"""The audit of a question set: a sample drawn before anybody looks, its verdicts, and the error rate they show."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.errors import InputError
from calibrant.labels.items import AuditItem
from calibrant.labels.journal import Declared, Journal, Verdict, Word
from calibrant.metrics import Interval, clustered_proportion

__all__ = ["DEFAULT_SAMPLE", "Audit", "Tally", "audit_facts", "make_audit"]

DEFAULT_SAMPLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the verdicts so far say."""

    items: int
    """Of the whole set."""
    sample: int
    judged: int
    accepted: int
    rejected: int
    edited: int
    error_rate: float | None
    """(rejected + edited) / judged; None before the first verdict."""
    interval: Interval | None
    """Of the error rate (Wilson, on effective counts where items share a document; definitions, section 2)."""
    level: float

    @property
    def complete(self) -> bool:
        """Whether the whole sample is judged: only then does the interval keep its level."""
        return self.judged == self.sample


@dataclass(frozen=True, slots=True)
class Audit:
    """A set, the items drawn from it in their order, and the journal of their verdicts."""

    items: tuple[AuditItem, ...]
    """Of the whole set."""
    drawn: tuple[AuditItem, ...]
    """The sample, in the order in which it is judged."""
    declared: Declared
    journal: Journal

    def verdict(self, item: AuditItem) -> Verdict | None:
        """The last word on an item as it stands now."""
        return self.journal.verdict(item.id, item.digest)

    def next_open(self, after: int = -1) -> int | None:
        """Place of the next item without a verdict, from a place on and then from the start; None when all have one."""
        places = [*range(after + 1, len(self.drawn)), *range(min(after + 1, len(self.drawn)))]
        return next((place for place in places if self.verdict(self.drawn[place]) is None), None)

    def judge(
        self,
        item: AuditItem,
        word: Word,
        *,
        question: str | None = None,
        golds: Sequence[str] | None = None,
        note: str = "",
    ) -> Verdict:
        """Give a verdict; it is kept when this returns.

        Raises:
            InputError: an edit changes nothing or leaves nothing, or the journal cannot be written.
        """
        if word is not Word.EDIT:
            return self._keep(Verdict(id=item.id, digest=item.digest, word=word, note=note))
        text = (question or item.question.text).strip()
        answers = tuple(gold.strip() for gold in (item.question.golds if golds is None else golds) if gold.strip())
        if item.question.golds and not answers:
            raise InputError("a question that has an answer needs one", remedy="Give an answer, or reject the item.")
        if answers and not item.question.golds:
            raise InputError("an unanswerable question cannot have an answer", remedy="Reject the item.")
        if text == item.question.text and answers == item.question.golds:
            raise InputError("nothing was changed", remedy="Accept the item, or change its question or its answers.")
        return self._keep(
            Verdict(
                id=item.id,
                digest=item.digest,
                word=word,
                question=None if text == item.question.text else text,
                golds=None if answers == item.question.golds else answers,
                note=note,
            )
        )

    def _keep(self, verdict: Verdict) -> Verdict:
        self.journal.declare(self.declared)
        return self.journal.add(verdict)

    def tally(self, level: float = 0.95) -> Tally:
        """Count the verdicts."""
        judged = [(item, found) for item in self.drawn if (found := self.verdict(item)) is not None]
        words = [found.word for _, found in judged]
        wrong = [int(word is not Word.ACCEPT) for word in words]
        interval = (
            clustered_proportion(wrong, clusters=[item.cluster for item, _ in judged], level=level) if judged else None
        )
        return Tally(
            items=len(self.items),
            sample=len(self.drawn),
            judged=len(judged),
            accepted=words.count(Word.ACCEPT),
            rejected=words.count(Word.REJECT),
            edited=words.count(Word.EDIT),
            error_rate=sum(wrong) / len(wrong) if wrong else None,
            interval=interval,
            level=level,
        )


def make_audit(
    items: Sequence[AuditItem], journal: Journal, *, sample: int | None = None, seed: int | None = None
) -> Audit:
    """Draw the sample that was declared, or one that the first verdict declares.

    Args:
        items: of the whole set.
        journal: of the set.
        sample: how many items to judge; default what was declared before, else 100, or all where there are fewer.
        seed: of the order; default what was declared before, else 0.

    Raises:
        InputError: another sample was declared before.
    """
    before = journal.declared
    wanted = Declared(
        sample=sample if sample is not None else before.sample if before else min(DEFAULT_SAMPLE, len(items)),
        seed=seed if seed is not None else before.seed if before else 0,
    )
    if wanted.sample > len(items):
        raise InputError(
            f"the set has {len(items):,} questions, fewer than the {wanted.sample:,} to audit",
            place="--sample",
            remedy=f"Say --sample {len(items)}, or leave it out.",
        )
    journal.check(wanted)
    order = sorted(items, key=lambda item: item.id)
    random.Random(f"audit {wanted.seed}").shuffle(order)  # noqa: S311 - an order, no secret
    return Audit(tuple(items), tuple(order[: wanted.sample]), wanted, journal)


def audit_facts(tally: Tally) -> dict[str, Any]:
    """What a tally says, for the card of the set."""
    return {
        "items": tally.items,
        "sample": tally.sample,
        "judged": tally.judged,
        "rejected": tally.rejected,
        "edited": tally.edited,
        "error_rate": tally.error_rate,
        "interval": None if tally.interval is None else list(tally.interval),
        "level": tally.level,
        "complete": tally.complete,
    }
