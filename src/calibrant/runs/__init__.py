"""Runs: what is needed, asking it, keeping every answer, going on where it stopped."""

from calibrant.runs.asking import afresh, prepare, run, run_async
from calibrant.runs.collecting import collect_run, estimate_collecting, prepare_collecting
from calibrant.runs.engine import execute
from calibrant.runs.estimate import Estimate, ModelEstimate, estimate
from calibrant.runs.extras import Collecting
from calibrant.runs.forcing import Forcing, force_run, prepare_forcing
from calibrant.runs.grading import PanelSummary, panel_run, regrade
from calibrant.runs.judging import GradingSummary, Judge, JudgingOptions, judge_run
from calibrant.runs.plan import Plan, RunOptions
from calibrant.runs.prompts import PromptTemplate, aa_template, load_template
from calibrant.runs.scoring import Scoring, score_run
from calibrant.runs.stopping import StopOptions
from calibrant.runs.summary import ModelTally, Progress, RunSummary, Stop

__all__ = [
    "Collecting",
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
    "Scoring",
    "Stop",
    "StopOptions",
    "aa_template",
    "afresh",
    "collect_run",
    "estimate",
    "estimate_collecting",
    "execute",
    "force_run",
    "judge_run",
    "load_template",
    "panel_run",
    "prepare",
    "prepare_collecting",
    "prepare_forcing",
    "regrade",
    "run",
    "run_async",
    "score_run",
]
