"""Which column holds what."""

from __future__ import annotations

import pytest

from calibrant.errors import InputError
from calibrant.neighbours.columns import resolve
from calibrant.types import ConfidenceSource


def test_answer_beside_gold_is_the_models_answer() -> None:
    columns = resolve(["question", "model", "answer", "gold"], {}, place="t.csv")
    assert columns.fields["answer"] == "answer"
    assert columns.fields["gold"] == "gold"


def test_answer_beside_generated_text_is_the_right_answer() -> None:
    columns = resolve(["query", "answer", "generated_text"], {}, place="t.csv")
    assert columns.fields == {"question": "query", "answer": "generated_text", "gold": "answer"}


def test_names_are_compared_without_case_spaces_and_hyphens() -> None:
    columns = resolve(["Question", "Model Name", "Expected-Answer", "Response"], {}, place="t.csv")
    assert columns.fields["model"] == "Model Name"
    assert columns.fields["gold"] == "Expected-Answer"


def test_a_mapping_beats_the_names() -> None:
    columns = resolve(["question", "model", "response", "mine"], {"answer": "mine"}, place="t.csv")
    assert columns.fields["answer"] == "mine"


def test_a_wrong_mapping_names_the_nearest_column() -> None:
    with pytest.raises(InputError, match="Did you mean 'response'"):
        resolve(["question", "response"], {"answer": "respons"}, place="t.csv")


def test_an_unknown_field_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="no field 'golden'"):
        resolve(["question"], {"golden": "question"}, place="t.csv")


def test_confidence_columns_tell_their_source() -> None:
    names = ["confidence", "confidence_agreement", "conf_ppl", "mean_logprob", "confidence_source"]
    assert resolve(names, {}, place="t.csv").confidences == {
        "confidence": (None, ""),
        "confidence_agreement": (ConfidenceSource.AGREEMENT, "agreement"),
        "conf_ppl": (ConfidenceSource.OTHER, "ppl"),
        "mean_logprob": (ConfidenceSource.LOGPROB, "mean_logprob"),
    }


UQLM = ["response", "sampled_responses", "prompt", "semantic_negentropy", "exact_match", "p_true", "logprob", "answer"]


def test_columns_of_uqlm_are_confidences_and_its_entropies_uncertainties() -> None:
    columns = resolve([*UQLM, "judge_1", "judge_1_explanation", "discrete_entropy_value", "avg"], {}, place="t.csv")
    assert (columns.fields["question"], columns.fields["answer"], columns.fields["gold"]) == (
        "prompt",
        "response",
        "answer",
    )
    assert columns.confidences == {
        "semantic_negentropy": (ConfidenceSource.OTHER, "uqlm_semantic_negentropy"),
        "exact_match": (ConfidenceSource.AGREEMENT, "uqlm_exact_match"),
        "p_true": (ConfidenceSource.PTRUE, "uqlm_p_true"),
        "judge_1": (ConfidenceSource.JUDGE, "uqlm_judge_1"),
        "discrete_entropy_value": (ConfidenceSource.OTHER, "uqlm_discrete_entropy_value"),
    }
    assert columns.negated == {"discrete_entropy_value"}
    assert columns.describe()["confidence:uqlm_discrete_entropy_value"] == "-discrete_entropy_value"


def test_a_metric_called_exact_match_elsewhere_is_no_confidence() -> None:
    columns = resolve(["prompt", "response", "gold", "exact_match", "p_true", "max"], {}, place="t.csv")
    assert columns.confidences == {}


def test_columns_of_lm_polygraph_are_uncertainties() -> None:
    names = ["MaximumSequenceProbability", "sequence_CocoaMSP", "DegMat_NLI_score_entail", "SARcasm"]
    columns = resolve(["question", "response", "gold", *names], {}, place="t.csv")
    assert {name for _, name in columns.confidences.values()} == {
        "lm_polygraph_MaximumSequenceProbability",
        "lm_polygraph_CocoaMSP",
        "lm_polygraph_DegMat_NLI_score_entail",
    }
    assert columns.negated == set(names[:3])
    alone = resolve(["question", "response", "gold", "Perplexity"], {}, place="t.csv")
    assert alone.confidences == {}
