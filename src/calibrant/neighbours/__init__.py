"""What other tools wrote: their answers come in here."""

from calibrant.neighbours.answers import ImportOptions, ImportSummary, import_answers

__all__ = ["ImportOptions", "ImportSummary", "import_answers"]
