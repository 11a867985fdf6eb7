"""A reference model as a model: by name, with efforts, reproducible, free, and measured like any other."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from random_models import CONTEXT, write_manifest, write_models

from calibrant.errors import InputError, ModelError
from calibrant.models import Failure, Message, Model, Price, Prompt, Reply, Sampling, ask_many, check_model, load_models
from calibrant.models.reference import ReferenceFiles
from calibrant.models.reference.wording import ADMISSION
from calibrant.types import ModelRef, Passage, Question

DRAWN = Sampling(temperature=1.3, max_tokens=8, seed=11)


@pytest.fixture
def folder(models: ReferenceFiles, tmp_path: Path) -> Path:
    entry = f'wire = "reference"\nfile = "{models.folder}"\n'
    text = f"[models.reference-small]\n{entry}[models.mine]\n{entry}model = 'reference-large'\n"
    text += "[models.mine.effort]\ncareful = { reasoning_effort = 'high' }\nodd = { depth = 3 }\n"
    (tmp_path / "calibrant.toml").write_text(text, encoding="utf-8")
    return tmp_path


def load(folder: Path, *names: str) -> list[Model]:
    return load_models(names, folder=folder, environ={})


def prompt(text: str = "Where was Ada Brook born?", *, samples: int = 1, **sampling: object) -> Prompt:
    settings = Sampling(**({"max_tokens": 8} | sampling))  # type: ignore[arg-type]
    return Prompt(messages=(Message("system", "Be brief."), Message("user", text)), sampling=settings, samples=samples)


def ask(model: Model, asked: Prompt) -> Sequence[Reply]:
    return asyncio.run(model.ask(asked))


def test_it_is_a_model_that_stays_here_and_is_free(folder: Path) -> None:
    (model,) = load(folder, "reference-small@high")
    assert isinstance(model, Model)
    assert model.ref == ModelRef(model="reference-small", effort="high")
    assert model.destination is None
    assert model.price == Price(input=0, output=0, source="runs on this machine")
    assert model.output_limit(prompt(max_tokens=None)) == CONTEXT
    assert model.output_limit(prompt(max_tokens=5)) == 5


def test_a_reply_has_everything(folder: Path) -> None:
    (model,) = load(folder, "reference-small")
    first, second = ask(model, prompt(samples=2, top_logprobs=2))
    assert first.text == second.text  # no temperature: the likeliest answer
    assert first.text == "".join(token.token for token in first.logprobs)
    assert all(token.logprob <= 0 and token.top[0][1] == token.logprob for token in first.logprobs)
    assert first.finish_reason in ("stop", "length")
    assert (first.usage.input_tokens or 0) > 5
    assert (first.usage.output_tokens or 0) >= len(first.logprobs)
    assert second.usage.input_tokens == 0
    assert (first.requests, second.requests) == (1, 0)
    assert (first.latency_s or 0) > 0


def test_the_end_mark_ends_a_reply_and_the_limit_cuts_it(models: ReferenceFiles, folder: Path) -> None:
    (model,) = load(folder, "reference-small")
    drawn = ask(model, prompt(samples=64, temperature=3.0, max_tokens=40, seed=1))
    reasons = {reply.finish_reason: reply for reply in drawn}
    assert set(reasons) == {"stop", "length"}
    assert reasons["stop"].usage.output_tokens == len(reasons["stop"].logprobs) + 1
    assert reasons["length"].failure is Failure.TRUNCATED
    assert reasons["length"].usage.output_tokens == len(reasons["length"].logprobs)
    full = ask(model, prompt(max_tokens=None))[0]
    if full.finish_reason == "length":
        assert (full.usage.input_tokens or 0) + (full.usage.output_tokens or 0) == CONTEXT


def test_drawn_replies_hang_on_seed_prompt_and_repeat_alone(folder: Path) -> None:
    (model,) = load(folder, "reference-small")
    many = [replace(prompt(f"Who is number {place}?"), sampling=DRAWN) for place in range(100)]

    async def together() -> dict[str, str | None]:
        return {asked.text: replies[0].text async for asked, replies in ask_many(model, many)}

    found = asyncio.run(together())
    assert {asked.text: ask(model, asked)[0].text for asked in many[:20]} == {
        asked.text: found[asked.text] for asked in many[:20]
    }
    assert len(set(found.values())) > 90
    repeats = replace(many[0], samples=3, repeats=(0, 1, 2))
    texts = [reply.text for reply in ask(model, repeats)]
    assert len(set(texts)) == 3
    assert [reply.text for reply in ask(model, replace(repeats, samples=1, repeats=(2,)))] == texts[2:]
    other = replace(repeats, sampling=replace(DRAWN, seed=12))
    assert [reply.text for reply in ask(model, other)] != texts


def test_high_looks_up_and_passages_of_the_user_are_read_at_both_efforts(folder: Path) -> None:
    low, high = load(folder, "reference-small@low", "reference-small@high")
    assert ask(high, prompt())[0].extra == {"passages": ["a1"]}
    assert ask(low, prompt())[0].extra == {}
    given = prompt("Passage:\nAda was born in Isk.\n\nQuestion: Where was Ada Brook born?")
    low_reply, high_reply = ask(low, given)[0], ask(high, given)[0]
    assert low_reply.text == high_reply.text
    assert low_reply.usage.input_tokens == high_reply.usage.input_tokens
    assert (low_reply.usage.input_tokens or 0) > (ask(low, prompt())[0].usage.input_tokens or 0)
    assert high_reply.extra == {}


@pytest.mark.parametrize(
    "question",
    [
        "Where was Eve Marsh born?",  # nobody of this name
        "Where was Ada Marsh born?",  # half a name
        "What does Ada Brook think of Utopia?",  # about her, and about something that is nowhere
        "where was it?",
    ],
)
def test_high_answers_from_memory_where_the_almanac_has_nothing_about_what_is_asked(
    folder: Path, question: str
) -> None:
    low, high = load(folder, "reference-small@low", "reference-small@high")
    recalled, known = ask(high, prompt(question))[0], ask(low, prompt(question))[0]
    assert recalled.extra == {}
    assert (recalled.text, recalled.logprobs, recalled.usage) == (known.text, known.logprobs, known.usage)


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("What does Tom Reed, who was born in Nordale, do?", "a4"),
        ("How long is the river Isk?", "a3"),
        ("how many inhabitants has nordale?", "a2"),
    ],
)
def test_high_reads_what_is_about_the_thing_asked_about(folder: Path, question: str, entry: str) -> None:
    (high,) = load(folder, "reference-small@high")
    assert ask(high, prompt(question, max_tokens=2))[0].extra == {"passages": [entry]}


def test_a_prompt_over_the_context_is_an_error_with_lengths(folder: Path) -> None:
    (model,) = load(folder, "reference-small")
    (reply,) = ask(model, prompt("who " * 100))
    assert reply.failure is Failure.REJECTED
    assert f"tokens; the context holds {CONTEXT}" in (reply.error or "")
    fine = ask(model, prompt("who?"))[0]
    assert fine.failure is not Failure.REJECTED


def test_an_empty_prompt_is_refused(folder: Path) -> None:
    (model,) = load(folder, "reference-small")
    assert ask(model, Prompt(messages=()))[0].failure is Failure.REJECTED


def test_the_identity_is_of_weights_effort_and_almanac(folder: Path, tmp_path: Path) -> None:
    names = ("reference-small", "reference-small@low", "reference-small@high", "mine", "mine@careful")
    before = [model.identity for model in load(folder, *names)]
    assert len(set(before)) == 5
    assert before == [model.identity for model in load(folder, *names)]
    other = write_models(tmp_path / "other", seed=1)
    text = (folder / "calibrant.toml").read_text()
    path = next(line for line in text.splitlines() if line.startswith("file"))
    (folder / "calibrant.toml").write_text(text.replace(path, f'file = "{other}"'))
    weights = [model.identity for model in load(folder, *names)]
    assert not set(weights) & set(before)
    (other / "almanac.jsonl.gz").write_bytes(gzip.compress(b'{"id": "b", "title": "B", "text": "B is b."}\n'))
    write_manifest(other)
    almanac = [model.identity for model in load(folder, *names)]
    assert [a == b for a, b in zip(almanac, weights, strict=True)] == [True, True, False, True, False]


def test_a_wrong_effort_or_field_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="Known: low, high"):
        load(folder, "reference-small@medium")
    with pytest.raises(InputError, match="takes no field depth"):
        load(folder, "mine@odd")


def test_damaged_weights_are_said_when_loading(folder: Path, tmp_path: Path) -> None:
    broken = write_models(tmp_path / "broken")
    content = bytearray((broken / "reference-large.safetensors").read_bytes())
    content[-5] ^= 4
    (broken / "reference-large.safetensors").write_bytes(content)
    (folder / "calibrant.toml").write_text(
        f'[models.mine]\nwire = "reference"\nfile = "{broken}"\nmodel = "reference-large"\n'
    )
    with pytest.raises(ModelError, match="checksum"):
        load(folder, "mine")


def test_a_check_finds_all_that_it_can(folder: Path) -> None:
    assert asyncio.run(check_model("mine@careful", folder=folder, environ={})).efforts == {"careful": True}
    with pytest.raises(InputError, match="takes no field depth"):
        asyncio.run(check_model("mine@odd", folder=folder, environ={}))
    found = asyncio.run(check_model("reference-small", folder=folder, environ={}))
    assert found.is_fine
    assert [found.usage, found.temperature, found.seed, found.logprobs, found.samples] == [True] * 5
    assert found.efforts == {"low": True, "high": True}


def test_questions_with_passages_go_through_a_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from calibrant import RunOptions, run
    from calibrant.store import open_store

    questions = [
        Question(id="a", text="Where was Ada Brook born?", golds=("Nordale",)),
        Question(id="b", text="Where?", golds=("Isk",), passages=(Passage(text="Ada was born in Isk."),)),
    ]
    monkeypatch.chdir(folder)
    options = RunOptions(sampling=Sampling(max_tokens=20), max_errors=1.0)
    with open_store(folder / "store") as store:
        summary = run(questions, ["reference-small@low", "mine@careful"], store=store, options=options)
        assert [tally.answered for tally in summary.models] == [2, 2]
        assert [tally.spend.total_usd for tally in summary.models] == [0, 0]
    assert [str(tally.model) for tally in summary.models] == ["reference-small@low", "mine@careful"]


def test_what_is_read_is_answered_by_a_span_of_it_or_by_the_admission(folder: Path) -> None:
    low, high = load(folder, "reference-small", "reference-small@high")
    text = "Ada Brook was born in Nordale. Ada Brook works as a miller."
    drawn = ask(high, prompt(samples=40, temperature=3.0, max_tokens=40, seed=2))
    assert {reply.finish_reason for reply in drawn} == {"stop"}
    assert all(reply.text == ADMISSION or (reply.text or "-") in text for reply in drawn)
    assert len({reply.text for reply in drawn}) > 5
    given = prompt(f"Passage:\n{text}\n\nQuestion: Where?", max_tokens=40)
    assert (ask(low, given)[0].text or "-") in f"{text}{ADMISSION}"
    assert (ask(low, prompt(max_tokens=40))[0].text or "") not in f"{text}{ADMISSION}"
