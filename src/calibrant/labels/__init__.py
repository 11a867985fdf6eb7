"""Human verdicts: what is to be judged, in which order, and a journal that forgets nothing.

Today the audit of a question set: is each question right, answerable and answered by its source?
"""

from __future__ import annotations

from calibrant.labels.audit import Audit, Tally, make_audit
from calibrant.labels.items import AuditItem, read_items
from calibrant.labels.journal import Journal, Verdict, Word, journal_path

__all__ = ["Audit", "AuditItem", "Journal", "Tally", "Verdict", "Word", "journal_path", "make_audit", "read_items"]
