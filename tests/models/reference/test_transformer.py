"""The NumPy forward pass equals an independent one in PyTorch, whatever else is in the batch."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from calibrant.models.reference.files import ReferenceFiles
from calibrant.models.reference.transformer import Transformer
from calibrant.models.reference.weights import read_weights

PROMPTS = [[1, 3, 40, 50, 60, 7, 9], [1, 3, 8], [1], [1, 3, *range(20, 45)], [2, 2, 2, 2]]
CLOSE = {"atol": 2e-4, "rtol": 2e-4}


@pytest.fixture
def model(models: ReferenceFiles) -> Transformer:
    return Transformer(read_weights(models.read("reference-small.safetensors")))


def torch_logits(models: ReferenceFiles, rows: Any, hidden: Any = None, places: Any = None) -> Any:
    """Logits [B, T, V] of padded rows, written from the specification with PyTorch's own parts."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    path = models.folder / "reference-small.safetensors"
    tensors = {name: torch.from_numpy(tensor).float() for name, tensor in load_file(path).items()}
    header = path.read_bytes()
    config = json.loads(json.loads(header[8 : 8 + int.from_bytes(header[:8], "little")])["__metadata__"]["config"])
    heads, head = config["heads"], config["width"] // config["heads"]

    def norm(x: Any, name: str) -> Any:
        return functional.rms_norm(x, (x.shape[-1],), tensors[f"{name}.weight"], eps=1e-5)

    def turned(x: Any) -> Any:
        rates = 10000.0 ** (-torch.arange(0, head, 2).float() / head)
        angles = places[..., None].float() * rates
        angles = torch.cat([angles, angles], dim=-1)[:, None]
        half = torch.cat([-x[..., head // 2 :], x[..., : head // 2]], dim=-1)
        return x * angles.cos() + half * angles.sin()

    rows = torch.tensor(rows)
    batch, length = rows.shape
    places = torch.arange(length).expand(batch, length) if places is None else torch.tensor(places)
    allowed = torch.ones(length, length, dtype=torch.bool).tril().expand(batch, 1, length, length)
    if hidden is not None:
        allowed = allowed & ~torch.tensor(hidden)[:, None, None, :] | torch.eye(length, dtype=torch.bool)
    x = tensors["embed.weight"][rows]
    for place in range(config["layers"]):
        at = f"layers.{place}"
        inner = norm(x, f"{at}.attention_norm")
        query, key, value = (
            functional.linear(inner, tensors[f"{at}.attention.{name}.weight"])
            .view(batch, length, heads, head)
            .transpose(1, 2)
            for name in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(turned(query), turned(key), value, attn_mask=allowed)
        joined = mixed.transpose(1, 2).reshape(batch, length, -1)
        x = x + functional.linear(joined, tensors[f"{at}.attention.output.weight"])
        up = functional.linear(norm(x, f"{at}.mlp_norm"), tensors[f"{at}.mlp.up.weight"])
        x = x + functional.linear(functional.gelu(up, approximate="tanh"), tensors[f"{at}.mlp.down.weight"])
    return functional.linear(norm(x, "norm"), tensors["embed.weight"]).numpy()


def padded(side: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Rows, which tokens are padding, and the place of each token in its prompt."""
    longest = max(map(len, PROMPTS))
    rows = np.zeros((len(PROMPTS), longest), int)
    hidden = np.ones((len(PROMPTS), longest), bool)
    places = np.zeros((len(PROMPTS), longest), int)
    for row, prompt in enumerate(PROMPTS):
        at = slice(longest - len(prompt), None) if side == "left" else slice(len(prompt))
        rows[row, at], hidden[row, at], places[row, at] = prompt, False, range(len(prompt))
    return rows, hidden, places


def test_logits_of_each_prompt_equal_torchs(models: ReferenceFiles, model: Transformer) -> None:
    for prompt, found in zip(PROMPTS, model.logits(PROMPTS), strict=True):
        expected = torch_logits(models, [prompt])[0]
        assert np.abs(expected).max() > 1  # there is something to be equal to
        np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_batch_of_several_lengths_equals_torchs_padded_on_either_side(
    models: ReferenceFiles, model: Transformer, side: str
) -> None:
    rows, hidden, places = padded(side)
    expected = torch_logits(models, rows, hidden, places)
    for row, found in enumerate(model.logits(PROMPTS)):
        np.testing.assert_allclose(found, expected[row][~hidden[row]], **CLOSE)


def test_prefill_gives_the_last_row_of_all_logits(model: Transformer) -> None:
    last, _ = model.prefill(PROMPTS)
    np.testing.assert_allclose(last, [rows[-1] for rows in model.logits(PROMPTS)], **CLOSE)


def test_many_prompts_are_read_in_parts_and_equal_each_alone(model: Transformer) -> None:
    many = [[1, 3, *range(10, 10 + size)] for size in (1, 30, 60, 5)] * 20
    found, _ = model.prefill(many)
    np.testing.assert_allclose(found, [model.prefill([prompt])[0][0] for prompt in many], **CLOSE)


def test_stepping_with_the_cache_equals_reading_it_all_at_once(models: ReferenceFiles, model: Transformer) -> None:
    length = 15  # more than the cache has room for at first
    going_on = [[*range(start, start + length)] for start in (11, 30, 50, 70, 90)]
    found, cache = model.prefill(PROMPTS)
    for place in range(length):
        found = model.step(np.array([tokens[place] for tokens in going_on]), cache)
        for row, (prompt, tokens) in enumerate(zip(PROMPTS, going_on, strict=True)):
            expected = torch_logits(models, [prompt + tokens[: place + 1]])[0, -1]
            np.testing.assert_allclose(found[row], expected, **CLOSE)


def test_sequences_may_leave_and_be_doubled_on_the_way(model: Transformer) -> None:
    _, cache = model.prefill(PROMPTS)
    chosen = cache.of(np.array([3, 0, 0]))
    model.step(np.array([5, 6, 7]), chosen)
    found = model.step(np.array([8, 9, 10]), chosen)
    expected = [
        model.logits([prompt])[0][-1] for prompt in (PROMPTS[3] + [5, 8], PROMPTS[0] + [6, 9], PROMPTS[0] + [7, 10])
    ]
    np.testing.assert_allclose(found, expected, **CLOSE)
