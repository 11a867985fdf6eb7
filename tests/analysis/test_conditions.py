"""Conditions in one line: what is read, and where a mistake is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.analysis import METRICS, parse_condition
from calibrant.errors import InputError

UNITS = {metric.name: metric.unit for metric in METRICS.values()}


@pytest.mark.parametrize(
    ("text", "metric", "sign", "bound"),
    [
        ("index < -5", "omniscience_index", "<", -5),
        ("index<-5", "omniscience_index", "<", -5),
        ("Accuracy >= 2%", "accuracy", ">=", 0.02),
        ("accuracy <= -.02", "accuracy", "<=", -0.02),
        ("hallucination > 1e-1", "hallucination_rate", ">", 0.1),
        ("cost > 0.002", "cost_usd", ">", 0.002),
    ],
)
def test_a_condition_is_a_metric_a_sign_and_a_number(text: str, metric: str, sign: str, bound: float) -> None:
    found = parse_condition(text, UNITS)
    assert (found.metric, found.sign, found.bound) == (metric, sign, pytest.approx(bound))


@pytest.mark.parametrize(
    ("text", "pair", "scope"),
    [
        ("index[domain=law] < 1", None, {"domain": "law"}),
        ("index[a@low vs b@high] < 1", ("a@low", "b@high"), {}),
        ("index[llama3:8b vs b, domain='US history, old'] < 1", ("llama3:8b", "b"), {"domain": "US history, old"}),
        ('auroc [signal="mean logprob"] < 1', None, {"signal": "mean logprob"}),
        ("index[topic=3] < 1", None, {"topic": "3"}),
    ],
)
def test_a_scope_names_a_pair_or_a_group(text: str, pair: object, scope: object) -> None:
    found = parse_condition(text, UNITS)
    assert (found.pair, dict(found.scope)) == (pair, scope)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", 0, "a metric is expected"),
        ("indx < 3", 0, "no metric 'indx'"),
        ("index -5", 6, "<, <=, > or >= is expected"),
        ("index ~ 5", 6, "<, <=, > or >= is expected"),
        ("index <", 7, "a number is expected"),
        ("index < five", 8, "a number is expected"),
        ("index < -5%", 10, "not counted in per cent but in points"),
        ("accuracy < -2", 11, "is a share"),
        ("index < 5 6", 8, "a number is expected"),
        ("index[a] < 1", 7, "= or vs is expected"),
        ("index[domain=law < 1", 17, "] is expected"),
        ("index[colour=red] < 1", 6, "nothing called 'colour'"),
        ("index[domain=a, topic=b] < 1", 16, "only one group"),
        ('index[domain="law] < 1', 13, "not understood"),
    ],
)
def test_a_mistake_is_shown_with_a_caret_under_its_place(text: str, at: int, said: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_condition(text, UNITS, place="--fail-if")
    first, shown, caret = str(raised.value).split("\n")
    assert first.startswith("--fail-if: ")
    assert said in first
    assert shown == f"  {text}"
    assert caret.index("^") - 2 == at


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_condition(text, UNITS)
    except InputError as error:
        assert "^" in str(error)  # noqa: PT017 - either is right
    else:
        assert found.metric in UNITS
