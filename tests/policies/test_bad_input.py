"""What cannot be used is refused with a sentence; what is merely poor gets an honest no."""

from __future__ import annotations

import re
from math import inf, nan

import numpy as np
import pytest

from calibrant.policies import Declared, certify

GOOD = {"alpha": 0.1, "delta": 0.1}


@pytest.mark.parametrize(
    ("arguments", "more", "message"),
    [
        (([0.1, nan], [1, 0]), {}, "scores must be finite where there is an answer; index 1"),
        (([0.1, inf], [1, 0]), {}, "scores must be finite"),
        (([0.1, None], [1, 0]), {}, "scores must be finite"),
        (([0.1, 0.2], [1, 2]), {}, "index 1 holds 2"),
        (([0.1, 0.2], [1, 0.5]), {}, "1 .right., 0 .wrong. or None"),
        (([0.1, 0.2], ["1", "0"]), {}, "not text"),
        (([0.1, 0.2], ["right", None]), {}, "not text"),
        ((["a", "b"], [1, 0]), {}, "scores must hold numbers"),
        (([0.1, 0.2], [1]), {}, "different lengths: scores 2, correct 1"),
        (([], []), {}, "no rows"),
        (([[0.1], [0.2]], [1, 0]), {}, "one dimension"),
        (([0.1, 0.2], [1, 0]), {"clusters": [1]}, "clusters must hold one label"),
        (([0.1, 0.2], [1, 0]), {"groups": ["a"]}, "different lengths"),
        (([0.1, 0.2], [1, 0]), {"weights": [1]}, "different lengths"),
        (([0.1, 0.2], [1, 0]), {"weights": [1, -1]}, "weights must be finite and >= 0"),
        (([0.1, 0.2], [1, 0]), {"weights": [1, nan]}, "weights must be finite"),
        (([0.1, 0.2], [1, 0]), {"weights": [1, 9], "declared": Declared(weight_bound=5)}, "above the declared bound"),
        (([0.1, 0.2], [1, 0]), {"weights": [1, 1], "method": "band"}, "takes no weights"),
        (([0.1, 0.2], [1, 0]), {"alpha": 0.0}, "alpha must lie in"),
        (([0.1, 0.2], [1, 0]), {"alpha": 10}, "alpha must lie in"),
        (([0.1, 0.2], [1, 0]), {"alpha": "0.1"}, "alpha must lie in"),
        (([0.1, 0.2], [1, 0]), {"delta": 1.0}, "delta must lie in"),
        (([0.1, 0.2], [1, 0]), {"method": "hope"}, "method must be one of multistart"),
        (([0.1, 0.2], [1, 0]), {"look": 0}, "look must be"),
        (([0.1, 0.2], [1, 0]), {"look": 1.5}, "look must be"),
        (([0.1, 0.2], [1, 0]), {"seed": -1}, "seed must be"),
    ],
)
def test_bad_input_is_named(arguments, more, message) -> None:
    with pytest.raises(ValueError, match=message):
        certify(*arguments, **{**GOOD, **more})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"population": "everyone"}, "population"),
        ({"starts": ()}, "starts"),
        ({"starts": (0.5, 0.3)}, "ascending"),
        ({"start": 0.0}, "coverage in"),
        ({"levels": ()}, "levels"),
        ({"levels": (nan,)}, "levels"),
        ({"pilot_share": 1.0}, "pilot_share"),
        ({"weight_bound": 0.0}, "weight_bound"),
    ],
)
def test_bad_declarations_are_named(more, message) -> None:
    with pytest.raises(ValueError, match=message):
        Declared(**more)


METHODS = ("multistart", "band", "single", "pilot", "sgr", "bonferroni", "betting")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("scores", "correct", "reason"),
    [
        ([0.3], [1], "fewer than"),
        ([0.3], [0], "fewer than"),
        ([0.5] * 200, [0] * 200, "wrong|fewer|equal|shown"),
        (list(range(200)), [0] * 200, "every answer is wrong"),
        ([0.1, 0.2, 0.3], [1, 1, 0], "fewer than"),
        ([None] * 30, [None] * 30, "answered none"),
    ],
)
def test_poor_data_get_an_honest_no(method, scores, correct, reason) -> None:
    certificate = certify(scores, correct, method=method, **GOOD)
    assert certificate.threshold is None
    assert certificate.coverage == 0.0
    assert re.search(reason, certificate.reason)


@pytest.mark.parametrize("method", METHODS)
def test_all_right_answers_everything(method) -> None:
    score = np.linspace(0, 1, 400)
    assert certify(score, np.ones(400), method=method, **GOOD).threshold == -inf


def test_equal_scores_are_all_answered_or_none() -> None:
    right = np.arange(500) % 20 > 0
    assert certify([0.7] * 500, right, **GOOD).threshold == -inf
    certificate = certify([0.7] * 500, np.arange(500) % 5 > 0, **GOOD)
    assert certificate.threshold is None
    assert "all scores are equal" in certificate.reason


def test_groups_of_three_are_merged_until_they_can_say_something() -> None:
    random = np.random.default_rng(0)
    score = random.random(300)
    groups = np.arange(300) // 3
    certificate = certify(score, random.random(300) < 0.5 + 0.5 * score, groups=groups, **GOOD)
    assert len(certificate.groups) < 6
    assert sum(group.rows for group in certificate.groups.values()) == 300
    assert certify([1, 2, 3], [1, 1, 0], groups=["a", "b", "c"], **GOOD).sentence().startswith("No promise possible")


def test_booleans_integers_and_objects_are_labels_too() -> None:
    score = np.linspace(0, 1, 100)
    right = np.arange(100) > 2
    whole = certify(score, right, **GOOD)
    assert whole == certify(score, right.astype(np.uint8), **GOOD)
    assert whole == certify(list(score), [bool(r) for r in right], **GOOD)
    assert whole == certify(score, right.astype(object), **GOOD)
