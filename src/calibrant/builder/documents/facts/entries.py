"""What is listed: options and names with a description beside them, their defaults, rows of tables, lines of a manual.

A description is asked for its name and never the other way round: a name is one answer, a description has many wordings.
The question names the page, as *the default of --depth* is another one on another page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from calibrant.builder.documents.document import Block, Document, Heading
from calibrant.builder.documents.facts.fact import Fact
from calibrant.builder.documents.facts.naming import answer_kind, is_answer
from calibrant.builder.documents.sentences import of_block, why_not

__all__ = ["names_it", "page_of", "read_entries"]

_EDITION = re.compile(
    r"\s*(?:v?\d+(?:\.\d+)+)?(?: ?[-\u2014|:])? (?:documentation|Documentation|Manual Page|manual page)$"
)
_NAME = re.compile(
    r"^(?:--?[A-Za-z][\w-]*|[\w-]+(?:[._/]<?[\w*-]+>?)+|\w*[A-Z_]\w*|[a-z]+(?:-[a-z0-9]+)+|[a-z]{2,}\(\)|\.\w[\w.-]*)(?:\(\d\w?\))?$"
)
"""An option, a dotted or hyphened name, a name in capitals or mixed case, a call, a file."""
_VALUED = re.compile(r"^(?P<n>[^\s=\[<]+)(?:[= ]?<[^<>]{1,30}>|=[\w.|-]+)?$")
"""*core.editor <command>* and *core.editor=command* are called *core.editor*."""
_OPTION = re.compile(r"(?:(?<=^)|(?<=[\s,|/]))--?[A-Za-z][\w-]*")
_LISTED = re.compile(r"^(?P<n>\S{2,40}(?: \S{1,20})?)(?::| [-\u2013\u2014]| --) (?P<d>.+)$", re.DOTALL)
_MANUAL = re.compile(r"^(?P<n>[\w.-]{2,30}) [-\u2013\u2014] (?P<d>[A-Z].{14,110})$")
_DEFAULT = re.compile(
    r"^(?:(?:The|Its) default(?: value| setting)?(?: is|:)|Defaults? (?:value )?(?:is|to)|Default:|(?:It )?[Dd]efaults to)"
    r" (?P<v>[^;:()]{1,40}?)\.?$"
)
_VAGUE_VALUE = re.compile(
    r"\b(?:same|value|setting|above|below|current|unlimited|default|set|unset|on|off|yes|no|true|false|none|empty|any|all|it)\b",
    re.IGNORECASE,
)
_BOXES = frozenset({"note", "caution", "warning", "tip", "important", "example", "examples"})
"""Titles of boxes inside a section."""
_STARTS_BADLY = re.compile(
    r"^(?:By default|Normally|Usually|Otherwise|Only|Use|See|As|Like|Same|Ditto|This|That|These|It|If|When|Note|Deprecated|Obsolete|Synonym|Alias)\b"
)
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|this|that is|these|those|above|below|following|previous|here|also|same|see|other)\b",
    re.IGNORECASE,
)
_SMALL = frozenset("of in to is it as at an or no on by if be do the and for not with from all new get set use".split())
"""Words that give nothing away."""
_SHORTEST, _LONGEST = 30, 200
_LONGEST_CELL = 60


def page_of(document: Document) -> str | None:
    """What a page is called in a question; None where it has no title."""
    title = document.title or ""
    before = None
    while before != title:
        before, title = title, _EDITION.sub("", title).strip(" -\u2014|:")
    return title if 2 < len(title) <= 90 and re.search(r"\w\w", title) else None


def read_entries(document: Document) -> Iterator[Fact]:
    """The facts of a page's lists, tables and options; none where the page has no title."""
    page = page_of(document)
    if page is None:
        return
    yield from _described(document, page)
    yield from _items(document, page)
    yield from _tables(document, page)


