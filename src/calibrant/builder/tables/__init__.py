"""Questions from tables, without a model: profiled, chosen, worded and checked by code alone.

>>> from calibrant.builder.tables import TableSettings, build_from_tables, open_table, plan_tables
"""

from __future__ import annotations

from calibrant.builder.tables.build import build_from_tables, plan_tables
from calibrant.builder.tables.database import without_secrets
from calibrant.builder.tables.plan import Role, TablePlan, TableSettings
from calibrant.builder.tables.profile import Column
from calibrant.builder.tables.source import Table, open_table
from calibrant.builder.tables.wording import LANGUAGES, Templates, load_templates

__all__ = [
    "LANGUAGES",
    "Column",
    "Role",
    "Table",
    "TablePlan",
    "TableSettings",
    "Templates",
    "build_from_tables",
    "load_templates",
    "open_table",
    "plan_tables",
    "without_secrets",
]
