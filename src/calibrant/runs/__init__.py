"""Runs: what is needed, asking it, keeping every answer, going on where it stopped."""

from calibrant.runs.asking import afresh, prepare, run, run_async
from calibrant.runs.engine import execute
from calibrant.runs.estimate import Estimate, ModelEstimate, estimate
from calibrant.runs.forcing import Forcing, force_run, prepare_forcing
from calibrant.runs.grading import PanelSummary, panel_run, regrade
from calibrant.runs.judging import GradingSummary, Judge, JudgingOptions, judge_run
from calibrant.runs.plan import Plan, RunOptions
from calibrant.runs.prompts import PromptTemplate, aa_template, load_template
from calibrant.runs.stopping import StopOptions
from calibrant.runs.summary import ModelTally, Progress, RunSummary, Stop

__all__ = [
    "Estimate",
    "Forcing",
    "GradingSummary",
    "Judge",
    "JudgingOptions",
    "ModelEstimate",
    "ModelTally",
    "PanelSummary",
    "Plan",
    "Progress",
    "PromptTemplate",
    "RunOptions",
    "RunSummary",
    "Stop",
    "StopOptions",
    "aa_template",
    "afresh",
    "estimate",
    "execute",
    "force_run",
    "judge_run",
    "load_template",
    "panel_run",
    "prepare",
    "prepare_forcing",
    "regrade",
    "run",
    "run_async",
]
