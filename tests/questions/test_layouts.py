"""The layouts in which question sets are published load without options.

The files hold five questions of our own in the published columns.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.questions import QuestionSet, lint_file, load_questions
from calibrant.types import Stratum

FILES = Path(__file__).parent / "files"
LAYOUTS = sorted(path.name for path in FILES.iterdir() if path.suffix in {".csv", ".json", ".jsonl"})
GOLDS = ["1931", "Ewa Zielińska", "Oberkessel", "7", "cupronickel"]


def load(name: str) -> QuestionSet:
    return load_questions(FILES / name)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_five_answerable_questions_and_no_error(name: str) -> None:
    loaded = load(name)
    assert len(loaded) == 5
    assert all(question.golds and question.stratum is Stratum.ANSWERABLE for question in loaded)
    assert lint_file(FILES / name).errors == 0


@pytest.mark.parametrize("name", [name for name in LAYOUTS if not name.startswith(("truthful", "nq"))])
def test_the_same_questions_are_found_whatever_the_layout(name: str) -> None:
    loaded = load(name)
    assert [question.golds[0] for question in loaded] == GOLDS
    assert loaded.questions[0].text == "In which year did the ferry 'Marta' first cross Lake Olsen?"


def test_aa_omniscience_has_ids_domains_topics_and_perhaps_subtopics() -> None:
    question = load("aa_omniscience.csv").questions[1]
    assert (question.id, question.domain, question.topic) == ("101", "Engineering", "Clockmaking")
    assert question.subtopic == "Clockmaking 1"
    assert load("aa_omniscience_no_subtopic.csv").questions[1].subtopic is None


def test_simpleqa_keeps_topic_type_and_addresses_in_a_printed_dictionary() -> None:
    question = load("simpleqa.csv").questions[0]
    assert question.topic == "History"
    assert question.evidence == ("https://example.org/0a", "https://example.org/0b")
    assert question.extra == {"answer_type": "Date"}


def test_simpleqa_verified_has_them_as_columns() -> None:
    question = load("simpleqa_verified.csv").questions[1]
    assert (question.id, question.topic) == ("8", "Clockmaking")
    assert question.evidence == ("https://example.org/1a", "https://example.org/1b")
    assert question.extra == {"answer_type": "Person", "multi_step": "True", "requires_reasoning": "False"}


def test_yourbench_writes_the_answer_of_an_open_question_as_its_only_choice() -> None:
    question = load("yourbench.jsonl").questions[3]
    assert (question.golds, question.choices) == (("7",), ())
    assert question.cluster == "doc-1"
    assert question.evidence == ("sentence 3 of the source", "Chunk 3.", "doc-1#doc-1_3")
    assert question.extra["estimated_difficulty"] == 6


def test_yourbench_gold_of_a_multiple_choice_question_is_an_index() -> None:
    question = load("yourbench_multi_choice.jsonl").questions[0]
    assert question.golds == ("1931",)
    assert question.choices == ("1931 (old)", "1931", "1931 (new)")
    assert question.cluster == "doc-0"


def test_ragas_contexts_are_evidence_and_the_synthesizer_is_kept() -> None:
    question = load("ragas_testset.jsonl").questions[2]
    assert question.evidence == ("Context 2 of the handbook.",)
    assert question.extra["synthesizer_name"] == "single_hop_specific_query_synthesizer"
    assert load("ragas_testset.csv").questions[2].evidence == ("Context 2 of the handbook.", "It's a second one.")


@pytest.mark.parametrize("name", ["deepeval_goldens.json", "deepeval_goldens.csv"])
def test_deepeval_goldens_are_clustered_by_source_file(name: str) -> None:
    question = load(name).questions[4]
    assert question.cluster == "handbook1.pdf"
    assert question.evidence == ("First piece 4.", "Second piece 4.", "handbook1.pdf")


def test_giskard_metadata_gives_topic_and_cluster() -> None:
    question = load("giskard_raget.jsonl").questions[2]
    assert (question.id, question.topic, question.cluster) == ("2b5e-40", "Geography", "1")
    assert question.extra == {"conversation_history": [], "question_type": "distracting element"}


def test_truthfulqa_puts_the_best_answer_first_and_knows_wrong_ones() -> None:
    question = load("truthfulqa.csv").questions[0]
    assert question.golds == ("Nothing happens to the drink", "The drink goes flat as it would without")
    assert question.wrong == ("The drink stays fizzy", "The spoon keeps the gas in")
    assert (question.domain, question.evidence) == ("Misconceptions", ("https://example.org/spoon",))
    assert question.extra == {"Type": "Adversarial"}


def test_nq_open_has_a_list_of_answers() -> None:
    assert load("nq_open.jsonl").questions[4].golds == ("cupronickel", "the cupronickel")


def test_the_published_truthfulqa_loads_without_options(shared_data: Path) -> None:
    loaded = load_questions(shared_data / "questions" / "TruthfulQA.csv")
    assert len(loaded) == 817
    assert loaded.questions[0].golds[0] == "The watermelon seeds pass through your digestive system"
    assert all(question.wrong and ";" not in "".join(question.golds) for question in loaded)
    assert len({question.domain for question in loaded}) == 38


def test_the_published_nq_open_loads_without_options(shared_data: Path) -> None:
    loaded = load_questions(shared_data / "questions" / "NQ-open.dev.jsonl.gz")
    assert len(loaded) == 3610
    assert loaded.questions[0].golds == ("14 December 1972 UTC", "December 1972")
