"""Models in the chain: the reference models for real, and scripted replies, named so, for what goes over the wire."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from calibrant.builder.documents import Asker, Corpus, DocumentOptions, Foretold, build_from_corpus
from calibrant.builder.documents.asking import Answer
from calibrant.builder.documents.filters import UNFILTERED, Surroundings
from calibrant.builder.documents.filters.stands_alone import StandsAlone
from calibrant.builder.documents.filters.verified import Verified, no_verdict
from calibrant.builder.documents.generator import Rules
from calibrant.builder.documents.markdown import read_markdown
from calibrant.builder.documents.model_generator import PROMPT, read_reply
from calibrant.errors import InputError, ModelError
from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.store import Store, open_store
from calibrant.types import OutcomeState
from tests.builder.documents.almanac import entries, title_of
from tests.builder.documents.scripted import Scripted, scripted_replies


def small_almanac(per_topic: int = 4) -> Corpus:
    """A document for each entry: the reference models read no more than a few sentences."""
    rows = [row for of_topic in entries(per_topic).values() for row in of_topic]
    return Corpus.of(
        [read_markdown(f"# {title_of(row)}\n\n{row['text']}\n".encode(), f"{row['id']}.md") for row in rows], size=800
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def test_a_verifier_that_reads_the_passage_finds_planted_wrong_answers(store: Store) -> None:
    corpus = small_almanac()
    items = list(Rules()(corpus).items)[:30]
    wrong = [
        replace(one, question=replace(one.question, id=f"w{place}", golds=items[place - 7].question.golds))
        for place, one in enumerate(items)
        if items[place - 7].question.golds != one.question.golds
    ]
    around = Surroundings(corpus=corpus, verifier="reference-large@high", asker=Asker(store))
    sifted = Verified()([*items, *wrong], around)
    kept = Counter(one.question.id.startswith("w") for one in sifted.kept)
    assert kept[True] == 0
    assert kept[False] > 0.6 * len(items)
    assert all(one.reason.startswith("reference-large@high says otherwise: ") for one in sifted.dropped)


def test_difficulty_is_measured_without_the_passage_and_leaves_an_unfiltered_share(store: Store) -> None:
    options = DocumentOptions(measure_on=("reference-small@low", "reference-large@low"), unfiltered=0.25)
    built = build_from_corpus(small_almanac(), options, asker=Asker(store))
    marks = [{check.name: check.detail for check in item.checks} for item in built.items]
    assert all("models right without the passage" in mark["difficulty"] for mark in marks)
    seen = next(step["seen"] for step in built.facts["filters"] if step["name"] == "difficulty")
    assert sum(UNFILTERED in mark for mark in marks) == round(0.25 * seen)
    assert all(
        one.reason == "2 of 2 models right without the passage" for one in built.dropped if one.filter == "difficulty"
    )


def test_what_was_asked_to_build_is_not_asked_again_and_is_not_the_latest_run(store: Store) -> None:
    corpus = small_almanac(2)
    options = DocumentOptions(verifier="reference-small@high", samples=2)
    told: list[tuple[str, int, int]] = []
    asker = Asker(store, confirm=lambda what, _, expected: told.append((what, expected.responses, expected.reused)))
    first = build_from_corpus(corpus, options, asker=asker)
    again = build_from_corpus(corpus, options, asker=asker)
    assert first == again
    half = len(told) // 2
    # Every question names its person, whose page is found: nothing is left to ask by looking up.
    assert [what for what, _, _ in told[:half]] == ["answers with the passage", "samples with the passage"]
    assert all(asked > 0 for _, asked, _ in told[:half])
    assert all(asked == 0 for _, asked, _ in told[half:])
    assert {run.kind for run in store.list_runs()} == {"build"}
    assert store.find_run("latest").kind == "build"  # as there is no other


def test_a_model_is_needed_to_ask_with() -> None:
    with pytest.raises(InputError, match="there is nothing to ask it with"):
        build_from_corpus(small_almanac(1), DocumentOptions(verifier="reference-small@high"))


def scripted_question(system: str, user: str) -> str:
    """What a person wrote for the generator: a question about each 'X was born in Y.', in JSON, and prose for the rest;
    and for the verifier: Y, but of Kranz3 another town, and without a passage that it does not know.
    """
    found = re.search(r"(\w+ \w+) was born in (\w+)\.", user)
    if "JSON" not in system:
        if found is None:
            return ABSTENTION_SENTENCE
        return "Naumburg" if found[1].endswith("3") else found[2]
    if found is None:
        return "I would ask where somebody was born."
    written = {
        "question": f"Where was {found[1]} born?",
        "answer": found[2],
        "quote": found[0],
        "type": "place",
        "as_of": None,
    }
    invented = {**written, "question": f"Where did {found[1]} die?", "quote": f"{found[1]} died in {found[2]}."}
    return json.dumps({"questions": [written, invented]})


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scripted]:
    with scripted_replies(scripted_question) as server:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        yield server


PEOPLE = [f"# Person {n}\n\nAnna Kranz{n} was born in Jena{n}. She moved.\n" for n in range(5)]


def people() -> Corpus:
    texts = [*PEOPLE, "# Rivers\n\nNothing is said of anybody here.\n"]
    return Corpus.of([read_markdown(text.encode(), f"{number}.md") for number, text in enumerate(texts)])


def test_scripted_json_becomes_items_prose_is_counted_and_a_made_up_quote_is_dropped(
    store: Store, scripted: Scripted
) -> None:
    built = build_from_corpus(people(), DocumentOptions(model="scripted"), asker=Asker(store))
    assert [(item.question.text, item.question.golds[0]) for item in built.items] == [
        (f"Where was Anna Kranz{n} born?", f"Jena{n}") for n in range(5)
    ]
    assert built.facts["unusable"] == {"the reply is no JSON": 1}
    assert built.counts["quoted"] == 5
    assert {item.made for item in built.items} == {"model: scripted"}
    assert built.facts["prompt"] == PROMPT.digest
    assert len(scripted.asked) == 6


def test_a_model_that_verifies_its_own_questions_is_remarked(store: Store, scripted: Scripted) -> None:
    options = DocumentOptions(model="scripted", verifier="scripted", skip=("agreed", "stands-alone"))
    built = build_from_corpus(people(), options, asker=Asker(store))
    assert len(built.items) == 4
    assert [one.reason for one in built.dropped if one.filter == "verified"] == ["scripted says otherwise: Naumburg"]
    assert built.facts["remarks"] == ["scripted verified its own questions: another model finds more mistakes."]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("Here are the questions: {}", "is no JSON"),
        ('{"questions": [{"question": "Q?"}]}', "another shape"),
        ('{"questions": [{"question": "Q?", "answer": "", "quote": "q"}]}', "another shape"),
        ('[{"question": "Q?", "answer": "a", "quote": "q"}]', "another shape"),
        ('{"questions": []} and more', "is no JSON"),
        ("", "is no JSON"),
    ],
)
def test_a_reply_of_another_shape_is_unusable(reply: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_reply(reply)


def test_json_in_one_code_fence_is_read() -> None:
    (one,) = read_reply('```json\n{"questions": [{"question": "Q?", "answer": "a", "quote": "q"}]}\n```')
    assert (one.question, one.answer, one.quote) == ("Q?", "a", "q")


def test_a_budget_holds_for_all_steps_together_and_the_rest_is_asked_with_more(
    store: Store, scripted: Scripted, tmp_path: Path
) -> None:
    (tmp_path / "calibrant.toml").write_text(
        f'[models.scripted]\nwire = "chat"\nbase_url = "{scripted.url}"\nmodel = "scripted"\n'
        "sampling = { max_tokens = 20 }\n"
        "price = { input = 10000.0, output = 10000.0 }\n"
    )
    options = DocumentOptions(model="scripted")
    with pytest.raises(ModelError, match="the budget leaves no room"):
        build_from_corpus(people(), options, asker=Asker(store, budget_usd=8.0))
    paid = len(scripted.asked)
    assert 0 < paid < 6
    assert len(build_from_corpus(people(), options, asker=Asker(store, budget_usd=100.0)).items) == 5
    assert len(scripted.asked) == 6


def test_a_killed_build_pays_for_no_question_twice_that_came_back(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(40):
        text = f"# Person {number}\n\nAnna Kranz{number} was born in Jena{number}. She moved.\n"
        (folder / f"{number:02d}.md").write_text(text)
    command = [sys.executable, "-m", "calibrant", "questions", "build", str(folder), "--model", "scripted", "--yes"]
    command += ["--concurrency", "2", "-o", "set.jsonl"]
    with scripted_replies(scripted_question, delay_s=0.15) as server:
        given = {**os.environ, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        process = subprocess.Popen(
            command, cwd=tmp_path, env=given, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        while len(server.asked) < 25 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        before = len(server.asked)
        subprocess.run(command, cwd=tmp_path, env=given, check=True, capture_output=True)
        rows = [json.loads(line) for line in (tmp_path / "set.jsonl").read_text().splitlines()]
        assert len(rows) == 40
        assert len(server.asked) < 40 + before
        assert len(set(server.asked)) == 40


def test_a_verifier_that_fails_gives_no_verdict_and_is_asked_again(store: Store, scripted: Scripted) -> None:
    corpus = people()
    items = list(Rules()(corpus).items)
    assert len(items) == 5
    scripted.failing = {"Jena1"}
    around = Surroundings(corpus=corpus, verifier="scripted", asker=Asker(store, max_errors=0.9))
    sifted = Verified()(items, around)
    assert [(one.filter, one.reason) for one in sifted.unchecked] == [
        ("verified (not checked)", "scripted gave no usable answer")
    ]
    assert [one.item.question.text for one in sifted.dropped] == ["Where was Anna Kranz3 born?"]
    scripted.failing = set()
    before = len(scripted.asked)
    again = Verified()(items, around)
    assert len(scripted.asked) == before + 1
    assert not again.unchecked
    assert len(again.kept) == 4


def test_an_answer_in_words_that_cannot_be_compared_is_no_verdict() -> None:
    answer = Answer("somewhere near the old town", OutcomeState.UNGRADED)
    assert no_verdict(answer, ["Old Jena"]) == "says, in words that cannot be compared: somewhere near the old town"
    assert no_verdict(answer, ["Naumburg"]) is None
    assert no_verdict(Answer(None, OutcomeState.ERROR), ["Naumburg"]) == "gave no usable answer"
    assert no_verdict(Answer("Weimar", OutcomeState.INCORRECT), ["Naumburg"]) is None


def test_difficulty_is_not_told_by_an_answer_that_failed(store: Store, scripted: Scripted) -> None:
    corpus = Corpus.of([read_markdown(PEOPLE[1].encode(), "1.md")])
    scripted.failing = {"Kranz1"}
    options = DocumentOptions(measure_on=("scripted",), unfiltered=0.0)
    built = build_from_corpus(corpus, options, asker=Asker(store, max_errors=1.0))
    step = next(step for step in built.facts["filters"] if step["name"] == "difficulty")
    assert (step["dropped"], step["unchecked"], len(built.items)) == (0, 1, 0)
    assert built.counts == {"difficulty (not checked)": 1}
    assert "difficulty came to no verdict on 1 questions" in built.facts["remarks"][0]


def test_a_question_whose_words_lead_elsewhere_is_dropped_and_one_that_names_its_thing_stays(store: Store) -> None:
    corpus = small_almanac(8)
    items = list(Rules()(corpus).items)[::6]
    vague = [
        replace(one, question=replace(one.question, id=f"v{place}", text=one.question.text.replace(subject, "it")))
        for place, one in enumerate(items)
        for subject in [str(one.question.extra["subject"])]
    ]
    around = Surroundings(corpus=corpus, verifier="reference-large@high", asker=Asker(store))
    sifted = StandsAlone()([*items, *vague], around)
    kept = Counter(one.question.id.startswith("v") for one in sifted.kept)
    assert kept[False] == len(items)
    assert kept[True] < 0.8 * len(vague)
    assert all("its words lead to another piece, from which" in one.reason for one in sifted.dropped)


def test_the_whole_build_is_told_before_the_first_question_and_a_price_that_lacks_stops_it(
    store: Store, scripted: Scripted, tmp_path: Path
) -> None:
    (tmp_path / "calibrant.toml").write_text(
        f'[models.scripted]\nbase_url = "{scripted.url}"\nprice = {{ input = 1.0, output = 10.0 }}\n'
        f'[models.unpriced]\nbase_url = "{scripted.url}"\nmodel = "scripted"\n'
    )
    told: list[Foretold] = []
    options = DocumentOptions(
        model="scripted", verifier="unpriced", measure_on=("scripted",), samples=2, most_per_chunk=2, count=8
    )
    with pytest.raises(InputError, match="no price is known for unpriced"):
        build_from_corpus(people(), options, asker=Asker(store, budget_usd=5.0, foretold=told.extend))
    assert not told
    assert not scripted.asked

    def stop(steps: Sequence[Foretold]) -> None:
        told.extend(steps)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_from_corpus(people(), options, asker=Asker(store, foretold=stop))
    assert not scripted.asked
    assert [(one.what, one.model, one.answers) for one in told] == [
        ("questions", "scripted", 6),
        ("answers with the passage", "unpriced", 8),
        ("samples with the passage", "unpriced", 16),
        ("answers by looking up", "unpriced", 8),
        ("answers without the passage", "scripted", 8),
    ]
    assert all((one.cost_usd is None) == (one.model == "unpriced") for one in told)
    whole = told[0].input_tokens * 1e-6 + told[0].output_tokens * 1e-5
    assert told[0].cost_usd == pytest.approx(whole)


def test_what_was_foretold_is_no_less_than_what_is_asked(store: Store, scripted: Scripted) -> None:
    told: list[Foretold] = []
    asker = Asker(store, foretold=told.extend)
    options = DocumentOptions(model="scripted", verifier="scripted", samples=2, measure_on=("scripted",))
    build_from_corpus(people(), options, asker=asker)
    most = Counter[str]()
    for one in told:
        most[one.what] += one.answers
    assert set(most) - set(asker.asked) == {"answers by looking up"}  # each question leads to its own piece
    assert set(asker.asked) <= set(most)
    assert all(asker.asked[what] <= most[what] for what in most)


def test_a_copied_page_is_not_sent_to_the_generating_model(store: Store, scripted: Scripted) -> None:
    long = PEOPLE[0].replace("She moved.", "She moved to the river and kept bees there for many years of her life.")
    corpus = Corpus.of([read_markdown(long.encode(), f"{number}.md") for number in range(3)])
    build_from_corpus(corpus, DocumentOptions(model="scripted"), asker=Asker(store))
    assert len(scripted.asked) == 1


def test_a_dry_run_asks_nothing_and_prices_every_step(tmp_path: Path) -> None:
    (tmp_path / "people.md").write_text("\n".join(PEOPLE))
    command = [sys.executable, "-m", "calibrant", "questions", "build", "people.md", "--model", "scripted"]
    with scripted_replies(scripted_question) as server:
        given = {**os.environ, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        done = subprocess.run(
            [*command, "--dry-run", "--json"], cwd=tmp_path, env=given, capture_output=True, encoding="utf-8"
        )
        assert not server.asked
    assert done.returncode == 0, done.stderr
    (step,) = json.loads(done.stdout)["steps"]
    assert (step["what"], step["model"], step["cost_usd"]) == ("questions", "scripted", None)
    assert "Nothing was asked (--dry-run)." in done.stderr
    assert not (tmp_path / "set.parquet").exists()
