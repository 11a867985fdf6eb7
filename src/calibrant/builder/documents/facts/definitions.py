"""Sentences of free prose that say what something is, as *A pack is a collection of objects, stored in one file*.

Asked is the term, by its definition: what a thing is can be said in many ways, what it is called in few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from calibrant.builder.documents.document import Document
from calibrant.builder.documents.facts.entries import names_it, page_of
from calibrant.builder.documents.facts.fact import Fact
from calibrant.builder.documents.sentences import Sentence, why_not

__all__ = ["read_definition"]

_IS_A = re.compile(
    r"^(?:An? )?(?P<t>[^\W\d_][\w.+/-]*(?: [\w.+/-]+){0,2}?)(?P<o> \([^()]{2,40}\))? (?:is|are) (?P<d>(?:an? |the name of )[^.:;]{25,200})\.$"
)
"""Without *The*: *The column is part of a key* speaks of one that was named before."""
_CALLED = re.compile(
    r"^(?P<d>An? [^.,:;]{30,160}?) is (?:called|known as|termed) (?:an? |the )?[\"\u201c\u2018']?"
    r"(?P<t>[\w.+-]+(?: [\w.+-]+){0,2}?)[\"\u201d\u2019']?\.$"
)
_WEAK = re.compile(
    r"^(?:an? )(?:very |quite |excellent |overview |iterable |particularly |really |rather |useful |good |bad |common |simple |great |new |big |little |small"
    r"|powerful |convenient |popular |special |important |major |more |less |few |lot |bit |number |set of |way|matter|mistake|problem|shortcut"
    r"|shorthand|synonym|alias|variant|variation|subclass|wrapper|example|part|member|good|kind of|type of|sort of|superset|subset"
    r"|pair|point|mixture|combination|replacement|alternative|copy|version|deprecated|legacy|prime|change|consequence|result|long|short)",
    re.IGNORECASE,
)
"""How remarks begin that say of a thing how it is, or what it is to another thing, and define nothing."""
_NO_TERM = frozenset(
    "returned resulting data structure fix run statement"
    " since while although though because unless until before after whether as than unlike despite given slides"
    " the a an there what which who where when why how this that these those it he she they we you i one each every some any all both most"
    " many another such here result goal idea purpose reason point problem difference default name value argument parameter"
    " type example case method function object string class module following first second third last next other same"
    " if and or but so because note return returns output input format syntax file command option result effect key thing"
    " meanwhile however thus hence otherwise instead furthermore moreover additionally finally usually generally source target side"
    " exception rule trick alternative solution answer advantage disadvantage only main best part user list set number".split()
)
_TELLING = re.compile(r"\b(?:that|which|who|whose|where|used|for|of|with|in|to|from|by|containing|consisting)\b")
_SECOND = re.compile(
    r",? (?:and|but|or) (?:(?:an? |the )?[\w-]+ )?(?:is|are|was|were|has|have|can|may|will|must|does|should) |[^,], [a-z]+ing for "
)
"""A second statement behind the first."""
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|this|these|those|above|below|here|also|same|such|you|your|we|our|us|similar|like|above-|either"
    r"|inverse|opposite|respective|corresponding|given|former|latter|following|previous|earlier|later|now|currently|new|other|another)\b",
    re.IGNORECASE,
)


def read_definition(document: Document, sentence: Sentence) -> Iterator[Fact]:
    """The term that a sentence defines; nothing where it says something else, or the page has no title."""
    found = _IS_A.match(sentence.text) or _CALLED.match(sentence.text)
    page = page_of(document)
    if found is None or page is None or why_not(sentence.text) is not None:
        return
    term, described = found["t"], found["d"]
    words = term.casefold().split()
    if words[0] in _NO_TERM or words[-1] in _NO_TERM or _WEAK.match(described) or _POINTING.search(described):
        return
    if any(word in ("of", "in", "for", "to", "with", "on", "by", "from", "as", "at", "and", "or") for word in words):
        return
    if (
        not _TELLING.search(described)
        or re.search(r"[{}\"\u201c\u201d`]", described)
        or described.count(",") > 4
        or _SECOND.search(described)
    ):
        return
    if names_it(f"{described} {page}", term):
        return
    yield Fact(
        document=document.path,
        subject=f"{described}.",
        relation="term for",
        value=term,
        start=sentence.start,
        end=sentence.end,
        pattern="X is a Y that",
        question=f"Which term does \u201c{page}\u201d define as \u201c{described}\u201d?",
        answer="text",
    )
