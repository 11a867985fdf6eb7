"""The plugin for pytest: a fixture that compares runs and fails the test where a gate does.

It is inert unless asked: without a test that takes ``calibrant_compare`` nothing of Calibrant but this file is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from calibrant.analysis import Aspect
    from calibrant.reports.comparison import ComparisonReport

__all__ = ["Compare", "calibrant_compare", "pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where runs are kept, on the command line of pytest."""
    group = parser.getgroup("calibrant")
    group.addoption(
        "--calibrant-store",
        metavar="PLACE",
        default=None,
        help="Where calibrant_compare finds runs. Default: .calibrant",
    )


class Compare(Protocol):
    """What the fixture is."""

    def __call__(
        self,
        *references: str,
        fail_if: str | Iterable[str] = (),
        fail_unless_excluded: str | Iterable[str] = (),
        treatment: Iterable[Aspect] = (),
        metric: str = "index",
        by: Iterable[str] = ("domain",),
        margin: str | None = None,
    ) -> ComparisonReport:
        """Compare as ``calibrant compare`` does; a gate that fails fails the test, and shows the comparison."""


@pytest.fixture
def calibrant_compare(request: pytest.FixtureRequest) -> Compare:
    """Compare runs, models or files of answers, the first less the second."""

    def compare(
        *references: str,
        fail_if: str | Iterable[str] = (),
        fail_unless_excluded: str | Iterable[str] = (),
        treatment: Iterable[Aspect] = (),
        metric: str = "index",
        by: Iterable[str] = ("domain",),
        margin: str | None = None,
    ) -> ComparisonReport:
        from calibrant.cli.comparing import Wanted, compared
        from calibrant.errors import CalibrantError

        __tracebackhide__ = True
        wanted = Wanted(
            metric=metric,
            by=tuple(by),
            margin=margin,
            treatments=tuple(treatment),
            fail_if=_several(fail_if),
            fail_unless_excluded=_several(fail_unless_excluded),
        )
        try:
            built = compared(references or ("latest",), wanted, store=request.config.getoption("--calibrant-store"))
        except CalibrantError as error:
            pytest.fail(f"calibrant: {error}", pytrace=False)
        if built.failed:
            pytest.fail(str(built), pytrace=False)
        return built

    return compare


def _several(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
