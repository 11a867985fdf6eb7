"""What holds of every grader by code, whatever the texts are."""

import signal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calibrant.grading import GRADERS, grade_choice, grade_numeric
from calibrant.types import COUNTED_STATES, OutcomeState, Question, Stratum

CORRECT, UNGRADED = OutcomeState.CORRECT, OutcomeState.UNGRADED
NAMES = sorted(GRADERS)
anything = st.text(max_size=120)
odd = st.sampled_from(
    [
        "NaN",
        "inf",
        "-inf",
        "1e999",
        "1e310",
        "1e-999",
        "1/0",
        "0/0",
        "-",
        "+",
        ".",
        "1e",
        "e5",
        "10^",
        "½",
        "٣٫٥",
        "१२",
        "²³",
        "1.2.3.4.5",
        "1,,2",
        "0x1F",
        "%",
        "$",
        "§",
        "v",
        "()",
        "B)",
        "((((",
        "1 to 2 to 3",
        "between and",
        "-0",
        "0.0",
        "1e5e5",
        "IV",
        "#",
        "№ 5",
        "10^999",
        "1 000 000",
        "\u202e12\u202c",
        "1\u200b2",
        "\x00",
        "�",
        "1e310 km",
        "$1e310",
    ]
)
long = st.sampled_from(["9" * 400, "A" * 60, "M" * 20, "1," * 90])
texts = st.one_of(anything, odd, long, st.lists(st.one_of(odd, anything), max_size=4).map(" ".join))
numbers = st.one_of(
    st.integers(-(10**7), 10**7).map(str),
    st.integers(0, 10**7).map(lambda n: f"{n:,}"),
    st.decimals(-(10**5), 10**5, places=3, allow_nan=False).map(str),
    st.integers(1, 999).map(lambda n: f"{n} km"),
    st.integers(1, 99).map(lambda n: f"{n} million"),
    st.tuples(*[st.integers(0, 20)] * 3).map(lambda parts: ".".join(map(str, parts))),
)


def ask(*golds, text="How much is it?", choices=(), stratum=Stratum.ANSWERABLE):
    return Question(id="1", text=text, golds=golds, choices=choices, stratum=stratum)


@pytest.mark.parametrize("name", NAMES)
@given(gold=texts, answer=texts, text=texts.filter(lambda text: text.strip()), choices=st.lists(texts, max_size=5))
@settings(max_examples=250, deadline=None)
def test_no_text_makes_a_grader_raise(name, gold, answer, text, choices):
    for question in (
        ask(gold, text=text, choices=tuple(choices)),
        ask(text=text, choices=tuple(choices), stratum=Stratum.UNANSWERABLE),
    ):
        grade = GRADERS[name](question, answer)
        assert grade.state in {*COUNTED_STATES, UNGRADED}
        assert grade.grader == name
        assert grade.reason


@pytest.mark.parametrize("name", ["exact", "numeric"])
def test_a_number_beyond_every_float_is_compared(name):
    for answer in ("1e310", "1e-310", "1e310 km", "10^999"):
        assert GRADERS[name](ask("1"), answer).state is OutcomeState.INCORRECT or answer == "1e310 km"
        assert GRADERS[name](ask(answer), answer).state is CORRECT


@pytest.mark.parametrize("name", ["exact", "numeric"])
@pytest.mark.parametrize(
    "negation", ["not {}", "It is not {}.", "It isn't {}", "nicht {}", "ce n'est pas {}", "no es {}", "不是{}", "не {}"]
)
@given(gold=numbers)
@settings(max_examples=60, deadline=None)
def test_a_number_and_its_negation_are_never_both_correct(name, negation, gold):
    grader = GRADERS[name]
    assert grader(ask(gold), gold).state is CORRECT
    assert grader(ask(gold), negation.format(gold)).state is not CORRECT


@pytest.mark.parametrize(
    "negation", ["not {}", "It is not {}.", "anything but {}", "nicht {}", "不是{}", "({}) is wrong"]
)
@given(letter=st.sampled_from("ABCD"))
@settings(max_examples=20, deadline=None)
def test_a_choice_and_its_negation_are_never_both_correct(negation, letter):
    cities = ("Sydney", "Canberra", "Perth", "Hobart")
    question = ask(letter, choices=cities)
    assert grade_choice(question, letter).state is CORRECT
    assert grade_choice(question, negation.format(letter)).state is not CORRECT
    assert grade_choice(question, negation.format(cities["ABCD".index(letter)])).state is not CORRECT


@given(gold=numbers, other=numbers)
@settings(max_examples=300, deadline=None)
def test_two_different_numbers_side_by_side_are_never_correct(gold, other):
    assume(gold not in other and other not in gold)
    assume(grade_numeric(ask(gold), other).state is not CORRECT)  # '1000000; 1,000,000' is one number
    for joined in (f"{gold} or {other}", f"{gold}; {other}", f"It is {gold}. It is {other}."):
        assert grade_numeric(ask(gold), joined).state is not CORRECT


@given(gold=st.integers(2, 10**6), off=st.integers(1, 10**6))
@settings(max_examples=300, deadline=None)
def test_an_exact_count_and_another_are_never_both_right(gold, off):
    assert grade_numeric(ask(str(gold)), str(gold + off)).state in (OutcomeState.INCORRECT, UNGRADED)


@given(gold=st.decimals(1, 10**4, places=2), digits=st.integers(1, 499))
@settings(max_examples=300, deadline=None)
def test_more_digits_that_round_to_the_gold_are_partial(gold, digits):
    assert grade_numeric(ask(str(gold)), f"{gold}0{digits:03}").state is OutcomeState.PARTIAL


@given(texts)
@settings(max_examples=300, deadline=None)
def test_only_a_reply_that_begins_with_a_choice_or_ends_with_a_marked_one_is_graded(noise):
    question = ask("B", choices=("Sydney", "Canberra", "Perth"))
    assert grade_choice(question, f"zzz {noise} B zzz").state is not CORRECT


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        " ",
        "1 ",
        "12,",
        "1.",
        "-",
        "B ",
        "(A) ",
        "A\n",
        "\u202e1",
        "\u200b",
        "not ",
        "twenty ",
        "1-",
        "$",
        "ñ ",
        "1e5 ",
        "between 1 and ",
        "Answer: ",
        "because ",
        "\\boxed{",
        "I do not know ",
        "中",
        "万",
        "٣",
    ],
)
def test_a_hundred_kilobytes_of_anything_are_graded_before_the_alarm_rings(name, unit):
    # No time is asserted: the alarm only turns a search without end into a failure.
    def ring(*_):
        raise TimeoutError(f"{name} on {unit!r}")

    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(20)
    try:
        for answer in (text, text[:599], text[:3999] + "\nAnswer: 12"):
            grade = GRADERS[name](ask("12", "B", choices=("12", "13", text[:200])), answer)
            assert grade.state in {*COUNTED_STATES, UNGRADED}
            GRADERS[name](ask(text, text[:300]), "12")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
