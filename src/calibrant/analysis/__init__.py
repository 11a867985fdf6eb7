"""From outcomes to the tables that reports, comparisons and gates share."""

from calibrant.analysis.cautions import Caution, percent
from calibrant.analysis.compared import METRICS, Metric
from calibrant.analysis.comparing import compare_outcomes
from calibrant.analysis.comparison import (
    CompareOptions,
    Comparison,
    ContenderFacts,
    Difference,
    MarginVerdict,
    StratumComparison,
)
from calibrant.analysis.conditions import ALIASES, Condition, parse_condition
from calibrant.analysis.confidence import BINS, RHO, ConfidenceRow
from calibrant.analysis.curves import ReliabilityPoint, RiskPoint
from calibrant.analysis.efforts import EffortRow
from calibrant.analysis.forced import ForcedRow, PriceCheck, Told, forced_rows
from calibrant.analysis.gates import Gate, GateResult, GateRow, check_gate, parse_gate
from calibrant.analysis.measures import Counts, Measured, Settings
from calibrant.analysis.overview import BREAKDOWNS, Analysis, BreakdownRow, ModelRow, Ranking, StratumShare, analyse
from calibrant.analysis.prices import Crossing, Leader, PriceCurve, Prices
from calibrant.analysis.scored import ScoredRows, routes_of, scored_rows
from calibrant.analysis.treatments import Aspect, HowAsked, SetUpDifference, check_treatments, set_up_differences

__all__ = [
    "ALIASES",
    "BINS",
    "BREAKDOWNS",
    "METRICS",
    "RHO",
    "Analysis",
    "Aspect",
    "BreakdownRow",
    "Caution",
    "CompareOptions",
    "Comparison",
    "Condition",
    "ConfidenceRow",
    "ContenderFacts",
    "Counts",
    "Crossing",
    "Difference",
    "EffortRow",
    "ForcedRow",
    "Gate",
    "GateResult",
    "GateRow",
    "HowAsked",
    "Leader",
    "MarginVerdict",
    "Measured",
    "Metric",
    "ModelRow",
    "PriceCheck",
    "PriceCurve",
    "Prices",
    "Ranking",
    "ReliabilityPoint",
    "RiskPoint",
    "ScoredRows",
    "SetUpDifference",
    "Settings",
    "StratumComparison",
    "StratumShare",
    "Told",
    "analyse",
    "check_gate",
    "check_treatments",
    "compare_outcomes",
    "forced_rows",
    "parse_condition",
    "parse_gate",
    "percent",
    "routes_of",
    "scored_rows",
    "set_up_differences",
]
