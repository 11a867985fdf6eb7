"""Arms, and who decides between them: routers that look at the question, cascades that look at the cheap answer."""

from calibrant.policies.routing.arms import Arm, ArmTable, Played
from calibrant.policies.routing.cascade import Cascade, OnMissing, Stage
from calibrant.policies.routing.fit import Wishes, cascade_fit, fit_cascade
from calibrant.policies.routing.fitting import CascadeFit, Escalate, Solved
from calibrant.policies.routing.from_outcomes import arm_table, question_key
from calibrant.policies.routing.part import fit_part, part_of
from calibrant.policies.routing.router import QuestionRouter, fit_router

__all__ = [
    "Arm",
    "ArmTable",
    "Cascade",
    "CascadeFit",
    "Escalate",
    "OnMissing",
    "Played",
    "QuestionRouter",
    "Solved",
    "Stage",
    "Wishes",
    "arm_table",
    "cascade_fit",
    "fit_cascade",
    "fit_part",
    "fit_router",
    "part_of",
    "question_key",
]
