"""Datasets in the format of the Hugging Face hub: ``hf:NAME@REVISION?split=test&config=main``.

NAME is a dataset of the hub, or a folder on this machine. Needs the extra ``hf``, imported when used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from calibrant.errors import InputError
from calibrant.questions.readers import Repairs, Row

__all__ = ["PREFIX", "HubName", "HubRows", "open_hub", "parse_hub_name"]

PREFIX = "hf:"
_SPLITS = ("test", "eval", "validation", "dev", "train")
"""Splits in the order in which they are taken where several are there and none is named."""
_SHAPE = "Write hf:NAME@REVISION, and ?split=NAME or ?config=NAME where needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubName:
    """The parts of a ``hf:`` name."""

    name: str
    revision: str | None = None
    split: str | None = None
    config: str | None = None


def parse_hub_name(source: str) -> HubName:
    """Take a ``hf:`` name apart.

    >>> parse_hub_name("hf:org/set@1a2b?split=test")
    HubName(name='org/set', revision='1a2b', split='test', config=None)

    Raises:
        InputError: no name, or an unknown option.
    """
    body, _, options = source.removeprefix(PREFIX).partition("?")
    name, _, revision = body.rpartition("@") if "@" in body else (body, "", "")
    chosen = dict(parse_qsl(options, keep_blank_values=True))
    unknown = sorted(set(chosen) - {"split", "config"})
    if not name or unknown:
        what = f"unknown option {unknown[0]!r}" if unknown else "the dataset has no name"
        raise InputError(what, place=source, remedy=_SHAPE)
    return HubName(
        name=name, revision=revision or None, split=chosen.get("split") or None, config=chosen.get("config") or None
    )


class HubRows:
    """The rows of one split, numbered from 1."""

    typed = True

    def __init__(self, name: str, table: Any, *, warnings: tuple[str, ...], limit: int | None) -> None:
        self.name = name
        self.warnings = warnings
        self.repairs = Repairs()
        self._table = table
        self._limit = limit

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(self._table.column_names)

    def place(self, row: Row) -> str:
        """``name:row`` of a row."""
        return f"{self.name}:{row.line}"

    def __iter__(self) -> Iterator[Row]:
        """Rows in the order of the split.

        Raises:
            InputError: there is none.
        """
        self.repairs = Repairs()
        number = 0
        for number, values in enumerate(islice(self._table, self._limit), start=1):
            place = f"{self.name}:{number}"
            yield Row(number, {name: self.repairs.cell(value, place) for name, value in values.items()})
        if not number:
            raise InputError("the split has no rows", place=self.name)


def open_hub(source: str, *, limit: int | None = None) -> HubRows:
    """Open a split of a dataset.

    Args:
        source: ``hf:NAME@REVISION?split=...``.
        limit: read at most so many rows.

    Raises:
        InputError: the extra is not installed; the dataset, its revision or the split does not exist.
        ValueError: ``limit`` is below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    wanted = parse_hub_name(source)
    local = Path(wanted.name).is_dir()
    try:
        import datasets
    except ImportError as error:
        raise InputError(
            "reading datasets of the hub needs a library that is not installed",
            place=source,
            remedy="pip install 'calibrant[hf]'",
        ) from error
    try:
        found = _load(datasets, wanted, local=local)
    except Exception as error:  # the library raises whatever its parts raise; all of it is about what was asked for
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise InputError(
            f"the dataset cannot be loaded: {reason}", place=source, remedy="Check name, revision, config and network"
        ) from error
    table, split, others = _choose_split(found, wanted, source)
    warnings = []
    if wanted.revision is None and not local:
        warnings.append(
            f"{source} names no revision, so the same command may read other questions tomorrow: add @COMMIT"
        )
    if others:
        warnings.append(f"{source} has several splits; read {split!r}, not {', '.join(map(repr, others))}")
    return HubRows(source, table, warnings=tuple(warnings), limit=limit)


def _load(datasets: Any, wanted: HubName, *, local: bool) -> Any:
    """A dataset, or one for each split."""
    if local and ((folder := Path(wanted.name)) / "dataset_dict.json").is_file():
        return datasets.load_from_disk(str(folder))
    if local and (Path(wanted.name) / "dataset_info.json").is_file() and (Path(wanted.name) / "state.json").is_file():
        return datasets.load_from_disk(wanted.name)
    return datasets.load_dataset(wanted.name, name=wanted.config, revision=None if local else wanted.revision)


def _choose_split(found: Any, wanted: HubName, source: str) -> tuple[Any, str | None, list[str]]:
    """(table, its name, names of the splits not read although none was asked for)."""
    if not isinstance(found, dict):
        return found, None, []
    names = list(found)
    if wanted.split is not None:
        if wanted.split not in found:
            raise InputError(
                f"there is no split {wanted.split!r}", place=source, remedy=f"Splits are {', '.join(map(repr, names))}"
            )
        return found[wanted.split], wanted.split, []
    split = next((name for name in _SPLITS if name in found), names[0])
    return found[split], split, [name for name in names if name != split]