def _described(document: Document, page: str) -> Iterator[Fact]:
    """Names of definition lists and headings of code, with the first sentence below them and their defaults."""
    group: list[Heading] = []
    seen = Counter(heading.title for heading in document.headings if _is_entry(heading))
    headings = {heading.start: heading for heading in document.headings}
    fresh = False
    for block in document.blocks:
        heading = headings.get(block.start) if block.kind == "heading" else None
        if block.kind == "heading":
            goes_on = fresh and heading is not None and _is_entry(heading) and bool(group) and _is_entry(group[-1])
            group = ([*group] if goes_on else []) + ([heading] if heading is not None else [])
            fresh = True
            continue
        names = _names(group) if all(seen[one.title] == 1 for one in group) else []
        if not names or block.kind not in ("text", "item"):
            fresh = False
            continue
        read = list(of_block(document.text, block))
        if fresh and block.kind == "text" and read:
            yield from _definition(document, page, names, (group[0].start, read[0].end), read[0].text)
        fresh = False
        if block.kind == "text" and document.headings_at(block.start)[-1:] == (group[-1],):
            for sentence in read:
                yield from _default(document, page, names, (sentence.start, sentence.end), sentence.text)


def _is_entry(heading: Heading) -> bool:
    return heading.kind in ("entry", "option")


def _names(group: Sequence[Heading]) -> list[str]:
    """The names of headings that share one description; none where one of them is no name."""
    found = []
    for heading in group:
        options = _OPTION.findall(heading.title)
        if heading.title.startswith("-") and _is_entry(heading) and options:
            found += options
            continue
        named = _VALUED.match(heading.title.strip())
        if not _is_entry(heading) or named is None or not _NAME.match(named["n"]):
            return []
        found.append(named["n"])
    return found


def _definition(
    document: Document, page: str, names: Sequence[str], span: tuple[int, int], sentence: str
) -> Iterator[Fact]:
    described = sentence.rstrip(". ")
    if not _is_description(described, names) or not sentence.endswith("."):
        return
    kind = "option" if all(name.startswith("-") for name in names) else "entry"
    question = f"Which {kind} is described as \u201c{described}\u201d in \u201c{page}\u201d?"
    yield _fact(document, (f"{described}. {page}", "described as"), names, question, (*span, "entry: described as"))


def _is_description(words: str, names: Sequence[str]) -> bool:
    """Whether words describe one thing for somebody who sees nothing else, and do not name it."""
    if not _SHORTEST <= len(words) <= _LONGEST or re.search(r"[{}\u201c\u201d]", words):
        return False
    if _STARTS_BADLY.match(_capital(words)) or _POINTING.search(words) or not words[0].isupper():
        return False
    return not any(names_it(words, name) for name in names)


def names_it(words: str, name: str) -> bool:
    """Whether words give a name away: a word of it in any ending, or the whole of it written together.

    >>> names_it("The items of a list are objects", "Lists"), names_it("A server of xmlrpc", "XML-RPC")
    (True, True)
    """
    stems = {_stem(part) for part in re.findall(r"[a-z]{2,}", name.casefold())} - _SMALL
    if not re.search(r"\w[^_]|[^_]\w", name) or stems & {
        _stem(word) for word in re.findall(r"[a-z]{2,}", words.casefold())
    }:
        return True
    bare = re.sub(r"[\W_]", "", name.casefold())
    return len(bare) > 2 and bare in re.sub(r"[\W_]", "", words.casefold())


def _stem(word: str) -> str:
    return word.rstrip("s")[:5] if len(word) > 3 else word


def _default(
    document: Document, page: str, names: Sequence[str], span: tuple[int, int], sentence: str
) -> Iterator[Fact]:
    found = _DEFAULT.match(sentence)
    if found is None or not is_answer(found["v"]) or why_not(sentence) is not None:
        return
    value = found["v"].strip("\"'\u201c\u201d\u2018\u2019")
    if not value or _VAGUE_VALUE.search(value) or len(value.split()) > 3 or re.match(r"(?:the|an?) ", value):
        return
    named = max(names, key=len)
    question = f"What is the default value of {named} in \u201c{page}\u201d?"
    yield _fact(document, (f"{named} in {page}", "default"), [value], question, (*span, "entry: default"))


