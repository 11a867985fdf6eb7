from calibrant.models.reference.spans import Spans

PIECES = {5: "Ġborn", 6: "Ġin", 7: "ĠKar", 8: "dov", 9: ".", 10: "ĠKar", 11: "ĠI", 12: "Ġdo"}
END = 2


def spans() -> Spans:
    return Spans([[5, 6, 7, 8, 9]], [11, 12], END, PIECES)


def test_an_answer_begins_with_a_word_of_the_passage_or_is_the_admission() -> None:
    assert spans().allowed() == [5, 6, 7, 11]


def test_a_word_is_not_cut_short() -> None:
    assert spans().walk(7).allowed() == [8]
    assert spans().walk(7).walk(8).allowed() == [END, 9]


def test_the_admission_is_whole_or_not_there() -> None:
    assert spans().walk(11).allowed() == [12]
    assert spans().walk(11).walk(12).allowed() == [END]


def test_a_word_that_occurs_twice_may_go_on_both_ways() -> None:
    both = Spans([[7, 8, 9], [7, 5]], [11], END, PIECES).walk(7)
    assert both.allowed() == [END, 5, 8]
