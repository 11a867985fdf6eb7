"""A model trained anew is compared with the card: what only chance moved passes, what is altered does not."""

import copy
import random
from typing import Any

import pytest

from calibrant.lab.artefacts import evaluation_questions
from calibrant.lab.checking import check
from calibrant.lab.recipes import RECIPES
from calibrant.lab.ship import DATA, read_card
from calibrant.lab.texts import reading
from calibrant.lab.tolerance import _TOLD, _UNTOLD, compare, figures, tolerances
from calibrant.lab.world import make_world

ASKED = evaluation_questions(make_world())


@pytest.mark.parametrize("name", RECIPES)
def test_the_model_that_ships_agrees_with_its_own_card(name: str) -> None:
    card = read_card(name)
    verdict = check(card, DATA / f"reference-{name}.safetensors")
    assert verdict.is_within
    assert verdict.is_same
    assert "all figures are within" in str(verdict)
    assert set(card["tolerance"]) == set(figures(card))


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("figure", ["accuracy", "hallucination_rate", "accuracy_known", "confidence_unknown"])
def test_an_altered_figure_fails(name: str, figure: str) -> None:
    card = copy.deepcopy(read_card(name))
    value, within = card["closed_book"][figure], card["tolerance"][figure]
    way = within if value < 0.5 else -within
    card["closed_book"][figure] = value + 0.95 * way
    assert check(card, DATA / f"reference-{name}.safetensors").is_within
    card["closed_book"][figure] = value + 1.05 * way
    verdict = check(card, DATA / f"reference-{name}.safetensors")
    assert not verdict.is_within
    assert [row.figure for row in verdict.rows if not row.is_within] == [figure]
    assert "1 outside of the tolerance" in str(verdict)


def test_a_figure_that_is_undefined_here_is_not_within() -> None:
    card = read_card("large")
    here = copy.deepcopy(card)
    here["closed_book"]["confidence_known"] = None
    outside = [row.figure for row in compare(card, here, card["tolerance"]) if not row.is_within]
    assert outside == ["confidence_known"]


def test_another_models_weights_are_not_the_same() -> None:
    assert not check(read_card("large"), DATA / "reference-candid.safetensors").is_same


def test_the_tolerance_is_wider_where_seeds_differ_and_where_questions_are_few() -> None:
    card = read_card("large")
    other: dict[str, Any] = copy.deepcopy(card)
    other["closed_book"]["accuracy"] -= 0.3
    alone, two = tolerances([card], ASKED), tolerances([card, other], ASKED)
    assert two["accuracy"] == pytest.approx(3 * 0.3, abs=1e-3)  # 3 sqrt(2) times a deviation of .3 / sqrt(2)
    assert {name for name in alone if alone[name] != two[name]} == {"accuracy"}
    p = (450 * card["closed_book"]["accuracy"] + 1) / 452
    assert alone["accuracy"] == pytest.approx(3 * (2 * p * (1 - p) / 450) ** 0.5, abs=1e-3)
    assert alone["accuracy_known"] > alone["accuracy"]


def test_as_many_passages_hold_the_answer_as_is_reckoned_with() -> None:
    random_ = random.Random("measure reading 0")
    golds = [reading(random_)[-1].text for _ in range(_TOLD + _UNTOLD)]
    assert sum("I do not know" in gold for gold in golds) == _UNTOLD
