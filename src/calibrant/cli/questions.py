"""``calibrant questions``: make a question set, and look at it before anybody answers it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from calibrant.cli import auditing, building, building_tables, options, parting
from calibrant.cli.printing import plural
from calibrant.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Build, check and audit question sets.", rich_markup_mode=None)


@app.callback()
def questions() -> None:
    """Build, check and audit question sets."""


app.command("build")(building.build)
app.command("profile")(building_tables.profile)
app.command("split")(parting.split)
app.command("freeze")(parting.freeze)
app.command("export")(parting.export)


@app.command("lint")
def lint(
    source: Annotated[
        str, typer.Argument(help="A file of questions, or hf:NAME@REVISION.", metavar="FILE", show_default=False)
    ],
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where anything was found.")] = False,
    map_: options.Map = None,
    limit: options.Limit = None,
    encoding: options.Encoding = None,
    as_json: options.Json = False,
) -> None:
    """Find empty, repeated, leaking and contradictory questions, with file and line.

    Errors are what keeps a set from being loaded; warnings are what makes its numbers doubtful. Exits with 2 where
    not a single row can be asked and graded.
    """
    from calibrant.cli.printing import print_json
    from calibrant.questions import lint_file

    result = lint_file(source, fields=options.pairs(map_, "--map"), limit=limit, encoding=encoding)
    if as_json:
        print_json(_as_dict(result))
    else:
        _print(result)
    if not result.sound:
        rows = result.summary.rows
        what = f"none of its {rows:,} rows can" if rows > 1 else "its only row cannot" if rows else "nothing in it can"
        raise InputError(f"{what} be asked and graded", place=source, remedy="Mend what is listed above.")
    if strict and result.findings:
        raise typer.Exit(1)


app.command("audit")(auditing.audit)
app.command("apply")(auditing.apply)


def _as_dict(result: Any) -> dict[str, Any]:
    summary = result.summary
    return {
        "schema_version": 1,
        "source": summary.source,
        "rows": summary.rows,
        "strata": dict(summary.strata),
        "domains": dict(summary.domains),
        "clusters": summary.clusters,
        "columns": {name: list(columns) for name, columns in summary.columns.items()},
        "errors": result.errors,
        "warnings": result.warnings,
        "findings": [
            {"code": one.code, "severity": str(one.severity), "place": one.place, "message": one.message}
            for one in result.findings
        ],
    }


def _print(result: Any) -> None:
    for finding in result.findings:
        print(finding)
    summary = result.summary
    strata = ", ".join(f"{count:,} {stratum}" for stratum, count in summary.strata.items())
    of_strata = f" ({strata})" if strata else ""
    print(f"{summary.source}: {plural(summary.rows, 'question')}{of_strata}, {plural(summary.clusters, 'cluster')}")
    if summary.columns:
        read = (f"{name} <- {' + '.join(columns)}" for name, columns in summary.columns.items())
        print(f"  read: {', '.join(read)}")
    print(f"  {plural(result.errors, 'error')}, {plural(result.warnings, 'warning')}")
