"""``calibrant certify``: a promise from scores and labels, or an honest no."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.cli.printing import plain, plural
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.cli.labelled import Evidence
    from calibrant.policies import Certificate, Promise
    from calibrant.store import Store

Error = Annotated[
    float, typer.Option("--error", min=0.0001, max=0.9999, help="Largest share of wrong answers among those given.")
]
Confidence = Annotated[float, typer.Option("--confidence", min=0.5, max=0.9999, help="How sure the promise has to be.")]
MethodName = Annotated[
    str,
    typer.Option(
        "--method",
        help="multistart, single, pilot, bonferroni, betting (any law); band, sgr (where risk never falls as "
        "confidence falls).",
    ),
]


def certify(
    source: Annotated[str, typer.Argument(help="A run, or a file with the columns score and correct.")] = "latest",
    error: Error = 0.1,
    confidence: Confidence = 0.9,
    model: Annotated[Optional[str], typer.Option("--model", help="Of a run with several models.")] = None,  # noqa: UP045
    signal: Annotated[
        str | None, typer.Option("--signal", help="Of a model with several signals; of a file, the column.")
    ] = None,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", help="A promise for each domain, topic, language or condition (of a file: any column)."),
    ] = None,
    method: MethodName = "multistart",
    exact: Annotated[bool, typer.Option("--exact", help="One random answer of each document.")] = False,
    grader: options.GraderName = None,
    seed: options.Seed = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write the promise.")] = Path("promise.json"),
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Find the confidence above which at most so many answers are wrong, and promise it; or say that it cannot be done.

    Every look at the same labels makes the next promise harder to get: the store keeps count. Exit code 1 where nothing
    can be promised.
    """
    from calibrant.cli.labelled import read_evidence
    from calibrant.cli.printing import print_json
    from calibrant.cli.settings import load_settings
    from calibrant.store import open_store

    settings = load_settings()
    with open_store(store or settings.store) as opened:
        evidence = read_evidence(source, opened, model=model, signal=signal, grader=grader, by=by)
        asked = {"alpha": error, "delta": round(1 - confidence, 12), "method": method, "exact": exact, "by": by}
        promise = _promise(evidence, opened, {**asked, "seed": settings.seed if seed is None else seed})
    _write(promise, out)
    if as_json:
        print_json({"schema_version": 1, **_as_json(promise, evidence, out)})
    else:
        _show(promise, evidence, out)
    if not promise.certificate.promised:
        raise typer.Exit(1)


def _promise(evidence: Evidence, store: Store, asked: dict[str, Any]) -> Promise:
    from calibrant.policies import Certificate, Promise, evidence_digest, naive_threshold, route_name

    _check(asked)
    rows = evidence.rows
    look = store.take_look(
        route_name(evidence.model, evidence.signal, evidence.grader),
        labels=rows.questions,
        evidence=evidence_digest(rows.scores, rows.correct, rows.questions),
        settings=asked,
    )
    if look.certificate is not None:
        certificate = Certificate.from_dict(look.certificate)
    else:
        certificate = _certificate(evidence, asked, look.look)
        store.keep_certificate(look, certificate.to_dict())
    return Promise(
        certificate=certificate,
        model=evidence.model,
        signal=evidence.signal,
        grader=evidence.grader,
        by=asked["by"],
        set_hash=evidence.set_hash,
        labels=tuple(sorted({question[:16] for question in rows.questions})),
        naive_threshold=naive_threshold(rows.scores, rows.correct, alpha=asked["alpha"]),
        named=evidence.named,
    )


def _check(asked: Mapping[str, Any]) -> None:
    """Refuse a slip of the pen before it is entered as a look."""
    from typing import get_args

    from calibrant.policies import Method

    if asked["method"] not in get_args(Method):
        raise InputError(f"method must be one of {', '.join(get_args(Method))}, not '{asked['method']}'")
    if not 0 < asked["alpha"] < 1 or not 0 < asked["delta"] < 1:
        raise InputError("--error and --confidence must be numbers between 0 and 1")


def _certificate(evidence: Evidence, asked: dict[str, Any], look: int) -> Certificate:
    from calibrant.policies import certify

    rows = evidence.rows
    try:
        return certify(
            rows.scores,
            rows.correct,
            alpha=asked["alpha"],
            delta=asked["delta"],
            method=asked["method"],
            clusters=rows.clusters,
            exact=asked["exact"],
            groups=rows.groups if asked["by"] else None,
            look=look,
            seed=asked["seed"],
        )
    except ValueError as error:
        raise InputError(str(error)) from None


def _write(promise: Promise, path: Path) -> None:
    import json

    try:
        path.write_text(json.dumps(promise.to_dict(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None


def _as_json(promise: Promise, evidence: Evidence, path: Path) -> dict[str, Any]:
    shown = promise.to_dict()
    del shown["labels"]
    rows = evidence.rows
    return {
        **shown,
        "promised": promise.certificate.promised,
        "rows": len(rows),
        "unanswered": dict(rows.unanswered),
        "ungraded": rows.ungraded,
        "written": str(path),
    }


def _show(promise: Promise, evidence: Evidence, path: Path) -> None:
    certificate, rows = promise.certificate, evidence.rows
    print(plain(certificate.sentence()))
    about = f"{promise.model}, by its confidence '{promise.signal}', graded by {promise.grader}"
    print(f"  about      {plain(about)}")
    print(
        f"  labels     {plural(len(rows), 'row')}, look {certificate.look} at them: tested at {certificate.level:.4f}"
    )
    for name, group in certificate.groups.items():
        print(f"  {plain(name) or '(none)'}: {_in_short(group, 'its')}")
    if not certificate.groups:
        print(f"  here       {_in_short(certificate, 'all')}")
    for why, count in rows.unanswered.items():
        print(f"  unanswered {count:,}: {why}")
    if rows.partial.any():
        print(f"  counted    {plural(int(rows.partial.sum()), 'partly right answer')} as wrong")
    if rows.ungraded:
        print(f"  left out   {plural(rows.ungraded, 'answer')} without a grade: the promise is about such as have one")
    if not evidence.named:
        print("  unknown    without a column question or id, later rows cannot be told from these: keep them apart")
    for sentence in certificate.assumptions:
        print(f"  assumes    {sentence}")
    print(f"Wrote {path}. On fresh questions: calibrant evaluate {path} RUN")


def _in_short(certificate: Certificate, whose: str) -> str:
    from calibrant.policies.certificate import rule_in_words

    if certificate.threshold is None:
        needed = certificate.labels_needed
        more = "" if needed is None else f"; about {needed:,} labels would do ({certificate.labels_assumption})"
        return f"no promise: {certificate.reason}{more}"
    everything = certificate.threshold == float("-inf")
    rule = "every answer" if everything else f"answers with {rule_in_words(certificate.threshold)}"
    bound = "" if certificate.upper_bound is None else f", at most {certificate.upper_bound:.1%}"
    low_high = certificate.coverage_interval
    span = "" if low_high is None else f" ({low_high.low:.0%} to {low_high.high:.0%})"
    return (
        f"{rule}: {certificate.errors:,} of {certificate.accepted:,} wrong{bound}; "
        f"{certificate.coverage:.1%}{span} of {whose} questions are answered"
    )
