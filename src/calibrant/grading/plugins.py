"""Graders by name: those that come with Calibrant, and those of other packages (entry-point group ``calibrant.graders``).

A plug-in is an object with a name that is called with a question and an answer and returns a ``Grade``, or a class or
function without arguments that makes one::

    [project.entry-points."calibrant.graders"]
    units = "my_package.grading:UNITS"
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError
from calibrant.types import Grade, OutcomeState, Question

if TYPE_CHECKING:
    from calibrant.grading import Grader

__all__ = ["GROUP", "PluggedGrader", "find_grader", "grader_names"]

GROUP = "calibrant.graders"
_LONGEST = 300


def _told(error: BaseException) -> str:
    """Return an error in one line without secrets."""
    from calibrant.models.secrets import Redactor, proxy_secrets, secret_values

    secrets = [*secret_values(os.environ), *proxy_secrets()]
    try:
        words = " ".join(str(error).split())
    except Exception:  # a broken __str__ must not stop a run either
        words = ""
    text = Redactor(secrets).text(words)[:_LONGEST]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@dataclass(frozen=True, slots=True)
class PluggedGrader:
    """A grader of another package, kept from stopping a run: where it fails on an answer, that answer is ``ungraded``."""

    name: str
    grader: Callable[[Question, str], Any] = field(repr=False)

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer; what the plug-in raises or returns instead of a grade becomes the reason."""
        try:
            found = self.grader(question, answer)
        except (Exception, SystemExit) as error:
            return self._failed(_told(error))
        if inspect.iscoroutine(found):
            found.close()
            return self._failed("it is asynchronous; a grader returns a Grade")
        if not isinstance(found, Grade):
            return self._failed(f"it returned {type(found).__name__}, not a Grade")
        if not isinstance(found.state, OutcomeState):
            return self._failed(f"the state of its grade is {type(found.state).__name__}, not an OutcomeState")
        if found.state is OutcomeState.ERROR:
            return self._failed("it returned the state 'error', which is for responses; unsure is 'ungraded'")
        if not isinstance(found.reason, str | None):
            return self._failed(f"its reason is {type(found.reason).__name__}, not text")
        return found if found.grader == self.name else replace(found, grader=self.name)

    def _failed(self, why: str) -> Grade:
        return Grade(state=OutcomeState.UNGRADED, grader=self.name, reason=f"grader {self.name} failed: {why}")


def _points() -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        same = found.setdefault(point.name, [])
        if all((one.value, _package(one)) != (point.value, _package(point)) for one in same):
            same.append(point)
    return found


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown package"


def grader_names() -> tuple[str, ...]:
    """Return the names of all graders: the built-in ones first, then those of plug-ins in alphabetical order."""
    from calibrant.grading import GRADERS

    return (*GRADERS, *sorted(name for name in _points() if name not in GRADERS))


def find_grader(name: str) -> Grader:
    """Return the grader of a name.

    Args:
        name: of a built-in grader, or of an entry point of the group ``calibrant.graders``.

    Raises:
        InputError: there is none, two packages offer it, a plug-in takes a built-in name, or it cannot be used.

    >>> find_grader("exact").name
    'exact'
    """
    from calibrant.grading import GRADERS

    points = _points().get(name, [])
    if name in GRADERS:
        if points:
            raise InputError(
                f"the package {_package(points[0])} offers a grader '{name}', which is a built-in name",
                place=f"{GROUP}: {name} = {points[0].value}",
                remedy=f"Rename its entry point, or uninstall {_package(points[0])}.",
            )
        return GRADERS[name]
    if not points:
        raise InputError(f"there is no grader '{name}'", remedy=f"There are: {', '.join(grader_names())}.")
    if len(points) > 1:
        packages = " and ".join(sorted(_package(point) for point in points))
        raise InputError(f"two packages offer a grader '{name}': {packages}", remedy="Uninstall one of them.")
    return PluggedGrader(name, _load(points[0]))


def _load(point: EntryPoint) -> Grader:
    """Load a plug-in and, where it is a class or a factory, make its grader.

    Raises:
        InputError: it fails, or what comes of it is no grader.
    """
    try:
        loaded = point.load()
        made = loaded if _is_grader(loaded) else loaded()
    except (Exception, SystemExit) as error:
        raise _unusable(point, _told(error)) from error
    if not _is_grader(made):
        raise _unusable(
            point, f"{type(made).__name__} is no grader: it needs a name, and to be called with two arguments"
        )
    grader: Grader = made
    return grader


def _is_grader(found: Any) -> bool:
    return not isinstance(found, type) and callable(found) and isinstance(getattr(found, "name", None), str)


def _unusable(point: EntryPoint, why: str) -> InputError:
    return InputError(
        f"the grader '{point.name}' of the package {_package(point)} cannot be used: {why}",
        place=f"{GROUP}: {point.name} = {point.value}",
        remedy="Mend or uninstall the package, or name another grader.",
    )
