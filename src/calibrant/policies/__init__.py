"""Promises about error rates: certify, audit, monitor, plan. Pure NumPy and SciPy, no I/O."""

from calibrant.policies.certificate import Certificate, ClusterFacts, LevelTested
from calibrant.policies.certify import certify
from calibrant.policies.declared import Declared, Method, Population, level_at_look
from calibrant.policies.joint import JointRisk, binomial_joint_risk, conformal_joint_risk
from calibrant.policies.judge import AuditedPromise, JudgedThreshold, judge_audit, judged_threshold
from calibrant.policies.monitor import Monitor, audit_rate_needed, expected_delay
from calibrant.policies.plan import PlanRow, PromisePlan, plan_promise
from calibrant.policies.sizes import accepted_needed, zero_error_minimum

__all__ = [
    "AuditedPromise",
    "Certificate",
    "ClusterFacts",
    "Declared",
    "JointRisk",
    "JudgedThreshold",
    "LevelTested",
    "Method",
    "Monitor",
    "PlanRow",
    "Population",
    "PromisePlan",
    "accepted_needed",
    "audit_rate_needed",
    "binomial_joint_risk",
    "certify",
    "conformal_joint_risk",
    "expected_delay",
    "judge_audit",
    "judged_threshold",
    "level_at_look",
    "plan_promise",
    "zero_error_minimum",
]
