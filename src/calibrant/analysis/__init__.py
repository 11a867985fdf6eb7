"""From outcomes to the tables that reports, comparisons and gates share."""

from calibrant.analysis.cautions import Caution, percent
from calibrant.analysis.confidence import BINS, RHO, ConfidenceRow
from calibrant.analysis.curves import ReliabilityPoint, RiskPoint
from calibrant.analysis.efforts import EffortRow
from calibrant.analysis.forced import ForcedRow, PriceCheck, Told, forced_rows
from calibrant.analysis.measures import Counts, Measured, Settings
from calibrant.analysis.overview import BREAKDOWNS, Analysis, BreakdownRow, ModelRow, Ranking, StratumShare, analyse
from calibrant.analysis.prices import Crossing, Leader, PriceCurve, Prices
from calibrant.analysis.scored import ScoredRows, routes_of, scored_rows

__all__ = [
    "BINS",
    "BREAKDOWNS",
    "RHO",
    "Analysis",
    "BreakdownRow",
    "Caution",
    "ConfidenceRow",
    "Counts",
    "Crossing",
    "EffortRow",
    "ForcedRow",
    "Leader",
    "Measured",
    "ModelRow",
    "PriceCheck",
    "PriceCurve",
    "Prices",
    "Ranking",
    "ReliabilityPoint",
    "RiskPoint",
    "ScoredRows",
    "Settings",
    "StratumShare",
    "Told",
    "analyse",
    "forced_rows",
    "percent",
    "routes_of",
    "scored_rows",
]
