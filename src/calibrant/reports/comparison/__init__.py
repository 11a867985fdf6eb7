"""Runs compared, shown in the terminal, as JSON, CSV or Markdown."""

from calibrant.reports.comparison.model import ComparisonReport, build_comparison, compare_runs
from calibrant.reports.comparison.sides import Named, Side, find_sides

__all__ = ["ComparisonReport", "Named", "Side", "build_comparison", "compare_runs", "find_sides"]
