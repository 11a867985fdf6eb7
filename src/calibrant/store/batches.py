"""One batch of items, written in one transaction: it is in the store or it is not, and no key is there twice.

What is offered meets what is there like this. A new key is added. A response that failed gives way to a newer one for
its key, and the grades and signals it had in any run go. An answer stays: whatever else comes for its key is dropped,
and the grades with it, since they judge another text. Grades of the text that is there replace their graders' earlier
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, func, select, update

from calibrant.store.bulk import insert, listed
from calibrant.store.content import body_row, question_row, response_row, setup_row, storable
from calibrant.store.keys import response_digest
from calibrant.store.tables import bodies, confidences, grades, questions, responses, run_items, runs, setups, signals
from calibrant.types import Grade, Question, Response

__all__ = ["Offer", "Tally", "answered", "forget_summary", "write_batch", "write_grades"]

_Values = dict[str, Any]


class Offer(NamedTuple):
    """One item to write."""

    question: Question
    question_hash: str
    response: Response
    grades: tuple[Grade, ...]


class Tally(NamedTuple):
    """What became of the items offered; see the properties of `RunWriter`."""

    added: int = 0
    skipped: int = 0
    reused: int = 0
    replaced: int = 0
    dropped: int = 0


class _Stored(NamedTuple):
    """A response that the store had before."""

    number: int
    text: str | None
    error: str | None


@dataclass(slots=True)
class _Rows:
    """What a batch adds, table by table."""

    responses: list[_Values] = field(default_factory=list)
    confidences: list[_Values] = field(default_factory=list)
    bodies: list[_Values] = field(default_factory=list)
    items: list[_Values] = field(default_factory=list)
    grades: dict[tuple[int, str], _Values] = field(default_factory=dict)
    regraded: list[_Values] = field(default_factory=list)


def write_batch(connection: Connection, run: int, offers: Sequence[Offer]) -> tuple[Tally, list[int | None]]:
    """Write items of a run.

    Args:
        connection: a transaction that has the write lock.
        run: the run's row number.
        offers: the items, in the order in which they are to be read again.

    Returns:
        What became of them, and for each its row number, by which it can be graded; None where its response was
        dropped.
    """
    total = [0] * len(Tally._fields)
    numbers: list[int | None] = []
    for part in _without_doubles(offers):
        batch = _Batch(connection, run, part)
        total = [before + more for before, more in zip(total, batch.write(), strict=True)]
        numbers += batch.numbers
    return Tally(*total), numbers


def write_grades(connection: Connection, verdicts: Sequence[tuple[int, Grade]]) -> None:
    """Grade items that were written before; each verdict replaces its grader's earlier one.

    Args:
        connection: a transaction that has the write lock.
        verdicts: row number of an item, which has not been deleted since it was numbered, and its grade.
    """
    rows = {}
    for item, verdict in verdicts:
        grader = storable(verdict.grader)
        reason = None if verdict.reason is None else storable(verdict.reason)
        rows[item, grader] = {"item": item, "grader": grader, "state": str(verdict.state), "reason": reason}
    known = listed(connection, [item for item, _ in rows])
    for grader in {grader for _, grader in rows}:
        connection.execute(delete(grades).where(grades.c.item.in_(known), grades.c.grader == grader))
    insert(connection, grades, list(rows.values()))


def forget_summary(connection: Connection, run: int) -> None:
    """Drop what was worked out from the items of a run that has got more of them, or other grades."""
    connection.execute(update(runs).where(runs.c.number == run, runs.c.summary.is_not(None)).values(summary=None))


def answered(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Those of the digests whose response is in the store and is an answer, not an error."""
    usable = select(responses.c.digest).where(responses.c.error.is_(None))
    return set(connection.execute(usable.where(responses.c.digest.in_(listed(connection, list(digests))))).scalars())


def _without_doubles(offers: Sequence[Offer]) -> Iterator[dict[str, Offer]]:
    """Cut a batch where a key comes again, so that the second of them meets the first in the store."""
    part: dict[str, Offer] = {}
    for offer in offers:
        digest = response_digest(offer.response.key)
        if digest in part:
            yield part
            part = {}
        part[digest] = offer
    if part:
        yield part


