"""What is kept of a reply: also how sure it was."""

from __future__ import annotations

from calibrant.models import Failure, Reply
from calibrant.runs.answers import response_of
from calibrant.types import Purpose, Response, ResponseKey, TokenLogprob
from tests.runs.conftest import ScriptedModel

KEY = ResponseKey(question="q", model="m", prompt="p", sampling="s", purpose=Purpose.ANSWER)
TOKENS = (TokenLogprob("Paris", -0.5), TokenLogprob("\nConfidence: 90%", -2.0))


def kept_of(reply: Reply, *, states_confidence: bool = True) -> Response:
    return response_of(reply, key=KEY, model=ScriptedModel(), cost_usd=None, states_confidence=states_confidence)


def test_token_probabilities_become_signals_of_the_answer_alone() -> None:
    reply = Reply(text="Paris\nConfidence: 90%", logprobs=TOKENS)
    kept = kept_of(reply)
    found = {one.name: one.value for one in kept.confidences}
    assert found == {"stated": 0.9, "sum_logprob": -0.5, "mean_logprob": -0.5, "min_logprob": -0.5}


def test_a_reply_without_them_has_no_such_signal_nor_has_a_failure() -> None:
    kept = kept_of(Reply(text="Paris"))
    assert kept.confidences == ()
    failed = Reply(error="cut short", failure=Failure.TIMEOUT, logprobs=TOKENS)
    assert kept_of(failed).confidences == ()


def test_without_a_question_for_confidence_the_whole_reply_is_the_answer() -> None:
    kept = kept_of(Reply(text="Paris\nConfidence: 90%", logprobs=TOKENS), states_confidence=False)
    assert {one.name: one.value for one in kept.confidences}["sum_logprob"] == -2.5
    assert "stated" not in {one.name for one in kept.confidences}
