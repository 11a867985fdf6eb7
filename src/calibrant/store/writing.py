"""Adding to a run: items wait until a batch of them is committed in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from calibrant.store.batches import Offer, Tally, forget_summary, write_batch, write_grades
from calibrant.store.engine import Database
from calibrant.store.prompts import PromptRecord, keep_prompts
from calibrant.store.runs import RunInfo, note_in_flight, number_of
from calibrant.types import Grade, Question, Response

__all__ = ["RunWriter"]


_MOST_TEXT: Final = 4_000_000
"""Characters of answers that fill a batch, however few answers they are: memory does not follow their length."""


class RunWriter:
    """Adds items to a run. Made by `Store.writer`; a context manager.

    A batch is committed when it is full of items or of text, when its oldest item has waited ``max_age_s`` and another
    comes, on `flush`, and at the end of the ``with`` block. An exception in the block drops the items of the batch not
    yet committed.
    """

    def __init__(
        self,
        database: Database,
        run: RunInfo,
        *,
        batch: int,
        max_age_s: float,
        monotonic: Callable[[], float],
        prompts: Mapping[str, PromptRecord],
    ) -> None:
        if batch < 1:
            raise ValueError(f"a batch holds at least one item, not {batch}")
        self._database = database
        self._run = run
        self._batch = batch
        self._max_age_s = max_age_s
        self._monotonic = monotonic
        self._prompts = prompts
        self._in_flight = self._noted_in_flight = 0
        self._waiting: list[Offer] = []
        self._written: list[int | None] = []
        self._verdicts: list[tuple[int, Grade]] = []
        self._waiting_since = 0.0
        self._waiting_text = 0
        self._tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        self._waiting.clear()

    @property
    def added(self) -> int:
        """Items that this writer committed to the run."""
        return self._tally.added

    @property
    def skipped(self) -> int:
        """Items that were in the run already: the same question with a response of the same key."""
        return self._tally.skipped

    @property
    def reused(self) -> int:
        """Items added whose response the store had already, from another run or question."""
        return self._tally.reused

    @property
    def replaced(self) -> int:
        """Responses in the store that had failed and gave way to newer ones."""
        return self._tally.replaced

    @property
    def dropped(self) -> int:
        """Responses, with their grades, that differ from the answer the store has for their key; that one stays."""
        return self._tally.dropped

    def add(self, question: Question, question_hash: str, response: Response, grades: Sequence[Grade] = ()) -> None:
        """Put an item into the batch; commits the batch when it is full or has waited long enough.

        Args:
            question: what was asked.
            question_hash: identity of what the model was shown.
            response: what came back. Where the store has its key already, the rules of ``batches.py`` apply.
            grades: verdicts on the response; each replaces its grader's earlier one.

        Raises:
            StoreError: the batch cannot be committed.
        """
        now = self._monotonic()
        if not self._waiting:
            self._waiting_since = now
            self._waiting_text = 0
        self._waiting_text += len(response.text or "")
        self._waiting.append(Offer(question, question_hash, response, tuple(grades)))
        full = len(self._waiting) >= self._batch or self._waiting_text >= _MOST_TEXT
        if full or now - self._waiting_since >= self._max_age_s:
            self.flush()

    def in_flight(self, prompts: int) -> None:
        """Say how many prompts are sent and not yet answered; kept with the next commit."""
        self._in_flight = prompts

    def written(self) -> list[int | None]:
        """Numbers of the items committed since this was last called, in the order in which they were added.

        None where a response was dropped: the store has another answer for its key.
        """
        written, self._written = self._written, []
        return written

    def grade(self, item: int, verdict: Grade) -> None:
        """Grade an item of the run, by its number (see `written` and `Store.gradable`); kept with the next commit."""
        self._verdicts.append((item, verdict))

    def flush(self) -> None:
        """Commit what waits.

        Raises:
            StoreError: it cannot be committed; it still waits.
        """
        in_flight = self._in_flight
        if not self._waiting and not self._verdicts and in_flight == self._noted_in_flight:
            return
        with self._database.writing() as connection:
            run = number_of(connection, self._run)
            if self._verdicts:
                write_grades(connection, self._verdicts)
            tally, written = write_batch(connection, run, self._waiting) if self._waiting else (Tally(), [])
            if self._verdicts or self._waiting:
                forget_summary(connection, run)
            keep_prompts(connection, self._prompts, {offer.response.key.prompt for offer in self._waiting})
            if in_flight != self._noted_in_flight:
                note_in_flight(connection, run, in_flight)
        self._noted_in_flight = in_flight
        self._tally = Tally(*(before + more for before, more in zip(self._tally, tally, strict=True)))
        self._written += written
        self._verdicts.clear()
        self._waiting.clear()
