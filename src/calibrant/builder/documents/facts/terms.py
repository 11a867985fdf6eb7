"""What a document says of the terms that it defines: defaults in signatures, versions, exceptions, glossaries, options."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator

from calibrant.builder.documents.document import Block, Document, Heading
from calibrant.builder.documents.facts.fact import Fact
from calibrant.builder.documents.facts.naming import answer_kind, is_answer
from calibrant.builder.documents.sentences import of_block, why_not

__all__ = ["read_terms"]

_PRODUCT = re.compile(r"([A-Z][\w+-]{1,30}) v?\d+(?:\.\d+)+(?: documentation| Documentation| Manual| Reference)?\s*$")
_ADDED = re.compile(r"^(?:New|Added) in version (?P<v>\d+(?:\.\d+)+)\.?$")
_DEPRECATED = re.compile(
    r"^Deprecated since version (?P<v>\d+(?:\.\d+)+)(?:, (?:will be )?removed in version \d[\d.]*\d)?"
    r"(?:\.?$|: ?(?:Use|This (?:function|method|class|module|exception|attribute|constant|decorator|macro|type))\b)"
)
"""Where more is said, it must be of the whole term: *Deprecated since version 3.9: The parameter x* is not."""
_RAISES_IF = re.compile(
    r"^(?:Raises?|Will raise|This (?:function|method) raises) (?:an? |the )?(?P<v>[A-Z]\w*(?:Error|Exception|Warning))"
    r"(?: exception)? if (?P<c>.{8,140})\.$"
)
_IF_RAISED = re.compile(
    r"^If (?P<c>[^,;:]{8,140}), (?:an? |the )?(?P<v>[A-Z]\w*(?:Error|Exception|Warning))(?: exception)? (?:is|will be) raised\.$"
)
_DEFAULT = re.compile(
    r"^(?:The default(?: value)?(?: is|:)|Default(?: value)?(?: is|:)|Defaults to|Default is) (?P<v>[^;:()]{1,60}?)\.?$"
)
_PARAMETER_DEFAULT = re.compile(r"^(?:The )?(?P<p>\w+)(?: parameter| argument)? defaults to (?P<v>[^;:(),]{1,40}?)\.?$")
_PARAMETER_ADDED = re.compile(
    r"^Changed in version (?P<v>\d+(?:\.\d+)+): (?:Added (?:support for )?(?:the |an? )?(?:optional |new |keyword-only )*(?P<p>\w+)"
    r" (?:keyword |keyword-only |optional )?(?:parameter|argument)|The (?:optional |new |keyword-only )*(?P<q>\w+)"
    r" (?:keyword |keyword-only |optional )?(?:parameter|argument) (?:was|has been|is) added)\.?$"
)
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|you|your|such|above|below|otherwise|also|same)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"^\w+ (?:[\w'-]+ ){1,4}?(?:is|are|was|were|has|have|can|may|will|does)\b")
"""*A string in Python is a sequence* is a statement about something else, not a definition of the term above it."""
_CALLED = frozenset({"function", "method", "class", "exception", "classmethod", "staticmethod", "decorator"})
_VALUED = frozenset({"data", "attribute", "option", "property", "cmdoption", "envvar", "confval", "setting"})
_SHORTEST_DEFINITION, _LONGEST_DEFINITION = 30, 220


def read_terms(document: Document) -> Iterator[Fact]:
    """The facts about the terms of a document."""
    found = _PRODUCT.search(document.title or "")
    product = f" of {found[1]}" if found is not None else ""
    for heading in document.headings:
        if heading.term is not None:
            if heading.kind in _CALLED:
                yield from _signature(document, heading)
            if heading.kind == "glossary":
                yield from _definition(document, heading)
    for block in document.blocks:
        if block.kind in ("text", "item"):
            above = document.headings_at(block.start)
            if above and above[-1].term is not None and above[-1].kind != "glossary":
                yield from _described(document, above[-1], block, product)


def _described(document: Document, heading: Heading, block: Block, product: str) -> Iterator[Fact]:
    """What one paragraph says of the term under which it stands."""
    term = _shown(heading)
    words = document.text[block.start : block.end]
    added = _ADDED.match(words)
    if added is not None and block.kind == "text":  # in a list it is of a parameter
        question = f"In which version{product} was {term} added?"
        yield _fact(
            document, term, "added in version", added["v"], question, _span(block, added, "term: added in version")
        )
        return
    old = _DEPRECATED.match(words)
    if old is not None and block.kind == "text":
        question = f"Since which version{product} is {term} deprecated?"
        yield _fact(document, term, "deprecated in version", old["v"], question, _span(block, old, "term: deprecated"))
        return
    gained = _PARAMETER_ADDED.match(words)
    if gained is not None and block.kind == "text" and heading.kind in _CALLED:
        name = gained["p"] or gained["q"]
        question = f"In which version{product} was the parameter {name} of {term} added?"
        spot_of = _span(block, gained, "term: parameter added in version")
        yield _fact(document, f"{name} of {term}", "added in version", gained["v"], question, spot_of)
        return
    for sentence in of_block(document.text, block):
        spot = (sentence.start, sentence.end)
        if heading.kind in _CALLED:
            yield from _raised(document, term, sentence.text, spot)
            default = _PARAMETER_DEFAULT.match(sentence.text)
            known = default is not None and re.search(rf"\b{default['p']}\b", heading.title.partition("(")[2])
            if default is not None and known and is_answer(default["v"]):
                yield _parameter(document, term, default["p"], default["v"], (*spot, "term: parameter defaults to"))
        elif heading.kind in _VALUED:
            default = _DEFAULT.match(sentence.text)
            if default is not None and is_answer(default["v"]) and default["v"] != "None":
                question = f"What is the default value of {term}?"
                yield _fact(document, term, "default", default["v"], question, (*spot, "term: default"))


def _shown(heading: Heading) -> str:
    """A term in a question; of what is called and has a plain word for a name, with brackets: *print()*."""
    term = heading.term or ""
    return f"{term}()" if heading.kind in _CALLED and re.fullmatch(r"[a-z]+", term) else term


def _span(block: Block, found: re.Match[str], pattern: str) -> tuple[int, int, str]:
    return block.start, block.start + found.end(), pattern


def _raised(document: Document, term: str, sentence: str, spot: tuple[int, int]) -> Iterator[Fact]:
    found = _RAISES_IF.match(sentence) or _IF_RAISED.match(sentence)
    if found is None:
        return
    condition = found["c"]
    doubt = "its condition points elsewhere" if _POINTING.search(condition) else None
    question = f"Which exception does {term} raise if {condition}?"
    yield _fact(
        document, term, f"raises if {condition.casefold()}", found["v"], question, (*spot, "term: raises"), doubt
    )


def _parameter(document: Document, term: str, name: str, value: str, spot: tuple[int, int, str]) -> Fact:
    question = f"What is the default value of the parameter {name} of {term}?"
    return _fact(document, f"{name} of {term}", "default", value, question, spot)


def _signature(document: Document, heading: Heading) -> Iterator[Fact]:
    """Defaults that a signature states, as far as they are plain values."""
    title = heading.title
    opening = title.find("(")
    closing = title.rfind(")")
    if opening < 0 or closing < opening or heading.term is None:
        return
    try:
        parsed = ast.parse(f"def f{title[opening : closing + 1]}: pass").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    assert isinstance(parsed, ast.FunctionDef)  # noqa: S101 (it is what was written)
    named = parsed.args.posonlyargs + parsed.args.args
    pairs = list(zip(named[len(named) - len(parsed.args.defaults) :], parsed.args.defaults, strict=True))
    pairs += [(one, value) for one, value in zip(parsed.args.kwonlyargs, parsed.args.kw_defaults, strict=True) if value]
    for parameter, value in pairs:
        plain = _plain(value)
        if plain is not None and plain in title and f"{parameter.arg}=" in title.replace(" =", "="):
            spot = (heading.start, heading.start + len(title), "term: default in a signature")
            yield _parameter(document, _shown(heading), parameter.arg, plain, spot)


def _plain(value: ast.expr) -> str | None:
    """A number, a text or a name; not None, which is guessed too easily and says that there is no default."""
    if isinstance(value, ast.Constant) and value.value is not None and value.value is not ...:
        shown = ast.unparse(value)
        return shown if shown not in ("''", "b''") else None
    if isinstance(value, ast.Name | ast.Attribute):
        return ast.unparse(value)
    if isinstance(value, ast.UnaryOp) and isinstance(value.operand, ast.Constant):
        return ast.unparse(value)
    return None


def _definition(document: Document, heading: Heading) -> Iterator[Fact]:
    """The first sentence under a term of a glossary, where it defines the term without naming it."""
    place = bisect_left(document.blocks, heading.start + 1, key=lambda block: block.start)
    if place >= len(document.blocks) or document.blocks[place].kind not in ("text", "item"):
        return
    first = next(of_block(document.text, document.blocks[place]), None)
    term = heading.term or ""
    if (
        first is None
        or not re.match(r"An? |The |Any ", first.text)
        or _CLAUSE.match(first.text)
        or not re.search(r"\w\w", term)
    ):
        return
    if re.search(r"[{}=]|\.\s", first.text):
        return
    if not _SHORTEST_DEFINITION <= len(first.text) <= _LONGEST_DEFINITION or not first.text.endswith("."):
        return
    stems = {word[:5] for word in re.findall(r"\w+", term.casefold()) if len(word) > 3}
    names_it = any(word[:5] in stems for word in re.findall(r"\w+", first.text.casefold()))
    doubt = "it names the term" if names_it else "it points elsewhere" if _POINTING.search(first.text) else None
    where = (
        f" in {_PRODUCT.sub(lambda found: found[1], document.title or '').split(' — ')[-1]}" if document.title else ""
    )
    question = f"Which term is defined{where} as \u201c{first.text.rstrip('.')}\u201d?"
    span = (heading.start, first.end, "term: definition")
    yield _fact(document, first.text, "term for", term, question, span, doubt)


def _fact(
    document: Document,
    subject: str,
    relation: str,
    value: str,
    question: str,
    spot: tuple[int, int, str],
    doubt: str | None = None,
) -> Fact:
    start, end, pattern = spot
    if doubt is None and pattern in ("term: default", "term: parameter defaults to"):
        found = why_not(document.text[start:end])
        doubt = found if found in ("it is hedged", "it denies something") else None
    return Fact(
        document=document.path,
        subject=subject,
        relation=relation,
        value=value,
        start=start,
        end=end,
        pattern=pattern,
        question=question,
        answer="version" if relation.endswith("in version") else answer_kind(value),
        doubt=doubt,
    )
