"""How far raters agree beyond chance.

Own code of a dozen lines: the package for it is under the GPL, which a library under Apache-2.0 cannot depend on; it is
an oracle of the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

__all__ = ["krippendorff_alpha"]


def krippendorff_alpha(items: Iterable[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha for names without an order (Krippendorff 2011, Computing Krippendorff's alpha-reliability).

    alpha = 1 - D_o / D_e, with n = number of verdicts on items that have m >= 2 of them, n_c = verdicts of the name c:
    D_o = sum over items of (m^2 - sum m_c^2) / (m - 1) / n, and D_e = (n^2 - sum n_c^2) / (n (n - 1)).

    Args:
        items: the verdicts on each item, missing ones left out; raters may differ from item to item.

    Returns:
        At most 1; 0 = agreement as by chance, below 0 = less. None where no item has two verdicts, or all verdicts
        are alike (then nothing could have disagreed).

    >>> krippendorff_alpha([["yes", "yes"], ["no", "no"], ["yes", "no"]])
    0.4444444444444444
    >>> krippendorff_alpha([["yes", "yes"], ["yes", "yes"]]) is None
    True
    """
    totals: Counter[Hashable] = Counter()
    observed = 0.0
    for item in items:
        m = len(item)
        if m < 2:
            continue
        counts = Counter(item)
        totals.update(counts)
        observed += (m * m - sum(count * count for count in counts.values())) / (m - 1)
    n = totals.total()
    different = n * n - sum(count * count for count in totals.values())
    return 1 - observed * (n - 1) / different if different else None
