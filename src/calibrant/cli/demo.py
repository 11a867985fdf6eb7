"""``calibrant demo``: the whole story on models that come with the package."""

from __future__ import annotations

import math
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options

if TYPE_CHECKING:
    from calibrant.lab.story import Checked, Story, Trapped
    from calibrant.metrics import Interval
    from calibrant.policies import Rule

_INTRODUCTION = (
    "Four small language models answer here and now, on this machine, without a network. They learned a made-up "
    "almanac, so it is known what each was told, and how often."
)
_ASKED = (
    "{questions}, {answers:,} answers. low: from memory; high: from what the almanac says about the thing asked about "
    "(it lacks a quarter), else from memory. made up: what it answered wrongly instead of declining, of the answers it "
    "did not know, and of the questions that have none. sure: the mean probability of what it made up for the latter."
)


def demo(
    recorded: Annotated[
        bool, typer.Option("--recorded", help="Measure published answers of seven large models instead.")
    ] = False,
    limit: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--limit", min=20, help="Use only the first questions of each set."),
    ] = None,
    error: Annotated[
        float, typer.Option("--error", min=0.001, max=0.9, help="Largest share of wrong answers to promise.")
    ] = 0.25,
    level: options.Level = None,
    seed: options.Seed = None,
    html: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--html", metavar="FILE", help="Write its report as one page that opens offline in a browser."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Ask four small models that know and do not know, see which of them make things up, and promise what can be.

    Offline, no key, about half a minute; nothing is kept.
    """
    from calibrant.cli.settings import Settings

    defaults = Settings()
    level = defaults.level if level is None else level
    seed = defaults.seed if seed is None else seed
    if recorded:
        from calibrant.cli.recorded_demo import Measuring, show_recorded

        show_recorded(Measuring(limit=limit, level=level, seed=seed), as_json=as_json, html=html)
        return
    from calibrant.cli.printing import remark

    began = time.monotonic()
    story = _told(error=error, limit=limit, level=level, seed=seed, html=html)
    if as_json:
        _print_json(story)
    else:
        _show(story, time.monotonic() - began)
        if html is not None:
            remark(f"wrote {html}")


def _told(*, error: float, limit: int | None, level: float, seed: int, html: Path | None) -> Story:
    from calibrant.cli.progress import watching
    from calibrant.lab.story import tell
    from calibrant.store import open_store

    with (
        tempfile.TemporaryDirectory(prefix="calibrant-demo-") as folder,
        open_store(Path(folder)) as store,
        watching() as progress,
    ):
        story = tell(store, alpha=error, limit=limit, level=level, seed=seed, progress=progress)
        if html is not None:
            from calibrant.reports.html import write_html

            write_html(story.report, store, html)
        return story


def _print_json(story: Story) -> None:
    from calibrant.cli.printing import print_json

    promises = [
        {**_without_labels(one.promise.to_dict()), "labelled": one.labels, "evaluation": one.evaluation.to_dict()}
        for one in story.promises
    ]
    told = {"trap": [_trap_row(one) for one in story.trap], "promises": promises, "policy": _routed_dict(story)}
    print_json({**story.report.to_dict(), **told})


def _routed_dict(story: Story) -> dict[str, Any]:
    from dataclasses import asdict

    routed = story.routed
    policy = {name: value for name, value in routed.policy.to_dict().items() if name not in ("labels", "cascade")}
    return {**policy, "labelled": routed.labels, "fresh": [asdict(rule) for rule in routed.rules]}


def _without_labels(promise: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in promise.items() if name != "labels"}


def _trap_row(row: Trapped) -> dict[str, Any]:
    intervals = {
        "accuracy": row.accuracy_interval,
        "hallucination_rate": row.hallucination_interval,
        "false_acceptance": row.made_up_interval,
    }
    return {
        "model": row.model,
        "accuracy": row.accuracy,
        "hallucination_rate": row.hallucination_rate,
        "false_refusal": row.false_refusal,
        "false_acceptance": row.made_up,
        "confidence_right": row.confidence_known,
        "confidence_made_up": row.confidence_made_up,
        "intervals": {name: list(pair) for name, pair in intervals.items() if pair is not None},
    }


def _show(story: Story, seconds: float) -> None:
    from calibrant.cli.printing import console, plural

    screen = console()
    screen.print(_INTRODUCTION, style="dim")
    screen.rule("The confidence trap", align="left")
    _print_trap(story, screen)
    asked = plural(story.report.analysis.questions, "question")
    screen.print(_ASKED.format(questions=asked, answers=story.report.analysis.outcomes), style="dim")
    screen.rule(f"A promise: at most {story.alpha:.0%} of what is answered is wrong", align="left")
    _print_promises(story, screen)
    screen.rule("A policy: the cheap effort, the dear one, or no answer", align="left")
    _print_policy(story, screen)
    screen.print(
        f"{seconds:.0f} s. As a page: calibrant demo --html demo.html. Seven large models: calibrant demo --recorded.",
        style="dim",
    )
    screen.print("Your own: calibrant init, then calibrant run mine.csv --model NAME and calibrant view", style="bold")


def _print_trap(story: Story, screen: Any) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model")
    for name in ("accuracy", "made up: unknown", "made up: no answer", "declined wrongly", "sure", "when right"):
        table.add_column(name, justify="right")
    for row in story.trap:
        table.add_row(
            row.model.removeprefix("reference-"),
            _rate(row.accuracy, row.accuracy_interval),
            _rate(row.hallucination_rate, row.hallucination_interval),
            _rate(row.made_up, row.made_up_interval),
            _rate(row.false_refusal, None),
            _rate(row.confidence_made_up, None),
            _rate(row.confidence_known, None),
        )
    screen.print(table)


def _print_promises(story: Story, screen: Any) -> None:
    from rich.table import Table

    from calibrant.lab.story import UNANSWERABLE_SHARE

    checked = story.promises[0]
    labelled, fresh = f"{checked.labels:,} labelled questions", f"{checked.evaluation.rows:,} fresh ones"
    share = f"about {UNANSWERABLE_SHARE:.0%} of either have no answer"
    screen.print(f"{labelled}, {fresh} about other things; {share}.", style="dim")
    for one in story.promises:
        screen.print(_sentence(one))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("on fresh questions", "answered", "of all", "wrong", "of answered", "Index"):
        table.add_column(name, justify="left" if name == "on fresh questions" else "right")
    for one in story.promises:
        for rule in one.evaluation.rules:
            table.add_row(*_rule_cells(one.promise.model.removeprefix("reference-"), rule))
    screen.print(table)


def _print_policy(story: Story, screen: Any) -> None:
    from rich.table import Table

    from calibrant.lab.routed import DOLLARS_PER_MILLION

    routed = story.routed
    screen.print(routed.policy.sentence())
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("on fresh questions", "answered", "wrong of answered", "right of all", "$ / 1,000"):
        table.add_column(name, justify="left" if name == "on fresh questions" else "right")
    for rule in routed.rules:
        table.add_row(
            rule.name.removeprefix("reference-"),
            f"{rule.answered:.0%}",
            _rate(rule.wrong, rule.wrong_interval),
            f"{rule.right:.0%}",
            f"{1000 * rule.cost_usd:.3f}",
        )
    screen.print(table)
    screen.print(f"Dollars at a made-up ${DOLLARS_PER_MILLION:g} for a million tokens read or written.", style="dim")


def _sentence(one: Checked) -> str:
    certificate = one.promise.certificate
    name = one.promise.model.removeprefix("reference-")
    if not certificate.promised:
        return f"{name}: no promise possible from these labels. {(certificate.reason or '').capitalize()}."
    return (
        f"{name}: promised ({1 - certificate.delta:.0%} confidence) above a probability of "
        f"{math.exp(certificate.threshold or 0):.2f}. Fresh ones: {one.evaluation.verdict}."
    )


def _rule_cells(model: str, rule: Rule) -> tuple[str, ...]:
    return (
        f"{model}, {rule.name}",
        f"{rule.accepted:,}",
        f"{rule.coverage:.0%}",
        f"{rule.errors:,}",
        _rate(rule.risk, rule.risk_interval),
        f"{rule.index:+.0f}",
    )


def _rate(value: float | None, interval: Interval | None) -> str:
    if value is None or value != value:
        return "-"
    return f"{value:.0%}" if interval is None else f"{value:.0%} ({interval.low:.0%}-{interval.high:.0%})"
