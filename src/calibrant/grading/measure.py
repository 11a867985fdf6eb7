"""How well abstentions are recognised, measured: ``python -m calibrant.grading.measure [FILE]``.

Without a file, on the shipped replies: written, labelled and split in two before any pattern; patterns are tuned on the
half ``tune`` only, so ``held_out`` is the one to believe. Both halves have one author. Replies written later to try the
patterns (tests/grading/further_replies.jsonl) fared worse at first sight: .75 recalled, mostly outside English.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from calibrant.grading.abstention import is_abstention
from calibrant.metrics import wilson_interval

__all__ = ["Detection", "LabelledReply", "labelled_replies", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledReply:
    """A reply with its label."""

    id: str
    lang: str
    abstained: bool
    kind: str
    """What makes it instructive: plain, evidence (of absence), context (asked for), hedged, negated, quote, ..."""
    split: str
    """``tune`` or ``held_out``; of other files, any name of a part."""
    text: str


@dataclass(frozen=True, slots=True)
class Detection:
    """Counts of one binary decision over labelled replies."""

    hits: int
    misses: int
    false_alarms: int
    right_silences: int

    @property
    def recall(self) -> float | None:
        """Share of abstentions recognised; None without any."""
        total = self.hits + self.misses
        return self.hits / total if total else None

    @property
    def precision(self) -> float | None:
        """Share of alarms that are abstentions; None without any alarm."""
        total = self.hits + self.false_alarms
        return self.hits / total if total else None


def labelled_replies(path: str | Path | None = None) -> tuple[LabelledReply, ...]:
    """Return labelled replies in file order.

    Args:
        path: a file of JSON lines with the fields of ``LabelledReply``; None for the replies shipped with the package.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is not JSON.
        TypeError: a line lacks a field or has one too many.
    """
    shipped = resources.files("calibrant.grading") / "data" / "abstention_replies.jsonl"
    text = Path(path).read_text(encoding="utf-8") if path else shipped.read_text(encoding="utf-8")
    return tuple(LabelledReply(**json.loads(line)) for line in text.splitlines())


def measure(replies: Iterable[LabelledReply], detector: Callable[[str], bool] = is_abstention) -> Detection:
    """Count how a detector does on labelled replies.

    >>> measure(labelled_replies(), detector=lambda text: False).recall
    0.0
    """
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for reply in replies:
        counts[reply.abstained, detector(reply.text)] += 1
    return Detection(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _share(successes: int, total: int) -> str:
    interval = wilson_interval(successes, total)
    if interval is None:
        return "-"
    return f"{successes}/{total} = {successes / total:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def _rows(replies: tuple[LabelledReply, ...]) -> Iterable[str]:
    yield "| replies | recall [95 % Wilson] | precision [95 % Wilson] |"
    yield "|---|---|---|"
    groups: list[tuple[str, list[LabelledReply]]] = [("all", list(replies))]
    groups += [
        (split, [reply for reply in replies if reply.split == split])
        for split in dict.fromkeys(reply.split for reply in replies)
    ]
    for lang in dict.fromkeys(reply.lang for reply in replies):
        groups += [
            (f"{lang}, {split}", [reply for reply in replies if (reply.lang, reply.split) == (lang, split)])
            for split in dict.fromkeys(reply.split for reply in replies)
        ]
    for name, group in groups:
        found = measure(group)
        recall = _share(found.hits, found.hits + found.misses)
        yield f"| {name} | {recall} | {_share(found.hits, found.hits + found.false_alarms)} |"


if __name__ == "__main__":
    print("\n".join(_rows(labelled_replies(*sys.argv[1:2]))))
