"""Names, titles and phrases: when two texts surely name the same thing, surely do not, or may.

Same: equal up to case, accents typed on one side only, articles, honorifics, a few fixed abbreviations, Roman
numerals, words that the question gives; or the gold inside a sentence that only repeats the question. Different: equal
words with different numbers, two members of a closed class, two unlike names where a person is asked for. Everything
else is *unsure*: a part of a name, a longer answer, other words (of 220 unlike short answers to trivia questions, about
one in twelve was a synonym of the gold: aubergine and eggplant, sofa and couch), a possible abbreviation or slip.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from calibrant.grading.classes import membership
from calibrant.grading.normalise import key, unaccented, words
from calibrant.grading.numbers import is_number_word, ordinal_word, roman
from calibrant.grading.verdict import Comparison, different, same, unsure

__all__ = ["Phrase", "compare_texts", "denies"]

_SHORT = 5
"""Most words that an answer or a gold may have for *different* to be said of it."""

_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "from",
        "with",
        "or",
        "is",
        "was",
        "are",
        "were",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "as",
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "el",
        "los",
        "las",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "und",
        "et",
        "y",
        "e",
        "i",
        "il",
        "lo",
        "da",
        "do",
        "dos",
        "das",
        "van",
        "von",
        "di",
        "del",
        "della",
        "mr",
        "mrs",
        "ms",
        "sir",
        "dr",
        "st",
    ]
)
_ARTICLES = ("the", "a", "an")
_COPULAS = frozenset(
    [
        "is",
        "was",
        "are",
        "were",
        "be",
        "called",
        "named",
        "est",
        "était",
        "ist",
        "war",
        "sind",
        "waren",
        "es",
        "fue",
        "era",
        "è",
        "é",
        "foi",
        "fu",
    ]
)
_PREPOSITIONS = frozenset(
    ["in", "at", "on", "by", "from", "en", "à", "au", "por", "im", "am", "bei", "von", "durch", "aus"]
)
_FUNCTION = (
    _STOP
    | _COPULAS
    | frozenset(["he", "she", "they", "who", "which", "what", "where", "when", "there", "name", "first", "one"])
)
_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "neither",
        "nor",
        "none",
        "nobody",
        "nothing",
        "without",
        "except",
        "isn't",
        "wasn't",
        "aren't",
        "weren't",
        "don't",
        "doesn't",
        "didn't",
        "can't",
        "cannot",
        "couldn't",
        "won't",
        "wouldn't",
        "unlike",
        "rather",
        "instead",
        "false",
        "incorrect",
        "wrong",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "nie",
        "niemals",
        "ne",
        "pas",
        "jamais",
        "aucun",
        "aucune",
        "sans",
        "nunca",
        "jamás",
        "ningún",
        "ninguna",
        "sin",
        "non",
        "mai",
        "nessun",
        "nessuna",
        "senza",
        "não",
        "nem",
        "nenhum",
        "nenhuma",
        "sem",
        "niet",
        "geen",
        "nooit",
        "zonder",
        "nie",
        "nigdy",
        "bez",
        "не",
        "нет",
        "ни",
        "никогда",
        "без",
        "değil",
        "yok",
        "نہیں",
        "नहीं",
        "ليس",
        "لا",
    ]
)
_NEGATION_SIGNS = re.compile("不|没|沒|非|ない|ません|ず|無し|아니|없|않|못|নয়|ไม่")
_ALTERNATIVES = frozenset(["or", "either", "oder", "ou", "oppure", "lub", "или", "أو", "veya", "या"])
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "doctor",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "king",
        "queen",
        "president",
        "prime",
        "minister",
        "pope",
        "emperor",
        "saint",
        "st",
        "general",
        "colonel",
        "captain",
        "senator",
        "governor",
        "judge",
        "justice",
        "herr",
        "frau",
        "monsieur",
        "madame",
        "señor",
        "señora",
        "don",
    ]
)
_ABBREVIATIONS = {"saint": "st", "mount": "mt", "doctor": "dr", "junior": "jr", "senior": "sr", "versus": "vs"} | {
    "&": "and",
    "v": "vs",
    "mister": "mr",
}
_ALIASES = {
    "usa": "unitedstates",
    "us": "unitedstates",
    "unitedstatesofamerica": "unitedstates",
    "uk": "unitedkingdom",
    "ussr": "sovietunion",
    "uae": "unitedarabemirates",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_WH_WORDS = frozenset(["what", "which", "who", "whom", "whose", "where", "when", "how"])
_PHRASE_END = _COPULAS | frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "to",
        "as",
        "that",
        "who",
        "which",
        "and",
        "did",
        "does",
        "do",
        "has",
        "had",
        "have",
        "can",
        "could",
        "would",
        "will",
        "into",
        "over",
    ]
)
_WHO = frozenset(
    ["who", "whom", "whose", "wer", "wen", "wem", "wessen", "qui", "quién", "quien", "quem", "chi", "wie", "kto", "кто"]
)
_ROLES = frozenset(
    [
        "actor",
        "actress",
        "singer",
        "author",
        "writer",
        "novelist",
        "poet",
        "playwright",
        "composer",
        "conductor",
        "musician",
        "guitarist",
        "drummer",
        "pianist",
        "artist",
        "painter",
        "sculptor",
        "architect",
        "director",
        "comedian",
        "comedienne",
        "presenter",
        "broadcaster",
        "journalist",
        "politician",
        "president",
        "minister",
        "chancellor",
        "senator",
        "scientist",
        "physicist",
        "chemist",
        "biologist",
        "mathematician",
        "inventor",
        "engineer",
        "explorer",
        "astronaut",
        "philosopher",
        "economist",
        "businessman",
        "entrepreneur",
        "footballer",
        "cricketer",
        "golfer",
        "boxer",
        "athlete",
        "cyclist",
        "swimmer",
        "jockey",
        "sprinter",
        "driver",
        "player",
        "manager",
        "coach",
        "captain",
        "winner",
        "designer",
        "chef",
        "murderer",
        "general",
        "admiral",
        "dramatist",
        "star",
        "model",
        "chairman",
        "mathematicians",
        "person",
        "man",
        "woman",
    ]
)
# Where the question is about another name of the same person, two names may well be one.
_ALIAS_CUES = frozenset(
    [
        "alias",
        "nickname",
        "nicknamed",
        "pseudonym",
        "pen",
        "stage",
        "real",
        "known",
        "born",
        "birth",
        "called",
        "name",
        "named",
        "alter",
        "ego",
        "character",
        "played",
        "plays",
        "portrayed",
        "behind",
        "originally",
        "otherwise",
        "better",
        "formerly",
        "maiden",
        "role",
        "disguise",
        "identity",
    ]
)
_RANKS = frozenset(
    [
        "of",
        "the",
        "and",
        "de",
        "duke",
        "earl",
        "lord",
        "lady",
        "baron",
        "baroness",
        "count",
        "countess",
        "marquess",
        "viscount",
        "prince",
        "princess",
        "king",
        "queen",
        "pope",
        "saint",
        "st",
        "bishop",
        "archbishop",
        "sultan",
        "emperor",
        "empress",
        "sir",
        "dame",
        "or",
        "in",
        "for",
        "with",
        "&",
        "family",
        "brothers",
        "sisters",
        "band",
        "group",
        "company",
        "inc",
        "ltd",
    ]
)
_PARENTHESIS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_DIGITS = re.compile(r"\d+")
_ENDS = ".,;:!?\"'()[]"
_LABEL = re.compile(
    r"^(section|sec|§|article|art|rule|paragraph|para|version|v|chapter|page|number|no|nr|figure|table|part|clause|item)"
    r"(?:\.\s?|\s|(?<=[v§])(?=\d))(?=\(?[^\W_]*\d)"
)
_LONE_LETTER = re.compile(r"(?<=[\d(])[A-RT-Za-rt-z](?![^\W_])")


@dataclass(frozen=True)
class Phrase:
    """A cleaned text and, when asked for, the forms in which it is compared."""

    text: str
    key: str = field(default="")

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Return the phrase of a cleaned text."""
        return cls(text, key(text))

    @cached_property
    def words(self) -> list[str]:
        """Case-folded words."""
        return words(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        """Case-folded words with the signs that mean something ('c#')."""
        return _tokens(self.text.casefold())

    @cached_property
    def plain_key(self) -> str:
        """The key without accents."""
        return key(unaccented(self.text))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key under which the text is surely the same thing."""
        found = set()
        for tokens in (self.tokens, _with_numerals(self.text)):
            found.add(_canonical(tokens))
            if len(tokens) > 2 and tokens[0] in _TITLES:
                found.add(_canonical(tokens[1:]))
        bare = _PARENTHESIS.sub(" ", self.text).strip()
        inside = _PARENTHESIS.search(self.text)
        if inside and bare and (inside.start() == 0 or _initials(words(bare)) == inside[1].casefold()):
            found |= {_canonical(words(bare)), key(bare)}
        alias = _ALIASES.get(self.key)
        if alias and (len(self.key) > 2 or self.text.replace(".", "").isupper()):
            found.add(alias)
        return frozenset(form for form in found if form)

    @cached_property
    def unlabelled(self) -> tuple[str, str]:
        """The label before a number ('section', 'version') and the key of what follows; two empty texts without one."""
        low = self.text.casefold()
        match = _LABEL.match(low)
        return (match[1], key(low[match.end() :])) if match else ("", "")

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that can tell one thing from another, without accents and plural endings."""
        plain = words(unaccented(self.text))
        found = {_stem(word.replace("'s", "").replace("'", "")) for word in plain if word not in _STOP}
        return frozenset(found or plain)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _canonical(tokens: list[str]) -> str:
    if not tokens:
        return ""
    kept = [_ABBREVIATIONS.get(word, word) for word in tokens]
    return key(" ".join(kept))


def _tokens(text: str) -> list[str]:
    """Return what stands between spaces, without punctuation at its ends; signs that mean something stay ('C#', 'A-')."""
    return [word for part in text.split() if (word := part.strip(_ENDS))]


def _with_numerals(text: str) -> list[str]:
    """Return the words with Roman numerals and, in names like 'Henry the Sixth', ordinals as digits."""
    found: list[str] = []
    for number, word in enumerate(_tokens(text)):
        value = roman(word) if number and (len(word) > 1 or word in "VIX") and not text.isupper() else None
        if value is None and number > 1 and found[-1] == "the" and (ordinal := ordinal_word(word.casefold())):
            value = ordinal
            found.pop()
        found.append(str(value) if value else word.casefold())
    return found


def _initials(tokens: list[str]) -> str:
    return "".join(word[0] for word in tokens)


def denies(text: str) -> bool:
    """Return whether a text holds a negation in one of the languages we know."""
    return not _NEGATIONS.isdisjoint(words(text)) or (not text.isascii() and _NEGATION_SIGNS.search(text) is not None)


def _find(needle: list[str], hay: list[str]) -> int:
    """Return where ``needle`` stands in ``hay``; -1 where it does not, -2 where it stands more than once."""
    places = [at for at in range(len(hay) - len(needle) + 1) if hay[at : at + len(needle)] == needle]
    return places[0] if len(places) == 1 else -2 if places else -1


def _restates(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether the answer is the gold inside words that only repeat the question."""
    needle = [word for word in gold.tokens if word not in _ARTICLES] or gold.tokens
    hay = [word for word in answer.tokens if word not in _ARTICLES]
    at = _find(needle, hay)
    if at < 0 or len(hay) > 40 or len(hay) == len(needle):
        return False
    before, after = hay[:at], hay[at + len(needle) :]
    asked = [word for word in question if word not in _ARTICLES]
    if len(before) > 1 and not after and asked[: len(before)] == before:
        return not _WH_WORDS.isdisjoint(asked[len(before) : len(before) + 2])
    known = _FUNCTION.union(question)
    if before and not (before[-1] in _COPULAS or before[-1] in _PREPOSITIONS):
        return False
    if before and len(before) > 1 and not any(word in _COPULAS for word in before[-2:]):
        return False
    if not known.union(_PREPOSITIONS).issuperset(before):
        return False
    if not after:
        return True
    start = asked[: -len(after)]
    return (
        not before
        and len(after) > 1
        and asked[-len(after) :] == after
        and start[:1] != []
        and start[0] in _WH_WORDS
        and len(start) <= 4
        and _COPULAS.isdisjoint(start)
    )


def _alike(left: str, right: str) -> bool:
    """Return whether two words may be one word misspelt, inflected or shortened."""
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    if len(short) < 3:
        return False
    if len(short) >= 4 and (short in long or short[:4] == long[:4]):
        return True
    if long.startswith(short):
        return True
    if len(long) - len(short) > 2 or len(short) < 4:
        return False
    pairs = {long[at : at + 2] for at in range(len(long) - 1)}
    shared = sum(short[at : at + 2] in pairs for at in range(len(short) - 1))
    return shared * 2 >= len(long) - 1


def _acronym(left: Phrase, right: Phrase) -> bool:
    """Return whether one text may be the initials of the other, or is too short to tell."""
    for short, long in ((left, right), (right, left)):
        letters = short.key
        if len(letters) <= 2 and letters.isalpha():
            return True
        if len(short.words) == 1 or len(letters) <= 5:
            whole = _initials(long.words)
            content = "".join(word[0] for word in long.words if word not in _STOP)
            if len(long.words) > 1 and (letters in (whole, content) or (len(letters) > 2 and letters in whole)):
                return True
        if short.text.isupper() and not long.text.isupper() and len(letters) <= 4 and len(long.words) > 1:
            return True
    return False


def _script(text: str) -> str:
    if text.isascii():
        return "latin"
    for char in text:
        if char.isalpha():
            return "latin" if ord(char) < 0x250 or 0x1E00 <= ord(char) < 0x1F00 else hex(ord(char) >> 8)
    return "latin"


def _same_label(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether one side leaves out a label like 'section' before a number that is telling by itself."""
    for labelled, other in ((gold, answer), (answer, gold)):
        label, rest = labelled.unlabelled
        if label and rest == other.key and not other.unlabelled[0]:
            return not rest.isdigit() or label in question
    return False


def _same_text(gold: Phrase, answer: Phrase, question: list[str]) -> Comparison | None:
    if gold.key == answer.key:
        if gold.text != answer.text and _LONE_LETTER.findall(gold.text) != _LONE_LETTER.findall(answer.text):
            return unsure("a letter beside a number differs in case")
        return same("equal text")
    if gold.keys & answer.keys:
        return same("equal but for title, abbreviation or numeral style")
    if _same_label(gold, answer, question):
        return same("equal but for the label before the number")
    if gold.text.isascii() and answer.text.isascii():
        return None
    plain = gold.plain_key == answer.plain_key
    spelt_out = key(gold.text.casefold().translate(_UMLAUTS)) == key(answer.text.casefold().translate(_UMLAUTS))
    if not (plain or spelt_out):
        return None
    if gold.text.isascii() or answer.text.isascii():
        return same("equal but for accents")
    return unsure("differs in accents")


def compare_texts(gold: Phrase, answer: Phrase, question: list[str], *, one_line: bool = True) -> Comparison:
    """Compare two texts; ``question`` holds the question's words, ``one_line`` is False for an answer in several lines.

    >>> compare_texts(Phrase.of("Paul Cézanne"), Phrase.of("paul cezanne"), []).reason
    'equal but for accents'
    >>> compare_texts(Phrase.of("Apollo 11"), Phrase.of("Apollo 12"), []).verdict
    <Verdict.DIFFERENT: 'different'>
    """
    found = _same_text(gold, answer, question)
    if found is not None:
        return found
    known = membership(gold.key, answer.key)
    if known is not None:
        return unsure("another name of the same thing") if known else different("two members of a closed class")
    if denies(answer.text):
        return unsure("the answer holds a negation")
    if not _ALTERNATIVES.isdisjoint(answer.words):
        return unsure("the answer may name alternatives")
    if not gold.words or not answer.words:
        return unsure("nothing but signs")
    if one_line and _equal_given(gold, answer, question):
        return same("equal but for words that the question gives")
    if _find(gold.words, answer.words) != -1:
        if one_line and _restates(gold, answer, question):
            return same("the gold in a sentence that repeats the question")
        return unsure("the gold among other text")
    if not one_line or len(answer.words) > _SHORT or len(gold.words) > _SHORT or len(answer.text) > 80:
        return unsure("a long answer or gold, not equal")
    return _compare_short(gold, answer, question)


def _equal_given(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether gold and answer differ by question words only: 'Severn', 'River Severn' to 'Which river ...?'."""
    if len(answer.words) > _SHORT or len(gold.words) > _SHORT or not _ALTERNATIVES.isdisjoint(question):
        return False
    if gold.content == answer.content or not gold.content & answer.content:
        return False
    given = _asked_for(question)
    one, other = gold.content - given, answer.content - given
    if one != other or not one or any(map(is_number_word, one)) or _DIGITS.search(gold.text + answer.text):
        return False
    return max(map(len, one)) >= 3


def _asked_for(question: list[str]) -> set[str]:
    """Return the words that say what kind of thing is asked for: those of the phrase that begins with which or what."""
    found: set[str] = set()
    for at, word in enumerate(question):
        if word not in ("which", "what"):
            continue
        start = at + 1
        while start < len(question) and (question[start] in _COPULAS or question[start] in _ARTICLES):
            start += 1
        for following in question[start : start + 5]:
            if following in _PHRASE_END:
                break
            found.add(_stem(unaccented(following).removesuffix("'s")))
    return found


def _is_person(phrase: Phrase) -> bool:
    """Return whether a text has the shape of a first name and surname, as far as spelling shows."""
    return (
        2 <= len(phrase.words) <= 3
        and _RANKS.isdisjoint(phrase.words)
        and all(word[0].isupper() and (len(word) > 1 or number == 1) for number, word in enumerate(phrase.text.split()))
        and len(phrase.words[0]) > 1
    )


def _wants_person(question: list[str]) -> bool:
    words_asked = set(question)
    return bool(words_asked & _WHO or words_asked & _ROLES) and not words_asked & _ALIAS_CUES


def _compare_short(gold: Phrase, answer: Phrase, question: list[str]) -> Comparison:
    numbers = _DIGITS.findall(gold.text), _DIGITS.findall(answer.text)
    letters = _DIGITS.sub("", gold.plain_key), _DIGITS.sub("", answer.plain_key)
    if numbers[0] and len(numbers[0]) == len(numbers[1]) and letters[0] == letters[1] and letters[0]:
        if any(
            left.endswith(right) or right.endswith(left) for left, right in zip(*numbers, strict=True) if left != right
        ):
            return unsure("one number may be short for the other")
        if sorted(numbers[0]) == sorted(numbers[1]):
            return unsure("the same numbers in another order")
        return different("equal words, different numbers")
    if numbers[0] or numbers[1] or any(map(is_number_word, [*gold.words, *answer.words])):
        return unsure("a number on one side only")
    if _script(gold.text) != _script(answer.text) or _script(gold.text) != "latin":
        return unsure("another script")
    if gold.content & answer.content:
        return unsure("part of the words in common")
    if any(_alike(left, right) for left in gold.content for right in answer.content):
        return unsure("words alike: a slip of the pen, an inflection or a short form")
    if _acronym(gold, answer):
        return unsure("a possible abbreviation")
    if _wants_person(question) and _is_person(gold) and _is_person(answer):
        return different("two persons' names with nothing in common")
    return unsure("other words, which may mean the same")
