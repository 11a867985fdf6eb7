"""How a result leaves the program: JSON or a table on stdout, progress and remarks on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["confirmed", "console", "counting", "plain", "plural", "print_json", "remark"]


def print_json(result: Any) -> None:
    """Print a result for programs; every number in it is finite."""
    json.dump(result, sys.stdout, indent=2, ensure_ascii=not _can_print("é"), allow_nan=False)
    sys.stdout.write("\n")


def console() -> Console:
    """The console for tables. Plain, and 100 columns wide, where stdout is not a terminal."""
    from rich.console import Console

    class Output(Console):
        """Leaves it to the command what to do when the reader is gone."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    plain = not sys.stdout.isatty()
    return Output(file=sys.stdout, highlight=False, width=100 if plain and not _columns_given() else None)


def plural(count: int, noun: str, several: str | None = None) -> str:
    """A count with its noun.

    >>> plural(1, "question"), plural(1200, "question"), plural(0, "query", "queries")
    ('1 question', '1,200 questions', '0 queries')
    """
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"


def remark(text: str) -> None:
    """Say something to the person in front of the screen, apart from the result."""
    print(text, file=sys.stderr)


def plain(text: object) -> str:
    """Text of a file or an endpoint without the control characters that could drive a terminal."""
    return "".join(character if character.isprintable() else " " for character in str(text))


def confirmed(question: str) -> bool:
    """Ask a yes or no on stderr.

    Raises:
        typer.Exit: interrupted, with 130.
    """
    import typer

    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        raise typer.Exit(130) from None


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Show a count while something of unknown length is read; nothing where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda count: progress.update(task, completed=count)


def _columns_given() -> bool:
    import os

    return "COLUMNS" in os.environ


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
