"""A store on each backend. PostgreSQL is a throw-away cluster from Debian's packages; where CI is set it must start."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from calibrant.store import NewRun, Store, open_store
from calibrant.types import Confidence, Grade, ModelRef, OutcomeState, Purpose, Question, Response, ResponseKey


class Cluster:
    """A PostgreSQL server of our own: on a Unix socket without, on the loopback with a password."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://calibrant@/postgres?host={folder}&port={self.port}"

    def start(self) -> None:
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = str(self.folder / "data")
        access = ["--auth-local=trust", "--auth-host=scram-sha-256"]
        self._run("initdb", "-D", data, "-U", "calibrant", "-E", "UTF8", "--locale=C", "--no-sync", *access)
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", data, "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        # The server refuses to run as root.
        become = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*become, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, timeout=60)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server on which the tests may create databases."""
    given = os.environ.get("CALIBRANT_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        missing = "no PostgreSQL server here: apt-get install postgresql, or set CALIBRANT_TEST_POSTGRES_URL"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    folder = Path(tempfile.mkdtemp(prefix="calibrant-pg-"))
    cluster = Cluster(programs[-1].parent, folder)
    try:
        cluster.start()
        yield cluster.url
        cluster.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> Iterator[tuple[str, sqlalchemy.Engine]]:
    """A database of our own on the server, and an engine that is not the store's."""
    name = f"calibrant_test_{os.getpid()}"
    given = sqlalchemy.make_url(postgres)
    server = sqlalchemy.create_engine(given.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    url = given.set(database=name)
    engine = sqlalchemy.create_engine(
        url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", pool_pre_ping=True
    )
    yield url.render_as_string(hide_password=False), engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def postgres_location(postgres_database: tuple[str, sqlalchemy.Engine]) -> str:
    """URL of an empty database on the server."""
    url, engine = postgres_database
    # A fresh database for each test would cost a third of a second.
    with engine.connect() as connection:
        for statement in (
            "DROP SCHEMA IF EXISTS calibrant CASCADE",
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
        ):
            connection.execute(sqlalchemy.text(statement))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a new store, on each backend."""
    if request.param == "sqlite":
        return str(tmp_path / "store")
    return str(request.getfixturevalue("postgres_location"))


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that goes on by a second with each look."""
    seconds = count()
    return lambda: datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=next(seconds))


@pytest.fixture
def store(location: str, clock: Callable[[], datetime]) -> Iterator[Store]:
    """An empty store, on each backend."""
    with open_store(location, clock=clock) as opened:
        yield opened


@pytest.fixture
def new_run() -> Callable[..., NewRun]:
    """Makes a `NewRun` out of what matters in a test."""

    def make(source: str = "answers.csv", **given: Any) -> NewRun:
        return NewRun(**{"kind": "import", "source": source, "source_digest": f"digest of {source}", **given})

    return make


@pytest.fixture
def item() -> Callable[..., tuple[Question, str, Response, list[Grade]]]:
    """Makes the arguments of ``RunWriter.add`` out of what matters in a test."""

    def make(
        number: int = 0,
        *,
        text: str | None = "Paris",
        error: str | None = None,
        grades: dict[str, OutcomeState] | None = None,
        confidences: tuple[Confidence, ...] = (),
        model: str = "gpt-x",
        purpose: Purpose = Purpose.ANSWER,
        repeat: int = 0,
        **question: Any,
    ) -> tuple[Question, str, Response, list[Grade]]:
        asked = Question(**{"id": f"q{number}", "text": f"Question {number}?", "golds": ("Paris",), **question})
        key = ResponseKey(
            question=f"{number:032x}", model=model, prompt="p", sampling="s", purpose=purpose, repeat=repeat
        )
        response = Response(
            key=key, model=ModelRef(model=model), text=text, error=error, confidences=confidences, cost_usd=0.25
        )
        verdicts = [Grade(state=state, grader=name, reason="why") for name, state in (grades or {}).items()]
        return asked, key.question, response, verdicts

    return make
