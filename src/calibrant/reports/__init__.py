"""One report, shown in the terminal, as JSON, or as CSV files."""

from pathlib import Path
from typing import TYPE_CHECKING

from calibrant.reports.model import Report, build_report, report

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Report", "build_report", "print_report", "report", "write_csv"]


def print_report(report: Report, console: "Console") -> None:
    """Print the report in a terminal."""
    from calibrant.reports.terminal import print_report as show

    show(report, console)


def write_csv(report: Report, folder: Path) -> list[Path]:
    """Write every table of the report into a folder; see :func:`calibrant.reports.as_csv.write_csv`."""
    from calibrant.reports.as_csv import write_csv as write

    return write(report, folder)
