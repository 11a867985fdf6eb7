"""The parts of the page, in their order. Each is one function from the report to a section, or to None."""

from calibrant.reports.html.sections.appendix import appendix
from calibrant.reports.html.sections.capability import capability
from calibrant.reports.html.sections.card import card
from calibrant.reports.html.sections.confidence import confidence
from calibrant.reports.html.sections.context import Context
from calibrant.reports.html.sections.forced import forced
from calibrant.reports.html.sections.grading import grading
from calibrant.reports.html.sections.leaderboard import leaderboard
from calibrant.reports.html.sections.parts import parts
from calibrant.reports.html.sections.prices import prices
from calibrant.reports.html.sections.promise import promise
from calibrant.reports.html.sections.questions import questions
from calibrant.reports.html.sections.trade_offs import trade_offs

__all__ = ["SECTIONS", "Context"]

SECTIONS = (
    leaderboard,
    prices,
    trade_offs,
    capability,
    parts,
    confidence,
    forced,
    promise,
    grading,
    card,
    questions,
    appendix,
)
"""A new part of the page is a function in a module of its own, named here."""
