"""A model trained anew beside the one that ships: is every figure within its tolerance, are the weights the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from calibrant.lab.ship import DATA, read_card
from calibrant.lab.tolerance import Compared, compare

__all__ = ["Verdict", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came out."""

    name: str
    rows: tuple[Compared, ...]
    is_same: bool
    """Whether every weight is the same, bit by bit."""

    @property
    def is_within(self) -> bool:
        """Whether every figure is within its tolerance."""
        return all(row.is_within for row in self.rows)

    def __str__(self) -> str:
        """A table, and a sentence for each of the two."""
        width = max(len(row.figure) for row in self.rows)
        lines = [f"{'figure':{width}}  {'card':>7}  {'here':>7}  {'within':>7}"]
        for row in self.rows:
            numbers = f"{row.card:7.4f}  {row.here:7.4f}  {row.tolerance:7.4f}"
            lines.append(f"{row.figure:{width}}  {numbers}{'' if row.is_within else '  NO'}")
        outside = sum(not row.is_within for row in self.rows)
        told = "all figures are within their tolerance" if not outside else f"{outside} outside of the tolerance"
        same = "the same, bit by bit" if self.is_same else "not the same bits"
        return "\n".join([*lines, f"{self.name}: {told}; the weights are {same}."])


def check(card: Mapping[str, Any], weights: Path, data: Path = DATA) -> Verdict:
    """Compare what training wrote with what ships.

    Args:
        card: the figures that training left.
        weights: the file that it wrote.
        data: where the package keeps its models.
    """
    name = str(card["name"]).removeprefix("reference-")
    shipped = read_card(name, data)
    return Verdict(
        name=str(card["name"]),
        rows=tuple(compare(shipped, card, shipped["tolerance"])),
        is_same=_tensors(weights) == _tensors(data / f"{card['name']}.safetensors"),
    )


def _tensors(path: Path) -> dict[str, bytes]:
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name).tobytes() for name in file.keys()}  # noqa: SIM118
