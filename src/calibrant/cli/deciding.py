"""``calibrant decide``: which of two models, at what cost of an error, and what would turn it round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Optional

import typer

from calibrant.cli import options


def decide(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A model of the latest run, RUN:MODEL, or a lone model's run.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="The other, likewise.")],
    wrong_costs: Annotated[
        float, typer.Option("--wrong-costs", metavar="W", help="Right answers that a wrong one costs.")
    ] = 1.0,
    volume: Annotated[int, typer.Option("--volume", help="Questions a month.")] = 100_000,
    policy: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--policy", metavar="FILE", help="What certify wrote for one of the two."),
    ] = None,
    error: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--error", help="Error rate to compare at. Default: the policy's, else 1/(1 + W)."),
    ] = None,
    confidence: Annotated[
        float, typer.Option("--confidence", min=0.5001, max=0.9999, help="Of certificates, where no policy says.")
    ] = 0.9,
    signal: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--signal", help="Which confidence certificates go by, where a model has several."),
    ] = None,
    right_worth: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            "--right-worth", metavar="$", help="Dollars a right answer is worth: what answers cost then counts."
        ),
    ] = None,
    run: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--run", help="The run of both, or twice: that of A, then that of B."),
    ] = None,
    capability: options.CapabilityFile = None,
    html: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--html", metavar="FILE", help="Write it as one page that opens offline in a browser."),
    ] = None,
    pdf: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--pdf", metavar="FILE", help="Print that page by a Chromium, Chrome or Edge of this machine."),
    ] = None,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Decide between two models on the questions that both were asked: a recommendation, or that it is not settled.

    With it: what would turn it round, the cost of an error at which they change places, dollars a month, both as they
    are and under a certificate at equal error rates, their worst topics, ten wrong answers, and what was not tested.
    """
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.cli.settings import load_settings
    from calibrant.reports.decision import DecisionOptions, build_decision, read_policy
    from calibrant.store import open_store

    settings = load_settings()
    wanted = DecisionOptions(
        wrong_costs=wrong_costs,
        volume=volume,
        promise=None if policy is None else read_policy(policy),
        error=error,
        confidence=confidence,
        worth=right_worth,
        signal=signal,
        grader=grader,
        level=settings.level if level is None else level,
        seed=settings.seed if seed is None else seed,
    )
    with open_store(store or settings.store, create=False) as opened:
        decision = build_decision(opened, first, second, wanted, run or ())
    if capability is not None:
        from calibrant.reports.capability import join_capability, read_capability

        names = {side.name: side.model for side in decision.sides}
        joined = join_capability(read_capability(capability), decision.analysis, names)
        decision = replace(decision, capability=joined)
    if html is not None or pdf is not None:
        from calibrant.reports.decision.page import write_page

        for path in write_page(decision, html=html, pdf=pdf):
            remark(f"wrote {path}")
    if as_json:
        print_json(decision.to_dict())
    elif html is None and pdf is None:
        from calibrant.reports.decision.terminal import print_decision

        print_decision(decision, console())
