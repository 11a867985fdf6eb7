"""A Python function as a model: an agent, a RAG chain, anything that takes a question and gives an answer."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import importlib
import inspect
import os
import sys
import time
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields as fields_of
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.models.limits import Limits
from calibrant.models.prices import Price
from calibrant.models.protocol import Failure, Prompt, Reply
from calibrant.models.secrets import Redactor, secret_values
from calibrant.models.threads import Threads
from calibrant.models.wire import number_at, short, tokens_at
from calibrant.types import ModelRef, Usage

__all__ = ["CallableModel", "import_function"]

_THREADS = 16
_TASKS = 100


class CallableModel:
    """A function, sync (run in threads) or async.

    The function is given the text of the last user message, or the whole `Prompt` where its first parameter is
    annotated so, and the effort's fields as keyword arguments. It returns a text, a mapping with ``answer`` or ``text``
    and perhaps ``confidence``, ``usage``, ``cost_usd``, ``finish_reason``, ``error`` and anything else, or a `Reply`.
    An exception fails its question.

    Args:
        function: what to call.
        ref: name and effort.
        identity: hash of what decides its replies.
        price: what tokens cost, where it tells its usage.
        concurrency: most calls at once. Default: 16 for a function that blocks, 100 for an async one.
        timeout_s: seconds after which a call counts as failed, from when it starts. A thread cannot be stopped: its
            call runs on unheard, while another thread takes its place.
        fields: keyword arguments of every call.
        environ: environment variables; the values of those that hold secrets are kept out of errors.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        ref: ModelRef,
        identity: str,
        price: Price | None = None,
        concurrency: int | None = None,
        timeout_s: float = 600.0,
        fields: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.ref = ref
        self.identity = identity
        self.price = price
        self.max_samples = 1
        self.destination = f"whatever {ref.model} calls"
        self._is_async = _is_async(function)
        self.concurrency = concurrency or (_TASKS if self._is_async else _THREADS)
        self._function = functools.partial(function, **fields) if fields else function
        self._wants_prompt = _wants_prompt(function)
        self._timeout_s = timeout_s
        self._environ = environ
        self._limits = Limits(self.concurrency, clock=time.monotonic)
        self._threads = Threads(f"calibrant {ref}")

    @contextmanager
    def widened(self, concurrency: int) -> Iterator[None]:
        """Allow so many calls at once for a while, where it is more than usual; see `ask_many`."""
        with self._limits.widened(concurrency):
            yield

    def output_limit(self, prompt: Prompt) -> int | None:  # noqa: ARG002 - the models share one shape
        """Unknown: a function says nothing of this."""
        return None

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        """Call the function once for each sample; see `Model.ask`."""
        if not prompt.messages:
            empty = Reply(error="the prompt is empty", failure=Failure.REJECTED, requests=0)
            return [empty for _ in range(prompt.samples)]
        return [await self._call(prompt) for _ in range(prompt.samples)]

    async def close(self) -> None:
        """Let idle threads go; a call that still runs is not waited for."""
        self._threads.close()

    async def _call(self, prompt: Prompt) -> Reply:
        await self._limits.enter()
        try:
            return self._without_secrets(await self._called(prompt if self._wants_prompt else prompt.text))
        finally:
            self._limits.leave()

    async def _called(self, given: Prompt | str) -> Reply:
        at = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s) as limit:
                reply = reply_of(await self._result(given))
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise  # we are cancelled, and not something inside the function
            if isinstance(error, TimeoutError) and limit.expired():
                return Reply(error=f"no answer within {self._timeout_s:g} s", failure=Failure.TIMEOUT)
            return Reply(error=_words_of(error), failure=Failure.RAISED, latency_s=time.monotonic() - at)
        return reply if reply.latency_s is not None else replace(reply, latency_s=time.monotonic() - at)

    async def _result(self, given: Prompt | str) -> Any:
        if self._is_async:
            return await self._function(given)
        context = contextvars.copy_context()
        result = await self._threads.run(functools.partial(context.run, self._function, given))
        return await result if inspect.isawaitable(result) else result

    def _without_secrets(self, reply: Reply) -> Reply:
        if reply.error is None:
            return reply
        redactor = Redactor(secret_values(self._environ))
        return replace(reply, error=short(redactor.text(reply.error)))


def _words_of(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # an exception that cannot say what it is
        return type(error).__name__


def reply_of(result: object) -> Reply:
    """What a function returned, as a reply; an error where it is of no known shape."""
    if isinstance(result, Reply):
        told = {"cost_usd": result.cost_usd, "latency_s": result.latency_s}
        cost, latency = number_at(told, "cost_usd"), number_at(told, "latency_s")
        return replace(result, usage=_usage(result.usage), cost_usd=cost, latency_s=latency)
    if isinstance(result, str):
        result = {"answer": result}
    if not isinstance(result, Mapping):
        message = f"the function returned {type(result).__name__}, not a text, a mapping or a Reply"
        return Reply(error=message, failure=Failure.MALFORMED)
    text = result.get("answer", result.get("text"))
    if text is not None and not isinstance(text, str):
        text = str(text)
    error = result.get("error")
    if error:
        return Reply(
            text=text,
            error=str(error),
            failure=Failure.RAISED,
            usage=_usage(result.get("usage")),
            cost_usd=number_at(result, "cost_usd"),
        )
    if not text:
        known = ", ".join(str(name) for name in result)
        message = "an empty answer" if text == "" else f"the mapping has neither answer nor text (it has: {known})"
        return Reply(error=message, failure=Failure.MALFORMED)
    finish = result.get("finish_reason")
    return Reply(
        text=text,
        finish_reason=None if finish is None else str(finish),
        usage=_usage(result.get("usage")),
        cost_usd=number_at(result, "cost_usd"),
        latency_s=number_at(result, "latency_s"),
        extra={name: value for name, value in result.items() if name not in _TAKEN},
    )


_TAKEN = frozenset({"answer", "text", "error", "finish_reason", "usage", "cost_usd", "latency_s"})


def _usage(told: object) -> Usage:
    if isinstance(told, Usage):
        told = {part.name: getattr(told, part.name) for part in fields_of(Usage)}
    if not isinstance(told, Mapping):
        return Usage()
    counts = dict(told)
    return Usage(**{part.name: tokens_at(counts, part.name) for part in fields_of(Usage)})


def import_function(target: str, *, folder: Path, place: str | None = None) -> Callable[..., Any]:
    """Import ``package.module:function``; modules of the folder are found too.

    Raises:
        InputError: no such module or function, or the module fails while it is imported.
    """
    module_name, colon, path = target.partition(":")
    if not colon or not module_name or not path:
        raise InputError(f"'{target}' is no function", place=place, remedy="Write package.module:function.")
    home = str(folder.resolve())
    if home not in sys.path:
        sys.path.insert(0, home)
    try:
        found = attrgetter(path)(importlib.import_module(module_name))
    except AttributeError:
        raise InputError(f"the module {module_name} has no {path}", place=place) from None
    except Exception as error:
        raise InputError(f"{module_name} cannot be imported: {type(error).__name__}: {error}", place=place) from error
    if not callable(found):
        raise InputError(f"{target} cannot be called", place=place)
    return typing.cast("Callable[..., Any]", found)


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object with an async __call__
    )


def _wants_prompt(function: Callable[..., Any]) -> bool:
    try:
        first = next(iter(inspect.signature(function).parameters.values()), None)
    except (TypeError, ValueError):
        return False
    annotation = first.annotation if first else None
    return annotation is Prompt or (isinstance(annotation, str) and annotation.rpartition(".")[2] == "Prompt")
