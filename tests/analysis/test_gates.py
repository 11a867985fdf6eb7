"""Gates: a comparison fails where something is shown, or where it cannot be excluded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from calibrant.analysis import CompareOptions, Comparison, check_gate, compare_outcomes, parse_gate
from calibrant.errors import InputError
from calibrant.types import ModelRef, Outcome, OutcomeState


def comparison(*accuracies: float, questions: int = 400, documents: int = 400) -> Comparison:
    """Contenders a, b, ... that are right on so large a share of the questions, each on its own random ones."""

    def rows() -> Iterator[tuple[str, Outcome]]:
        for place, accuracy in enumerate(accuracies):
            for number in range(questions):
                right = (number * 37 + place * 101) % questions < accuracy * questions
                state = OutcomeState.CORRECT if right else OutcomeState.INCORRECT
                yield (
                    "abc"[place],
                    Outcome(
                        question_id=str(number),
                        cluster=str(number % documents),
                        model=ModelRef(model="m"),
                        state=state,
                        domain="law" if number % 2 else "music",
                    ),
                )

    return compare_outcomes(list("abc"[: len(accuracies)]), rows(), CompareOptions())


WORSE, SAME = comparison(0.3, 0.6), comparison(0.5, 0.5)


@pytest.mark.parametrize(
    ("kind", "condition", "of", "failed"),
    [
        ("fail-if", "accuracy < -5%", WORSE, True),
        ("fail-if", "accuracy < -5%", SAME, False),
        ("fail-if", "accuracy > 0", WORSE, False),
        ("fail-if", "accuracy[b vs a] > 5%", WORSE, True),
        ("fail-unless-excluded", "accuracy < -5%", WORSE, True),
        ("fail-unless-excluded", "accuracy < -5%", SAME, True),
        ("fail-unless-excluded", "accuracy < -30%", SAME, False),
        ("fail-unless-excluded", "accuracy > 5%", WORSE, False),
        ("fail-if", "accuracy[domain=law] < -5%", WORSE, True),
    ],
)
def test_a_gate_reads_the_interval_of_the_first_less_the_second(
    kind: str, condition: str, of: Comparison, failed: bool
) -> None:
    assert check_gate(parse_gate(kind, condition), of).failed is failed  # type: ignore[arg-type]


def test_without_a_pair_the_first_is_held_against_each_other() -> None:
    found = check_gate(parse_gate("fail-if", "accuracy < -5%"), comparison(0.5, 0.2, 0.9))
    assert [(row.first, row.second, row.standing) for row in found.rows] == [
        ("a", "b", "excluded"),
        ("a", "c", "established"),
    ]
    assert found.failed


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("auroc < 0", "was not measured"),
        ("accuracy[domain=sports] < 0", "There are: law, music"),
        ("accuracy[topic=x] < 0", "Add --by topic"),
        ("accuracy[a vs z] < 0", "'z' is not compared here"),
    ],
)
def test_a_gate_on_what_is_not_there_is_an_error(condition: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_gate(parse_gate("fail-if", condition), SAME)


def test_a_gate_that_cannot_be_judged_never_passes() -> None:
    with pytest.raises(InputError, match="depend on one document"):
        check_gate(parse_gate("fail-if", "accuracy < 0"), comparison(0.5, 0.5, documents=1))
    with pytest.raises(InputError, match="undefined for one"):
        check_gate(parse_gate("fail-unless-excluded", "hallucination > 5%"), comparison(1.0, 0.5))
