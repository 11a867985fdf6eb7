"""Questions by a model: asked with each piece of a document, answered in JSON, read strictly."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated

import msgspec

from calibrant.builder.documents.asking import Asker, Request
from calibrant.builder.documents.chunks import Chunk
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters.quoted import find_quote
from calibrant.builder.documents.generator import Generated, identity_of
from calibrant.builder.item import Item, Source
from calibrant.runs import PromptTemplate
from calibrant.types import Question

__all__ = ["PROMPT", "ByModel", "read_reply"]

_SYSTEM = """\
You write exam questions from an excerpt of a document. The people examined will not see the excerpt, \
and will not know which document it comes from.

Every question must
- have exactly one short answer that the excerpt states: a name, a number, a date, an identifier, a few words;
- name what it is about in full, without "the text", "this section", "it" or "the function";
- stay true: where the answer can change with time, say in as_of for which day the excerpt states it;
- not contain its answer, and not be answerable by common sense.

Reply with JSON alone, of this shape:
{"questions": [{"question": "...", "answer": "...", "quote": "...", "type": "...", "as_of": null}]}

quote is one or two sentences copied from the excerpt to the letter, which state the answer. \
type is one of: name, number, date, place, identifier, text. as_of is a day (YYYY-MM-DD), a year, or null. \
If the excerpt states nothing that can be asked so, reply {"questions": []}."""
_USER = """\
Write at most {{ extra.most }} question{{ "s" if extra.most > 1 else "" }}.
{% if extra.headings %}
The excerpt stands under: {{ extra.headings }}
{% endif %}
Excerpt:
{{ question }}"""

PROMPT = PromptTemplate(name="builder-generate-1", system=_SYSTEM, user=_USER)
"""What the generating model is shown."""

_FENCE = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_DAY = re.compile(r"^\d{4}(?:-\d\d(?:-\d\d)?)?$")
_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    question: _Words
    answer: _Words
    quote: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    type: str = "text"
    as_of: str | None = None


class _Reply(msgspec.Struct, forbid_unknown_fields=True):
    questions: list[_Written]


def read_reply(text: str) -> list[_Written]:
    """The questions of a reply: a JSON object, alone or in one code fence.

    Raises:
        ValueError: it is something else; says what, in a few words.
    """
    stripped = text.strip()
    fenced = _FENCE.match(stripped)
    try:
        return msgspec.json.decode(fenced[1] if fenced else stripped, type=_Reply).questions
    except msgspec.ValidationError:
        raise ValueError("the reply's JSON has another shape") from None
    except msgspec.DecodeError:
        raise ValueError("the reply is no JSON") from None


class ByModel:
    """Asks a model for questions about each piece of each document.

    Args:
        model: as ``--model`` takes it.
        asker: asks, keeps, and goes on after a stop.
        most: questions about one piece.
        domain: of the questions.
        copies_too: whether pieces that say nothing new are asked about, too.
    """

    def __init__(
        self, model: str, asker: Asker, *, most: int = 3, domain: str | None = None, copies_too: bool = False
    ) -> None:
        self._model = model
        self._asker = asker
        self._most = most
        self._domain = domain
        self._copies_too = copies_too
        self.name = f"model: {model}"

    def __call__(self, corpus: Corpus) -> Generated:
        """Make them; replies that are no JSON of the shape asked for are counted and left out.

        Raises:
            ModelError: not everything could be asked.
        """
        chunks = {chunk.name: chunk for chunk in corpus.chunks if any(map(str.isalpha, chunk.text))}
        if not self._copies_too:
            chunks = {name: chunk for name, chunk in chunks.items() if name not in corpus.copied_chunks}
        questions = [
            Question(
                id=name,
                text=chunk.text,
                cluster=chunk.document,
                extra={"most": self._most, "headings": " > ".join(chunk.headings)},
            )
            for name, chunk in chunks.items()
        ]
        request = Request(what="questions", questions=questions, models=[self._model], template=PROMPT)
        (answers,) = self._asker.ask(request).values()
        items: dict[str, Item] = {}
        unusable: Counter[str] = Counter()
        for name in chunks:
            (answer,) = answers[name]
            if answer.text is None:
                unusable["the model gave no usable reply"] += 1
                continue
            try:
                written = read_reply(answer.text)
            except ValueError as error:
                unusable[str(error)] += 1
                continue
            unusable["more questions than asked for"] += max(0, len(written) - self._most)
            for one in written[: self._most]:
                item = self._item(one, chunks[name], corpus)
                items.setdefault(item.question.id, item)
        return Generated(tuple(items.values()), +unusable)

    def _item(self, written: _Written, chunk: Chunk, corpus: Corpus) -> Item:
        document = corpus.documents[chunk.document]
        place = find_quote(written.quote, document.text, near=chunk.start)
        text = " ".join(written.question.split())
        return Item(
            question=Question(
                id=identity_of(chunk.document, text),
                text=text,
                golds=(written.answer.strip(),),
                domain=self._domain,
                topic=document.title or chunk.document,
                cluster=chunk.document,
                evidence=(f"{chunk.document}: {written.quote}",),
            ),
            source=Source(
                document=chunk.document,
                quote=written.quote,
                start=place[0] if place else chunk.start,
                end=place[1] if place else None,
                chunk=chunk.name,
            ),
            made=self.name,
            language=corpus.languages.get(chunk.document, "en"),
            as_of=written.as_of if written.as_of and _DAY.match(written.as_of) else None,
        )
