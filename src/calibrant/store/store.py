"""The store: runs and their responses, durable from the moment a batch is committed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from calibrant.models.prices import Price
from calibrant.store import claims, deletion, grading, ledger, prices, reading, runs, stopping
from calibrant.store.batches import answered
from calibrant.store.deletion import DeletedRun
from calibrant.store.engine import Database, open_database
from calibrant.store.grading import Gradable, Spending, SpentOn
from calibrant.store.health import StoreHealth, examine
from calibrant.store.location import resolve
from calibrant.store.prompts import PromptRecord
from calibrant.store.reading import RunItem
from calibrant.store.runs import NewRun, RunInfo
from calibrant.store.setups import Setup, read_question_hashes, read_setups
from calibrant.store.signals import write_signals
from calibrant.store.writing import RunWriter
from calibrant.types import Confidence, Grade, ModelRef, Outcome, OutcomeState, Purpose, Response

__all__ = ["Store", "open_store"]

_BATCH: Final = 500
_MAX_AGE_S: Final = 0.05


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(
    location: str | Path | None = None,
    *,
    create: bool = True,
    wait_s: float = 30.0,
    clock: Callable[[], datetime] = _utc_now,
    monotonic: Callable[[], float] = time.monotonic,
) -> Store:
    """Open a store, make it where there is none, and bring its tables up to date.

    Args:
        location: a directory (its ``calibrant.db``), an SQLite file, or ``postgresql://user:password@host/database``;
            None = ``.calibrant``. A directory made here gets a ``.gitignore``, so that answers are not committed
            by accident.
        create: make the store where there is none.
        wait_s: how long to wait for another process that writes, seconds.
        clock: the time of day, with its zone.
        monotonic: seconds that never go back, for the age of batches.

    Returns:
        The store; a context manager that closes itself.

    Raises:
        InputError: the location cannot be understood, or there is no store and ``create`` is False.
        StoreError: the database cannot be opened or was written by a newer Calibrant.
    """
    database = open_database(resolve(location), create=create, wait_s=wait_s, now=lambda: _stamp(clock))
    return Store(database, clock=clock, monotonic=monotonic)


class Store:
    """Runs, their questions, responses, confidences and grades. Made by `open_store`.

    Every method raises `StoreError` where the database cannot be read or written.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic

    def __repr__(self) -> str:
        return f"Store({self.place!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where the store is, for people: a path, or a URL without its password."""
        return self._database.address.place

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def begin_run(self, new: NewRun) -> RunInfo:
        """Begin a run, or go on with the one that the same source began.

        Returns:
            The new run; or the newest run of this kind and ``source_digest``: with ``resumed`` where it is unfinished,
            with ``complete`` where it is finished. Its name becomes the one given here, if any.

        Raises:
            InputError: the name is ``latest``.
        """
        with self._database.writing() as connection:
            return runs.begin(connection, new, created_at=_stamp(self._clock))

    def writer(
        self,
        run: RunInfo,
        *,
        batch: int = _BATCH,
        max_age_s: float = _MAX_AGE_S,
        prompts: Mapping[str, PromptRecord] | None = None,
    ) -> RunWriter:
        """Write items of a run, a batch at a time.

        Args:
            run: which run.
            batch: items in one transaction.
            max_age_s: commit a smaller batch when its first item is older than this and another comes, seconds.
            prompts: the prompt's hash in a response key -> its template; kept with the first response to it. May grow.
        """
        return RunWriter(
            self._database,
            run,
            batch=batch,
            max_age_s=max_age_s,
            monotonic=self._monotonic,
            prompts={} if prompts is None else prompts,
        )

    @contextmanager
    def claimed(self, run: RunInfo) -> Iterator[Callable[[], None]]:
        """Have a run for this process alone while the block lasts; the yielded function gives a sign of life.

        A claim ends with its process, or 30 seconds after its last sign of life where that cannot be told.

        Raises:
            InputError: another process has the run.
        """
        by = claims.claimant()
        with self._database.writing() as connection:
            claims.claim(connection, runs.number_of(connection, run), run.id, by=by, now=self._now())

        def alive() -> None:
            with self._database.writing() as connection:
                claims.renew(connection, runs.number_of(connection, run), by=by, now=self._now())

        try:
            yield alive
        finally:
            with self._database.writing() as connection:
                claims.release(connection, runs.number_of(connection, run), by=by)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def finish_run(self, run: RunInfo, *, set_hash: str) -> RunInfo:
        """Mark a run complete.

        Args:
            run: which run.
            set_hash: identity of its question set.
        """
        with self._database.writing() as connection:
            return runs.finish(connection, run, set_hash=set_hash, finished_at=_stamp(self._clock))

    def list_runs(self, *, limit: int | None = None) -> list[RunInfo]:
        """Runs, the newest first; an empty list where there are none."""
        with self._database.reading() as connection:
            return runs.list_all(connection, limit=limit)

    def find_run(self, reference: str = "latest") -> RunInfo:
        """The run that a user means.

        Args:
            reference: ``latest``, an id, a name (of several runs the newest), or the beginning of an id.

        Raises:
            InputError: there is no such run, or several ids begin so; the remedy lists what there is.
        """
        with self._database.reading() as connection:
            return runs.find(connection, reference, place=self.place)

    def delete_run(self, run: RunInfo) -> DeletedRun:
        """Delete a run and what no other run needs; SQLite overwrites it and gives the space back at once."""
        with self._database.writing() as connection:
            deleted = deletion.delete_run(connection, runs.number_of(connection, run), run_id=run.id)
        self._database.give_back_space()
        return deleted

    def answered(self, digests: Iterable[str]) -> set[str]:
        """Those of the keys (see `response_digest`) that need not be asked: their response is here and no error."""
        with self._database.reading() as connection:
            return answered(connection, digests)

    def responses(self, digests: Iterable[str], *, logprobs: bool = False, failed: bool = False) -> dict[str, Response]:
        """Key (see `response_digest`) -> response, of those that are here and no error; without their bodies.

        Args:
            digests: of the keys.
            logprobs: with the log-probabilities of their tokens.
            failed: also those with an error.
        """
        with self._database.reading() as connection:
            return reading.read_responses(connection, digests, logprobs=logprobs, failed=failed)

    def keep_signals(self, run: RunInfo, found: Iterable[tuple[int, Confidence]]) -> int:
        """Keep signals of confidence that were computed for items of a run, each replacing the earlier of its name.

        Args:
            run: which run.
            found: number of an item (see `gradable`), and its signal.

        Returns:
            How many.
        """
        with self._database.writing() as connection:
            runs.number_of(connection, run)
            return write_signals(connection, found)

    def mean_output_tokens(self, model: ModelRef, purpose: Purpose = Purpose.ANSWER) -> float | None:
        """Mean output tokens of a model's replies for a purpose so far; None below 20 of them."""
        with self._database.reading() as connection:
            return reading.mean_output_tokens(connection, model, purpose)

    def settled(self, run: RunInfo, digests: Iterable[str], grader: str) -> set[str]:
        """Those of the keys with which the run has nothing left to do: answered, in the run, and graded by this one."""
        with self._database.reading() as connection:
            return reading.settled(connection, runs.number_of(connection, run), digests, grader)

    def keep_prices(self, found: Iterable[tuple[str, Price]]) -> int:
        """Keep prices of models; returns how many. One for the same model and day replaces the earlier one."""
        with self._database.writing() as connection:
            return prices.keep_prices(connection, found, today=self._today())

    def prices(self) -> list[tuple[str, Price]]:
        """Every price, by model and day."""
        with self._database.reading() as connection:
            return prices.list_prices(connection)

    def price_of(self, model: str) -> Price | None:
        """The price of a model that holds today; None = unknown."""
        with self._database.reading() as connection:
            return prices.price_of(connection, model, on=self._today())

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    def take_look(
        self, route: str, *, labels: Iterable[str], evidence: str, settings: Mapping[str, Any]
    ) -> ledger.Look:
        """Enter a look at labels into the ledger, before it is taken; the very same look again is no second one.

        Args:
            route: what is promised about: model, prompt, signal, grader.
            labels: digests of the labelled questions, hexadecimal. Looks of a route count together where these overlap.
            evidence: digest of the scores and labels themselves.
            settings: of the certificate, plain values.
        """
        with self._database.writing() as connection:
            return ledger.take_look(
                connection,
                route,
                labels=labels,
                evidence=evidence,
                settings=settings,
                created_at=_stamp(self._clock),
            )

    def keep_certificate(self, look: ledger.Look, certificate: Mapping[str, Any]) -> None:
        """Keep what came of a look; the first answer stays."""
        with self._database.writing() as connection:
            ledger.keep_certificate(connection, look, certificate)

    def looks(self, route: str | None = None) -> list[ledger.Look]:
        """Every look in the ledger, the oldest first; of one route where it is given."""
        with self._database.reading() as connection:
            return ledger.list_looks(connection, route)

    def looks_at(self, run: RunInfo) -> list[tuple[ledger.Look, int]]:
        """Looks at labels of the run's questions, the newest first, each with how many of these it was at."""
        with self._database.reading() as connection:
            return ledger.looks_at(connection, read_question_hashes(connection, runs.number_of(connection, run)))

    def keep_course(self, run: RunInfo, digest: str, content: Mapping[str, Any]) -> None:
        """Keep how a course of looks at a run stands: its rule, its order, its verdict."""
        with self._database.writing() as connection:
            stopping.keep_course(connection, runs.number_of(connection, run), digest, content)

    def keep_block(self, run: RunInfo, digest: str, block: int, seen: Any) -> None:
        """Keep what was seen of a block of a course; the first stays."""
        with self._database.writing() as connection:
            stopping.keep_look(connection, runs.number_of(connection, run), digest, block, seen)

    def courses(self, run: RunInfo) -> list[stopping.KeptCourse]:
        """The courses of looks at a run, the oldest first."""
        with self._database.reading() as connection:
            return stopping.read_courses(connection, runs.number_of(connection, run))

    def setups(self, run: RunInfo) -> list[Setup]:
        """How the run's models were asked: identities and prompts, by model."""
        with self._database.reading() as connection:
            return read_setups(connection, runs.number_of(connection, run))

    def graders(self, run: RunInfo) -> dict[str, int]:
        """Grader -> how many items of the run it judged, in the order in which their grades count."""
        with self._database.reading() as connection:
            return reading.graders(connection, runs.number_of(connection, run))

    def gradable(
        self,
        run: RunInfo,
        *,
        grader: str | None = None,
        purpose: Purpose = Purpose.ANSWER,
        states: tuple[str, Collection[OutcomeState]] | None = None,
        after: int = 0,
        limit: int = 200,
        sure: bool = False,
    ) -> list[Gradable]:
        """Answers of a run that can be graded: not those that failed. A page of them, in the order of their numbers.

        Args:
            run: which run.
            grader: only those that this one has not graded yet.
            purpose: answers, or forced answers.
            states: a grader's name and states: only those that this grader put into one of these.
            after: number of the last item of the page before.
            limit: at most so many.
            sure: with confidences and token log-probabilities.
        """
        with self._database.reading() as connection:
            number = runs.number_of(connection, run)
            return grading.gradable(
                connection, number, grader=grader, purpose=purpose, states=states, after=after, limit=limit, sure=sure
            )

    def count_gradable(
        self,
        run: RunInfo,
        *,
        grader: str | None = None,
        purpose: Purpose = Purpose.ANSWER,
        states: tuple[str, Collection[OutcomeState]] | None = None,
    ) -> int:
        """How many answers `gradable` has in all its pages."""
        with self._database.reading() as connection:
            number = runs.number_of(connection, run)
            return grading.count_gradable(connection, number, grader=grader, purpose=purpose, states=states)

    def verdicts(
        self,
        run: RunInfo,
        graders: Collection[str],
        *,
        purpose: Purpose = Purpose.ANSWER,
        after: int = 0,
        limit: int = 2000,
    ) -> Mapping[int, Mapping[str, Grade]]:
        """Number of an item -> grader -> grade, of these graders; a page of items that did not fail, as `gradable`."""
        with self._database.reading() as connection:
            number = runs.number_of(connection, run)
            return grading.verdicts(connection, number, graders, purpose=purpose, after=after, limit=limit)

    def spendings(self, run: RunInfo) -> list[SpentOn]:
        """What a run's responses cost, each counted once, by purpose, model and prompt."""
        with self._database.reading() as connection:
            return grading.spendings(connection, runs.number_of(connection, run))

    def spending(self, run: RunInfo) -> Mapping[Purpose, Spending]:
        """What a run's responses cost by purpose: its answers, a judge's replies, forced answers."""
        return grading.by_purpose(self.spendings(run))

    def graded_pairs(self, run: RunInfo) -> Mapping[tuple[str, str], Mapping[tuple[OutcomeState, OutcomeState], int]]:
        """Two graders, in alphabetical order or one twice -> their two verdicts on an answer -> on how many answers.

        Only answers that both graded, be it as ``ungraded``, and that did not fail.
        """
        with self._database.reading() as connection:
            return grading.graded_pairs(connection, runs.number_of(connection, run))

    def count_reasons(self, run: RunInfo, words: str) -> Mapping[str, int]:
        """Grader -> how many answers it left ungraded for a reason that holds these words."""
        with self._database.reading() as connection:
            return grading.count_reasons(connection, runs.number_of(connection, run), words)

    def outcomes(
        self, run: RunInfo, grader: str | None = None, *, purpose: Purpose = Purpose.ANSWER
    ) -> Iterator[Outcome]:
        """The run's attempts with their states, streamed in the order in which they were added.

        Only answers are attempts; other purposes (a judge's reply, a forced answer) are left out unless asked for. A
        response with an error is an ``error`` whatever was graded; one that nobody graded is ``ungraded``.

        Args:
            run: which run.
            grader: whose grades count. None: for each response the source's own (``imported``) where it has one,
                else a cascade's, else the exact grader's, else the first other by name.
            purpose: answers, or forced answers (definitions, section 1, missed knowledge).

        Raises:
            InputError: the grader judged nothing in this run (raised at the first step).
        """
        return reading.read_outcomes(self._database, run, grader=grader, purpose=purpose)

    def items(
        self,
        run: RunInfo,
        *,
        states: Collection[OutcomeState] | None = None,
        limit: int | None = None,
        grader: str | None = None,
        places: Collection[int] | None = None,
        bodies: bool = True,
    ) -> Iterator[RunItem]:
        """The run's attempts in full, with question, answer and all grades, streamed in the order of `outcomes`.

        Args:
            run: which run.
            states: only attempts in these states.
            limit: at most so many.
            grader: whose grades count, as for `outcomes`.
            places: only the attempts at these places of that order, counted from 0.
            bodies: with the body as it came and token log-probabilities; else both are left out.

        Raises:
            InputError: the grader judged nothing in this run (raised at the first step).
        """
        wanted = reading.Wanted(
            states=states, limit=limit, places=None if places is None else frozenset(places), bodies=bodies
        )
        return reading.read_items(self._database, run, wanted, grader=grader)

    def check(self) -> StoreHealth:
        """Examine the store; reads all of an SQLite file."""
        return examine(self._database)


def _stamp(clock: Callable[[], datetime]) -> str:
    return clock().astimezone(UTC).isoformat(timespec="microseconds")
