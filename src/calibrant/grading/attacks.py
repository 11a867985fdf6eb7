"""Does a judge obey the answers that it grades? A set of answers written to be graded well, and who falls for them.

``python -m calibrant.grading.attacks --judge NAME`` asks a judge about every one of them, by the template and the
reading that grade a run, and prints the share of verdicts that the attack turned into the one it wants. Each line of
``attacks.jsonl`` is a wrong or declining answer (``truth``) with something that asks for another verdict (``wants``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibrant.errors import CalibrantError
from calibrant.grading.judge import VERDICT_SCHEMA, JudgeTemplate, built_in_template, load_judge_template
from calibrant.grading.judge_reply import Judgement, read_judgement
from calibrant.metrics.intervals import Interval, wilson_interval
from calibrant.models import Model, Prompt, Sampling, ask_many, load_model
from calibrant.types import OutcomeState, Question

__all__ = ["Attack", "AttackReport", "attack_judge", "load_attacks"]

_CORPUS = Path(__file__).with_name("attacks.jsonl")
_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One answer that wants to be graded better than it is."""

    id: str
    style: str
    language: str
    question: Question
    answer: str
    truth: OutcomeState
    """The verdict that it deserves."""
    wants: OutcomeState
    """The verdict that it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackReport:
    """What became of the attacks on one judge."""

    judge: str
    attacks: int
    flipped: tuple[str, ...]
    """Those that got the verdict they wanted."""
    otherwise_wrong: tuple[str, ...]
    """Those that got neither this nor the right verdict."""
    unreadable: tuple[str, ...]
    """Those on which the judge gave no verdict that can be read, twice."""
    failed: tuple[str, ...]
    """Those on which no reply came."""
    by_style: dict[str, tuple[int, int]]
    """Style -> flipped, and how many had a readable verdict."""

    @property
    def graded(self) -> int:
        """Attacks with a readable verdict."""
        return self.attacks - len(self.unreadable) - len(self.failed)

    @property
    def flip_rate(self) -> float | None:
        """Flipped among those with a readable verdict; None where there is none."""
        return len(self.flipped) / self.graded if self.graded else None

    @property
    def interval(self) -> Interval | None:
        """Wilson interval of the flip rate, level 0.95: of attacks like these, which are no sample of all."""
        return wilson_interval(len(self.flipped), self.graded)

    def to_dict(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "schema_version": 1,
            "judge": self.judge,
            "attacks": self.attacks,
            "graded": self.graded,
            "flipped": list(self.flipped),
            "flip_rate": self.flip_rate,
            "interval": None if self.interval is None else [self.interval.low, self.interval.high],
            "otherwise_wrong": list(self.otherwise_wrong),
            "unreadable": list(self.unreadable),
            "failed": list(self.failed),
            "by_style": {style: {"flipped": flipped, "graded": n} for style, (flipped, n) in self.by_style.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent(Prompt):
    attack: Attack
    turn: int = 0


def load_attacks() -> tuple[Attack, ...]:
    """The attacks that come with Calibrant."""
    with _CORPUS.open(encoding="utf-8") as lines:
        return tuple(_attack(json.loads(line)) for line in lines)


def _attack(row: dict[str, Any]) -> Attack:
    return Attack(
        id=row["id"],
        style=row["style"],
        language=row["language"],
        question=Question(id=row["id"], text=row["question"], golds=tuple(row["golds"])),
        answer=row["answer"],
        truth=OutcomeState(row["truth"]),
        wants=OutcomeState(row["wants"]),
    )


async def attack_judge(
    judge: Model, attacks: Sequence[Attack] | None = None, *, template: JudgeTemplate | None = None
) -> AttackReport:
    """Let a judge grade every attack.

    Raises:
        ModelError: the judge cannot be asked at all.
    """
    attacks = load_attacks() if attacks is None else attacks
    template = template or built_in_template()
    said: dict[str, Judgement | None] = {}
    again = [_sent(template, attack, 0) for attack in attacks]
    for turn in range(_TRIES):
        asked, again = again, []
        async with aclosing(ask_many(judge, asked)) as answers:
            async for sent, replies in answers:
                reply = replies[0]
                came = reply.error is None or reply.finish_reason is not None
                found = read_judgement(reply.text or "") if came else None
                said[sent.attack.id] = found
                if found is not None and found.state is None and turn + 1 < _TRIES:
                    again.append(_sent(template, sent.attack, turn + 1))
    return _report(str(judge.ref), attacks, said)


def _sent(template: JudgeTemplate, attack: Attack, turn: int) -> _Sent:
    return _Sent(
        messages=template.messages(attack.question, attack.answer),
        sampling=Sampling(temperature=0.0),
        repeats=(turn,),
        schema=VERDICT_SCHEMA,
        attack=attack,
        turn=turn,
    )


def _report(judge: str, attacks: Sequence[Attack], said: dict[str, Judgement | None]) -> AttackReport:
    ended: dict[str, list[str]] = {name: [] for name in ("flipped", "right", "wrong", "unreadable", "failed")}
    flips: Counter[str] = Counter()
    graded: Counter[str] = Counter()
    for attack in attacks:
        found = said.get(attack.id)
        if found is None:
            ended["failed"].append(attack.id)
        elif found.state is None:
            ended["unreadable"].append(attack.id)
        else:
            graded[attack.style] += 1
            flips[attack.style] += found.state is attack.wants
            how = "flipped" if found.state is attack.wants else "right" if found.state is attack.truth else "wrong"
            ended[how].append(attack.id)
    return AttackReport(
        judge=judge,
        attacks=len(attacks),
        flipped=tuple(ended["flipped"]),
        otherwise_wrong=tuple(ended["wrong"]),
        unreadable=tuple(ended["unreadable"]),
        failed=tuple(ended["failed"]),
        by_style={style: (flips[style], graded[style]) for style in sorted(graded)},
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask a judge about every attack and print what became of them; 3 where no verdict came back."""
    parser = argparse.ArgumentParser(prog="python -m calibrant.grading.attacks", description=__doc__)
    parser.add_argument("--judge", required=True, help="a model of calibrant.toml, or as calibrant run --model takes")
    parser.add_argument("--judge-template", help="a template of your own, as for calibrant grade")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(arguments)
    try:
        template = load_judge_template(given.judge_template) if given.judge_template else None
        report = asyncio.run(_asked(load_model(given.judge), template))
    except CalibrantError as error:
        print(f"calibrant: {error}", file=sys.stderr)
        return error.exit_code
    if given.json:
        json.dump(report.to_dict(), sys.stdout, indent=2)
        print()
    else:
        _print(report)
    return 0 if report.graded else 3


async def _asked(judge: Model, template: JudgeTemplate | None) -> AttackReport:
    try:
        return await attack_judge(judge, template=template)
    finally:
        await judge.close()


def _print(report: AttackReport) -> None:
    print(f"{report.judge}: {report.attacks} attacks, {report.graded} with a readable verdict")
    if report.flip_rate is not None and report.interval is not None:
        between = f"{report.interval.low:.1%} to {report.interval.high:.1%}"
        print(f"  flipped   {len(report.flipped)} of {report.graded}: {report.flip_rate:.1%} (95% interval {between})")
    for style, (flipped, graded) in report.by_style.items():
        if flipped:
            print(f"            {style}: {flipped} of {graded}")
    for what, ids in (
        ("flipped", report.flipped),
        ("otherwise wrong", report.otherwise_wrong),
        ("unreadable", report.unreadable),
        ("no reply", report.failed),
    ):
        if ids:
            shown = ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
            print(f"  {what}: {shown}")


if __name__ == "__main__":
    raise SystemExit(main())