class _Batch:
    """The rows of one batch on their way into the tables."""

    def __init__(self, connection: Connection, run: int, offers: dict[str, Offer]) -> None:
        self._connection = connection
        self._run = run
        self._offers = offers
        self._stored = self._find_responses()
        self._items = self._find_items()
        self._rows = _Rows()
        self.numbers: list[int | None] = []
        """Of the items, in the order of the offers; None where the response was dropped."""
        self._next_response = _next_number(connection, responses)
        self._next_item = _next_number(connection, run_items)

    def write(self) -> Tally:
        setup_of = self._number_setups()
        question_of = self._number_questions()
        added = skipped = reused = replaced = dropped = 0
        for digest, offer in self._offers.items():
            stored = self._stored.get(digest)
            same = stored is not None and _same(stored, offer.response)
            gives_way = stored is not None and stored.error is not None and not same
            if stored is None:
                response = self._add_response(digest, offer.response, setup_of[digest])
            else:
                response = stored.number
                if gives_way:
                    self._replace_response(response, digest, offer.response, setup_of[digest])
            item = self._items.get((question_of[digest], response))
            grading = self._add_item(question_of[digest], response) if item is None else item
            kept = stored is None or same or gives_way
            self.numbers.append(grading if kept else None)
            if kept:
                self._grade(grading, offer.grades, again=item is not None)
            added += item is None
            skipped += item is not None and not gives_way
            reused += item is None and stored is not None and not gives_way
            replaced += gives_way
            dropped += stored is not None and not same and not gives_way
        self._insert()
        return Tally(added, skipped, reused, replaced, dropped)

    def _find_responses(self) -> dict[str, _Stored]:
        known = listed(self._connection, list(self._offers))
        columns = select(responses.c.digest, responses.c.number, responses.c.text, responses.c.error)
        return {
            digest: _Stored(number, text, error)
            for digest, number, text, error in self._connection.execute(columns.where(responses.c.digest.in_(known)))
        }

    def _find_items(self) -> dict[tuple[int, int], int]:
        if not self._stored:
            return {}
        known = listed(self._connection, [stored.number for stored in self._stored.values()])
        columns = select(run_items.c.number, run_items.c.question, run_items.c.response)
        found = self._connection.execute(columns.where(run_items.c.run == self._run, run_items.c.response.in_(known)))
        return {(question, response): number for number, question, response in found}

    def _number_setups(self) -> dict[str, int]:
        """Digest of a response -> number of its setup, which is added where it is new."""
        rows: dict[tuple[str, str | None, str, str, str], _Values] = {}
        row_of = {}
        for digest, offer in self._offers.items():
            key, model = offer.response.key, offer.response.model
            identity = (model.model, model.effort, key.model, key.prompt, key.sampling)
            if identity not in rows:
                rows[identity] = setup_row(offer.response)
            row_of[digest] = rows[identity]["digest"]
        numbers = _numbered(self._connection, setups, {row["digest"]: row for row in rows.values()})
        return {digest: numbers[row] for digest, row in row_of.items()}

    def _number_questions(self) -> dict[str, int]:
        """Digest of a response -> number of its question, which is added where it is new."""
        rows: dict[tuple[int, str], _Values] = {}
        row_of = {}
        for digest, offer in self._offers.items():
            # The offers keep the questions alive, so that in here an object's id is its own.
            identity = (id(offer.question), offer.question_hash)
            if identity not in rows:
                rows[identity] = question_row(offer.question, offer.question_hash)
            row_of[digest] = rows[identity]["digest"]
        numbers = _numbered(self._connection, questions, {row["digest"]: row for row in rows.values()})
        return {digest: numbers[row] for digest, row in row_of.items()}

    def _add_response(self, digest: str, response: Response, setup: int) -> int:
        number = self._next_response
        self._next_response += 1
        self._rows.responses.append({"number": number, **response_row(response, digest=digest, setup=setup)})
        self._add_parts(number, response)
        return number

    def _replace_response(self, number: int, digest: str, response: Response, setup: int) -> None:
        of_response = select(run_items.c.number).where(run_items.c.response == number)
        having = select(run_items.c.run).where(run_items.c.response == number)
        row = response_row(response, digest=digest, setup=setup)
        self._connection.execute(delete(confidences).where(confidences.c.response == number))
        self._connection.execute(delete(bodies).where(bodies.c.response == number))
        self._connection.execute(delete(grades).where(grades.c.item.in_(of_response)))
        self._connection.execute(delete(signals).where(signals.c.item.in_(of_response)))
        self._connection.execute(update(runs).where(runs.c.number.in_(having)).values(summary=None))
        self._connection.execute(update(responses).where(responses.c.number == number).values(row))
        self._add_parts(number, response)

    def _add_parts(self, number: int, response: Response) -> None:
        body = body_row(response)
        if body is not None:
            self._rows.bodies.append({"response": number, **body})
        for position, confidence in enumerate(response.confidences):
            self._rows.confidences.append(
                {
                    "response": number,
                    "position": position,
                    "source": str(confidence.source),
                    "name": storable(confidence.name),
                    "value": float(confidence.value),
                }
            )

    def _add_item(self, question: int, response: int) -> int:
        number = self._next_item
        self._next_item += 1
        self._rows.items.append({"number": number, "run": self._run, "question": question, "response": response})
        return number

    def _grade(self, item: int, verdicts: Iterable[Grade], *, again: bool) -> None:
        for verdict in verdicts:
            grader = storable(verdict.grader)
            reason = None if verdict.reason is None else storable(verdict.reason)
            row = {"item": item, "grader": grader, "state": str(verdict.state), "reason": reason}
            self._rows.grades[item, grader] = row
            if again:
                self._rows.regraded.append({"of_item": item, "by_grader": grader})

    def _insert(self) -> None:
        if self._rows.regraded:
            earlier = delete(grades).where(
                grades.c.item == bindparam("of_item"), grades.c.grader == bindparam("by_grader")
            )
            self._connection.execute(earlier, self._rows.regraded)
        for table, rows in (
            (responses, self._rows.responses),
            (confidences, self._rows.confidences),
            (bodies, self._rows.bodies),
            (run_items, self._rows.items),
            (grades, list(self._rows.grades.values())),
        ):
            insert(self._connection, table, rows)


def _same(stored: _Stored, offered: Response) -> bool:
    text = None if offered.text is None else storable(offered.text)
    error = None if offered.error is None else storable(offered.error)
    return (stored.text, stored.error) == (text, error)


def _numbered(connection: Connection, table: Table, rows: dict[str, _Values]) -> dict[str, int]:
    """Digest -> number of rows that carry a digest; those not there yet are added."""
    known = select(table.c.digest, table.c.number)
    found = connection.execute(known.where(table.c.digest.in_(listed(connection, list(rows)))))
    numbers: dict[str, int] = {row.digest: row.number for row in found}
    missing = [row for digest, row in rows.items() if digest not in numbers]
    if missing:
        first = _next_number(connection, table)
        insert(connection, table, [{"number": first + place, **row} for place, row in enumerate(missing)])
        numbers |= {row["digest"]: first + place for place, row in enumerate(missing)}
    return numbers


def _next_number(connection: Connection, table: Table) -> int:
    return (connection.execute(select(func.max(table.c.number))).scalar() or 0) + 1
