"""A plain decoder-only transformer in PyTorch: what the shipped reference models are.

Pre-norm RMSNorm, rotary positions, causal attention, a two-layer MLP with GELU, input and output embeddings tied, no
biases. ``calibrant.models.reference`` computes the same in NumPy.

Shapes: B rows, T positions, D width, H heads, V vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (its name everywhere)

__all__ = ["Shape", "Transformer"]

EPSILON = 1e-5
ROTARY_BASE = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Everything that decides the sizes of the weights."""

    vocab: int
    width: int
    layers: int
    heads: int
    mlp: int
    context: int
    """Longest sequence, in tokens, that the model is promised for."""


class RMSNorm(nn.Module):
    """x / rms(x), scaled per channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """[..., D] -> [..., D]."""
        return F.rms_norm(x, (x.shape[-1],), self.weight, EPSILON)


def rotary_angles(positions: int, head_dim: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary angles, both [T, head_dim]; the halves of the last axis repeat each other."""
    rates = ROTARY_BASE ** (-torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim)
    angles = torch.arange(positions, dtype=torch.float32)[:, None] * rates
    both = torch.cat([angles, angles], dim=-1)
    return both.cos(), both.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (x_i, x_{i + head_dim/2}) by its position's angle. [..., T, head_dim] -> same."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


class Attention(nn.Module):
    """Multi-head attention with rotary positions."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query, self.key, self.value, self.output = (
            nn.Linear(shape.width, shape.width, bias=False) for _ in range(4)
        )

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        """[B, T, D] -> [B, T, D]; ``mask`` [B, 1, T, T] says who may look at whom (default: causal)."""
        rows, length, width = x.shape
        q, k, v = (
            part(x).view(rows, length, self.heads, -1).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        out: Tensor = self.output(y.transpose(1, 2).reshape(rows, length, width))
        return out


class MLP(nn.Module):
    """Two linear maps with GELU (tanh form) between them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.up = nn.Linear(shape.width, shape.mlp, bias=False)
        self.down = nn.Linear(shape.mlp, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, D] -> [B, T, D]."""
        out: Tensor = self.down(F.gelu(self.up(x), approximate="tanh"))
        return out


class Block(nn.Module):
    """Attention and MLP, each on a normalised copy of the stream and added back to it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(shape.width)
        self.attention = Attention(shape)
        self.mlp_norm = RMSNorm(shape.width)
        self.mlp = MLP(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        """[B, T, D] -> [B, T, D]."""
        x = x + self.attention(self.attention_norm(x), cos, sin, mask)
        out: Tensor = x + self.mlp(self.mlp_norm(x))
        return out


class Transformer(nn.Module):
    """The model; :meth:`hidden` and :meth:`logits` are apart so that training scores only the tokens to be learned."""

    def __init__(self, shape: Shape, *, seed: int = 0) -> None:
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocab, shape.width)
        self.layers = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.width)
        self._initialise(torch.Generator().manual_seed(seed))

    def _initialise(self, generator: torch.Generator) -> None:
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                small = name.endswith(("output.weight", "down.weight"))
                scale = 0.02 if name.startswith("embed") else weight.shape[1] ** -0.5
                if small:
                    scale *= (2 * self.shape.layers) ** -0.5
                nn.init.normal_(weight, std=scale, generator=generator)

    @property
    def parameter_count(self) -> int:
        """Number of weights."""
        return sum(weight.numel() for weight in self.parameters())

    def hidden(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Normalised last states. tokens [B, T] -> [B, T, D]."""
        cos, sin = rotary_angles(tokens.shape[1], self.shape.width // self.shape.heads)
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        out: Tensor = self.norm(x)
        return out

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., D] -> [..., V]."""
        return F.linear(hidden, self.embed.weight)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Logits of the next token at every position. tokens [B, T] -> [B, T, V]."""
        return self.logits(self.hidden(tokens, mask))
