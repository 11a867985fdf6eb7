"""Question sets: read from any file in the wild, named by their content, and checked.

>>> from calibrant.questions import load_questions, lint_file
"""

from calibrant.questions.cells import as_choices, as_mapping, as_text, as_text_list, as_truth
from calibrant.questions.frozen import check_frozen, freeze, frozen_hash
from calibrant.questions.hub import HubName, parse_hub_name
from calibrant.questions.identity import question_hash, set_hash, set_hash_of, text_hash
from calibrant.questions.lint import Finding, LintResult, SetSummary, Severity, lint, lint_file
from calibrant.questions.load import QuestionSet, load_questions
from calibrant.questions.readers import ENDINGS, Repairs, Row, RowReader, read_rows
from calibrant.questions.schema import ALIASES, Layout, Schema, fold_name

__all__ = [
    "ALIASES",
    "ENDINGS",
    "Finding",
    "HubName",
    "Layout",
    "LintResult",
    "QuestionSet",
    "Repairs",
    "Row",
    "RowReader",
    "Schema",
    "SetSummary",
    "Severity",
    "as_choices",
    "as_mapping",
    "as_text",
    "as_text_list",
    "as_truth",
    "check_frozen",
    "fold_name",
    "freeze",
    "frozen_hash",
    "lint",
    "lint_file",
    "load_questions",
    "parse_hub_name",
    "question_hash",
    "read_rows",
    "set_hash",
    "set_hash_of",
    "text_hash",
]
