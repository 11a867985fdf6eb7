"""From a report to one HTML file: sections, style, script and packed answers; nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePath

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from calibrant.errors import InputError
from calibrant.reports.as_csv import csv_texts
from calibrant.reports.html.answers import MOST, Answers, packed, read_answers
from calibrant.reports.html.blocks import Key, Section
from calibrant.reports.html.drawing import glyph
from calibrant.reports.html.sections import SECTIONS, Context
from calibrant.reports.model import Report
from calibrant.store import Store

__all__ = ["PageOptions", "content_policy", "environment", "page", "write_html", "write_private"]

_CAVEATS_OF_A_KIND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOptions:
    """What goes into the page.

    Raises:
        InputError: a negative number of answers.
    """

    most: int = MOST
    """Answers at most; beyond, a sample, the wrong ones first, and the page says so."""
    texts: bool = True
    """Whether texts of questions and answers go in; else hashes."""

    def __post_init__(self) -> None:
        if self.most < 0:
            raise InputError(f"a number of answers cannot be negative: {self.most}")


def write_html(report: Report, store: Store, path: Path, options: PageOptions | None = None) -> Path:
    """Write the report of a run as one file.

    The file is for its owner's eyes until shared: it is created readable by its owner alone where the system knows
    that. It appears whole or not at all.

    Args:
        report: what `build_report` made.
        store: where the run is kept; its answers are read from there.
        path: of the file.
        options: how many answers, with or without texts.

    Returns:
        The path.

    Raises:
        InputError: the file cannot be written.
        StoreError: the store cannot be read.
    """
    options = options or PageOptions()
    answers = read_answers(
        store,
        report.run,
        report.states,
        grader=report.grader,
        most=options.most,
        seed=report.analysis.settings.seed,
        texts=options.texts,
    )
    return write_private(path, page(report, answers).encode("utf-8", "replace"))


def write_private(path: Path, content: bytes) -> Path:
    """Write a file that its owner alone can read, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        os.replace(partial, path)  # noqa: PTH105 - the atomic one
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None
    return path


def page(report: Report, answers: Answers) -> str:
    """The page as text."""
    document = report.to_dict()
    context = Context.of(report, document, answers)
    sections = [made for section in SECTIONS if (made := section(context)) is not None]
    templates = environment()
    style, script = (templates.get_template(name).render() for name in ("page.css", "page.js"))
    return templates.get_template("page.html").render(
        document=document,
        title=PurePath(report.run.name or report.run.source).name or report.run.id,
        graded_by=" and ".join(report.graders) or "nobody",
        findings=report.findings,
        caveats=_caveats(report),
        sections=sections,
        answers=answers,
        tables=packed(csv_texts(document)),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=content_policy(style, script),
        contents=_contents(sections),
    )


def _caveats(report: Report) -> list[tuple[str, list[str]]]:
    """By kind, with what is shown at once; the rest of a kind is behind a fold."""
    kinds: dict[str, list[str]] = {}
    for kind, text in report.caveats:
        kinds.setdefault(kind, []).append(text)
    return list(kinds.items())


def _contents(sections: list[Section]) -> list[tuple[str, str]]:
    return [("answer", "Answer"), *((section.id, section.short or section.title) for section in sections)]


def content_policy(style: str, script: str) -> str:
    """A content security policy under which only this style and this script run, and nothing is fetched."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def environment() -> Environment:
    """The templates of pages, with what they call."""
    made = Environment(
        loader=PackageLoader("calibrant.reports.html"),
        autoescape=select_autoescape(("html",), default_for_string=True, default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["mark"] = _mark
    made.filters["breakable"] = _breakable
    made.globals["caveats_at_once"] = _CAVEATS_OF_A_KIND
    return made


def _mark(key: Key) -> Markup:
    """A model's mark beside its name; the number next to it says the same in words."""
    return Markup(  # noqa: S704 - numbers only
        '<svg class="mark" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">'
        f"{glyph(key.style, 7, 7)}</svg>"
    )


def _breakable(name: str) -> Markup:
    """A name that breaks at its joints before it breaks inside a word."""
    text = escape(name)
    for joint, place in (("@", "<wbr>@"), ("-", "-<wbr>"), ("/", "/<wbr>"), ("_", "_<wbr>")):
        text = Markup(text.replace(joint, Markup(place)))  # noqa: S704 - escaped before
    return text
