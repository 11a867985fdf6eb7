"""Tables and queries of a real PostgreSQL server: read as they are, never written."""

from __future__ import annotations

import pytest
import sqlalchemy

from calibrant.builder.tables import TableSettings, build_from_tables, open_table, plan_tables
from calibrant.errors import InputError
from tests.store.conftest import postgres, postgres_database, postgres_location  # noqa: F401 - fixtures

SCHEMA = """
CREATE SCHEMA geo;
CREATE TABLE geo.cities (
    name text, country varchar(40), founded integer, length_km numeric(6, 2), opened date, seen timestamptz,
    large boolean, tags jsonb, uid uuid, raw bytea
);
INSERT INTO geo.cities
SELECT 'City ' || chr(65 + n / 26) || chr(97 + n % 26), 'Land ' || n % 7, 1200 + n, n + 0.50, date '1990-01-01' + n,
       now(), n % 2 = 0, '{"a": 1}', gen_random_uuid(), '\\x00ff'
FROM generate_series(0, 99) AS n;
CREATE VIEW public.young AS SELECT name, founded FROM geo.cities WHERE founded > 1250;
"""


@pytest.fixture
def cities(postgres_location: str) -> str:  # noqa: F811
    engine = sqlalchemy.create_engine(
        sqlalchemy.make_url(postgres_location).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("DROP SCHEMA IF EXISTS geo CASCADE"))
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                connection.execute(sqlalchemy.text(statement.replace(":", r"\:")))
    engine.dispose()
    return postgres_location


def test_questions_are_made_of_every_type_that_is_an_answer(cities: str) -> None:
    settings = TableSettings(count=60, unanswerable=0.2, topic="")
    (plan,) = plan_tables([open_table(f"{cities}#geo.cities")], settings)
    assert {name for name, role in plan.roles.items() if role.use == "asked"} == {
        "country",
        "founded",
        "length_km",
        "opened",
    }
    result = build_from_tables([plan], settings)
    assert len(result.items) == 60
    lengths = [item for item in result.items if item.made == "table: length_km"]
    assert lengths
    for item in lengths:
        number = 26 * (ord(str(item.source.row)[5]) - 65) + ord(str(item.source.row)[6]) - 97  # type: ignore[union-attr]
        assert item.question.golds[0] == f"{number}.50"


def test_a_view_and_a_query_are_tables_too(cities: str) -> None:
    assert len(list(open_table(f"{cities}#young").read())) == 49
    read = list(open_table(cities, query="SELECT name, opened FROM geo.cities WHERE founded = 1200").read())
    assert [row.values for row in read] == [{"name": "City Aa", "opened": "1990-01-01"}]


def test_nothing_is_written_and_near_names_are_told(cities: str) -> None:
    with pytest.raises(InputError, match="would write"):
        open_table(cities, query="WITH gone AS (DELETE FROM geo.cities RETURNING name) SELECT name FROM gone")
    assert len(list(open_table(f"{cities}#geo.cities").read())) == 100
    with pytest.raises(InputError, match="Did you mean 'cities'"):
        open_table(f"{cities}#geo.citys")
    with pytest.raises(InputError, match="the database says.*founed"):
        open_table(cities, query="SELECT founed FROM geo.cities")
