"""Several graders make one verdict; how far they agree is a number, or None."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.grading import agreement, cascade, majority
from calibrant.types import COUNTED_STATES, Grade, OutcomeState

C, P, I, A = COUNTED_STATES  # noqa: E741
U, E = OutcomeState.UNGRADED, OutcomeState.ERROR
votes = st.lists(st.sampled_from(list(OutcomeState)), max_size=7)


def grades(*states):
    return [Grade(state=state, grader=f"g{number}", reason="because") for number, state in enumerate(states)]


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ((C, C, I), C),
        ((C, C, U), C),
        ((C, I), U),
        ((C, C, I, I), U),
        ((C, C, I, A), U),
        ((C, U, U), U),
        ((U, U), U),
        ((E, C, C), C),
        ((), U),
    ],
)
def test_more_than_half_of_the_readable_verdicts_win(states, verdict):
    assert majority(grades(*states)).state is verdict


@given(votes)
def test_a_panel_names_every_vote_and_never_decides_without_a_strict_majority(states):
    found = majority(grades(*states), name="three judges")
    assert found.grader == "three judges"
    readable = [state for state in states if state in COUNTED_STATES]
    if found.state is not U:
        assert readable.count(found.state) * 2 > len(readable) >= 2
    for number, state in enumerate(states):
        assert f"g{number} {state.value}" in found.reason


@given(votes)
def test_the_order_of_the_votes_does_not_matter(states):
    assert majority(grades(*states)).state is majority(grades(*states)[::-1]).state


def test_a_cascade_asks_the_second_only_where_the_first_is_unsure():
    sure, unsure, judge = grades(I, U, C)
    assert cascade(sure, judge, name="exact, then judge").state is I
    found = cascade(unsure, judge, name="exact, then judge")
    assert (found.state, found.grader, found.reason) == (C, "exact, then judge", "g2: because (g1: because)")
    assert cascade(unsure, None, name="x").state is U
    assert cascade(unsure, unsure, name="x").state is U


def test_alpha_is_that_of_the_published_example_with_missing_verdicts():
    # The computational example of Wikipedia's article on the coefficient: three coders, 26 pairable values.
    table = [
        [None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3],
        [1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None],
        [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4],
    ]
    names = {1: C, 2: P, 3: I, 4: A, None: None}
    found = agreement({f"r{number}": [names[cell] for cell in row] for number, row in enumerate(table)})
    assert found.alpha == pytest.approx(0.691, abs=5e-4)
    assert (found.items, found.verdicts) == (12, 26)


def test_unsure_verdicts_are_missing_ones():
    assert agreement({"a": [C, U, E, None], "b": [C, C, C, C]}).items == 1


def test_undefined_is_none():
    assert agreement({}).alpha is None
    assert agreement({"a": [C, I]}).alpha is None
    alike = agreement({"a": [C, C], "b": [C, C]})
    assert alike.alpha is None
    assert alike.pairs[0].share == 1
    apart = agreement({"a": [C, None], "b": [None, C]})
    assert (apart.items, apart.pairs[0].share, apart.pairs[0].interval) == (0, None, None)


def test_clusters_widen_the_interval_of_raw_agreement():
    left = [C, C, C, I, I, I] * 10
    right = [C, C, C, C, C, C] * 10
    plain = agreement({"a": left, "b": right}).pairs[0]
    documents = [f"d{number // 3}" for number in range(60)]
    clustered = agreement({"a": left, "b": right}, clusters=documents).pairs[0]
    assert plain.share == clustered.share == 0.5
    assert clustered.interval.low < plain.interval.low
    assert clustered.interval.high > plain.interval.high


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match="as many entries"):
        agreement({"a": [C], "b": [C, I]})
    with pytest.raises(ValueError, match="as many entries"):
        agreement({"a": [C, I], "b": [C, I]}, clusters=["d"])


@given(st.lists(st.tuples(*[st.sampled_from([*COUNTED_STATES, None])] * 3), max_size=30))
def test_alpha_is_at_most_one_and_the_same_for_raters_in_any_order(rows):
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    found = agreement(dict(zip("abc", columns, strict=True)))
    again = agreement(dict(zip("abc", columns[::-1], strict=True)))
    assert found.alpha is None or found.alpha <= 1
    assert found.alpha == (None if again.alpha is None else pytest.approx(again.alpha))
