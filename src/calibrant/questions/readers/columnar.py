"""Parquet, in batches, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from calibrant.errors import InputError
from calibrant.questions.readers.rows import Repairs, Row
from calibrant.questions.readers.text import open_bytes

__all__ = ["ParquetTable"]

_MAGIC = b"PAR1"
_BATCH = 4096
"""Rows held at a time."""


@dataclass(frozen=True)
class ParquetTable:
    """A parquet file whose schema has been read. Build it with :meth:`at`."""

    path: Path
    compressed: bool
    columns: tuple[str, ...]

    @classmethod
    def at(cls, path: Path, *, compressed: bool) -> ParquetTable:
        """Read the schema.

        Raises:
            InputError: the file is not whole parquet.
        """
        import polars

        with _plain(path, compressed=compressed) as plain:
            with plain.open("rb") as stream:
                head = stream.read(4)
                stream.seek(max(0, plain.stat().st_size - 4))
                tail = stream.read()
            if not head:
                raise InputError("the file is empty", place=str(path))
            if head != _MAGIC:
                raise InputError("this is not a parquet file", place=str(path), remedy="Check the name's ending")
            if tail != _MAGIC:
                raise InputError("the parquet file ends too early", place=str(path), remedy="Get the file again")
            with _polars_errors(path):
                return cls(path, compressed, tuple(polars.scan_parquet(plain).collect_schema().names()))

    def rows(self, repairs: Repairs) -> Iterator[Row]:
        """Rows, numbered from 1. NaN is None; dates, decimals and bytes become text, so that a row is JSON.

        Raises:
            InputError: the data inside are damaged.
        """
        import polars

        with _plain(self.path, compressed=self.compressed) as plain:
            number = 0
            while True:
                with _polars_errors(self.path):
                    batch = polars.scan_parquet(plain).slice(number, _BATCH).collect().to_dicts()
                for values in batch:
                    number += 1
                    place = f"{self.path}:{number}"
                    yield Row(number, {name: repairs.cell(value, place) for name, value in values.items()})
                if len(batch) < _BATCH:
                    return


@contextmanager
def _plain(path: Path, *, compressed: bool) -> Iterator[Path]:
    """The file itself, or a decompressed copy that lives as long as the block."""
    if not compressed:
        with open_bytes(path, compressed=False):
            yield path
        return
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(prefix="calibrant-") as folder:
        copy = Path(folder) / "table.parquet"
        with open_bytes(path, compressed=True) as packed, copy.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
        yield copy


@contextmanager
def _polars_errors(path: Path) -> Iterator[None]:
    import polars

    remedy = "Get the file again, or save the table as CSV"
    try:
        yield
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(f"the parquet file is damaged: {reason}", place=str(path), remedy=remedy) from error
