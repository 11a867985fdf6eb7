"""The training loop: packed rows, a schedule that warms up, holds and falls, and checkpoints."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from calibrant.lab.files import write_atomically
from calibrant.lab.optimiser import make_optimisers
from calibrant.lab.packing import Rows
from calibrant.lab.transformer import Transformer

__all__ = ["Schedule", "Trained", "train"]

_CHECKPOINT_EVERY_S = 60.0
_LINE_EVERY_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the steps are made."""

    peak: float
    """Highest learning rate."""
    rows: int = 12
    """Rows in a batch."""
    warm_up: int = 60
    """Steps until the peak is reached."""
    hold: float = 0.55
    """Share of the steps after which the rate begins to fall, linearly, to 2 % of the peak."""

    def rate(self, step: int, steps: int) -> float:
        """Learning rate of a step."""
        falling = max(0.02, min(1.0, (1 - step / steps) / (1 - self.hold)))
        return self.peak * min(1.0, (step + 1) / self.warm_up) * falling


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What training took."""

    steps: int
    tokens: int
    """Tokens read, padding included."""
    cpu_seconds: float
    wall_seconds: float
    loss: float
    """Mean loss of the last 50 steps."""


def train(
    model: Transformer, rows: Rows, schedule: Schedule, *, checkpoint: Path | None = None, label: str = "training"
) -> Trained:
    """Train on every row once, in order; goes on from the checkpoint if there is one, and deletes it at the end."""
    optimisers = make_optimisers(model, schedule.peak)
    steps = len(rows) // schedule.rows
    state = _Progress()
    if checkpoint is not None and checkpoint.is_file():
        state = _restore(checkpoint, model, optimisers)
    began, cpu = time.monotonic() - state.wall, time.process_time() - state.cpu
    saved = shown = time.monotonic()
    model.train()
    for step in range(state.step, steps):
        loss = _step(
            model, rows, slice(step * schedule.rows, (step + 1) * schedule.rows), optimisers, schedule.rate(step, steps)
        )
        state.step, state.losses = step + 1, [*state.losses[-49:], loss]
        now = time.monotonic()
        state.wall, state.cpu = now - began, time.process_time() - cpu
        if now - shown > _LINE_EVERY_S:
            shown = now
            _tell(label, state, steps)
        if checkpoint is not None and now - saved > _CHECKPOINT_EVERY_S:
            saved = now
            _save(checkpoint, model, optimisers, state)
    model.eval()
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return Trained(
        steps=steps,
        tokens=steps * schedule.rows * rows.tokens.shape[1],
        cpu_seconds=state.cpu,
        wall_seconds=state.wall,
        loss=sum(state.losses) / max(1, len(state.losses)),
    )


class _Progress:
    def __init__(self) -> None:
        self.step = 0
        self.losses: list[float] = []
        self.wall = 0.0
        self.cpu = 0.0


def _step(model: Transformer, rows: Rows, part: slice, optimisers: list[torch.optim.Optimizer], rate: float) -> float:
    tokens, weight = torch.from_numpy(rows.tokens[part]), torch.from_numpy(rows.weight[part])
    loss = weighted_loss(model, tokens, weight, torch.from_numpy(rows.text[part]))
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.step()
        optimiser.zero_grad()
    return float(loss.detach())


def weighted_loss(model: Transformer, tokens: Tensor, weight: Tensor, text: Tensor) -> Tensor:
    """Weighted mean cross-entropy of the tokens with a weight; only their logits are computed.

    Args:
        model: the model.
        tokens: [B, T].
        weight: [B, T].
        text: [B, T], the text to which each token belongs; attention stays within a text.
    """
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    mask = ((text[:, :, None] == text[:, None, :]) & causal)[:, None]
    scored = weight[:, 1:] > 0
    hidden = model.hidden(tokens, mask)[:, :-1][scored]
    weights = weight[:, 1:][scored]
    losses = F.cross_entropy(model.logits(hidden), tokens[:, 1:][scored], reduction="none")
    return (losses * weights).sum() / weights.sum()


def _tell(label: str, state: _Progress, steps: int) -> None:
    left = state.wall / max(1, state.step) * (steps - state.step)
    loss = sum(state.losses) / len(state.losses)
    filled = round(24 * state.step / steps)
    bar = "#" * filled + "-" * (24 - filled)
    print(
        f"{label} [{bar}] {state.step:,}/{steps:,}  loss {loss:.3f}  {left / 60:.1f} min left",
        file=sys.stderr,
        flush=True,
    )


def _save(path: Path, model: Transformer, optimisers: list[torch.optim.Optimizer], state: _Progress) -> None:
    content: dict[str, Any] = {
        "model": model.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in optimisers],
        "progress": vars(state),
    }
    write_atomically(path, lambda part: torch.save(content, part))


def _restore(path: Path, model: Transformer, optimisers: list[torch.optim.Optimizer]) -> _Progress:
    content = torch.load(path, weights_only=True)
    model.load_state_dict(content["model"])
    for optimiser, state in zip(optimisers, content["optimisers"], strict=True):
        optimiser.load_state_dict(state)
    progress = _Progress()
    vars(progress).update(content["progress"])
    return progress
