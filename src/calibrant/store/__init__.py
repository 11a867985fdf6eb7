"""Everything durable: runs, responses, confidences and grades in SQLite or PostgreSQL.

The only room that knows SQL. A response is kept once per key, a batch is committed whole or not at all, and what was
committed survives the process, the power and the next version.
"""

from calibrant.store.deletion import DeletedRun
from calibrant.store.grading import Gradable, Spending, SpentOn, by_purpose, total
from calibrant.store.health import StoreHealth
from calibrant.store.keys import response_digest
from calibrant.store.ledger import Look
from calibrant.store.prompts import PromptRecord
from calibrant.store.reading import RunItem
from calibrant.store.runs import NewRun, RunInfo
from calibrant.store.setups import Setup
from calibrant.store.stopping import KeptCourse
from calibrant.store.store import Store, open_store
from calibrant.store.writing import RunWriter

__all__ = [
    "DeletedRun",
    "Gradable",
    "KeptCourse",
    "Look",
    "NewRun",
    "PromptRecord",
    "RunInfo",
    "RunItem",
    "RunWriter",
    "Setup",
    "Spending",
    "SpentOn",
    "Store",
    "StoreHealth",
    "by_purpose",
    "open_store",
    "response_digest",
    "total",
]
