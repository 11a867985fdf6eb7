"""Near-duplicate questions by embeddings: a real wire to a server that embeds by hashed n-grams, named so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from calibrant.builder import Item, Source
from calibrant.builder.documents import Asker, Corpus, DocumentOptions, build_from_corpus
from calibrant.builder.documents.alike import Vectors
from calibrant.builder.documents.filters import Surroundings
from calibrant.builder.documents.filters.duplicates import Distinct
from calibrant.builder.documents.markdown import read_markdown
from calibrant.errors import InputError, ModelError
from calibrant.models import Failure, Message, Prompt, load_model
from calibrant.models.embeddings import vector_of
from calibrant.store import Store, open_store
from calibrant.types import Question
from tests.builder.documents.hashed_ngrams import Embedder, embedding_server, hashed_ngrams

TEXTS = [
    ("Where does the town hall of Jena stand?", "the market"),
    ("Where does the town hall stand in Jena on the Saale?", "the market"),
    ("Where does the town hall of Naumburg stand?", "the market"),
    ("Where does the town hall of Jena stand today?", "the harbour"),
    ("Who built the mill of Weimar?", "the market"),
]


def items() -> list[Item]:
    return [
        Item(
            question=Question(id=f"q{number}", text=text, golds=(gold,), cluster="a.md"),
            source=Source(document="a.md", quote="", start=number),
            made="by hand",
        )
        for number, (text, gold) in enumerate(TEXTS)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Embedder]:
    with embedding_server() as server:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "calibrant.toml").write_text(
            f'[models.hashed-ngrams]\nwire = "embeddings"\nbase_url = "{server.url}"\n'
            "price = { input = 1000.0, output = 0.0 }\n"
        )
        yield server


def sifted_by(store: Store, alike: float | None = None) -> list[str]:
    around = Surroundings(corpus=Corpus.of([]), embeddings="hashed-ngrams", alike=alike, asker=Asker(store))
    return [one.item.question.id for one in Distinct()(items(), around).dropped]


def test_only_a_question_with_the_same_answer_and_no_other_name_is_a_repetition(
    store: Store, embedder: Embedder
) -> None:
    assert sifted_by(store, 0.6) == ["q1"]
    assert sorted(embedder.asked) == sorted(text for text, _ in TEXTS)


def test_the_likeness_decides_and_no_embedding_is_paid_twice(store: Store, embedder: Embedder) -> None:
    assert sifted_by(store, 0.6) == ["q1"]
    assert sifted_by(store, 0.999) == []
    assert len(embedder.asked) == len(TEXTS)


def test_a_question_without_embedding_is_kept_and_told(store: Store, embedder: Embedder) -> None:
    embedder.failing = {"Saale"}
    asker = Asker(store, max_errors=0.5)
    around = Surroundings(corpus=Corpus.of([]), embeddings="hashed-ngrams", alike=0.6, asker=asker)
    sifted = Distinct()(items(), around)
    assert not sifted.dropped
    assert sifted.remarks == ["1 questions have no embedding and were compared with no other."]


def test_embeddings_are_within_the_budget_of_the_whole_build(store: Store, embedder: Embedder) -> None:
    text = "\n\n".join(f"Lind Works {number} was founded in 18{number:02d}." for number in range(30))
    corpus = Corpus.of([read_markdown(text.encode(), "a.md")])
    options = DocumentOptions(embeddings="hashed-ngrams")
    with pytest.raises(ModelError, match="the budget leaves no room"):
        build_from_corpus(corpus, options, asker=Asker(store, budget_usd=0.1))
    assert 0 < len(embedder.asked) < 30
    asker = Asker(store, budget_usd=10.0)
    assert len(build_from_corpus(corpus, options, asker=asker).items) == 30
    assert len(embedder.asked) == 30
    assert asker.spent_usd == pytest.approx(0.001 * sum(len(one.split()) for one in embedder.asked), abs=0.11)


def test_a_model_that_gives_no_vectors_is_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    around = Surroundings(corpus=Corpus.of([]), embeddings="reference-small", asker=Asker(store))
    with pytest.raises(InputError, match="reference-small gives no embeddings"):
        Distinct()(items(), around)


def test_a_vector_comes_back_as_it_was_within_half_precision(embedder: Embedder) -> None:
    model = load_model("hashed-ngrams")

    async def asking() -> str:
        (reply,) = await model.ask(Prompt(messages=(Message(role="user", content="town hall"),)))
        (other,) = await model.ask(Prompt(messages=(Message("system", "Answer."), Message("user", "Who?"))))
        assert (other.failure, other.text) == (Failure.REJECTED, None)
        assert (reply.usage.input_tokens, reply.usage.output_tokens) == (2, 0)
        await model.close()
        return reply.text or ""

    assert vector_of(asyncio.run(asking())) == pytest.approx(hashed_ngrams("town hall"), abs=1e-3)


def test_pairs_of_vectors_are_those_of_all_cosines() -> None:
    rows = np.random.default_rng(1).normal(size=(40, 3))
    cosines = (rows @ rows.T) / np.outer(np.linalg.norm(rows, axis=1), np.linalg.norm(rows, axis=1))
    expected = [(i, j) for i in range(40) for j in range(i + 1, 40) if cosines[i, j] >= 0.9]
    assert sorted(Vectors([list(row) for row in rows]).pairs(range(40), 0.9)) == expected


@pytest.mark.parametrize(
    "body", ['{"data": []}', '{"data": [{"embedding": ["a"]}]}', '{"data": [{"embedding": [0, 0]}]}', "no"]
)
def test_a_body_without_a_vector_is_malformed(body: str) -> None:
    from calibrant.models.embeddings import EmbeddingsWire
    from calibrant.models.wire import WireError

    with pytest.raises(WireError):
        EmbeddingsWire("m").read(body.encode(), Prompt(messages=()))


def test_fields_of_ones_own_are_sent() -> None:
    from calibrant.models.embeddings import EmbeddingsWire

    prompt = Prompt(messages=(Message(role="user", content="x"),))
    body = EmbeddingsWire("m", fields={"dimensions": 8}).body(prompt, 1)
    assert json.loads(body) == {"model": "m", "input": "x", "dimensions": 8}
