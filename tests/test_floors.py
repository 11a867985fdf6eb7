"""The rooms keep their floors: a room imports only from rooms below its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "calibrant"
FLOORS = {
    "types": 0,
    "errors": 0,
    "samples": 0,
    "metrics": 1,
    "models": 1,
    "questions": 2,
    "grading": 2,
    "store": 2,
    "analysis": 2,
    "confidence": 3,
    "runs": 4,
    "policies": 4,
    "builder": 5,
    "neighbours": 5,
    "reports": 5,
    "labels": 6,
    "lab": 6,
    "cli": 7,
    "pytest_plugin": 8,
}


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("calibrant.")}
    return rooms & set(FLOORS)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_only_from_floors_below(path: Path) -> None:
    room = room_of(path)
    if room in {"__init__", "__main__"}:
        return
    assert room in FLOORS, f"{room} has no floor: give it one here and in docs/architecture.md"
    above = {other for other in imported_rooms(path) if other != room and FLOORS[other] >= FLOORS[room]}
    assert not above, f"{path.name} imports from {sorted(above)}, not below floor {FLOORS[room]}"


def test_only_conftest_and_benchmarks_know_where_shared_data_is() -> None:
    root = SOURCE.parent.parent
    name = "shared" + "/data"
    allowed = {root / "tests" / "conftest.py"}
    knowing = {
        path
        for folder in ("src", "tests", "examples")
        for path in (root / folder).rglob("*.py")
        if name in path.read_text(encoding="utf-8")
    }
    assert knowing <= allowed
