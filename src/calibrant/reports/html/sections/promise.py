"""What is promised, on what grounds; or that nothing can be."""

from __future__ import annotations

from calibrant.policies.certificate import rule_in_words
from calibrant.reports.html.blocks import Block, Cell, Fold, Prose, Section, Table, Words
from calibrant.reports.html.numbers import label
from calibrant.reports.html.sections.context import Context
from calibrant.reports.promises import MadePromise

__all__ = ["promise"]

_SHOWN = 4


def promise(context: Context) -> Section:
    """Every certificate of this run with its grounds."""
    made = context.report.promises
    if not made:
        blocks: list[Block] = [
            Prose(
                "Nothing is promised about these models. A promise ('at most 5% of what is answered is wrong, with 95% "
                "confidence') takes labelled answers with a confidence: calibrant certify makes one, or says that none "
                "is possible.",
                "no-promise",
            )
        ]
    else:
        blocks = [block for at, one in enumerate(made[:_SHOWN]) for block in _shown(at, one)]
        older = made[_SHOWN:]
        if older:
            blocks.append(
                Fold(
                    title=f"{len(older)} earlier looks",
                    blocks=[block for at, one in enumerate(older, start=_SHOWN) for block in _shown(at, one)],
                )
            )
    return Section(id="promise", short="Promise", title="What is promised", blocks=blocks)


def _shown(at: int, made: MadePromise) -> list[Block]:
    certificate = made.certificate
    sentence = Words(
        parts=(("model", made.model), ("text", f": {certificate.sentence()}")),
        kind="promised" if certificate.promised else "no-promise",
    )
    blocks: list[Block] = [sentence, _grounds(at, made)]
    if certificate.assumptions:
        blocks.append(
            Fold(
                title="What this rests on",
                blocks=[Prose(sentence) for sentence in certificate.assumptions],
                open=True,
            )
        )
    return blocks


def _grounds(at: int, made: MadePromise) -> Table:
    one, path = made.certificate, f"promises/{at}/certificate"
    rows = [
        [label("by the confidence"), label(made.signal)],
        [label("graded by"), label(made.grader)],
        [label("error rate promised (alpha)"), Cell(text=f"{100 * one.alpha:g}%", raw=one.alpha, path=f"{path}/alpha")],
        [label("may be false with (delta)"), Cell(text=f"{100 * one.delta:g}%", raw=one.delta, path=f"{path}/delta")],
        [label("level of this look's tests"), Cell(text=f"{one.level:.4g}", raw=one.level, path=f"{path}/level")],
        [
            label("look at these labels"),
            label("the only one, as declared")
            if one.look is None
            else Cell(text=f"{one.look}", raw=one.look, path=f"{path}/look"),
        ],
        [
            label("labelled rows (of them answered)"),
            Cell(text=f"{one.rows:,} ({one.answered:,})", raw=one.rows, path=f"{path}/rows"),
        ],
        [label("method"), label(one.method)],
        [label("about"), label(one.population)],
    ]
    if one.threshold is not None:
        rule = "every answer" if one.threshold == float("-inf") else rule_in_words(one.threshold)
        rows += [
            [label("what is answered"), label(rule)],
            [label("answered there (n)"), Cell(text=f"{one.accepted:,}", raw=one.accepted, path=f"{path}/accepted")],
            [label("wrong there (k)"), Cell(text=f"{one.errors:,}", raw=one.errors, path=f"{path}/errors")],
            [label("coverage"), _coverage(made, path)],
        ]
        if one.upper_bound is not None:
            bound = Cell(text=f"{100 * one.upper_bound:.1f}%", raw=one.upper_bound, path=f"{path}/upper_bound")
            rows.append([label("upper bound of the error rate, at the test's level"), bound])
    elif one.labels_needed is not None:
        needed = Cell(text=f"{one.labels_needed:,}", raw=one.labels_needed, path=f"{path}/labels_needed")
        rows.append([label(f"labels that would do, {one.labels_assumption}"), needed])
    for name, group in one.groups.items():
        rows.append([label(f"group {name or '(none)'}"), label(group.sentence())])
    if made.of_this_run is not None:
        rows.append(
            [
                label("labels that are questions of this run"),
                Cell(
                    text=f"{made.of_this_run:,} of {made.labels:,}",
                    raw=made.of_this_run,
                    path=f"promises/{at}/labels_of_this_run",
                ),
            ]
        )
    if made.made_at is not None:
        rows.append([label("made"), label(made.made_at)])
    return Table(
        caption=f"Grounds of the certificate for {made.model}", columns=["what", "value"], rows=rows, kind="facts"
    )


def _coverage(made: MadePromise, path: str) -> Cell:
    one = made.certificate
    span = one.coverage_interval
    text = "" if span is None else f"{100 * span.low:.0f} to {100 * span.high:.0f}"
    return Cell(text=f"{100 * one.coverage:.1f}%", raw=one.coverage, path=f"{path}/coverage", span=text)
