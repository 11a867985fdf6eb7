"""The choice grader: multiple choice by letter or text, read only where the reply says nothing but its choice.

A letter anywhere in a reply is no answer: scanned so, 'NOT_ATTEMPTED' reads as A and 'INCORRECT because ...' as C, a bug
that several tools share. Here the whole reply, its first line or a marked final answer must be a letter, an option's
text, or both; letter and text that contradict, several letters, or any doubt are *unsure*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from calibrant.grading.abstention import is_abstention
from calibrant.grading.exact import matches
from calibrant.grading.normalise import clean, key, spoken, without_lead_ins
from calibrant.grading.replies import LONG, final_answer, grade_unanswerable, takes_back
from calibrant.grading.texts import denies
from calibrant.types import Grade, OutcomeState, Question, Stratum

__all__ = ["CHOICE", "ChoiceGrader", "grade_choice"]

_TOO_LONG = "a long answer without a marked final answer"
_EXPLANATION = 4000
"""Longest text after a choice in the first line that is searched for other choices."""
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OWN_LABEL = re.compile(
    r"^\s*(?:\((?P<round>[^\W_]{1,2})\)|(?P<plain>[^\W_]{1,2})\s?[.):、．）])\s*(?P<text>\S.*)$", re.DOTALL
)
_NAME = (
    r"(?:the |my |die |la |l'|a |o |il |de )?(?:correct |richtige |right |best )?"
    r"(?:option|choice|letter|answer choice|antwort|lösung|buchstabe|réponse|choix|lettre|opción|respuesta|letra|opzione|"
    r"risposta|lettera|opção|resposta|alternativa|optie|antwoord|odpowiedź|opcja|вариант|ответ|буква|选项|選項|選択肢|选|"
    r"보기|seçenek|विकल्प|الخيار)"
)
_BECAUSE = re.compile(r"(?:because|weil|parce que|porque|ya que|perché|omdat|ponieważ|потому что)\b", re.IGNORECASE)
_PICK = re.compile(
    rf"^(?:{_NAME}(?: (?:is|ist|est|es|è|é|to))?\s*:?\s*)?"
    r"(?P<open>[(\[<])?\s*(?P<label>[^\W_]{1,2})\s*(?P<close>[)\]>])?"
    r"(?:\s*(?P<mark>[.):、]|\s-|-(?=\s))?\s*(?P<rest>\S.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_TEXT = re.compile(
    r"^(?P<text>.+?)\s*[(\[](?:option |choice )?(?P<label>[^\W_]{1,2})[)\]]$", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a question: labels as they are shown, and texts without them."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]
    own: bool
    """Whether the options bring labels of their own."""

    def labelled(self, label: str) -> int | None:
        """Return the place of a label; None where no option has it, or two may.

        The built-in prompt puts A), B) ... before every option, so a letter may also mean the place in the list.
        """
        folded = label.casefold()
        own = next((at for at, one in enumerate(self.labels) if one.casefold() == folded), None)
        place = _LATIN.find(label.upper()) if len(label) == 1 and label.isascii() and label.isalpha() else -1
        if not self.own or not 0 <= place < len(self.labels):
            return own
        if own is not None:
            return own if own == place else None
        return place if self.labels[0].isascii() else None  # a Latin B may be meant for a Cyrillic В

    def equal(self, text: str) -> int | None:
        """Return the place of the one option whose text this is, spelling aside; None for none or several."""
        wanted = key(clean(text))
        found = [at for at, one in enumerate(self.texts) if key(clean(one)) == wanted]
        return found[0] if len(found) == 1 else None

    def worded(self, text: str, question: str = "") -> int | None:
        """Return the place of the one option that a text surely means; None for none or several."""
        equal = self.equal(text)
        if equal is not None:
            return equal
        found = [at for at, one in enumerate(self.texts) if matches(text, [one], question=question)]
        return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _options(choices: tuple[str, ...]) -> _Options:
    read = [_OWN_LABEL.match(spoken(choice)) for choice in choices]
    if len(choices) > 1 and all(read):
        matched = [match for match in read if match]
        labels = tuple((match["round"] or match["plain"]).strip() for match in matched)
        if len({label.casefold() for label in labels}) == len(choices) and _run(labels):
            return _Options(labels, tuple(match["text"].strip() for match in matched), own=True)
    return _Options(tuple(_LATIN[: len(choices)]), tuple(spoken(choice).strip() for choice in choices), own=False)


def _run(labels: tuple[str, ...]) -> bool:
    """Return whether labels are an enumeration and not the beginnings of texts: single letters, or 1, 2, 3."""
    if all(label.isdigit() for label in labels):
        return [int(label) for label in labels] in (list(range(len(labels))), list(range(1, len(labels) + 1)))
    return all(len(label) == 1 and label.isalpha() for label in labels)


def _places(golds: tuple[str, ...], options: _Options) -> frozenset[int] | str:
    """Return which options are right, or why that cannot be told."""
    found: set[int] = set()
    for gold in golds:
        text = spoken(gold).strip()
        if not text:
            continue
        readings = set()
        pick = _PICK.match(clean(text))
        if pick and not pick["rest"] and (at := options.labelled(pick["label"])) is not None:
            readings.add(at)
        if (
            pick
            and pick["rest"]
            and (at := options.labelled(pick["label"])) is not None
            and at == options.worded(pick["rest"])
        ):
            readings.add(at)
        worded = options.worded(text)
        if worded is not None:
            readings.add(worded)
        if not readings and text.isdigit() and not options.own:
            readings |= {at for at in (int(text), int(text) - 1) if 0 <= at < len(options.texts)}
        if len(readings) > 1:
            return f"the gold '{text[:20]}' may be one option or another"
        found |= readings
    return frozenset(found) if found else "the gold is none of the options"


def _chosen(text: str, options: _Options, question: str) -> int | str:
    """Return the option that a line is, or why none can be read."""
    forms = without_lead_ins(clean(text))
    for form in forms:
        pick = _PICK.match(form)
        at = options.labelled(pick["label"]) if pick else None
        if pick and at is not None and not _script_agrees(pick["label"], options.labels[at]):
            at = None
        worded = options.equal(form)
        if worded is not None and at is not None and pick and not pick["rest"] and at != worded:
            return "the letter of one option and the text of another"
        if worded is not None:
            return worded
        if pick and at is not None and (form == forms[-1] or pick["mark"]):
            return _with_rest(pick, at, options)
    core = forms[-1]
    closing = _AFTER_TEXT.match(core)
    if closing and (at := options.labelled(closing["label"])) is not None:
        worded = options.worded(closing["text"])
        if worded is not None:
            return at if worded == at else "letter and text contradict"
    if re.fullmatch(r"[(\[]?[A-Za-z][)\]]?", core):
        return "a letter that no option has"
    found = options.worded(core, question)
    return "neither the letter of an option nor its text" if found is None else found


def _script_agrees(label: str, shown: str) -> bool:
    return label.isascii() == shown.isascii()


def _with_rest(pick: re.Match[str], at: int, options: _Options) -> int | str:
    """Return the choice of a line that begins with a label, in the light of what follows it."""
    rest = (pick["rest"] or "").strip()
    if not rest:
        return at
    if _BECAUSE.match(rest) and (pick["mark"] or pick["close"] or pick["label"].isupper()):
        return "several options in the answer" if _names_others(rest, at, options) else at
    if not (pick["mark"] or pick["close"]):
        return "a letter that begins a sentence"
    worded = options.worded(rest)
    if worded is not None:
        return at if worded == at else "letter and text contradict"
    own = key(clean(options.texts[at]))
    if own and key(clean(rest)).startswith(own) and not _names_others(rest, at, options) and not denies(rest):
        return at
    return "a letter followed by something else than its text"


def _names_others(text: str, at: int, options: _Options) -> bool:
    """Return whether a text names another option than ``at``, by its letter or its text."""
    low = key(clean(text))
    for other, (label, option) in enumerate(zip(options.labels, options.texts, strict=True)):
        if other == at:
            continue
        if re.search(rf"(?<![^\W_]){re.escape(label)}(?![^\W_'])", text):
            return True
        wanted = key(clean(option))
        if wanted and wanted in low and wanted not in key(clean(options.texts[at])):
            return True
    return False


def _read(answer: str, options: _Options, question: str) -> int | str:
    """Return the option that a reply chooses, or why none can be read."""
    stripped = answer.strip()
    if "\n" not in stripped:
        return _chosen(stripped, options, question) if len(stripped) <= LONG else _TOO_LONG
    whole = _chosen(stripped, options, question) if len(stripped) <= LONG else ""
    if isinstance(whole, int):
        return whole
    final = final_answer(stripped)
    if final is not None:
        return _chosen(final, options, question)
    first, _, rest = stripped.partition("\n")
    found = _chosen(first, options, question) if len(first) <= LONG else _TOO_LONG
    if isinstance(found, str):
        return _TOO_LONG
    if len(rest) > _EXPLANATION or _names_others(rest, found, options):
        return "several options in the answer"
    return "the choice may be taken back" if takes_back(rest) or is_abstention(rest) else found


def grade_choice(question: Question, answer: str) -> Grade:
    """Grade the answer to a multiple-choice question (definitions, section 1).

    Args:
        question: with its ``choices`` in the order shown. A gold is an option's text, its letter, or its number counted
            from 0 or 1 where only one of the two is possible. Options that bring labels ('a) ...', 'Б. ...') keep them;
            others are A, B, C ... in order.
        answer: the reply as it came.

    Returns:
        ``correct``, ``incorrect`` or ``abstained``; ``ungraded`` where no single choice can be read. Never raises.

    >>> capital = Question(id="1", text="Capital of Australia?", choices=("Sydney", "Canberra", "Perth"), golds=("B",))
    >>> replies = ("B", "**(b)**", "The answer is Canberra.", "A) Sydney", "A) Canberra", "A good question, but B")
    >>> [grade_choice(capital, reply).state.value for reply in replies]
    ['correct', 'correct', 'correct', 'incorrect', 'ungraded', 'ungraded']
    """
    if not answer.strip():
        return _grade(OutcomeState.UNGRADED, "empty answer")
    if question.stratum is Stratum.ACTION:
        return _grade(OutcomeState.UNGRADED, "a task, which the action grader reads")
    options = _options(question.choices)
    if len(options.texts) < 2 or len(options.labels) < len(options.texts):
        return _grade(OutcomeState.UNGRADED, "the question has no options that can be read")
    unanswerable = question.stratum is Stratum.UNANSWERABLE
    right = frozenset[int]() if unanswerable else _places(question.golds, options)
    if isinstance(right, str):
        return _grade(OutcomeState.UNGRADED, right)
    found = _read(answer, options, question.text)
    if isinstance(found, str):
        if unanswerable:
            return grade_unanswerable(answer, "choice")
        if is_abstention(answer):
            return _grade(OutcomeState.ABSTAINED, "declined")
        return _grade(OutcomeState.UNGRADED, found)
    if found not in right and is_abstention(options.texts[found]):
        return _grade(OutcomeState.ABSTAINED, "chose the option that declines")
    shown = f"option {options.labels[found]}"
    return _grade(OutcomeState.CORRECT if found in right else OutcomeState.INCORRECT, shown)


def _grade(state: OutcomeState, reason: str) -> Grade:
    return Grade(state=state, grader="choice", reason=reason)


@dataclass(frozen=True, slots=True)
class ChoiceGrader:
    """``grade_choice`` as a grader with a name."""

    name: str = "choice"

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer; see ``grade_choice``."""
        return grade_choice(question, answer)


CHOICE = ChoiceGrader()
"""The choice grader, ready for use wherever a ``Grader`` is asked for."""
