"""``calibrant questions audit`` and ``apply``: a person looks at a sample of a set, and the set is mended by it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.labels import Audit, Tally
    from calibrant.labels.sources import ReadText

_Set = Annotated[
    Path, typer.Argument(help="The question set: csv, jsonl or parquet.", metavar="SET", show_default=False)
]
_JournalOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--journal", help="Where verdicts are kept. Default: beside the set, as NAME.audit.jsonl"),
]


def audit(
    source: _Set,
    sample: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--sample", min=1, help="How many questions to judge, declared before the first. Default: 100"),
    ] = None,
    seed: Annotated[Optional[int], typer.Option("--seed", min=0, help="Of their random order. Default: 0")] = None,  # noqa: UP045
    documents: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--documents", help="The folder the set was built from: shows each quote in its document."),
    ] = None,
    terminal: Annotated[bool, typer.Option("--terminal", help="Judge in the terminal instead of a page.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of the page; 0 takes one that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    status: Annotated[bool, typer.Option("--status", help="Only say how far it is, and what it shows.")] = False,
    auditor: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--auditor", help="Who judges. Default: the user of this machine."),
    ] = None,
    journal: _JournalOption = None,
    level: options.Level = None,
    as_json: options.Json = False,
) -> None:
    """Judge a random sample of a set: item, quote and source side by side, one key for each verdict.

    How many is declared before the first verdict, so that the interval of the error rate is honest. Every verdict is
    kept at once; the same command goes on where it stopped. Then: calibrant questions apply.
    """
    from calibrant.cli.printing import print_json

    made = _open(source, journal, sample=sample, seed=seed, auditor=auditor)
    wanted = 0.95 if level is None else level
    if not status:
        read = _reader(documents)
        if terminal:
            _in_terminal(made, read, wanted)
        else:
            _on_page(made, read, wanted, port=port, browser=browser)
    tally = made.tally(wanted)
    _tell_card(source, tally)
    if as_json:
        print_json({"schema_version": 1, "set": str(source), "journal": str(made.journal.path), **_as_dict(tally)})
    elif status or not terminal:
        from calibrant.labels.terminal import tally_line

        print(tally_line(tally))


def apply(
    source: _Set,
    out: Annotated[Path, typer.Option("--out", "-o", help="The audited set: .csv, .jsonl or .parquet.")],
    journal: _JournalOption = None,
    as_json: options.Json = False,
) -> None:
    """Write a set without what its audit rejected, and with what it mended."""
    from calibrant.builder.card import pass_on
    from calibrant.cli.printing import plural, print_json, remark
    from calibrant.labels import journal_path, read_items
    from calibrant.labels.applying import apply_verdicts
    from calibrant.labels.audit import audit_facts
    from calibrant.labels.terminal import tally_line
    from calibrant.questions import check_frozen, set_hash
    from calibrant.questions.writing import write_questions

    where = journal or journal_path(source)
    if not where.is_file():
        raise InputError(
            "there is no audit of this set",
            place=str(where),
            remedy=f"calibrant questions audit {source}, or --journal.",
        )
    if out.exists() and out.samefile(source):
        raise InputError("the set itself would be overwritten", place="--out", remedy="Give another name.")
    made = _open(source, where)
    questions, _ = read_items(source)
    applied = apply_verdicts(questions, made)
    if not applied.questions:
        raise InputError("every question was rejected; nothing is left to write", place=str(source))
    tally = made.tally()
    digest = set_hash(applied.questions)
    check_frozen(out, digest)
    write_questions(applied.questions, out)
    pass_on(source, out, applied.questions, set_hash=digest, audit={**audit_facts(tally), "applied": True})
    if as_json:
        counts = {name: getattr(applied, name) for name in ("rejected", "edited", "outdated")}
        print_json(
            {
                "schema_version": 1,
                "out": str(out),
                "rows": len(applied.questions),
                "rows_changed": counts,
                **_as_dict(tally),
            }
        )
        return
    print(tally_line(tally))
    said = f"{out}: {plural(len(applied.questions), 'row')}; {applied.rejected:,} left, {applied.edited:,} mended"
    if applied.outdated:
        said += f", {applied.outdated:,} left because their passages were chosen for the answer as it was"
    print(said)
    unseen = tally.items - tally.judged
    if unseen and tally.error_rate:
        unlooked = f"{plural(unseen, 'question')} nobody has looked at"
        remark(f"{unlooked}: expect about {tally.error_rate:.1%} of them to be wrong.")


def _tell_card(source: Path, tally: Tally) -> None:
    """Write what the audit says so far onto the set's card, where it has one and it is of this set."""
    from calibrant.builder.card import audited, write_card
    from calibrant.labels.audit import audit_facts
    from calibrant.questions import load_questions
    from calibrant.questions.card import read_card

    facts = read_card(source)
    found = {**audit_facts(tally), "applied": False}
    if facts is None or not tally.judged or facts.get("audit") == found:
        return
    if facts["set_hash"] == load_questions(source).set_hash:
        write_card(audited(facts, found), source)


