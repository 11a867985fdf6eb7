"""Promises about error rates: certify, audit, monitor, plan. Pure NumPy and SciPy, no I/O."""

from calibrant.policies.certificate import Certificate, ClusterFacts, LevelTested
from calibrant.policies.certify import certify
from calibrant.policies.decision import ArmSignals, Decision
from calibrant.policies.declared import Declared, Method, Population, level_at_look
from calibrant.policies.evaluate import Evaluation, Rule, evaluate
from calibrant.policies.joint import JointRisk, binomial_joint_risk, conformal_joint_risk
from calibrant.policies.judge import AuditedPromise, JudgedThreshold, judge_audit, judged_threshold
from calibrant.policies.making import Certifying, Draft, certify_draft, draft_policy, finish_policy, fit_policy
from calibrant.policies.monitor import Monitor, audit_rate_needed, expected_delay
from calibrant.policies.plan import PlanRow, PromisePlan, plan_promise
from calibrant.policies.policy import Policy
from calibrant.policies.promise import Promise, evidence_digest, naive_threshold, route_name
from calibrant.policies.sizes import accepted_needed, zero_error_minimum

__all__ = [
    "ArmSignals",
    "AuditedPromise",
    "Certificate",
    "Certifying",
    "ClusterFacts",
    "Decision",
    "Declared",
    "Draft",
    "Evaluation",
    "JointRisk",
    "JudgedThreshold",
    "LevelTested",
    "Method",
    "Monitor",
    "PlanRow",
    "Policy",
    "Population",
    "Promise",
    "PromisePlan",
    "Rule",
    "accepted_needed",
    "audit_rate_needed",
    "binomial_joint_risk",
    "certify",
    "certify_draft",
    "conformal_joint_risk",
    "draft_policy",
    "evaluate",
    "evidence_digest",
    "expected_delay",
    "finish_policy",
    "fit_policy",
    "judge_audit",
    "judged_threshold",
    "level_at_look",
    "naive_threshold",
    "plan_promise",
    "route_name",
    "zero_error_minimum",
]
