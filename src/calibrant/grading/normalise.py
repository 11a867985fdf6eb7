"""One spelling for what is typed in many: Unicode forms, case, quotes, dashes, digits, markdown, articles, lead-ins.

Two strings with the same ``key`` are the same answer. Everything that carries meaning in short answers stays in the
key: digits with what separates them, signs, ``+ # % $ *``, combining marks of Indic scripts. Accents are folded only
by ``unaccented``, a second and weaker step.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["clean", "key", "spoken", "unaccented", "without_lead_ins", "words"]

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc\u02b9\uff07"
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f\u301d\u301e\u301f\uff02\u2039\u203a"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2061\u2062\u2063\u0000"
_SIGNS = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_QUOTES, '"'),
        **dict.fromkeys(_INVISIBLE, None),
        **dict.fromkeys("™®©℠", None),
        "\u2044": "/",
        "\u066b": ".",
        "\u066c": ",",
        "\u00d7": "x",
        "\u22c5": "x",
    }
)
# NFKC turns 10² into 102 and 1½ into 11/2: these are spelled out before it runs.
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
_RAISED_RUN = re.compile(f"[{''.join(_RAISED)}]+")
_VULGAR_AFTER_DIGIT = re.compile(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e])")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")

# Letters that Unicode does not decompose.
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
    | {"ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ё": "е", "Ё": "Е"}
)
_LATIN_MARKS = re.compile("(?<=[A-Za-z\u0370-\u03ff])[\u0300-\u036f]+")
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")

_FENCE = re.compile(r"^\s*```[\w+-]*[ \t]*\n?(.*?)\n?\s*```\s*$", re.DOTALL)
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|(?<![\w*])\*(?=\S)|(?<![\w_])_(?=\S))(?P<inner>[^*_\n]+?)\1(?![\w*])")
_TICKS = re.compile(r"(`+)([^`\n]+)\1")
_TEX_GROUP = re.compile(r"\\(?:boxed|text|textbf|mathrm|mathbf|mathit|operatorname|emph|fbox)\s*\{([^{}]*)\}")
_TEX_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_TEX_DELIMITER = re.compile(r"^\s*(?:\$\$?|\\\(|\\\[)\s*(.*?)\s*(?:\$\$?|\\\)|\\\])\s*([.]?)\s*$", re.DOTALL)
_LINE_MARKS = ("#", ">", "-", "*", "\u2022")
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|>\s+|[-*\u2022]\s+(?=[^\W\d]))")

_KEPT_SIGNS = frozenset("+#%@&*$€£¥₹°^=<>~|∞√♯♭")
_DIGIT = re.compile("[0-9]")
_NOT_KEY_ASCII = re.compile(r"[^a-z0-9+#%@&*$^=<>~|]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s*([.,:/()\-\s])\s*(?=\d)")
# A minus before a number, and one at the end of a word: -5, A-, Cl-.
_NEGATIVE = re.compile(r"(?:(?<=^)|(?<=[\s(=]))-\s?(?=\d)|(?<=\w)-(?=\s|$)")
# Signs that mean something between or before digits wait here while all other punctuation is dropped.
_SEPARATORS = {sign: chr(0xE000 + number) for number, sign in enumerate(".,:/()-")}
_GAP, _MINUS = "\ue010", "\ue011"
_PLACEHOLDERS = frozenset([*_SEPARATORS.values(), _GAP, _MINUS])
_POINT_FIRST = re.compile(r"(?<![\w.])\.(?=\d)")
_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=[^\W_]{2}|[\"'])", re.IGNORECASE)
_INNER_THE = re.compile(r"(?<=[\s-])the[\s-]+(?=[^\W\d_]{2})")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_INITIALS = re.compile(r"\b([^\W\d_])\.(?=\s?[^\W\d_]\b|\s)")

_COPULA = r"(?:is|was|are|were|would be|must be|should be|will be)"
_LEAD_INS = (
    rf"(?:the |my )?(?:final |correct |short |right |best )?answer(?: to (?:the|this|your) question)?(?: {_COPULA}|:| -)"
    r"(?: that)?:?",
    rf"(?:so|therefore|thus|hence|well|sure|certainly|of course|ok|okay)[,!.]?(?= (?:it|that|(?:the|my) (?:\w+ )?answer) {_COPULA}\b)",
    rf"(?:it|that|this|he|she|they|these|those)(?:'s|'re| {_COPULA})(?: called| named| known as)?:?",
    r"(?:i (?:think|believe|guess|would say|suppose)|i'd say|my (?:best )?guess is)(?: that)?:?(?: it(?:'s| is| was))?",
    r"(?:probably|most likely|likely|presumably)",
    r"(?:output|result|response|a|ans|solution):",
    r"die (?:richtige |korrekte )?antwort (?:ist|lautet|war):?|(?:die )?antwort:|es (?:ist|war)|das (?:ist|war)",
    r"la (?:bonne )?r[ée]ponse (?:est|était):?|r[ée]ponse ?:|c'(?:est|était)|il s'agit (?:de|d')|ce (?:sont|fut)",
    r"la respuesta (?:correcta )?(?:es|fue|era):?|respuesta:|(?:es|fue|se trata de)(?= )",
    r"la risposta (?:corretta )?(?:è|e|era):?|risposta:|si tratta di",
    r"a resposta (?:correta |certa )?(?:é|e|foi):?|resposta:|trata-se de",
    r"het (?:juiste )?antwoord (?:is|was):?|antwoord:|het (?:is|was)",
    r"(?:prawidłowa )?odpowiedź(?: to| brzmi)?:?|to jest",
    r"(?:правильный )?ответ\s?[:-]|это(?= )",
    r"答案是:?|答案:|答え[は:]|回答:|정답은|답:|الجواب هو|الإجابة هي|cevap:?|उत्तर:?",
)
_LEAD_IN = re.compile("(?:" + "|".join(_LEAD_INS) + r")\s*", re.IGNORECASE)
_END_MARKS = " \t\n.!。।;,"
_END_COPULAS = ("です", "입니다", "이다", " है")


def _ascii_digit(match: re.Match[str]) -> str:
    return str(unicodedata.digit(match[0], match[0]))


def _raised(match: re.Match[str]) -> str:
    return "^" + "".join(_RAISED[sign] for sign in match[0])


def spoken(text: str) -> str:
    """Return ``text`` in one Unicode spelling (NFKC, ASCII quotes, dashes and digits), case and words untouched."""
    if not text.isascii():
        text = _RAISED_RUN.sub(_raised, text)
        text = _VULGAR_AFTER_DIGIT.sub(" ", text).translate(_SIGNS)
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
        text = _OTHER_DIGIT.sub(_ascii_digit, text)
    elif "\0" in text:
        text = text.replace("\0", "")
    return text


def clean(text: str) -> str:
    """Return the reply without markdown, LaTeX wrapping, outer quotes and a final full stop; case is kept.

    >>> clean("**Paris**.")
    'Paris'
    >>> clean(r"$\\boxed{42}$")
    '42'
    """
    text = spoken(text).strip()
    if "`" in text:
        fenced = _FENCE.match(text)
        text = fenced[1] if fenced else _TICKS.sub(r"\2", text)
    if "\\" in text:
        text = _TEX_FRACTION.sub(r"\1/\2", text)
        text = _TEX_GROUP.sub(r"\1", _TEX_GROUP.sub(r"\1", text)).replace("\\times", "x").replace("\\%", "%")
        text = text.replace("\\,", " ").replace("\\ ", " ").replace("\\$", "$")
    if "$" in text or "\\" in text:
        inline = _TEX_DELIMITER.match(text)
        text = inline[1] if inline else text
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(lambda m: m["inner"], text)
    if text[:1] in _LINE_MARKS:
        text = _LINE_MARK.sub("", text)
    text = _without_end(" ".join(text.split()))
    if len(text) > 2 and text[0] in "\"'" and text[0] == text[-1] and '"' not in text[1:-1]:
        text = _without_end(text[1:-1].strip())
    return text


def _without_end(text: str) -> str:
    """Return ``text`` without closing marks and a closing copula of Japanese, Korean or Hindi; dots alone stay."""
    bare = text.rstrip(_END_MARKS)
    if not bare.isascii() and bare.endswith(_END_COPULAS):
        bare = bare.removesuffix("です").removesuffix("입니다").removesuffix("이다").removesuffix(" है") or bare
    return bare or text


def without_lead_ins(text: str) -> tuple[str, ...]:
    """Return a cleaned reply, then what is left as 'The answer is', 'It was', 'C'est', '答案是' are taken off one by one.

    >>> without_lead_ins("So the answer is: it was Paris")
    ('So the answer is: it was Paris', 'the answer is: it was Paris', 'it was Paris', 'Paris')
    """
    forms = [text]
    for _ in range(4):
        match = _LEAD_IN.match(text)
        if match is None:
            break
        rest = text[match.end() :].lstrip(" :,-")
        glued = text[match.end() - 1].isalnum() and rest[:1].isascii() and rest[:1].isalnum()
        if not rest or (glued and text[match.end() - 1].isascii()):
            break
        text = clean(rest)
        forms.append(text)
    return tuple(forms)


@lru_cache(maxsize=4096)
def _means_something(char: str) -> bool:
    return char in _KEPT_SIGNS or unicodedata.category(char)[0] in "LMN"


def key(text: str) -> str:
    """Return what decides equality of two texts: case-folded, no articles, no spaces or punctuation that mean nothing.

    Separators between digits stay (``606-10`` is not ``60610``), and so does a minus sign before a number.

    >>> key("The Rolling Stones!") == key("rolling stones")
    True
    >>> key("606-10") == key("60610"), key("-5") == key("5"), key("C#") == key("C")
    (False, False, False)
    """
    text = _INNER_THE.sub("", _ARTICLE.sub("", unicodedata.normalize("NFC", text.casefold()).strip()))
    if "-" in text:
        text = _NEGATIVE.sub(_MINUS, text)
    if _DIGIT.search(text):
        text = _POINT_FIRST.sub("0.", text)
        text = _BETWEEN_DIGITS.sub(lambda m: _SEPARATORS.get(m[1], _GAP), text)
        kept = "".join(char for char in text if char in _PLACEHOLDERS or _means_something(char))
    elif text.isascii():  # neither digits nor a minus sign that counts
        kept = _NOT_KEY_ASCII.sub("", text)
    else:
        kept = "".join(char for char in text if char in _PLACEHOLDERS or _means_something(char))
    if "&" in kept and len(kept) > 1:
        kept = kept.replace("&", "and")
    return kept or text


def unaccented(text: str) -> str:
    """Return ``text`` without the accents of Latin and Greek letters and without Arabic vowel signs.

    Cyrillic й, Japanese voicing marks and Indic vowels are letters of their own and stay.

    >>> unaccented("Cézanne, Łódź")
    'Cezanne, Lodz'
    """
    if text.isascii():
        return text
    bare = _ARABIC_MARKS.sub("", unicodedata.normalize("NFD", text.translate(_LETTERS)))
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", bare))


def words(text: str) -> list[str]:
    """Return the case-folded words of ``text``; initials lose their full stop, an apostrophe stays inside its word."""
    return _WORD.findall(_INITIALS.sub(r"\1 ", text.casefold()))
