"""Columns of uncertainty packages: which of uqlm's and lm-polygraph's hold a confidence, and which way they point.

uqlm (``UQResult.to_df()``) scores confidence, mostly in [0, 1], and drops the plural's ``s`` of its column names; its
entropies are uncertainties. lm-polygraph (``UEManager.estimations``) scores uncertainty alone: the sign is turned, so
that higher is surer here as everywhere. Names as in uqlm 0.6.7 and lm-polygraph 0.7.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from calibrant.types import ConfidenceSource

__all__ = ["Foreign", "foreign_columns"]


class Foreign(NamedTuple):
    """What a column of another package holds."""

    source: ConfidenceSource | None
    """None = nothing that is read: lists of tokens, summaries over judges."""
    name: str
    negated: bool = False
    """Whether it is an uncertainty, whose sign is turned."""


_SHARE, _SCORE = ConfidenceSource.AGREEMENT, ConfidenceSource.OTHER
_UQLM: Mapping[str, ConfidenceSource] = MappingProxyType(
    {
        "semantic_negentropy": _SCORE,
        "noncontradiction": _SHARE,
        "entailment": _SHARE,
        "exact_match": _SHARE,
        "semantic_sets_confidence": _SHARE,
        "cosine_sim": _SCORE,
        "bert_score": _SCORE,
        "bleurt": _SCORE,
        "sequence_probability": _SCORE,
        "normalized_probability": _SCORE,
        "min_probability": _SCORE,
        "min_token_negentropy": _SCORE,
        "mean_token_negentropy": _SCORE,
        "probability_margin": _SCORE,
        "monte_carlo_probability": _SCORE,
        "consistency_and_confidence": _SCORE,
        "semantic_density": _SCORE,
        "semantic_density_value": _SCORE,
        "p_true": ConfidenceSource.PTRUE,
        "ensemble_score": _SCORE,
        "discrete_confidence_score": _SCORE,
        "tokenprob_confidence_score": _SCORE,
        "verbalized_confidence": ConfidenceSource.STATED,
    }
)
_UQLM_UNCERTAINTY = ("discrete_entropy_value", "tokenprob_entropy_value")
_UQLM_UNREAD = frozenset({"logprob", "multiple_logprob", "num_semantic_set", "avg", "max", "min", "median"})
_UQLM_OWN = frozenset({"sampled_responses", "judge_1", *_UQLM_UNCERTAINTY}) | (
    set(_UQLM) - {"entailment", "exact_match", "p_true", "bert_score", "bleurt", "cosine_sim"}
)
"""Beside ``prompt`` and ``response`` one of these tells a table of uqlm's; the others are names of metrics as well."""

_LM_POLYGRAPH = frozenset(
    {
        "MaximumSequenceProbability",
        "MeanTokenEntropy",
        "MeanPointwiseMutualInformation",
        "MeanConditionalPointwiseMutualInformation",
        "ClaimConditionedProbability",
        "PTrue",
        "PTrueSampling",
        "PTrueEmpirical",
        "MonteCarloSequenceEntropy",
        "MonteCarloNormalizedSequenceEntropy",
        "LexicalSimilarity",
        "NumSemSets",
        "EigValLaplacian",
        "DegMat",
        "Eccentricity",
        "SemanticEntropy",
        "SemanticEntropyToken",
        "SemanticDensity",
        "TokenSAR",
        "SentenceSAR",
        "RenyiNeg",
        "FisherRao",
        "KernelLanguageEntropy",
        "CocoaMSP",
        "CocoaPPL",
        "CocoaMTE",
        "RAUQ",
        "AttentionScore",
        "SelfCertainty",
        "EigenScore",
        "BoostedProbSequence",
        "Verbalized1S",
        "Verbalized2S",
        "Linguistic1S",
        "MahalanobisDistanceSeq",
        "RelativeMahalanobisDistanceSeq",
        "RDESeq",
    }
)
_ALSO_LM_POLYGRAPH = frozenset({"Perplexity", "SAR", "LUQ", "CSL", "Focus"})
"""Words that other tables use as well: read only beside one of the names above."""


def foreign_columns(columns: Sequence[str]) -> dict[str, Foreign]:
    """What is known of the columns of a table as written by one of these packages; empty for other tables.

    An estimator of lm-polygraph is known by the beginning of its name (``DegMat_NLI_score_entail``); its level may
    stand before it (``sequence_DegMat``, as its keys ``(level, name)`` joined).
    """
    theirs = {column: _estimator(column) for column in columns}
    known = _LM_POLYGRAPH | (_ALSO_LM_POLYGRAPH if _LM_POLYGRAPH & set(theirs.values()) else set())
    found = {
        column: Foreign(_SCORE, f"lm_polygraph_{column.removeprefix('sequence_')}", negated=True)
        for column, name in theirs.items()
        if name in known
    }
    if {"prompt", "response"} <= set(columns) and _UQLM_OWN & set(columns):
        found |= {column: one for column in columns if (one := _of_uqlm(column)) is not None}
    return found


def _of_uqlm(column: str) -> Foreign | None:
    name = f"uqlm_{column}"
    if column in _UQLM:
        return Foreign(_UQLM[column], name)
    if column in _UQLM_UNCERTAINTY:
        return Foreign(_SCORE, name, negated=True)
    if column.removeprefix("judge_").isdigit():
        return Foreign(ConfidenceSource.JUDGE, name)
    return Foreign(None, name) if column in _UQLM_UNREAD else None


def _estimator(column: str) -> str:
    return column.removeprefix("sequence_").partition("_")[0].partition("(")[0]
