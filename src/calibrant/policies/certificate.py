"""What a certificate says: a threshold with its counts, its bound and everything the promise rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf, isfinite, nan, nextafter
from typing import Any

from calibrant.metrics.intervals import Interval

__all__ = ["Certificate", "ClusterFacts", "LevelTested", "rule_in_words"]

SCHEMA_VERSION = 1


def rule_in_words(threshold: float) -> str:
    """Which scores a threshold answers, exactly: whoever applies the words decides as the policy does.

    A threshold just above a score reads as 'above' that score, since 'at least' would let in the answers with it.

    >>> rule_in_words(0.8), rule_in_words(nextafter(0.8, inf))
    ('score >= 0.8', 'score > 0.8')
    """
    below = float(nextafter(threshold, -inf))
    at_least, above = repr(float(threshold)), repr(below)
    return f"score >= {at_least}" if len(at_least) <= len(above) else f"score > {above}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTested:
    """One candidate threshold and what its test said."""

    threshold: float
    """Answer iff score >= threshold; -inf answers everything."""
    coverage: float
    """Share of all rows it answers, in [0, 1]."""
    accepted: int
    errors: int
    p_value: float
    """Of 'the error rate at this threshold is above alpha'."""
    level: float
    """Level it was tested at."""
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """How dependent rows were dealt with: definitions, section 6.2."""

    clusters: int
    """G, the number of clusters with a row."""
    handling: str
    """'effective counts', 'one random item of each', 'all items, by betting', 'ignored: ...' or 'too few'."""
    icc: float | None = None
    """Correlation of errors inside a cluster, pooled over candidates; None where it is not needed."""
    design_effect: float | None = None
    """d at the promised threshold, or else the largest among the candidates."""
    approximate: bool = False
    """'approximate in clusters': the test is exact only as the number of clusters grows."""
    left_out: int = 0
    """Rows not used because one of each cluster is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The threshold above which at most ``alpha`` of the answers are wrong, with probability 1 - ``delta`` over the
    labelled draw, or an honest no. Definitions, section 6.

    The promise is about ``alpha``. ``upper_bound`` shows how near the counts came to it and is no second promise.
    """

    threshold: float | None
    """Answer iff score >= threshold. None: nothing can be promised (or, with ``groups``, each has its own)."""
    alpha: float
    delta: float
    level: float
    """The delta really used at this look: 6 delta / (pi^2 look^2), divided by the number of groups inside a group."""
    method: str
    rows: int
    """Rows handed in, answered or not."""
    answered: int
    """Rows that the model answered."""
    accepted: int
    """Rows counted at the threshold."""
    errors: int
    upper_bound: float | None
    """Of the error rate (Clopper-Pearson), at the level of the threshold's test; <= alpha. None for betting."""
    coverage: float
    """Share of the rows used that the policy answers, in [0, 1]."""
    coverage_interval: Interval | None
    """95 % interval of the coverage."""
    population: str
    look: int | None
    """Number of this look at the labels; None: declared to be the only one."""
    seed: int
    reason: str | None = None
    """Why nothing can be promised."""
    labels_needed: int | None = None
    """Labelled rows that would do, on the assumption that ``labels_assumption`` states."""
    labels_assumption: str | None = None
    levels: tuple[LevelTested, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason -> rows that were not used in the test."""
    clusters: ClusterFacts | None = None
    assumptions: tuple[str, ...] = ()
    groups: Mapping[str, Certificate] = field(default_factory=dict)
    """Name -> certificate of a group; all hold together with probability 1 - delta."""
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name of a merged group -> the groups in it."""

    @property
    def promised(self) -> bool:
        """Whether anything is promised, overall or for a group."""
        return self.threshold is not None or any(group.promised for group in self.groups.values())

    def decide(self, score: float, group: object = None) -> bool:
        """Whether to answer. Pure; a score that is not a number, or a group without a promise, is not answered.

        Args:
            score: the answer's confidence.
            group: its group, where the promise was made by group.
        """
        if self.groups:
            found = self._group(str(group))
            return found is not None and found.decide(score)
        return self.threshold is not None and bool(score >= self.threshold)

    def _group(self, name: str) -> Certificate | None:
        for label, members in self.merged.items():
            if name in members:
                return self.groups[label]
        return None if name in self.merged else self.groups.get(name)

    def sentence(self) -> str:
        """The promise, or the no, in one sentence."""
        risk, sure = f"{100 * self.alpha:g} %", f"{100 * (1 - self.delta):g} %"
        if self.groups:
            kept = [name or "(none)" for name, group in self.groups.items() if group.promised]
            if not kept:
                return f"No promise possible with these data in any of {len(self.groups)} groups."
            return (
                f"With {sure} confidence, in each of the groups {', '.join(kept)} at once, "
                f"at most {risk} of what its threshold answers is wrong."
            )
        if self.threshold is None:
            return f"No promise possible with these data: {self.reason or 'no candidate threshold passed its test'}."
        rule = "all answers" if self.threshold == -inf else f"answers with {rule_in_words(self.threshold)}"
        return f"With {sure} confidence, at most {risk} of {rule} are wrong."

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it: infinities as "inf" and "-inf", undefined as null. :meth:`from_dict` reads it back."""
        return {"schema_version": SCHEMA_VERSION, **{f.name: _plain(getattr(self, f.name)) for f in fields(self)}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Certificate:
        """The certificate that :meth:`to_dict` wrote.

        Raises:
            ValueError: another schema version, or a field missing or unknown.
        """
        given = dict(data)
        if given.pop("schema_version", None) != SCHEMA_VERSION:
            raise ValueError(f"schema_version must be {SCHEMA_VERSION}, not {data.get('schema_version')!r}")
        missing = {f.name for f in fields(cls)} ^ set(given)
        if missing:
            raise ValueError(f"a certificate with fields missing or unknown: {', '.join(sorted(missing))}")
        given = {name: _number(value) for name, value in given.items()}
        interval, clusters = given["coverage_interval"], given["clusters"]
        return cls(
            **{
                **given,
                "coverage_interval": None if interval is None else Interval(*interval),
                "levels": tuple(
                    LevelTested(**{key: _number(value) for key, value in row.items()}) for row in given["levels"]
                ),
                "clusters": None if clusters is None else ClusterFacts(**clusters),
                "assumptions": tuple(given["assumptions"]),
                "groups": {name: cls.from_dict(group) for name, group in given["groups"].items()},
                "merged": {name: tuple(members) for name, members in given["merged"].items()},
            }
        )


_WORDS = {"inf": inf, "-inf": -inf, "nan": nan}


def _number(value: Any) -> Any:
    return _WORDS.get(value, value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, Certificate):
        return value.to_dict()
    if isinstance(value, LevelTested | ClusterFacts):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