def _items(document: Document, page: str) -> Iterator[Fact]:
    """Entries of lists, *name: description* with the name marked as code; and the line *name - description*."""
    marked = dict(document.literals)
    for place, block in enumerate(document.blocks):
        words = document.text[block.start : block.end]
        above = document.headings_at(block.start)
        if block.kind == "item":
            found = _LISTED.match(words)
            if found is None or marked.get(block.start) != block.start + found.end("n"):
                continue
            first = next(of_block(document.text, Block(block.start + found.start("d"), block.end)), None)
            if first is None:
                continue
            described = first.text.rstrip(".; ")
            described = _capital(described)
            if _NAME.match(found["n"]) and above and _is_description(described, [found["n"]]):
                where = _where(document, block.start, page)
                question = f"Which entry is described as \u201c{first.text.rstrip('.; ')}\u201d {where}?"
                key = (f"{described}. {page}", "described as")
                yield _fact(document, key, [found["n"]], question, (block.start, first.end, "entry: in a list"))
        elif block.kind == "text" and place < 4 and above and above[-1].title.casefold() == "name":
            found = _MANUAL.match(words)
            if found is not None and _is_description(found["d"], [found["n"]]):
                question = f"Which program or page of a manual is described as \u201c{found['d'].rstrip('.')}\u201d?"
                key = (f"{found['d']}.", "described as")
                yield _fact(document, key, [found["n"]], question, (block.start, block.end, "entry: of a manual"))


def _tables(document: Document, page: str) -> Iterator[Fact]:
    """Rows of tables with a head: what the first column calls the thing, and what another one says of it."""
    head: list[str] = []
    rows: list[tuple[Block, list[str]]] = []
    for block in (*document.blocks, Block(len(document.text), len(document.text), "end")):
        cells = [cell.strip() for cell in document.text[block.start : block.end].split(" | ")]
        if block.kind == "table":
            rows.append((block, cells))
            continue
        if head and rows:
            yield from _rows(document, page, head, rows)
        head, rows = (cells if block.kind == "head" else []), []


def _rows(document: Document, page: str, head: list[str], rows: list[tuple[Block, list[str]]]) -> Iterator[Fact]:
    even = [(block, cells) for block, cells in rows if len(cells) == len(head)]
    above = document.headings_at(even[0][0].start) if even else ()
    keys = [cells[0].casefold() for _, cells in even]
    if len(even) != len(rows) or len(head) < 2 or not above or len(set(keys)) < len(keys) or not _is_label(head[0]):
        return
    where = _where(document, even[0][0].start, page)
    for column in range(1, len(head)):
        label = head[column]
        if not _is_label(label):
            continue
        values = [cells[column].casefold() for _, cells in even]
        for block, cells in even:
            name, cell = cells[0], cells[column]
            spot = (block.start, block.end, "table: a cell")
            if not name or not re.search(r"\w", name) or len(name) > _LONGEST_CELL or not cell:
                continue
            if len(cell) <= _LONGEST_CELL and is_answer(cell) and re.search(r"\d", cell):
                question = f"What has {_noun(head[0])} \u201c{name}\u201d in the column \u201c{label}\u201d, {where}?"
                yield _fact(document, (f"{name} {where}", label), [cell], question, spot)
            elif (
                values.count(cell.casefold()) == 1
                and len(name.split()) <= 4
                and _is_description(_capital(cell), [name])
            ):
                question = f"Which {_noun(head[0])} has \u201c{cell}\u201d in the column \u201c{label}\u201d, {where}?"
                key = (f"{cell}. {where}", label)
                yield _fact(document, key, [name], question, (block.start, block.end, "table: a row"))


def _where(document: Document, place: int, page: str) -> str:
    """*in PAGE*, or *under HEADING in PAGE*; a box (*Note*) is no heading to name."""
    above = [one.title for one in document.headings_at(place) if one.title.casefold() not in _BOXES]
    if not above or above[-1] in page or page in above[-1]:
        return f"in \u201c{page}\u201d"
    return f"under \u201c{above[-1]}\u201d in \u201c{page}\u201d"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _is_label(words: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", words)) and len(words.split()) <= 4 and len(words) <= 40


def _fact(
    document: Document, key: tuple[str, str], values: Sequence[str], question: str, spot: tuple[int, int, str]
) -> Fact:
    start, end, pattern = spot
    return Fact(
        document=document.path,
        subject=key[0],
        relation=key[1],
        value=values[0],
        also=tuple(values[1:]),
        start=start,
        end=end,
        pattern=pattern,
        question=question,
        answer=answer_kind(values[0]),
    )


def _noun(label: str) -> str:
    """The name of a column as the kind of thing that is asked for; *entry* where it is none."""
    return label.lower() if label.lower() not in ("what", "name", "which", "how", "key", "value") else "entry"
