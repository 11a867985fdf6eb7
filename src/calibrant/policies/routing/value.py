"""The value of an answer and of more effort: definitions, section 7.

With w the cost of a wrong answer in right answers, a_j = (1 + w) p_j - w is what answering with arm j is worth, 0 what
abstaining is, and V = E[what the next arm makes of it | s] - lambda c what asking it is.
"""

from __future__ import annotations

import numpy as np

from calibrant.metrics.arrays import Bools, Floats, Ints

__all__ = ["answer_value", "best_next", "price_of", "stop_value", "wrong_costs_at"]


def answer_value(p: Floats, wrong_costs: float) -> Floats:
    """A = (1 + w) p - w: what answering is worth in right answers.

    Args:
        p: probabilities of being right.
        wrong_costs: w >= 0.
    """
    return (1 + wrong_costs) * p - wrong_costs


def price_of(wrong_costs: float) -> float:
    """T = w / (1 + w): the probability above which answering pays.

    >>> price_of(9)
    0.9
    """
    return wrong_costs / (1 + wrong_costs)


def wrong_costs_at(price: float) -> float:
    """W = t / (1 - t).

    Raises:
        ValueError: t outside [0, 1).

    >>> wrong_costs_at(0.75)
    3.0
    """
    if not 0 <= price < 1:
        raise ValueError(f"a price must lie in [0, 1), not {price}")
    return price / (1 - price)


def stop_value(p: Floats, answered: Bools, wrong_costs: float) -> Floats:
    """max(0, a): what stopping here is worth, which is nothing where the arm gave no answer."""
    return np.where(answered, np.maximum(0.0, answer_value(p, wrong_costs)), 0.0)


def best_next(values: Floats) -> tuple[Ints, Floats]:
    """Which arm to ask next and what that is worth.

    Args:
        values: V of each next arm, shape (n, arms), the earlier and cheaper first; a tie goes to it.

    Returns:
        Its place and its V, each of shape (n,); -1 and -inf where there is none.
    """
    if not values.shape[1]:
        return np.full(len(values), -1), np.full(len(values), -np.inf)
    place = values.argmax(axis=1)
    return place.astype(np.int64), values[np.arange(len(values)), place]
