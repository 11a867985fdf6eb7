"""Whose model a model is, by its name: a judge likes the answers of its own family, or makes the same mistakes.

Only names are known, so what is not recognised is of no family and nothing is said of it.
"""

from __future__ import annotations

import re
from enum import Enum

from calibrant.types import ModelRef

__all__ = ["Kinship", "family_of", "kinship"]

_FAMILIES = {
    "GPT": r"gpt|chatgpt|o[1-9]|codex|davinci",
    "Claude": r"claude",
    "Gemini": r"gemini|gemma|palm",
    "Llama": r"(?:meta-?)?llama",
    "Mistral": r"(?:open-)?(?:mistral|mixtral|ministral|codestral|magistral|pixtral|devstral)",
    "Qwen": r"qwen|qwq",
    "DeepSeek": r"deepseek",
    "Grok": r"grok",
    "Command": r"command|c4ai|aya",
    "Phi": r"phi",
    "Nova": r"(?:amazon-)?(?:nova|titan)",
    "Nemotron": r"nemotron",
    "Granite": r"granite",
    "Kimi": r"kimi|moonshot",
    "GLM": r"(?:chat)?glm",
    "MiniMax": r"minimax",
    "Jamba": r"jamba",
    "OLMo": r"olmo|tulu",
    "reference": r"reference",
}
_PATTERNS = {name: re.compile(rf"(?:{pattern})(?![a-z])", re.IGNORECASE) for name, pattern in _FAMILIES.items()}
_PROVIDER = re.compile(r"^(?:[^/]*/)+(?=.)")
_REGION = re.compile(r"^(?:(?:us|eu|apac|global)\.)?[a-z0-9]+\.(?=[a-z])")


class Kinship(Enum):
    """How close two models are."""

    SAME = "same"
    """One model, whatever its effort."""
    FAMILY = "family"


def family_of(model: str) -> str | None:
    """The family of a model's name, with or without the provider before it; None where it is not recognised.

    >>> [family_of(name) for name in ("openai/gpt-5.2", "claude-haiku-4-5", "us.anthropic.claude-x-v1:0", "our-bot")]
    ['GPT', 'Claude', 'Claude', None]
    """
    for name in _written(model):
        for family, pattern in _PATTERNS.items():
            if pattern.match(name):
                return family
    return None


def kinship(one: str, other: str) -> Kinship | None:
    """How close two models are, by ``model`` or ``model@effort``; None where nothing is known.

    >>> kinship("gpt-x@low", "openai/gpt-x@high"), kinship("gpt-x", "o3"), kinship("gpt-x", "claude-y")
    (<Kinship.SAME: 'same'>, <Kinship.FAMILY: 'family'>, None)
    """
    if _plain(one) == _plain(other):
        return Kinship.SAME
    family = family_of(one)
    return Kinship.FAMILY if family is not None and family == family_of(other) else None


def _plain(model: str) -> str:
    return _PROVIDER.sub("", _base(model)).lower()


def _base(model: str) -> str:
    return str(ModelRef(model=model.partition("@")[0] or model))


def _written(model: str) -> list[str]:
    """A name in the ways in which a family may begin it."""
    base = _base(model)
    parts = [part for part in re.split(r"[/:]", base) if part]
    return [form for part in reversed(parts) for form in (part, _REGION.sub("", part))]
