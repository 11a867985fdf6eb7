"""Long names made short so that they still differ."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from calibrant.reports.cells import plain

__all__ = ["Names", "short_names"]

_PIECES = re.compile(r"[\W_]*[^\W_]+|[\W_]+$")
_GAP = ".."


@dataclass(frozen=True, slots=True)
class Names:
    """What a table writes for each name."""

    shown: Mapping[str, str]
    """Name -> at most so many characters, different for different names."""
    numbered: Mapping[str, str]
    """What a table writes -> the whole name, where only a number tells it from others: a legend's lines."""

    def __getitem__(self, name: str) -> str:
        return self.shown[name]


def short_names(names: Iterable[str], longest: int) -> Names:
    """Write each name in at most ``longest`` characters, different names differently.

    Of long names that are built alike, pieces that all have in common go first; of others the middle goes. What then
    still reads alike is numbered.

    Args:
        names: of models, domains or signals.
        longest: characters, at least 8.

    >>> short_names(["org/model-2026-01-preview@high", "org/model-2026-02-preview@high"], 18).shown.values()
    dict_values(['org..-01..@high', 'org..-02..@high'])
    """
    written = {name: plain(name) for name in dict.fromkeys(names)}
    shown = {name: _without_the_middle(text, longest) for name, text in written.items()}
    for alike in _built_alike([name for name, text in written.items() if len(text) > longest], written):
        texts = _without_the_common([_PIECES.findall(written[name]) for name in alike], longest)
        if len(set(texts)) == len(texts) and max(map(len, texts)) <= longest:
            shown |= zip(alike, texts, strict=True)
    numbered = {}
    times = Counter(shown.values())
    unclear = [name for name in written if times[shown[name]] > 1]
    for place, name in enumerate(unclear, start=1):
        mark = f"#{place}"
        room = longest - len(mark)
        text = written[name]
        shown[name] = f"{text[: room - len(_GAP)]}{_GAP}{mark}" if len(text) > room else f"{text}{mark}"
        numbered[shown[name]] = text
    return Names(shown, numbered)


def _without_the_middle(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    keep = longest - len(_GAP)
    return f"{text[: keep - keep // 2]}{_GAP}{text[len(text) - keep // 2 :]}"


def _built_alike(names: Sequence[str], written: Mapping[str, str]) -> list[list[str]]:
    """Names of as many pieces and the same first one, two or more together."""
    groups = defaultdict(list)
    for name in names:
        pieces = _PIECES.findall(written[name])
        groups[len(pieces), pieces[0]].append(name)
    return [group for group in groups.values() if len(group) > 1]


def _without_the_common(names: Sequence[Sequence[str]], longest: int) -> list[str]:
    """The pieces in which the names differ, and from both ends inwards as many of the others as there is room for."""
    places = range(len(names[0]))
    kept = {at for at in places if len({pieces[at] for pieces in names}) > 1}
    common = [at for at in places if at not in kept]
    from_both_ends = [at for pair in zip(common, reversed(common), strict=True) for at in pair]
    for at in dict.fromkeys(from_both_ends):
        if all(len(_joined(pieces, kept | {at})) <= longest for pieces in names):
            kept.add(at)
    return [_joined(pieces, kept) for pieces in names]


def _joined(pieces: Sequence[str], kept: set[int]) -> str:
    text, before = "", -1
    for at in [*sorted(kept), len(pieces)]:
        if at != before + 1:
            text += _GAP
        text += pieces[at] if at < len(pieces) else ""
        before = at
    return text
