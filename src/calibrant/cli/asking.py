"""What the verbs that ask models share: what it will cost, a yes before it, and a clean end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.models import Model
    from calibrant.runs import ModelEstimate, ModelTally

__all__ = ["confirm", "tell_failures", "tell_parts", "until_interrupted"]

T = TypeVar("T")


def tell_parts(parts: Sequence[tuple[Model, ModelEstimate]], what: str = "answers") -> None:
    """Say what each model will be asked, and what that roughly costs."""
    from calibrant.cli.printing import remark

    for model, part in parts:
        if not part.responses:
            continue
        cost = "cost unknown (no price)" if part.cost_usd is None else f"about ${part.cost_usd:,.4g}"
        tokens = f"about {part.input_tokens:,} tokens in and {part.output_tokens:,} out ({part.output_from})"
        where = f", sent to {model.destination}" if model.destination else ", to this machine"
        remark(f"  {part.model}: {part.responses:,} {what}, {tokens}, {cost}{where}")


def tell_failures(tallies: Iterable[ModelTally], say: Callable[[str], None], indent: str = "  ") -> None:
    """Say of each model what failed, by cause, and why it can no longer be asked."""
    for tally in tallies:
        if tally.errors:
            causes = ", ".join(f"{count:,} {cause}" for cause, count in tally.causes.most_common())
            say(f"{indent}{tally.model}: {tally.errors:,} failed ({causes}). The same command asks these again.")
        if tally.failed:
            say(f"{indent}{tally.model} cannot be asked: {tally.failed}")


def confirm(parts: Sequence[tuple[Model, ModelEstimate]], *, place: str, yes: bool) -> None:
    """Ask before anything is spent; what costs nothing, or is asked on this machine without a price, needs no question.

    Raises:
        InputError: there is nobody to ask.
        typer.Exit: the answer is no.
    """
    from calibrant.cli.printing import confirmed, remark

    free = all(
        not part.responses or part.cost_usd == 0 or (part.cost_usd is None and model.destination is None)
        for model, part in parts
    )
    if yes or free:
        return
    if not sys.stdin.isatty():
        raise InputError("asking needs a yes", place=place, remedy="Say --yes.")
    if not confirmed("Ask them?"):
        remark("Nothing was asked.")
        raise typer.Exit(2)


def until_interrupted(work: Coroutine[Any, Any, T], models: Sequence[Model], *, kept: str) -> T:
    """Run what asks models, and close them; Ctrl-C and SIGTERM end it cleanly.

    Args:
        work: what asks.
        models: to be closed.
        kept: what is kept of it, for the remark.

    Raises:
        typer.Exit: interrupted, with 130.
    """
    import asyncio

    from calibrant.cli.printing import remark

    async def working() -> T:
        _end_on_sigterm()
        try:
            return await work
        finally:
            await asyncio.gather(*(one.close() for one in models))

    try:
        return asyncio.run(working())
    except (KeyboardInterrupt, asyncio.CancelledError):
        remark(f"\ninterrupted: every {kept} that came back is kept. The same command goes on from here.")
        raise typer.Exit(130) from None


def _end_on_sigterm() -> None:
    """Let SIGTERM end the work like Ctrl-C: what came back is kept."""
    import asyncio
    import signal

    task = asyncio.current_task()
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
