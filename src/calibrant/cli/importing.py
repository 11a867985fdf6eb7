"""``calibrant import``: take answers that exist already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError
from calibrant.types import ConfidenceSource, OutcomeState


def import_file(
    file: Annotated[Path, typer.Argument(help="csv, tsv, json, jsonl or parquet, plain or .gz.", show_default=False)],
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--model", help="The model of every row, where no column says; NAME or NAME@EFFORT."),
    ] = None,
    map_: options.Map = None,
    grade_value: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--grade-value",
            metavar="WORD=STATE",
            help="What a word in the grade column means: correct, partial, incorrect, abstained, error, ungraded.",
        ),
    ] = None,
    confidence_source: Annotated[
        ConfidenceSource, typer.Option("--confidence-source", help="Where the column 'confidence' comes from.")
    ] = ConfidenceSource.STATED,
    confidence_scale: Annotated[
        float, typer.Option("--confidence-scale", min=1e-9, help="What full confidence is written as: 1 or 100.")
    ] = 1.0,
    number_repeats: Annotated[
        bool, typer.Option("--number-repeats", help="Count rows of one question and model as repeats.")
    ] = False,
    name: Annotated[Optional[str], typer.Option("--name", help="What to call the run. Default: the file.")] = None,  # noqa: UP045
    limit: options.Limit = None,
    encoding: options.Encoding = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Import answers that exist already: question, model, answer and right answer (or a grade), one row each.

    Columns are found by their names; --map says it where they are not. Rows without a grade are graded exactly.
    Importing the same file again adds nothing; an interrupted import goes on where it stopped.
    """
    from calibrant.cli.printing import counting, plural, print_json, remark
    from calibrant.cli.settings import load_settings
    from calibrant.neighbours import ImportOptions, import_answers
    from calibrant.store import open_store

    base, _, effort = (model or "").partition("@")
    chosen = ImportOptions(
        fields=options.pairs(map_, "--map"),
        model=base or None,
        effort=effort or None,
        name=name,
        grade_values=_states(options.pairs(grade_value, "--grade-value")),
        confidence_source=confidence_source,
        confidence_scale=confidence_scale,
        number_repeats=number_repeats,
        encoding=encoding,
        limit=limit,
    )
    with open_store(store or load_settings().store) as opened, counting(f"rows of {file.name}") as progress:
        summary = import_answers(file, opened, chosen, progress=progress)
        latest = opened.find_run("latest").id == summary.run.id
    if summary.repaired:
        remark(
            f"{plural(summary.repaired, 'character')} that no database can hold (NUL, half a surrogate pair) "
            f"{'was' if summary.repaired == 1 else 'were'} replaced by U+FFFD; the first at {summary.first_repair}."
        )
    if as_json:
        print_json(_as_dict(summary))
        return
    already = f" ({summary.already_there:,} of them were there already)" if summary.already_there else ""
    answers, asked = plural(summary.rows, "answer"), plural(summary.run.questions, "question")
    print(f"Run {summary.run.id}: {answers} to {asked}{already}.")
    print("  " + ", ".join(f"{count:,} {state}" for state, count in sorted(summary.states.items())))
    print("  read: " + ", ".join(f"{name} <- {column}" for name, column in summary.columns.items()))
    print(f"Now: calibrant report{'' if latest else f' {summary.run.id}'}")


def _states(words: dict[str, str]) -> dict[str, OutcomeState]:
    known = {state.value: state for state in OutcomeState}
    for word, state in words.items():
        if state.lower() not in known:
            raise InputError(
                f"there is no state '{state}' for '{word}'",
                place="--grade-value",
                remedy=f"States are: {', '.join(known)}.",
            )
    return {word.lower(): known[state.lower()] for word, state in words.items()}


def _as_dict(summary: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "run": summary.run.id,
        "set_hash": summary.run.set_hash,
        "questions": summary.run.questions,
        "rows": summary.rows,
        "added": summary.added,
        "already_there": summary.already_there,
        "states": dict(summary.states),
        "columns": dict(summary.columns),
        "repaired": summary.repaired,
    }