def _open(
    source: Path,
    journal: Path | None,
    *,
    sample: int | None = None,
    seed: int | None = None,
    auditor: str | None = None,
) -> Audit:
    from calibrant.labels import Journal, journal_path, make_audit, read_items

    _, items = read_items(source)
    return make_audit(items, Journal(journal or journal_path(source), auditor=auditor), sample=sample, seed=seed)


def _reader(folder: Path | None) -> ReadText:
    """Reads the documents of a folder, each once; nothing outside of it."""
    if folder is None:
        return lambda _: None
    if not folder.is_dir():
        raise InputError("there is no such folder", place=f"--documents {folder}")
    root, kept = folder.resolve(), {}

    def read(name: str) -> str | None:
        if name not in kept:
            kept[name] = _text(root, name)
        return kept[name]

    return read


def _text(root: Path, name: str) -> str | None:
    path = _found(root, name)
    if path is None:
        return None
    from calibrant.builder.documents import read_document
    from calibrant.builder.documents.encoding import Unreadable

    try:
        return read_document(path, name).text
    except Unreadable:
        return None


def _found(root: Path, name: str) -> Path | None:
    """The file of a document below a folder, by the name it has in the set, which may begin with the folder."""
    own = name.partition("/")[2] if name.partition("/")[0] == root.name else ""
    for one in filter(None, (name, own)):
        path = (root / one).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    below = [path for path in root.rglob(Path(name).name) if path.as_posix().endswith(f"/{name}")]
    return below[0] if len(below) == 1 and below[0].resolve().is_relative_to(root) and below[0].is_file() else None


def _on_page(made: Audit, read: ReadText, level: float, *, port: int, browser: bool) -> None:
    import secrets
    import threading
    import webbrowser

    from calibrant.cli.printing import remark
    from calibrant.labels.page import application
    from calibrant.models.reference.server import bind, serve

    token = secrets.token_urlsafe(24)
    listening = bind("127.0.0.1", port)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/?token={token}"
    remark(f"Judge here: {address}\nEvery verdict is kept in {made.journal.path}. End with Ctrl-C.")
    if browser:
        threading.Timer(0.3, webbrowser.open, [address]).start()
    try:
        serve(application(made, token=token, read=read, level=level), listening)
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def _in_terminal(made: Audit, read: ReadText, level: float) -> None:
    import sys

    from calibrant.cli.printing import console
    from calibrant.labels.terminal import judge_in_terminal

    if not sys.stdin.isatty():
        raise InputError("nobody is there to judge", place="--terminal", remedy="Run it in a terminal.")
    judge_in_terminal(made, console(), read, key=_key, line=_line, level=level)


def _key() -> str:
    import click

    try:
        return click.getchar()
    except (KeyboardInterrupt, EOFError):
        return "q"


def _line(prompt: str, there: str) -> str:
    """One line, with what stands there already to be changed where the terminal can."""
    try:
        import readline
    except ImportError:  # Windows
        return str(typer.prompt(prompt, default=there, show_default=bool(there)))
    readline.set_startup_hook(lambda: readline.insert_text(there))
    try:
        return input(f"{prompt}: ")
    except (EOFError, KeyboardInterrupt):
        return there
    finally:
        readline.set_startup_hook()


def _as_dict(tally: Tally) -> dict[str, Any]:
    return {
        "level": tally.level,
        "items": tally.items,
        "sample": tally.sample,
        "judged": tally.judged,
        "accepted": tally.accepted,
        "rejected": tally.rejected,
        "edited": tally.edited,
        "complete": tally.complete,
        "error_rate": tally.error_rate,
        "intervals": {"error_rate": None if tally.interval is None else list(tally.interval)},
    }
