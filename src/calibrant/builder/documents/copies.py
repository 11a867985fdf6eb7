"""Pieces that say nothing new: the same page twice, or a paragraph that stands in many documents under one heading.

A piece is a copy of an earlier one where nearly all runs of five of its words stand in that one too (containment of
shingles: Broder 1997, "On the resemblance and containment of documents"), and it holds no name, number or code that the
earlier one has not. The second half keeps pages of one form apart: two entries of a register may share every phrase.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from calibrant.builder.documents.chunks import Chunk
from calibrant.builder.documents.document import Document
from calibrant.questions.suspicion import fold_text

__all__ = ["copied_blocks", "copied_chunks"]

_RUN = 5
"""Words of a shingle."""
_LEAST = 0.9
"""Share of a piece's shingles that stand in the earlier one."""
_FEWEST = 8
"""Words below which a paragraph is too short to be told from a phrase in use everywhere."""
_MOST_HOLDERS = 12
"""Pieces noted for one shingle; what more pieces share tells nothing of which one was copied."""
_TELLING = re.compile(r"\w*[\d_]\w*|(?<![.!?:] )(?<!^)\b[A-Z\u00c0-\u00de]\w+|\w+(?:[./]\w+)+|\w+(?=\()")


def copied_chunks(chunks: Sequence[Chunk]) -> dict[str, str]:
    """Name of a piece -> name of the earlier piece that it copies; copies of copies name the first."""
    holders: dict[int, list[int]] = defaultdict(list)
    words = [fold_text(chunk.text).split() for chunk in chunks]
    whole: dict[str, int] = {}
    found: dict[str, str] = {}
    for place, chunk in enumerate(chunks):
        same = whole.setdefault(" ".join(words[place]), place) if words[place] else place
        shingles = _shingles(words[place])
        original = same if same != place else _original(shingles, holders, chunk, chunks)
        if original is not None:
            found[chunk.name] = chunks[original].name
            continue
        for one in shingles:
            if len(holders[one]) < _MOST_HOLDERS:
                holders[one].append(place)
    return found


def _shingles(words: Sequence[str]) -> set[int]:
    if len(words) < _FEWEST:
        return set()
    return {hash(tuple(words[start : start + _RUN])) for start in range(len(words) - _RUN + 1)}


def _original(
    shingles: set[int], holders: Mapping[int, list[int]], chunk: Chunk, chunks: Sequence[Chunk]
) -> int | None:
    """The earliest piece that holds nearly all of a piece and everything telling in it."""
    if not shingles:
        return None
    shared = Counter(place for one in shingles for place in holders.get(one, ()))
    near = sorted(place for place, count in shared.items() if count >= _LEAST * len(shingles))
    telling = _telling(chunk)
    return next((place for place in near if telling <= _telling(chunks[place])), None)


def _telling(chunk: Chunk) -> set[str]:
    """Names, numbers and code of a piece, and the words of its headings."""
    return {word.casefold() for word in _TELLING.findall(chunk.text)} | set(fold_text(" ".join(chunk.headings)).split())


def copied_blocks(documents: Mapping[str, Document]) -> dict[tuple[str, int], str]:
    """(Path, offset) of a paragraph -> path of the document in which the same stands before, under the same heading.

    Under another heading the same words are said of something else: *New in version 3.2* is no copy.
    """
    first: dict[tuple[str, str], tuple[str, int]] = {}
    found: dict[tuple[str, int], str] = {}
    for path, document in documents.items():
        for block in document.blocks:
            if block.kind == "heading":
                continue
            words = fold_text(document.text[block.start : block.end])
            if words.count(" ") + 1 < _FEWEST:
                continue
            above = document.headings_at(block.start)
            title = above[-1].title if above and above[-1].level > 1 else ""
            origin = first.setdefault((fold_text(title), words), (path, block.start))
            if origin != (path, block.start):
                found[path, block.start] = origin[0]
    return found
