"""Models to ask: endpoints, functions, services and recordings behind one protocol.

Importing this room loads no HTTP client; what needs one is loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from calibrant.models.prices import Cost, Price, cost_of
from calibrant.models.protocol import Failure, Message, Model, Prompt, Reply, Sampling, TokenLogprob

if TYPE_CHECKING:
    from calibrant.models.asking import ask_many
    from calibrant.models.checking import ModelCheck, check_model
    from calibrant.models.config import ModelConfig, parse_models, read_models
    from calibrant.models.price_files import read_prices
    from calibrant.models.registry import load_model, load_models

__all__ = [
    "Cost",
    "Failure",
    "Message",
    "Model",
    "ModelCheck",
    "ModelConfig",
    "Price",
    "Prompt",
    "Reply",
    "Sampling",
    "TokenLogprob",
    "ask_many",
    "check_model",
    "cost_of",
    "load_model",
    "load_models",
    "parse_models",
    "read_models",
    "read_prices",
]

_FILES = {
    "ModelCheck": "checking",
    "ModelConfig": "config",
    "ask_many": "asking",
    "check_model": "checking",
    "load_model": "registry",
    "load_models": "registry",
    "parse_models": "config",
    "read_models": "config",
    "read_prices": "price_files",
}


def __getattr__(name: str) -> Any:
    if name not in _FILES:
        raise AttributeError(f"module 'calibrant.models' has no attribute '{name}'")
    return getattr(importlib.import_module(f"calibrant.models.{_FILES[name]}"), name)
