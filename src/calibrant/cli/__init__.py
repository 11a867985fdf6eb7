"""The command line: one module per verb. Each parses, calls one function of a room below, and prints."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from calibrant import __version__
from calibrant.cli import (
    certify,
    confidence,
    demo,
    doctor,
    evaluate,
    fit,
    forcing,
    grading,
    importing,
    init,
    models,
    planning,
    prices,
    questions,
    report,
    running,
    runs,
    view,
)
from calibrant.cli.environment import load_environment
from calibrant.errors import CalibrantError

__all__ = ["app", "main"]


_READER_GONE = 0
"""Exit code where whoever read the output has seen enough, as in ``calibrant report | head -1``."""
_OUTPUT_FAILED = 3


class Commands(TyperGroup):
    """The verbs; an expected error becomes one line on stderr and the exit code of its class."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            result = super().invoke(ctx)
            _flush()
        except CalibrantError as error:
            print(f"calibrant: {error}", file=sys.stderr)
            raise typer.Exit(error.exit_code) from None
        except OSError as error:
            if error.filename is not None:
                raise
            raise typer.Exit(_give_up_output(error)) from None
        return result


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _give_up_output(error: OSError) -> int:
    """Say why stdout takes no more, unless its reader just left, and what the exit code is."""
    # What is still in the buffer goes nowhere, or Python complains of it once more on its way out.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if isinstance(error, BrokenPipeError):
        return _READER_GONE
    print(f"calibrant: the output cannot be written: {error.strerror or error}", file=sys.stderr)
    return _OUTPUT_FAILED


app = typer.Typer(
    cls=Commands,
    help="Measure how often a model makes things up on your own domain. Start with: calibrant demo",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"calibrant {__version__}")
        raise typer.Exit


@app.callback()
def calibrant(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Measure how often a model makes things up on your own domain. Start with: calibrant demo."""


app.command("demo")(demo.demo)
app.command("run")(running.run)
app.command("grade")(grading.grade)
app.command("force")(forcing.force)
app.command("import")(importing.import_file)
app.command("report")(report.report)
app.command("view")(view.view)
app.command("certify")(certify.certify)
app.command("fit")(fit.fit)
app.command("evaluate")(evaluate.evaluate)
app.command("plan")(planning.plan)
app.command("confidence")(confidence.confidence)
app.add_typer(questions.app, name="questions")
app.add_typer(runs.app, name="runs")
app.add_typer(prices.app, name="prices")
app.add_typer(models.app, name="models")
app.command("init")(init.init)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Entry point of the installed command. Reads ``.env`` of the working folder; the library never does."""
    # A verb is a short life with many records and few cycles: looking for those at Python's pace costs a tenth of it.
    gc.set_threshold(100_000, 50, 100)
    load_environment()
    try:
        app(prog_name="calibrant")
    except SystemExit as done:
        code = done.code
        if isinstance(done.__context__, BrokenPipeError):  # which the library below ends with 1, a failed gate's code
            code = _give_up_output(done.__context__)
        try:
            _flush()
        except OSError as error:
            code = _give_up_output(error)
        raise SystemExit(code) from None
    except OSError as error:
        if error.filename is not None:
            raise
        raise SystemExit(_give_up_output(error)) from None
