"""The chain: each filter is one file of the same shape, counted by its name and switched off by it."""

from __future__ import annotations

from calibrant.builder.documents.filters.audit import AUDIT, AuditSample
from calibrant.builder.documents.filters.dated import Dated
from calibrant.builder.documents.filters.difficulty import UNFILTERED, Difficulty
from calibrant.builder.documents.filters.duplicates import Distinct
from calibrant.builder.documents.filters.filter import NOT_CHECKED, Filter, Sifted, Surroundings, marked
from calibrant.builder.documents.filters.leaked import NotLeaked
from calibrant.builder.documents.filters.quoted import Quoted
from calibrant.builder.documents.filters.repeated import Repeated
from calibrant.builder.documents.filters.self_contained import SelfContained
from calibrant.builder.documents.filters.stands_alone import StandsAlone
from calibrant.builder.documents.filters.unique import Unique
from calibrant.builder.documents.filters.verified import Agreed, Verified

__all__ = ["AUDIT", "CHAIN", "NOT_CHECKED", "UNFILTERED", "Filter", "Sifted", "Surroundings", "marked"]

CHAIN: tuple[Filter, ...] = (
    Repeated(),
    Quoted(),
    SelfContained(),
    NotLeaked(),
    Unique(),
    Dated(),
    Distinct(),
    Verified(),
    Agreed(),
    StandsAlone(),
    Difficulty(),
    AuditSample(),
)
"""In the order in which they run: what costs nothing comes before what asks a model."""
