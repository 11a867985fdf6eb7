"""A decision between two models, as one page: terminal, JSON, HTML and PDF."""

from calibrant.reports.decision.model import Decision, DecisionOptions, build_decision
from calibrant.reports.decision.policy import read_policy

__all__ = ["Decision", "DecisionOptions", "build_decision", "read_policy"]
