"""Only the treatment may differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calibrant.analysis import HowAsked, check_treatments
from calibrant.errors import InputError

ASKED = HowAsked(
    model="m",
    effort=None,
    prompts=(("0123456789", "aa"),),
    sampling="{}",
    set_hash="aa" * 32,
    set_name="set.csv",
    graders=("exact",),
)


@pytest.mark.parametrize(
    ("aspect", "other", "said"),
    [
        ("prompt", replace(ASKED, prompts=(("fedcba9876", "terse"),)), "prompt of b: terse fedcba98"),
        ("prompt", replace(ASKED, prompts=None), "prompt of b: unknown (imported)"),
        ("sampling", replace(ASKED, sampling='{"temperature": 1}'), 'sampling of b: {"temperature": 1}'),
        ("set", replace(ASKED, set_hash="bb" * 32), "set of b: set.csv bbbbbbbb"),
        ("set", replace(ASKED, set_hash=None), "not complete"),
        ("grader", replace(ASKED, graders=("judge:x",)), "One grader for all: --grader NAME"),
    ],
)
def test_a_difference_that_nobody_named_is_refused_and_told(aspect: str, other: HowAsked, said: str) -> None:
    with pytest.raises(InputError) as raised:
        check_treatments(["a", "b"], [ASKED, other], ())
    assert said in str(raised.value)
    assert f"--treatment {aspect}" in str(raised.value)
    (allowed,) = check_treatments(["a", "b"], [ASKED, other], [aspect])  # type: ignore[list-item]
    assert allowed.aspect == aspect


def test_models_of_one_run_that_ended_early_were_asked_one_set_and_other_runs_were_not() -> None:
    early = replace(ASKED, set_hash=None, run="r1")
    assert check_treatments(["a", "b"], [early, replace(early, model="n")], ())[0].aspect == "model"
    for other in (replace(early, run="r2"), replace(early, run=None)):
        with pytest.raises(InputError, match="not complete"):
            check_treatments(["a", "b"], [early, other], ())


def test_models_and_efforts_may_differ_unasked() -> None:
    found = check_treatments(["a", "b"], [ASKED, replace(ASKED, model="n", effort="high")], ())
    assert [(one.aspect, one.told) for one in found] == [("model", ("m", "n")), ("effort", ("none chosen", "high"))]


def test_two_runs_that_are_not_complete_are_not_known_to_have_one_set() -> None:
    unknown = replace(ASKED, set_hash=None)
    with pytest.raises(InputError, match="they differ in set"):
        check_treatments(["a", "b"], [unknown, unknown], ())
