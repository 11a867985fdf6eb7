"""How a run's models were asked: identities, and the full text of the prompts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from calibrant.store.tables import prompts, questions, responses, run_items, setups, templates
from calibrant.types import ModelRef, Purpose

__all__ = ["Setup", "read_question_hashes", "read_setups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One model asked by one template with one sampling."""

    model: ModelRef
    model_hash: str
    """Identity of the endpoint and its settings."""
    sampling_hash: str
    template: str | None
    """Digest of the prompt's template; None where answers were imported and it is unknown."""
    template_name: str | None
    content: Mapping[str, Any] | None
    """Texts of the template, its price, and whether it asks for a confidence."""
    prompts: int
    """Different prompts the template made, such as one for each domain it names."""
    responses: int


def read_setups(connection: Connection, run: int) -> list[Setup]:
    """See `Store.setups`."""
    query = (
        select(
            setups.c.model,
            setups.c.effort,
            setups.c.model_hash,
            setups.c.sampling_hash,
            templates.c.digest,
            templates.c.name,
            templates.c.content,
            func.count(setups.c.prompt_hash.distinct()).label("prompts"),
            func.count().label("responses"),
        )
        .select_from(run_items)
        .join(responses, responses.c.number == run_items.c.response)
        .join(setups, setups.c.number == responses.c.setup)
        .outerjoin(prompts, prompts.c.hash == setups.c.prompt_hash)
        .outerjoin(templates, templates.c.digest == prompts.c.template)
        .where(run_items.c.run == run, responses.c.purpose == Purpose.ANSWER.value)
        .group_by(
            setups.c.model,
            setups.c.effort,
            setups.c.model_hash,
            setups.c.sampling_hash,
            templates.c.digest,
            templates.c.name,
            templates.c.content,
        )
        .order_by(setups.c.model, setups.c.effort, templates.c.digest, setups.c.model_hash)
    )
    return [
        Setup(
            model=ModelRef(model=row.model, effort=row.effort),
            model_hash=row.model_hash,
            sampling_hash=row.sampling_hash,
            template=row.digest,
            template_name=row.name,
            content=None if row.content is None else json.loads(row.content),
            prompts=row.prompts,
            responses=row.responses,
        )
        for row in connection.execute(query)
    ]


def read_question_hashes(connection: Connection, run: int) -> list[str]:
    """Hashes of the run's questions, as labels of a certificate name them."""
    query = (
        select(questions.c.hash)
        .distinct()
        .select_from(run_items)
        .join(questions, questions.c.number == run_items.c.question)
        .where(run_items.c.run == run)
    )
    return list(connection.execute(query).scalars())
