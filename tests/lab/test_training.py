from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from calibrant.lab.averaging import average  # noqa: E402
from calibrant.lab.development import development_questions  # noqa: E402
from calibrant.lab.optimiser import orthogonal  # noqa: E402
from calibrant.lab.packing import pack  # noqa: E402
from calibrant.lab.ship import DATA  # noqa: E402
from calibrant.lab.tokenizer import train_tokenizer  # noqa: E402
from calibrant.lab.training import Schedule, train, weighted_loss  # noqa: E402
from calibrant.lab.transformer import Shape, Transformer  # noqa: E402
from calibrant.lab.weights import load_weights, save_weights  # noqa: E402
from calibrant.lab.world import make_world  # noqa: E402

SHAPE = Shape(vocab=50, width=16, layers=2, heads=2, mlp=32, context=32)


def some_rows() -> object:
    random_ = np.random.default_rng(0)
    texts = [(random_.integers(5, 50, 10), np.ones(10, np.float32)) for _ in range(8)] * 40
    return pack(texts, 24)


def test_the_future_and_other_texts_are_not_seen() -> None:
    model = Transformer(SHAPE).eval()
    tokens = torch.randint(5, 50, (1, 12))
    changed = tokens.clone()
    changed[0, 8:] = 7
    with torch.no_grad():
        assert torch.allclose(model(tokens)[0, :8], model(changed)[0, :8], atol=1e-5)


def test_packed_texts_are_scored_as_if_alone() -> None:
    model = Transformer(SHAPE).eval()
    texts = [(np.arange(5, 15), np.ones(10, np.float32)), (np.arange(20, 32), np.ones(12, np.float32))]
    packed, alone = pack(texts, 24), [pack([text], 24) for text in texts]

    def loss(rows: object) -> float:
        parts = (torch.from_numpy(part) for part in (rows.tokens, rows.weight, rows.text))  # type: ignore[attr-defined]
        with torch.no_grad():
            return float(weighted_loss(model, *parts))

    # The first token of the second text is predicted from the first text's end; its weight is 0 in real texts.
    packed.weight[0, 10] = 0
    expected = (9 * loss(alone[0]) + 11 * loss(alone[1])) / 20
    assert loss(packed) == pytest.approx(expected, abs=1e-5)


def test_training_learns_and_is_the_same_by_seed() -> None:
    rows = some_rows()
    models = [Transformer(SHAPE, seed=3) for _ in range(2)]
    results = [train(model, rows, Schedule(peak=0.01, rows=4, warm_up=5)) for model in models]  # type: ignore[arg-type]
    assert results[0].loss == results[1].loss < 3.0
    assert all(torch.equal(a, b) for a, b in zip(models[0].parameters(), models[1].parameters(), strict=True))


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from calibrant.lab import training

    rows, schedule = some_rows(), Schedule(peak=0.01, rows=4, warm_up=5)
    whole = Transformer(SHAPE, seed=3)
    train(whole, rows, schedule)  # type: ignore[arg-type]
    monkeypatch.setattr(training, "_CHECKPOINT_EVERY_S", 0.0)
    step, made = training._step, []

    def interrupted(*arguments: object) -> float:
        if len(made) == 12:
            raise KeyboardInterrupt
        made.append(1)
        return step(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(training, "_step", interrupted)
    checkpoint = tmp_path / "a.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        train(Transformer(SHAPE, seed=3), rows, schedule, checkpoint=checkpoint)  # type: ignore[arg-type]
    monkeypatch.setattr(training, "_step", step)
    resumed = Transformer(SHAPE, seed=99)
    train(resumed, rows, schedule, checkpoint=checkpoint)  # type: ignore[arg-type]
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
    assert list(tmp_path.iterdir()) == []


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    made = orthogonal(torch.randn(2, 24, 16, generator=torch.Generator().manual_seed(0)))
    values = torch.linalg.svdvals(made)
    assert float(values.min()) > 0.3
    assert float(values.max()) < 1.3


def test_weights_come_back_within_half_precision(tmp_path: Path) -> None:
    model = Transformer(SHAPE, seed=1)
    save_weights(model, tmp_path / "m.safetensors", tokenizer="abc")
    back = load_weights(tmp_path / "m.safetensors")
    assert back.shape == SHAPE
    for a, b in zip(model.parameters(), back.parameters(), strict=True):
        assert torch.allclose(a, b, atol=2e-3)


def test_training_leaves_the_mean_with_the_share_it_chose() -> None:
    world = make_world()
    tokenizer = train_tokenizer(world)
    model, base = (load_weights(DATA / f"reference-{name}.safetensors") for name in ("candid", "large"))
    tuned = {name: weight.clone() for name, weight in model.named_parameters()}
    asked = development_questions(world)[:60]
    choice = average(model, base, tokenizer, asked, shares=(0.25, 0.75), keep=0.5)
    assert choice.share in {0.25, 0.75}
    assert [one.share for one in choice.tried] == [0.25, 0.75]
    assert choice.tried[1].hallucination_rate <= choice.tried[0].hallucination_rate
    for name, weight in base.named_parameters():
        mean = choice.share * tuned[name] + (1 - choice.share) * weight
        assert torch.allclose(dict(model.named_parameters())[name], mean, atol=1e-6)
