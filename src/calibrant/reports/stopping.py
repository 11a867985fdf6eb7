"""What was settled while a run was asked: the verdicts of its looks, and what they mean for its other numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calibrant.store import RunInfo, Store

__all__ = ["incomplete", "stopping_of", "stopping_sentences"]

_EARLY = ("decided", "precise", "too close", "futile")


def stopping_of(store: Store, run: RunInfo) -> list[Mapping[str, Any]]:
    """The courses of looks at a run, the oldest first; see `calibrant.runs.stopping`."""
    return [one.content for one in store.courses(run)]


def stopping_sentences(courses: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One for each course, and a warning about intervals where one of them ended the asking."""
    for course in courses:
        about = "all questions of the file" if course["about"] == "file" else "the source of these questions"
        yield f"{course['sentence'][0].upper()}{course['sentence'][1:]} (about {about}; --stop-when)."
    if any(course["ending"] in _EARLY for course in courses):
        yield (
            "Asking ended when that was known. The other intervals are for a number of questions fixed beforehand: "
            "those of the models it was about may be too narrow."
        )


def incomplete(run: RunInfo, courses: Sequence[Mapping[str, Any]]) -> str | None:
    """Why a run is not complete; None where it is, or where it was to end early and did."""
    if run.complete or any(course["ending"] in _EARLY for course in courses):
        return None
    how = "its import was interrupted" if run.kind == "import" else "not everything was asked"
    return f"This run is not complete: {how}."
