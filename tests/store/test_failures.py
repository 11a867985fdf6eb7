"""What goes wrong with databases ends in one line with a remedy, and never in a traceback or with a password."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from calibrant.errors import InputError, StoreError
from calibrant.store import open_store, reading
from calibrant.store.failures import explain
from calibrant.store.location import resolve

Make = Callable[..., Any]


@contextmanager
def refused(message: str, kind: type[InputError | StoreError] = StoreError) -> Iterator[None]:
    with pytest.raises(kind, match=message) as caught:
        yield
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@contextmanager
def nobody() -> Iterator[None]:
    """Without root's right to ignore permissions."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user reaches and may write."""
    with tempfile.TemporaryDirectory(prefix="calibrant-test-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("question,answer\n" * 100)
    with refused("results.csv: the file is not a database"):
        open_store(path)
    assert path.read_text() == "question,answer\n" * 100


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs (a)")
    connection.close()
    before = path.read_bytes()
    with refused("belongs to another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store_as_after_a_crash_at_its_making(tmp_path: Path) -> None:
    (tmp_path / "calibrant.db").touch()
    with refused("no runs here yet.*calibrant import", InputError):
        open_store(tmp_path, create=False)
    assert (tmp_path / "calibrant.db").stat().st_size == 0
    with open_store(tmp_path) as store:
        assert store.check().ok


def test_a_missing_store_is_not_made_by_reading(tmp_path: Path) -> None:
    with refused("no runs here yet.*calibrant import.*calibrant demo", InputError):
        open_store(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_an_empty_postgresql_database_is_not_filled_by_reading(postgres_location: str) -> None:
    with refused("no runs here yet", InputError):
        open_store(postgres_location, create=False)
    open_store(postgres_location).close()
    open_store(postgres_location, create=False).close()


def test_a_directory_in_the_databases_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calibrant.db").mkdir()
    with refused("directory where the database should be"):
        open_store(tmp_path)


def test_a_file_in_the_directorys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("hello")
    with refused("the store cannot be opened"):
        open_store(tmp_path / "file" / "below")


def test_a_directory_that_may_not_be_written_is_refused(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    with nobody(), refused("the database cannot be opened"):
        open_store(open_folder)
    with nobody(), refused("the store cannot be opened"):
        open_store(open_folder / "new")


def test_a_read_only_store_can_be_read_and_says_why_it_cannot_be_written(
    open_folder: Path, new_run: Make, item: Make
) -> None:
    with open_store(open_folder) as store, store.writer(store.begin_run(new_run())) as writer:
        writer.add(*item())
    path = open_folder / "calibrant.db"
    path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    with nobody(), open_store(open_folder) as store:
        assert len(list(store.outcomes(store.find_run()))) == 1
        with refused("the database is read-only"):
            store.begin_run(new_run("another"))


def test_a_damaged_database_is_named_so(tmp_path: Path, new_run: Make, item: Make) -> None:
    with open_store(tmp_path) as store:
        run = store.begin_run(new_run())
        with store.writer(run) as writer:
            for number in range(300):
                writer.add(*item(number, text="x" * 500))
    path = tmp_path / "calibrant.db"
    content = bytearray(path.read_bytes())
    # Behind the pages with the tables' descriptions and roots, which opening reads.
    content[163_840:] = os.urandom(len(content) - 163_840)
    path.write_bytes(content)
    with refused("the database is damaged"), open_store(tmp_path) as store:
        list(store.outcomes(run))
    with open_store(tmp_path) as store, refused("the database is damaged"):
        store.check()


def test_a_missing_row_is_found_by_the_check(tmp_path: Path, new_run: Make, item: Make) -> None:
    with open_store(tmp_path) as store:
        with store.writer(store.begin_run(new_run())) as writer:
            writer.add(*item())
        assert store.check().ok
        connection = sqlite3.connect(tmp_path / "calibrant.db", isolation_level=None)
        connection.execute("DELETE FROM questions")
        connection.close()
        health = store.check()
    assert health.problems == ("1 rows refer to rows that are missing",)
    assert not health.ok
    assert "1 rows refer" in str(health)


def test_another_process_that_holds_the_lock_is_waited_for_and_then_named(location: str, new_run: Make) -> None:
    with (
        open_store(location) as holder,
        open_store(location, wait_s=0.05) as store,
        holder._database.writing(),
        refused("another process kept the database locked"),
    ):
        store.begin_run(new_run())


def test_a_database_that_grew_to_its_limit_keeps_what_was_committed(tmp_path: Path, new_run: Make, item: Make) -> None:
    with open_store(tmp_path) as store:
        run = store.begin_run(new_run())
        with store._database.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA max_page_count=100")
        writer = store.writer(run, batch=10, max_age_s=1e9)
        with refused("the disk is full; every batch committed before is kept"):
            for number in range(1000):
                writer.add(*item(number, text="x" * 1000))
        kept = writer.added
        assert 0 < kept < 1000
        assert len(list(store.outcomes(run))) == kept
    with open_store(tmp_path) as store, store.writer(store.begin_run(new_run())) as writer:
        for number in range(1000):
            writer.add(*item(number, text="x" * 1000))
    assert (writer.skipped, writer.added) == (kept, 1000 - kept)


def test_a_disk_that_is_really_full_keeps_what_was_committed(tmp_path: Path, new_run: Make, item: Make) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip("mounting a small disk is not permitted here; the limit of the database's size is tested above")
    try:
        with open_store(disk) as store:
            run = store.begin_run(new_run())
            writer = store.writer(run, batch=10, max_age_s=1e9)
            with refused("the disk is full|the disk cannot be read or written"):
                for number in range(1000):
                    writer.add(*item(number, text="x" * 1000))
            kept = writer.added
            assert 0 < kept < 1000
            assert len(list(store.outcomes(run))) == kept
        with open_store(disk) as store:
            assert store.check().ok
            assert len(list(store.outcomes(run))) == kept
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_server_that_is_not_there_is_named() -> None:
    with refused("postgresql://ann@127.0.0.1:1/x: the server cannot be reached"):
        open_store("postgresql://ann:secret@127.0.0.1:1/x")


def test_a_database_that_is_not_there_is_named(postgres: str) -> None:
    url = sqlalchemy.make_url(postgres).set(database="nowhere").render_as_string(hide_password=False)
    with refused("there is no such database on the server.*createdb"):
        open_store(url)


def test_a_wrong_password_is_named_and_not_shown(postgres: str) -> None:
    url = sqlalchemy.make_url(postgres)
    if "host" not in url.query:
        pytest.skip("how a given server checks passwords is not known")
    wrong = url.set(host="127.0.0.1", port=int(str(url.query["port"])), query={}, password="hunter2")
    with pytest.raises(StoreError, match="denied") as caught:
        open_store(wrong.render_as_string(hide_password=False))
    assert "hunter2" not in str(caught.value) + repr(caught.value)


def test_a_user_without_rights_is_told_which_are_missing(postgres_location: str) -> None:
    engine = sqlalchemy.create_engine(resolve(postgres_location).url, isolation_level="AUTOCOMMIT")
    user = f"calibrant_guest_{os.getpid()}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE USER {user} PASSWORD 'guest'"))
    try:
        url = resolve(postgres_location).url.set(username=user, password="guest")
        with refused("may not create or change the tables.*Grant"):
            open_store(url.render_as_string(hide_password=False))
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP USER {user}"))
        engine.dispose()


def test_a_connection_lost_between_batches_is_opened_anew(postgres_location: str, new_run: Make, item: Make) -> None:
    with open_store(postgres_location) as store, open_store(postgres_location) as other:
        run = store.begin_run(new_run())
        with store.writer(run, batch=1) as writer:
            writer.add(*item(1))
            _hang_up(other)
            writer.add(*item(2))
        assert len(list(store.outcomes(run))) == 2


def test_a_connection_lost_in_the_middle_is_named(
    postgres_location: str, new_run: Make, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_OUTCOMES_PER_PAGE", 2)
    with open_store(postgres_location) as store, open_store(postgres_location) as other:
        run = store.begin_run(new_run())
        with store.writer(run) as writer:
            for number in range(5):
                writer.add(*item(number))
        stream = store.outcomes(run)
        next(stream)
        _hang_up(other)
        with refused("the server closed the connection|the connection to the server was lost"):
            list(stream)


def _hang_up(other: Any) -> None:
    """End every connection to the database but the other store's."""
    everybody = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with other._database.reading() as connection:
        connection.execute(text(everybody)).all()


def test_tables_of_the_users_own_are_left_alone(postgres_location: str, new_run: Make) -> None:
    engine = sqlalchemy.create_engine(resolve(postgres_location).url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE public.runs (colour TEXT)"))
    with open_store(postgres_location) as store:
        store.begin_run(new_run())
        assert len(store.list_runs()) == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM public.runs")).scalar() == 0
    engine.dispose()


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with refused(r"driver for PostgreSQL is not installed.*pip install 'calibrant\[postgres\]'"):
        open_store("postgresql://ann:secret@127.0.0.1:1/x")


def test_an_unknown_complaint_is_passed_on_in_one_line(tmp_path: Path) -> None:
    address = resolve(tmp_path)
    assert str(explain(sqlite3.OperationalError("strange\nthings"), address)).endswith("the database refused (strange)")


def test_a_store_shows_no_password(postgres_location: str) -> None:
    url = sqlalchemy.make_url(postgres_location).set(password="hunter2")
    with open_store(url.render_as_string(hide_password=False)) as store:
        shown = repr(store) + str(store) + store.place + str(store.check()) + repr(store.check())
    assert "hunter2" not in shown
