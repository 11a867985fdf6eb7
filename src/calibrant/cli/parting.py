"""``calibrant questions split``, ``freeze`` and ``export``: a set in parts, for good, and for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

SetFile = Annotated[Path, typer.Argument(help="A file of questions.", metavar="SET", show_default=False)]


def split(
    questions: SetFile,
    parts: Annotated[str, typer.Option("--parts", help="NAME=SHARE, with commas between; shares sum to 1.")],
    seed: options.Seed = None,
    as_json: options.Json = False,
) -> None:
    """Split a set by cluster, every part with its share of each domain, topic and stratum, and freeze the parts.

    Writes SET's name with the part's before its ending, beside SET. Questions that depend on each other (one document,
    one row) stay together.
    """
    from calibrant.builder.card import pass_on
    from calibrant.builder.splitting import parse_parts
    from calibrant.builder.splitting import split as split_set
    from calibrant.builder.writing import check_ending, write_questions
    from calibrant.cli.printing import plural, print_json
    from calibrant.questions import check_frozen, freeze, load_questions, set_hash

    check_ending(questions)
    shares = parse_parts(parts)
    whole = load_questions(questions)
    found = split_set(whole.questions, shares, seed=seed or 0)
    places = {name: questions.with_suffix(f".{name}{questions.suffix}") for name in found}
    for name, members in found.items():
        check_frozen(places[name], set_hash(members))
    told = {}
    for name, members in found.items():
        path = places[name]
        write_questions(members, path)
        digest = load_questions(path).set_hash
        freeze(path, digest)
        share = f"{name} ({shares[name]:.0%}) of the set {whole.set_hash[:12]}, split by cluster with seed {seed or 0}"
        pass_on(questions, path, members, set_hash=digest, part=f"Part: {share}")
        clusters = len({one.cluster or one.id for one in members})
        told[name] = {"file": str(path), "questions": len(members), "clusters": clusters, "set_hash": digest}
        if not as_json:
            counted = f"{plural(len(members), 'question')}, {plural(clusters, 'cluster')}"
            print(f"{path}: {counted}, frozen as {digest[:12]}")
    if as_json:
        print_json({"schema_version": 1, "seed": seed or 0, "parts": told})


def freeze(questions: SetFile, as_json: options.Json = False) -> None:
    """Write a set's hash beside it (SET.frozen.json); whoever loads a changed file is warned.

    Ends with 2 where the set is frozen already and has changed since.
    """
    from calibrant.cli.printing import print_json
    from calibrant.questions import freeze as freeze_set
    from calibrant.questions import load_questions

    digest = load_questions(questions).set_hash
    beside = freeze_set(questions, digest)
    if as_json:
        print_json({"schema_version": 1, "file": str(questions), "set_hash": digest, "frozen": str(beside)})
    else:
        print(f"{questions}: frozen as {digest} in {beside.name}")


def export(
    questions: SetFile,
    to: Annotated[str, typer.Option("--to", help="aa-csv, simpleqa-csv, inspect-jsonl or hf-folder.")],
    out: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--out", "-o", help="The file or folder. Default: SET's name with the layout's ending."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Write a set in the layout of another tool. What the layout has no place for is kept beside."""
    from calibrant.builder.exporting import export as export_set
    from calibrant.cli.printing import plural, print_json
    from calibrant.questions import load_questions

    asked = load_questions(questions)
    ending = {"aa-csv": ".aa.csv", "simpleqa-csv": ".simpleqa.csv", "inspect-jsonl": ".inspect.jsonl"}.get(to, "-hf")
    target = out or questions.with_name(questions.stem + ending)
    if target.is_file() and target.samefile(questions):
        raise InputError("the set itself would be overwritten", place="--out", remedy="Give another name")
    card = questions.with_suffix(".card.md")
    text = card.read_text(encoding="utf-8") if card.is_file() else None
    written = export_set(asked.questions, target, to, card=text)
    if as_json:
        print_json({"schema_version": 1, "file": str(written), "layout": to, "questions": len(asked)})
    else:
        print(f"{written}: {plural(len(asked), 'question')} as {to}")
