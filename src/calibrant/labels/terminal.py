"""The audit in a terminal: one key for each verdict."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from calibrant.errors import InputError
from calibrant.labels.audit import Audit, Tally
from calibrant.labels.items import AuditItem
from calibrant.labels.journal import Word
from calibrant.labels.sources import ReadText, excerpt

__all__ = ["judge_in_terminal", "tally_line"]

_KEYS = {"a": Word.ACCEPT, "r": Word.REJECT, "e": Word.EDIT}
_AROUND = 300


def judge_in_terminal(
    audit: Audit,
    console: Console,
    read: ReadText,
    *,
    key: Callable[[], str],
    line: Callable[[str, str], str],
    level: float = 0.95,
) -> None:
    """Show one item after another until all have a verdict or the person leaves.

    Args:
        audit: what is judged.
        console: where it is shown.
        read: gives the text of a document.
        key: waits for one key.
        line: asks for a line: prompt, what stands there already.
        level: of the interval of the error rate.
    """
    place = audit.next_open()
    while place is not None:
        item = audit.drawn[place]
        _show(audit, place, console, read)
        pressed = key().lower()
        if pressed in {"q", "\x03", "\x04", ""}:
            break
        if pressed == "b":
            place = max(0, place - 1)
        elif pressed == "s" or (pressed in _KEYS and _judge(audit, item, _KEYS[pressed], console, line)):
            place = audit.next_open(place)
    console.print(Text(tally_line(audit.tally(level))))


def tally_line(tally: Tally) -> str:
    """What the verdicts say, in a sentence."""
    if tally.error_rate is None:
        return f"0 of {tally.sample:,} judged."
    wrong = tally.rejected + tally.edited
    said = f"{tally.judged:,} of {tally.sample:,} judged, {wrong:,} wrong ({100 * tally.error_rate:.1f} %"
    if tally.interval is None:
        return f"{said}, no interval from a single document): {tally.rejected:,} rejected, {tally.edited:,} edited."
    low, high = tally.interval
    said += f", {100 * tally.level:g} % interval {100 * low:.1f} to {100 * high:.1f} %"
    said += f"): {tally.rejected:,} rejected, {tally.edited:,} edited."
    return said if tally.complete else f"{said} The interval holds once the whole sample is judged."


def _show(audit: Audit, place: int, console: Console, read: ReadText) -> None:
    item = audit.drawn[place]
    console.rule(f"{place + 1} of {len(audit.drawn)}")
    console.print(Text(_clean(item.question.text), style="bold"))
    for at, choice in enumerate(item.question.choices):
        console.print(Text(f"  {chr(65 + at)}. {_clean(choice)}"))
    golds = " | ".join(_clean(gold) for gold in item.question.golds)
    console.print(Text(f"answer: {golds}" if golds else "no answer: declining is right", style="green"))
    console.print(Padding(_source(item, read), (1, 0, 0, 2)))
    where = " · ".join(_clean(part) for part in (item.document, item.made) if part)
    if where:
        console.print(Text(where, style="dim"))
    for name, passed, detail in item.checks:
        if not passed:
            console.print(Text(f"failed: {_clean(name)} {_clean(detail)}", style="red"))
    said = audit.verdict(item)
    if said is not None:
        console.print(Text(f"so far: {said.word} {_clean(said.note)}", style="yellow"))
    console.print(Text("a accept  r reject  e edit  s skip  b back  q quit", style="dim"))


def _source(item: AuditItem, read: ReadText) -> Text:
    around = excerpt(item, read)
    if around is None:
        return Text(_clean(item.quote), style="reverse") if item.quote else Text("no quote", style="dim")
    return Text.assemble(
        _clean(around.before[-_AROUND:]), (_clean(around.quote), "reverse"), _clean(around.after[:_AROUND])
    )


def _judge(audit: Audit, item: AuditItem, word: Word, console: Console, line: Callable[[str, str], str]) -> bool:
    try:
        if word is Word.EDIT:
            text = line("question", item.question.text)
            golds = line("answers, | between them", " | ".join(item.question.golds)) if item.question.golds else ""
            audit.judge(item, word, question=text, golds=golds.split("|") if golds else None, note=line("note", ""))
        else:
            audit.judge(item, word, note=line("why", "") if word is Word.REJECT else "")
    except InputError as error:
        console.print(Text(str(error), style="red"))
        return False
    return True


def _clean(text: str | None) -> str:
    """Without control characters that could drive the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text or "")
