from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.store import open_store
from calibrant.store.location import resolve


def test_the_default_is_a_hidden_directory_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    address = resolve(None)
    assert address.file == tmp_path / ".calibrant" / "calibrant.db"
    assert address.place == str(Path(".calibrant") / "calibrant.db")


def test_a_directory_holds_a_file_of_a_fixed_name(tmp_path: Path) -> None:
    assert resolve(tmp_path).file == tmp_path / "calibrant.db"
    assert resolve(tmp_path / "not there v1.5").file == tmp_path / "not there v1.5" / "calibrant.db"


@pytest.mark.parametrize("name", ["a.db", "a.sqlite", "a.sqlite3"])
def test_a_path_that_looks_like_a_database_file_is_one(tmp_path: Path, name: str) -> None:
    assert resolve(tmp_path / name).file == tmp_path / name


def test_a_file_that_exists_is_the_database_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "answers").touch()
    assert resolve(tmp_path / "answers").file == tmp_path / "answers"


def test_an_sqlite_url_names_a_file(tmp_path: Path) -> None:
    assert resolve(f"sqlite:///{tmp_path}/x.db").file == tmp_path / "x.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_a_postgresql_url_uses_psycopg_3(scheme: str) -> None:
    address = resolve(f"{scheme}://ann:secret@db.example:5433/evals?sslmode=require&password=secret2")
    assert address.url.drivername == "postgresql+psycopg"
    assert address.url.password == "secret"
    assert address.place == "postgresql://ann@db.example:5433/evals"


def test_an_address_never_shows_its_password() -> None:
    address = resolve("postgresql://ann:secret@db.example/evals?password=secret2")
    assert "secret" not in repr(address) + str(address)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("mysql://ann:secret@host/x", "cannot be a mysql database"),
        ("sqlite://", "in memory keeps nothing"),
        ("sqlite:///:memory:", "in memory keeps nothing"),
        ("postgresql://ann:secret@host:port/x", "cannot be read"),
    ],
)
def test_a_location_that_cannot_be_is_refused_without_its_password(location: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        resolve(location)
    assert caught.value.remedy
    assert "secret" not in str(caught.value)


def test_a_new_directory_keeps_its_answers_out_of_git(tmp_path: Path) -> None:
    with open_store(tmp_path / "deep" / "er") as store:
        assert store.place == str(tmp_path / "deep" / "er" / "calibrant.db")
    assert (tmp_path / "deep" / "er" / ".gitignore").read_text() == "*\n"


def test_a_directory_of_the_users_is_left_as_it_is(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    assert not (tmp_path / ".gitignore").exists()
