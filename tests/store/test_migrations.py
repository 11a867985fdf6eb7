from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import inspect, select, text

from calibrant.errors import StoreError
from calibrant.store import Store, migrations, open_store
from calibrant.store.migrations import CURRENT_VERSION, POSTGRES_SCHEMA
from calibrant.store.tables import metadata, schema_migrations

Make = Callable[..., Any]


def affinity(kind: Any) -> str:
    for name, family in (
        ("INT", "number"),
        ("TEXT", "text"),
        ("BLOB", "bytes"),
        ("BYTEA", "bytes"),
        ("BINARY", "bytes"),
        ("DOUBLE", "float"),
        ("REAL", "float"),
    ):
        if name in str(kind).upper():
            return family
    raise AssertionError(f"a column of an unknown type: {kind}")


def test_the_migrations_make_the_tables_as_they_are_described(store: Store) -> None:
    found = sqlalchemy.MetaData()
    schema = None if store._database.is_sqlite else POSTGRES_SCHEMA
    with store._database.reading() as connection:
        found.reflect(connection, schema=schema)
    assert {table.name for table in found.sorted_tables} == {table.name for table in metadata.sorted_tables}
    for table in found.sorted_tables:
        told = metadata.tables[table.name]
        assert [
            (column.name, affinity(column.type), column.nullable and not column.primary_key, column.primary_key)
            for column in table.columns
        ] == [
            (column.name, affinity(column.type), column.nullable and not column.primary_key, column.primary_key)
            for column in told.columns
        ]
        assert {key.target_fullname.split(".")[-2:][0] for key in table.foreign_keys} == {
            key.column.table.name for key in told.foreign_keys
        }


def test_the_indexes_are_as_they_are_described(store: Store) -> None:
    schema = None if store._database.is_sqlite else POSTGRES_SCHEMA
    with store._database.reading() as connection:
        look = inspect(connection)
        for table in metadata.sorted_tables:
            found = {
                tuple(index["column_names"])
                for index in (
                    *look.get_indexes(table.name, schema=schema),
                    *look.get_unique_constraints(table.name, schema=schema),
                )
            }
            told = {tuple(column.name for column in index.columns) for index in table.indexes}
            told |= {
                tuple(column.name for column in rule.columns)
                for rule in table.constraints
                if isinstance(rule, sqlalchemy.UniqueConstraint)
            }
            assert found == told, table.name


def test_each_step_is_recorded_once(location: str, clock: Callable[[], datetime]) -> None:
    for _ in range(2):
        open_store(location, clock=clock).close()
    with open_store(location) as store, store._database.reading() as connection:
        assert [tuple(row) for row in connection.execute(select(schema_migrations))] == [
            (1, "001_initial", "2026-03-01T12:00:00.000000+00:00"),
            (2, "002_asking", "2026-03-01T12:00:00.000000+00:00"),
            (3, "003_ledger", "2026-03-01T12:00:00.000000+00:00"),
            (4, "004_language", "2026-03-01T12:00:00.000000+00:00"),
            (5, "005_signals", "2026-03-01T12:00:00.000000+00:00"),
            (6, "006_stopping", "2026-03-01T12:00:00.000000+00:00"),
        ]


def test_an_older_store_is_brought_up_to_date_and_keeps_its_runs(
    location: str, new_run: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(location) as store:
        run = store.begin_run(new_run())

    def _004_colours(connection: sqlalchemy.Connection) -> None:
        connection.execute(text("ALTER TABLE runs ADD COLUMN colour TEXT"))

    monkeypatch.setattr(migrations, "_MIGRATIONS", (*migrations._MIGRATIONS, _004_colours))
    for module in ("migrations", "engine"):
        monkeypatch.setattr(f"calibrant.store.{module}.CURRENT_VERSION", CURRENT_VERSION + 1)
    for _ in range(2):
        with open_store(location) as store:
            assert store.find_run() == run
            assert store.check().schema_version == CURRENT_VERSION + 1
            with store._database.reading() as connection:
                assert connection.execute(text("SELECT colour FROM runs")).scalar() is None


def test_a_step_that_fails_changes_nothing(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(location).close()

    def _004_half(connection: sqlalchemy.Connection) -> None:
        connection.execute(text("CREATE TABLE half (a BIGINT)"))
        connection.execute(text("CREATE TABLE half (a BIGINT)"))

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_MIGRATIONS", (*migrations._MIGRATIONS, _004_half))
        for module in ("migrations", "engine"):
            patch.setattr(f"calibrant.store.{module}.CURRENT_VERSION", CURRENT_VERSION + 1)
        with pytest.raises(StoreError, match="already exists"):
            open_store(location)
    with open_store(location) as store, store._database.reading() as connection:
        assert store.check().schema_version == CURRENT_VERSION
        assert "half" not in inspect(connection).get_table_names()


def test_a_store_of_a_newer_version_is_left_alone(location: str) -> None:
    with open_store(location) as store, store._database.writing() as connection:
        connection.execute(schema_migrations.insert(), {"version": 70, "name": "070_future", "applied_at": "2030"})
    with pytest.raises(
        StoreError, match=rf"newer Calibrant \(schema 70, this one knows {CURRENT_VERSION}\).*[Uu]pgrade.*--store"
    ) as caught:
        open_store(location)
    assert "\n" not in str(caught.value)
