"""Weights as they ship: float16 safetensors with the configuration and the tokenizer's digest in the metadata."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from calibrant.lab.files import write_atomically
from calibrant.lab.transformer import Shape, Transformer

__all__ = ["blend", "load_weights", "save_weights"]


def save_weights(model: Transformer, path: Path, *, tokenizer: str) -> None:
    """Write a model; the tensors' names are the modules' own.

    Args:
        model: the model.
        path: where to.
        tokenizer: digest of the tokenizer it was trained with (``calibrant.lab.tokenizer.tokenizer_digest``).
    """
    tensors = {name: weight.detach().to(torch.float16).contiguous() for name, weight in model.named_parameters()}
    shape = model.shape
    config = {name: getattr(shape, name) for name in ("vocab", "width", "layers", "heads", "mlp", "context")}
    metadata = {"config": json.dumps(config), "tokenizer": tokenizer}
    write_atomically(path, lambda part: save_file(tensors, part, metadata=metadata))


@torch.no_grad()
def blend(model: Transformer, base: Transformer, share: float) -> None:
    """Replace the weights by ``share`` of them and 1 - ``share`` of the base's."""
    for own, other in zip(model.parameters(), base.parameters(), strict=True):
        own.lerp_(other, 1 - share)


def load_weights(path: Path) -> Transformer:
    """Read a model, in float32."""
    with safe_open(path, framework="pt") as file:
        model = Transformer(Shape(**json.loads(file.metadata()["config"])))
        model.load_state_dict({name: file.get_tensor(name).to(torch.float32) for name in file.keys()})  # noqa: SIM118
    return model.eval()
