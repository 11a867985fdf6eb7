"""What sentences of recognised structure say: a subject, a relation, a value, and the question that asks for it."""

from calibrant.builder.documents.facts.fact import Fact
from calibrant.builder.documents.facts.reading import read_facts

__all__ = ["Fact", "read_facts"]
