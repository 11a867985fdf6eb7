"""Exact binomial tests and bounds for a number of errors among answers."""

from __future__ import annotations

from scipy.special import betaincc, betaincinv

from calibrant.metrics.arrays import whole_number

__all__ = ["binomial_p_value", "clopper_pearson_upper"]


def _checked(errors: int, n: int) -> tuple[int, int]:
    wrong, answered = whole_number(errors), whole_number(n)
    if wrong is None or answered is None or wrong > answered:
        raise ValueError(f"errors and n must be whole numbers with 0 <= errors <= n, not {errors} of {n}")
    return wrong, answered


def binomial_p_value(errors: int, n: int, alpha: float) -> float:
    """P(at most so many errors among n, if each is wrong with probability alpha): definitions, section 6.4.

    Args:
        errors: number of wrong answers.
        n: number of answers.
        alpha: error rate of the null hypothesis, in (0, 1).

    Returns:
        The p-value of 'the error rate is above alpha'; 1 for n = 0.

    Raises:
        ValueError: counts that are not whole or do not fit, or alpha outside (0, 1).
    """
    errors, n = _checked(errors, n)
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie in (0, 1), not {alpha}")
    # As a beta integral, which also takes counts beyond the 32 bits of the binomial functions.
    return 1.0 if errors == n else float(betaincc(errors + 1, n - errors, alpha))


def clopper_pearson_upper(errors: int, n: int, level: float = 0.95) -> float:
    """One-sided upper confidence bound of an error rate (Clopper & Pearson 1934).

    Args:
        errors: number of wrong answers.
        n: number of answers.
        level: confidence, in (0, 1).

    Returns:
        The bound; 1 where every answer is wrong, or there is none.

    Raises:
        ValueError: counts that are not whole or do not fit, or level outside (0, 1).
    """
    errors, n = _checked(errors, n)
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    return 1.0 if errors == n else float(betaincinv(errors + 1, n - errors, level))
