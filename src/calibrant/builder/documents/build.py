"""Documents -> a set: read, cut, ask for questions, sift, and add what cannot be answered and what is shown with it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from calibrant.builder.documents.asking import Asker
from calibrant.builder.documents.chunks import DEFAULT_SIZE
from calibrant.builder.documents.conditions import Conditions
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters import CHAIN, Filter, Sifted, Surroundings
from calibrant.builder.documents.finding import find_files
from calibrant.builder.documents.foretelling import Wanted
from calibrant.builder.documents.generator import Generator, Rules
from calibrant.builder.documents.model_generator import PROMPT, ByModel
from calibrant.builder.documents.reading import READERS, read_documents
from calibrant.builder.documents.unanswerable import Unanswerable, wanted
from calibrant.builder.item import Built, Dropped, Item
from calibrant.errors import InputError
from calibrant.types import Condition

__all__ = ["DocumentOptions", "build_from_corpus", "build_from_documents", "read_corpus"]

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOptions:
    """How a set is made of documents."""

    model: str | None = None
    """Who writes the questions; None = the rules."""
    verifier: str | None = None
    embeddings: str | None = None
    """Model whose embeddings tell near-duplicate questions; None = TF-IDF."""
    alike: float | None = None
    """Cosine from which questions with one answer are the same; None = the usual one of the method."""
    measure_on: tuple[str, ...] = ()
    samples: int = 3
    most_per_chunk: int = 3
    """Questions that the model is asked for with each piece."""
    chunk_size: int = DEFAULT_SIZE
    most_mb: float = 50.0
    skip: tuple[str, ...] = ()
    """Filters that are not run."""
    only: tuple[str, ...] = ()
    """Where given, the only filters that are run."""
    as_of: date | None = None
    unfiltered: float = 0.2
    per_span: int = 2
    audit: int = 50
    unanswerable: float = 0.0
    conditions: tuple[Condition, ...] = (Condition.NONE,)
    count: int | None = None
    """Most questions, the unanswerable ones among them, conditions aside; None = all that can be made."""
    domain: str | None = None
    seed: int = 0


@dataclass(slots=True)
class _Kept:
    items: Sequence[Item]
    dropped: list[Dropped] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def build_from_documents(
    sources: Sequence[str],
    options: DocumentOptions | None = None,
    *,
    asker: Asker | None = None,
    tell: Callable[[int], None] | None = None,
) -> Built:
    """Make a set of files, folders and patterns.

    Args:
        sources: what to read.
        options: how.
        asker: asks models; needed where the options name one.
        tell: called with the number of files looked at.

    Raises:
        InputError: nothing can be read, an option does not fit, or a library is not installed.
        ModelError: a model could not be asked everything; the same call goes on.
    """
    options = options or DocumentOptions()
    corpus, skipped = read_corpus(sources, size=options.chunk_size, most_mb=options.most_mb, tell=tell)
    return replace(build_from_corpus(corpus, options, asker=asker), skipped=skipped)


def read_corpus(
    sources: Sequence[str],
    *,
    size: int = DEFAULT_SIZE,
    most_mb: float = 50.0,
    tell: Callable[[int], None] | None = None,
) -> tuple[Corpus, dict[str, str]]:
    """Read documents; also which files were left out, and why.

    Raises:
        InputError: not one document can be read.
    """
    found, skipped = find_files(sources, READERS, most_mb=most_mb)
    documents, unread = read_documents(found, tell)
    skipped |= unread
    if not documents:
        shown = "; ".join(f"{name} {reason}" for name, reason in list(skipped.items())[:_SHOWN])
        more = f"; and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
        raise InputError(
            f"there is no document that can be read{': ' if shown else ''}{shown}{more}",
            place=" ".join(sources),
            remedy=f"Documents are files ending in {', '.join(READERS)}.",
        )
    return Corpus.of(documents, size), skipped


def build_from_corpus(corpus: Corpus, options: DocumentOptions, *, asker: Asker | None = None) -> Built:
    """Make a set of documents that are read already.

    Raises:
        InputError: an option does not fit.
        ModelError: a model could not be asked everything; the same call goes on.
    """
    chain = _chain(options)
    if asker is None and (options.model or options.verifier or options.embeddings or options.measure_on):
        raise InputError("a model is named, and there is nothing to ask it with", remedy="Hand in an Asker.")
    if options.alike is not None and not 0 < options.alike <= 1:
        raise InputError(f"a likeness lies in (0, 1], not {options.alike:g}", place="--alike")
    names = [one.name for one in chain]
    most = None if options.count is None else options.count - round(options.unanswerable * options.count)
    generator: Generator = Rules(options.domain)
    if options.model is not None and asker is not None:
        asker.foretell(_wanted(options, names, most, items=None), corpus)
        generator = ByModel(
            options.model,
            asker,
            most=options.most_per_chunk,
            domain=options.domain,
            copies_too="repeated" not in names,
        )
    generated = generator(corpus)
    if options.model is None and asker is not None:
        asker.foretell(_wanted(options, names, most, items=len(generated.items)), corpus)
    kept = _sift(generated.items, chain, _surroundings(corpus, options, asker), count=most, seed=options.seed)
    made = Unanswerable(corpus, kept.items, seed=options.seed, domain=options.domain)
    wish = wanted(options.unanswerable, len(kept.items))
    unanswerable = made.make(wish)
    if len(unanswerable) < wish:
        kept.remarks.append(f"{wish:,} unanswerable questions were wanted, the documents give {len(unanswerable):,}.")
    kept.remarks += _remarks(corpus, options)
    conditions = Conditions(corpus, options.conditions, options.seed)
    items = conditions.of([*kept.items, *unanswerable])
    return Built(
        items=tuple(items),
        dropped=tuple(kept.dropped),
        facts={
            "kind": "documents",
            "generator": generator.name,
            "prompt": PROMPT.digest if options.model else None,
            "verifier": options.verifier,
            "embeddings": options.embeddings,
            "measured_on": list(options.measure_on),
            "documents": len(corpus.documents),
            "documents_hash": _hash(corpus.documents.values()),
            "chunks": len(corpus.chunks),
            "chunks_repeated": len(corpus.copied_chunks) if "repeated" in names else None,
            "chunk_size": options.chunk_size,
            "seed": options.seed,
            "generated": len(generated.items),
            "unusable": dict(generated.unusable.most_common()),
            "filters": kept.steps,
            "unanswerable": dict(made.made),
            "unanswerable_share": len(unanswerable) / max(1, len(unanswerable) + len(kept.items)),
            "conditions": [str(one) for one in options.conditions],
            "conditions_lacking": dict(conditions.lacking),
            "as_of": options.as_of.isoformat() if options.as_of else None,
            "remarks": kept.remarks,
        },
    )


def _chain(options: DocumentOptions) -> list[Filter]:
    known = [one.name for one in CHAIN]
    unknown = next((name for name in (*options.skip, *options.only) if name not in known), None)
    if unknown is not None:
        raise InputError(f"there is no filter '{unknown}'", remedy=f"There are: {', '.join(known)}.")
    return [one for one in CHAIN if one.name not in options.skip and (not options.only or one.name in options.only)]


def _remarks(corpus: Corpus, options: DocumentOptions) -> list[str]:
    """What rules cannot do with these documents: they read English, and unanswerable questions are made by them, too."""
    if options.model is not None and not options.unanswerable:
        return []
    other = {path: code for path, code in corpus.languages.items() if code != "en"}
    if not other:
        return []
    shown = ", ".join(f"{path} ({code})" for path, code in list(other.items())[:_SHOWN])
    more = f" and {len(other) - _SHOWN:,} more" if len(other) > _SHOWN else ""
    count = "1 document is" if len(other) == 1 else f"{len(other):,} documents are"
    return [
        f"The rules read English only, and {count} evidently in another language: {shown}{more}. --model reads others."
    ]


def _wanted(options: DocumentOptions, filters: Sequence[str], count: int | None, *, items: int | None) -> Wanted:
    return Wanted(
        model=options.model,
        verifier=options.verifier,
        embeddings=options.embeddings,
        measure_on=options.measure_on,
        samples=options.samples,
        per_chunk=options.most_per_chunk,
        filters=filters,
        items=items,
        count=count,
    )


def _surroundings(corpus: Corpus, options: DocumentOptions, asker: Asker | None) -> Surroundings:
    return Surroundings(
        corpus=corpus,
        seed=options.seed,
        as_of=options.as_of,
        verifier=options.verifier,
        samples=options.samples,
        embeddings=options.embeddings,
        alike=options.alike,
        measured_on=options.measure_on,
        unfiltered=options.unfiltered,
        per_span=options.per_span,
        audit=options.audit,
        asker=asker,
    )


def _sift(
    items: Sequence[Item], chain: Sequence[Filter], around: Surroundings, *, count: int | None, seed: int
) -> _Kept:
    """Run the chain; before the first filter that asks a model, no more items are left than are wanted."""
    kept = _Kept(items)
    given = {"--verifier": around.verifier is not None, "--measure-on": bool(around.measured_on)}
    cut = False
    for one in chain:
        if one.needs is not None and not given[one.needs]:
            kept.steps.append(_step(one.name, len(kept.items), None, not_run=f"needs {one.needs}"))
            continue
        if not cut and (one.needs is not None or one is chain[-1]):
            kept.items, cut = _drawn(kept.items, count, seed), True
        seen = len(kept.items)
        sifted = one(kept.items, around)
        kept.items = sifted.kept
        kept.dropped += [*sifted.dropped, *sifted.unchecked]
        kept.remarks += sifted.remarks
        if sifted.unchecked:
            kept.remarks.append(
                f"{one.name} came to no verdict on {len(sifted.unchecked):,} questions: they are left out without one; "
                "the same command asks again where no answer came."
            )
        kept.steps.append(_step(one.name, seen, sifted))
    if not cut:
        kept.items = _drawn(kept.items, count, seed)
    return kept


def _step(name: str, seen: int, sifted: Sifted | None, *, not_run: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "seen": seen,
        "dropped": None if sifted is None else len(sifted.dropped),
        "unchecked": None if sifted is None else len(sifted.unchecked),
        "not_run": not_run,
    }


def _drawn(items: Sequence[Item], count: int | None, seed: int) -> Sequence[Item]:
    """So many items at random, in their order."""
    if count is None or len(items) <= count:
        return items
    places = random.Random(f"count {seed}").sample(range(len(items)), count)  # noqa: S311 - a draw, no secret
    return [items[place] for place in sorted(places)]


def _hash(documents: Any) -> str:
    whole = hashlib.sha256()
    for document in sorted(documents, key=lambda one: one.path):
        for part in (document.path, document.text):
            whole.update(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
    return whole.hexdigest()
