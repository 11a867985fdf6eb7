"""Runs: what is needed, asking it, keeping every answer, going on where it stopped."""

from calibrant.runs.asking import afresh, prepare, run, run_async
from calibrant.runs.engine import execute
from calibrant.runs.estimate import Estimate, ModelEstimate, estimate
from calibrant.runs.plan import Plan, RunOptions
from calibrant.runs.prompts import PromptTemplate, aa_template, load_template
from calibrant.runs.summary import ModelTally, Progress, RunSummary, Stop

__all__ = [
    "Estimate",
    "ModelEstimate",
    "ModelTally",
    "Plan",
    "Progress",
    "PromptTemplate",
    "RunOptions",
    "RunSummary",
    "Stop",
    "aa_template",
    "afresh",
    "estimate",
    "execute",
    "load_template",
    "prepare",
    "run",
    "run_async",
]
