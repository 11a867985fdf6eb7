"""Models to ask: endpoints, functions, services and recordings behind one protocol."""

from calibrant.models.prices import Cost, Price, cost_of
from calibrant.models.protocol import Failure, Message, Model, Prompt, Reply, Sampling, TokenLogprob

__all__ = [
    "Cost",
    "Failure",
    "Message",
    "Model",
    "Price",
    "Prompt",
    "Reply",
    "Sampling",
    "TokenLogprob",
    "cost_of",
]
