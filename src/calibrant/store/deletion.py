"""Deleting a run with everything that no other run needs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, delete, exists, select

from calibrant.store.tables import (
    bodies,
    confidences,
    grades,
    prompts,
    questions,
    responses,
    run_items,
    runs,
    setups,
    signals,
    stop_looks,
    templates,
)

__all__ = ["DeletedRun", "delete_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRun:
    """What went with a run."""

    id: str
    items: int
    grades: int
    questions: int
    """Those that no other run asks."""
    responses: int
    """Those that no other run needs."""
    confidences: int


_lonely = MetaData()
_lonely_responses = Table("lonely_responses", _lonely, Column("number", BigInteger), prefixes=["TEMPORARY"])
_lonely_questions = Table("lonely_questions", _lonely, Column("number", BigInteger), prefixes=["TEMPORARY"])
"""What only the run needs, noted down before its items go."""


def delete_run(connection: Connection, number: int, *, run_id: str) -> DeletedRun:
    """Delete a run.

    Args:
        connection: a transaction that has the write lock.
        number: the run's row number.
        run_id: its id, for the record.
    """
    _lonely.create_all(connection, checkfirst=False)
    _note(connection, _lonely_responses, run_items.c.response, number)
    _note(connection, _lonely_questions, run_items.c.question, number)
    of_run = select(run_items.c.number).where(run_items.c.run == number)
    gone_grades = connection.execute(delete(grades).where(grades.c.item.in_(of_run))).rowcount
    connection.execute(delete(signals).where(signals.c.item.in_(of_run)))
    gone_items = connection.execute(delete(run_items).where(run_items.c.run == number)).rowcount
    connection.execute(delete(stop_looks).where(stop_looks.c.run == number))
    connection.execute(delete(runs).where(runs.c.number == number))
    noted_responses = select(_lonely_responses.c.number)
    noted_questions = select(_lonely_questions.c.number)
    connection.execute(delete(bodies).where(bodies.c.response.in_(noted_responses)))
    deleted = DeletedRun(
        id=run_id,
        items=gone_items,
        grades=gone_grades,
        confidences=connection.execute(delete(confidences).where(confidences.c.response.in_(noted_responses))).rowcount,
        responses=connection.execute(delete(responses).where(responses.c.number.in_(noted_responses))).rowcount,
        questions=connection.execute(delete(questions).where(questions.c.number.in_(noted_questions))).rowcount,
    )
    connection.execute(delete(setups).where(setups.c.number.not_in(select(responses.c.setup))))
    connection.execute(delete(prompts).where(prompts.c.hash.not_in(select(setups.c.prompt_hash))))
    connection.execute(delete(templates).where(templates.c.digest.not_in(select(prompts.c.template))))
    _lonely.drop_all(connection, checkfirst=False)
    return deleted


def _note(connection: Connection, note: Table, column: Column[int], run: int) -> None:
    others = run_items.alias()
    elsewhere = exists().where(others.c[column.name] == column, others.c.run != run)
    lonely = select(column).distinct().where(run_items.c.run == run, ~elsewhere)
    connection.execute(note.insert().from_select([note.c.number], lonely))
