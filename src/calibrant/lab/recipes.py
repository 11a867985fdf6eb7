"""The four models that ship: their sizes and how each is trained."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.errors import InputError
from calibrant.lab.tokenizer import VOCABULARY

__all__ = ["RECIPES", "Recipe", "find_recipe"]

CONTEXT = 256
"""Tokens that a prompt with its answer may have."""
ROW = 192
"""Length of packed training rows: no training text is longer."""
SHARES = tuple(twentieths / 20 for twentieths in range(6, 21))
"""Shares of the candid model's tuned weights that are tried."""
KEEP = 0.85
"""The candid model is to keep three quarters of large's accuracy; a tenth is margin for questions not seen here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One model."""

    name: str
    width: int
    layers: int
    heads: int
    peak: float
    """Highest learning rate."""
    base: str | None = None
    """The model it is tuned from; None = trained from nothing."""
    shares: tuple[float, ...] = (1.0,)
    """Shares to try of the tuned weights in their mean with the base's (WiSE-FT, Wortsman et al. 2022): tuned to the
    end, the model declines whatever it was not tuned on; half way back it still knows. Training takes the share with
    the lowest hallucination rate on the development questions among those that keep enough."""
    keep: float = 1.0
    """Part of the base's accuracy on the development questions that is enough."""

    @property
    def config(self) -> dict[str, int]:
        """What ships in the weights' metadata."""
        return {
            "vocab": VOCABULARY,
            "width": self.width,
            "layers": self.layers,
            "heads": self.heads,
            "mlp": 4 * self.width,
            "context": CONTEXT,
        }


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(name="small", width=32, layers=2, heads=2, peak=0.008),
        Recipe(name="medium", width=64, layers=3, heads=4, peak=0.006),
        Recipe(name="large", width=128, layers=3, heads=4, peak=0.006),
        Recipe(name="candid", width=128, layers=3, heads=4, peak=0.0015, base="large", shares=SHARES, keep=KEEP),
    )
}


def find_recipe(name: str) -> Recipe:
    """The recipe of a model, with or without ``reference-`` before its name.

    Raises:
        InputError: there is none; the known ones are listed.
    """
    recipe = RECIPES.get(name.removeprefix("reference-"))
    if recipe is None:
        raise InputError(f"there is no reference model '{name}'", remedy=f"Known are: {', '.join(RECIPES)}.")
    return recipe
