"""Bounds on the mean of a table while it is asked hold at every look, and tell the truth at the end."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.metrics.mean_sequence import MeanSequence, SequenceOptions, blocks_of


def sequence(units: int, cells: int = 1, covariates: object = None, **options: object) -> MeanSequence:
    return MeanSequence(
        np.ones(units),
        cells=cells,
        options=SequenceOptions(**options),  # type: ignore[arg-type]
        covariates=covariates,  # type: ignore[arg-type]
    )


def ask(found: MeanSequence, values: np.ndarray, blocks: list[list[int]]) -> int:
    """Units asked until the mean is known to be other than 0; all of them where it never is."""
    asked = 0
    for block in blocks:
        found.add(block, values[block])
        asked += len(block)
        if found.is_greater(0) or found.is_less(0):
            return asked
    return asked


@given(
    strata=st.lists(st.sampled_from(["law", "arts", None]), max_size=60),
    cells=st.integers(1, 9),
    seed=st.integers(0, 9),
)
def test_blocks_hold_every_unit_once(strata: list[str | None], cells: int, seed: int) -> None:
    blocks = blocks_of(strata, cells=cells, seed=seed)
    assert sorted(place for block in blocks for place in block) == list(range(len(strata)))
    assert all(len(block) <= cells for block in blocks)


def test_every_block_holds_every_stratum_in_its_share() -> None:
    strata = ["law"] * 40 + ["arts"] * 20 + ["history"] * 60
    for block in blocks_of(strata, cells=6, seed=3):
        assert Counter(strata[place] for place in block) == {"law": 2, "arts": 1, "history": 3}


def test_the_order_follows_the_seed() -> None:
    strata = ["a", "b"] * 20
    assert blocks_of(strata, cells=2, seed=1) == blocks_of(strata, cells=2, seed=1)
    assert blocks_of(strata, cells=2, seed=1) != blocks_of(strata, cells=2, seed=2)


def test_every_unit_is_as_likely_as_another_to_come_first() -> None:
    strata = ["a"] * 5 + ["b"] * 2
    first = Counter(place for seed in range(3000) for place in blocks_of(strata, cells=2, seed=seed)[0])
    assert min(first.values()) > 0.85 * max(first.values())


@settings(max_examples=30)
@given(values=st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=40), cells=st.integers(1, 5))
def test_a_table_asked_to_its_end_is_known_to_a_step_of_the_candidates(values: list[float], cells: int) -> None:
    found, table = sequence(len(values), cells), np.array(values)
    for block in blocks_of([None] * len(values), cells=cells, seed=0):
        found.add(block, table[block])
    step = 2 / 400
    assert found.low - 1e-9 <= table.mean() <= found.high + 1e-9
    assert found.high - found.low <= 2 * step + 1e-9


@pytest.mark.parametrize("cells", [2, 6])
@pytest.mark.parametrize("control", [False, True])
def test_a_gap_of_nothing_is_called_one_in_at_most_the_stated_share_of_tables(cells: int, control: bool) -> None:
    wrong = 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        stratum = np.repeat(np.arange(5), 24)
        values = np.clip(random.normal((stratum - 2) / 4, 0.5), -1, 1)
        # Pairs of opposite values: the table's mean is exactly the hypothesis.
        values = np.concatenate([values[:60], -values[:60]])
        covariates = (values + random.normal(0, 0.5, 120))[:, None] if control else None
        found = sequence(120, cells, covariates, points=3)
        blocks = blocks_of([str(one) for one in stratum], cells=cells, seed=seed)
        ask(found, values, blocks)
        wrong += found.is_greater(0) or found.is_less(0)
    assert wrong / 150 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)


def test_documents_sorted_by_domain_would_err_and_blocks_do_not() -> None:
    values = np.concatenate([np.ones(60), -np.ones(60)])
    sorted_by_domain = [[place] for place in range(120)]
    assert ask(sequence(120, points=3), values, sorted_by_domain) < 60
    blocks = blocks_of(["a"] * 60 + ["b"] * 60, cells=2, seed=0)
    found = sequence(120, 2, points=3)
    ask(found, values, blocks)
    assert not found.is_greater(0)
    assert not found.is_less(0)


def test_the_capital_is_the_product_written_out() -> None:
    random = np.random.default_rng(5)
    values = random.choice([-1.0, 0.0, 1.0], 30, p=[0.1, 0.3, 0.6])
    found = sequence(30, points=3, level=0.8)
    stakes = np.geomspace(0.05, 0.9, 6)
    spread, capital = stakes / stakes.sum(), np.ones(6)
    for drawn, value in enumerate(values):
        left = 30 - drawn
        mean_left = -values[:drawn].sum() / left
        bet = np.minimum(stakes * 30 / left, 0.98 / max(mean_left + 1, 1e-12))
        capital = capital * (1 + bet * (value - mean_left))
        found.add([drawn], [value])
        if mean_left > -1 and not found.is_greater(0):
            assert spread @ capital < 2 / 0.2
        elif (spread @ capital) >= 2 / 0.2:
            assert found.is_greater(0)
            return
    pytest.fail("a gap of half the range was not found")


def test_a_control_variate_that_foresees_values_decides_sooner() -> None:
    asked = {}
    for control in (False, True):
        asked[control] = []
        for seed in range(12):
            random = np.random.default_rng(seed)
            ease = random.normal(0, 1, (400, 1))
            values = np.clip(0.12 + 0.5 * ease[:, 0] + random.normal(0, 0.1, 400), -1, 1)
            blocks = blocks_of([None] * 400, cells=10, seed=seed)
            asked[control].append(ask(sequence(400, 10, ease if control else None, points=3), values, blocks))
    assert np.median(asked[True]) < 0.8 * np.median(asked[False])


def test_a_unit_without_a_value_is_as_if_it_were_no_part_of_the_table() -> None:
    values = np.array([1.0, -1.0, np.nan, 1.0, np.nan, 1.0])
    found = sequence(6)
    for place in range(6):
        found.add([place], values[[place]])
    assert found.estimate == pytest.approx(0.5)
    assert found.low - 1e-9 <= 0.5 <= found.high + 1e-9
    assert found.high - found.low < 0.02


def test_large_clusters_weigh_as_many_questions_as_they_have() -> None:
    sizes, means = np.array([1.0, 1.0, 4.0]), np.array([1.0, 1.0, -1.0])
    found = MeanSequence(sizes, cells=3, options=SequenceOptions())
    found.add([0, 1, 2], means * sizes / sizes.mean())
    assert found.estimate == pytest.approx(-1 / 3)


def test_about_the_source_a_table_asked_to_its_end_leaves_room() -> None:
    values = np.tile([1.0, 0.0], 30)
    table, source = sequence(60), sequence(60, whole=False)
    for place in range(60):
        for found in (table, source):
            found.add([place], values[[place]])
    assert table.high - table.low < 0.02 < 0.2 < source.high - source.low


def test_what_cannot_be_is_refused() -> None:
    found = sequence(3, 2)
    with pytest.raises(ValueError, match="outside"):
        found.add([0], [1.5])
    found.add([0], [1.0])
    with pytest.raises(ValueError, match="new unit"):
        found.add([0], [1.0])
    with pytest.raises(ValueError, match="weights"):
        MeanSequence([0.0], cells=1, options=SequenceOptions())
    with pytest.raises(ValueError, match="row for each unit"):
        sequence(3, 1, np.ones((2, 1)))
    with pytest.raises(ValueError, match="level"):
        SequenceOptions(level=1.0)
    with pytest.raises(ValueError, match="cell"):
        blocks_of(["a"], cells=0, seed=0)
