"""Abstentions are recognised, and what only sounds like one is not."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.grading import ABSTENTION_SENTENCE, is_abstention
from calibrant.grading.measure import labelled_replies, measure

REPLIES = labelled_replies()


def test_the_shipped_set_is_large_balanced_and_in_many_languages():
    assert len(REPLIES) >= 300
    assert len({reply.lang for reply in REPLIES}) >= 8
    assert len({reply.text for reply in REPLIES}) == len(REPLIES)
    share = sum(reply.abstained for reply in REPLIES) / len(REPLIES)
    assert 0.4 <= share <= 0.6
    assert min(Counter((reply.split, reply.abstained) for reply in REPLIES).values()) >= 75


@pytest.mark.parametrize("split", ["tune", "held_out", None])
def test_recall_and_precision_keep_what_is_promised(split):
    found = measure(reply for reply in REPLIES if split in (None, reply.split))
    assert found.recall >= 0.95
    assert found.precision >= 0.98


def test_no_hard_negative_of_any_language_is_taken_for_a_refusal():
    assert [reply.text for reply in REPLIES if not reply.abstained and is_abstention(reply.text)] == []


def test_the_sentence_that_our_prompt_asks_for_is_recognised():
    assert is_abstention(ABSTENTION_SENTENCE)
    assert is_abstention(f" **{ABSTENTION_SENTENCE.upper()}**\n")


@pytest.mark.parametrize(
    "text",
    [
        "There is no evidence of ghosts",
        "There are no records kept of the largest beanstalk that ever existed",
        "I do not have eyes",
        "We don't know for sure what will happen to the price of gold",
        "There is no cost to answer each question",
        "'??'",
        '"pass"',
        "The witness could not say who fired.",
        "Paris, but I'm not sure.",
        "Who's on First?",
        "",
        "...",
    ],
)
def test_claims_about_the_world_and_quotations_are_answers(text):
    assert not is_abstention(text)


@pytest.mark.parametrize(
    "text", ["Jag vet inte.", "En tiedä", "Δεν ξέρω.", "Nevím.", "אני לא יודע", "Tôi không biết.", "Nu știu"]
)
def test_the_commonest_refusal_is_known_in_further_languages(text):
    assert is_abstention(text)


@given(st.text(max_size=300))
def test_no_text_makes_the_detector_raise(text):
    assert is_abstention(text) in (True, False)


@pytest.mark.parametrize(
    "unit", ["i do not ", "no ", "which which ", "the text ", "not stated ", "\n", ". ", '"', "我", "no hay "]
)
def test_long_replies_are_read_at_both_ends_only(unit):
    filler = unit * (500_000 // len(unit))
    assert is_abstention("I don't know the answer to this question, sorry." + "\n" + "x" * 1_000_000)
    assert is_abstention(filler) in (True, False)


def test_a_commitment_at_the_end_of_a_long_reply_undoes_the_decline():
    assert not is_abstention("I'm not sure about this one." + " Let me think about it." * 200 + " I think it is Paris.")


class TestFurtherReplies:
    """Replies written later, in 15 languages and more: the patterns were widened by them, so they only guard."""

    replies = labelled_replies(Path(__file__).with_name("further_replies.jsonl"))

    def test_recall_and_precision_keep_what_is_promised(self):
        found = measure(self.replies)
        assert found.recall >= 0.95
        assert found.precision >= 0.98

    def test_only_what_reads_like_a_refusal_word_for_word_is_taken_for_one(self):
        """A title that is a whole refusal cannot be told from one: only the gold can, and the grader asks it first."""
        assert [reply.text for reply in self.replies if not reply.abstained and is_abstention(reply.text)] == [
            "Я не знаю, как она делает это",
            "Не знаю (song by Kino)",
            "知りませんでした とは 言わない",
            "No mention of him was ever made again",
        ]


@pytest.mark.parametrize(
    "title", ["I Don't Know How to Love Him", "I Can't Get No Satisfaction", "Don't Know Much About History"]
)
def test_a_text_in_title_case_is_no_refusal(title):
    assert not is_abstention(title)
    assert is_abstention("I don't know how to answer that.")


@pytest.mark.parametrize(
    "text",
    [
        "I don't know, but it could be Paris.",
        "Ich weiß es nicht, aber es könnte Paris sein.",
        "Je ne sais pas, mais ça pourrait être Paris.",
        "No lo sé, pero podría ser París.",
        "Non lo so, ma potrebbe essere Parigi.",
    ],
)
def test_a_candidate_that_only_could_be_is_no_answer(text):
    assert is_abstention(text)
