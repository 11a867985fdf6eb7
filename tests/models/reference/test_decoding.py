"""Writing batches: each reply as if it were alone, ended where nobody waits any more."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant.models import Sampling
from calibrant.models.reference import ReferenceFiles
from calibrant.models.reference.decoding import Job, write
from calibrant.models.reference.tokens import Tokens
from calibrant.models.reference.transformer import Transformer
from calibrant.models.reference.weights import read_weights


@pytest.fixture
def parts(models: ReferenceFiles) -> tuple[Transformer, Tokens]:
    transformer = Transformer(read_weights(models.read("reference-small.safetensors")))
    return transformer, Tokens(models.read("tokenizer.json"))


def job(prompt: list[int], *seeds: int, **sampling: float) -> Job:
    return Job(prompt=prompt, sampling=Sampling(**sampling), seeds=[(seed,) for seed in seeds])  # type: ignore[arg-type]


def test_greedy_takes_the_likeliest_token_again_and_again(parts: tuple[Transformer, Tokens]) -> None:
    transformer, tokens = parts
    prompt = [1, 3, 40, 50]
    ((written,),) = write(transformer, tokens, [job(prompt, 0, max_tokens=10)])
    expected: list[int] = []
    logprobs = []
    for _ in range(10):
        logits = transformer.logits([prompt + expected])[0][-1].astype(float)
        expected.append(int(logits.argmax()))
        logprobs.append(logits.max() - np.log(np.exp(logits).sum()))
    if tokens.eos in expected:
        expected = expected[: expected.index(tokens.eos)]
    assert written.text == tokens.decode(expected)
    found = [entry.logprob for entry in written.logprobs]
    np.testing.assert_allclose(found, logprobs[: len(expected)], atol=1e-4)


def test_a_batch_of_lengths_limits_and_draws_writes_what_each_gets_alone(parts: tuple[Transformer, Tokens]) -> None:
    jobs = [
        job([1, 3, *range(20, 20 + size)], *range(samples), temperature=temperature, max_tokens=limit)
        for size, samples, temperature, limit in [(3, 2, 1.0, 20), (30, 1, 0.0, 3), (1, 5, 2.0, 30), (58, 3, 1.0, 99)]
    ]
    together = write(*parts, jobs)
    assert [len(replies) for replies in together] == [2, 1, 5, 3]
    for asked, replies in zip(jobs, together, strict=True):
        (alone,) = write(*parts, [asked])
        assert [(one.text, one.finish_reason, one.tokens) for one in alone] == [
            (one.text, one.finish_reason, one.tokens) for one in replies
        ]
        for one, other in zip(alone, replies, strict=True):
            np.testing.assert_allclose(
                [entry.logprob for entry in one.logprobs], [entry.logprob for entry in other.logprobs], atol=1e-4
            )
    assert all(one.tokens <= 4 for one in together[3])  # 60 of 64 places are taken by the prompt


def test_one_that_fills_the_context_does_not_stop_those_that_go_on(parts: tuple[Transformer, Tokens]) -> None:
    transformer, tokens = parts
    full = [1, 3, *range(20, 20 + transformer.shape.context - 4)]
    jobs = [job(full, 0), *(job([1, 3, 10 + seed], seed, temperature=1.0, max_tokens=20) for seed in range(9))]
    (ended,), *others = write(transformer, tokens, jobs)
    assert ended.tokens <= 2
    assert max(one.tokens for replies in others for one in replies) == 20


def test_whoever_leaves_ends_the_reply_and_no_other(parts: tuple[Transformer, Tokens]) -> None:
    told: list[str] = []
    left = Job(
        prompt=[1, 3, 9],
        sampling=Sampling(max_tokens=40),
        seeds=[(0,)],
        heard=lambda place, news, reason: told.append(news.text),
        is_left=lambda: len(told) >= 3,
    )
    (gone,), (stayed,) = write(*parts, [left, job([1, 3, 9], 0, max_tokens=40)])
    assert gone.tokens <= 4 < stayed.tokens
    assert stayed.text.startswith(gone.text)
    assert "".join(told) == gone.text
