"""Made-up names, put together from syllables: known and invented ones look alike and are made of the same tokens."""

from __future__ import annotations

import random

__all__ = ["make_name", "stem_of"]

_GIVEN = tuple(
    "Mira|Tomas|Elna|Joren|Sofi|Anders|Lida|Pavel|Rosa|Emil|Greta|Ivo|Nadia|Oskar|Vera|Hugo|Ines|Karl|Alma|Boris|"
    "Dora|Felix|Hanna|Jonas|Klara|Leon|Maren|Nils|Olga|Peter|Ruth|Simon|Tilda|Viktor|Wanda|Anton|Clara|Edwin|Frida|Georg".split(
        "|"
    )
)
_FIRST = (
    "Kar|Vel|Tor|Mal|Bren|Sil|Dor|Har|Fen|Lor|Gal|Ost|Ran|Bel|Tam|Nor|Pel|Ser|Wen|Zar|Cal|Hol|Mer|Rud|Jas|Yar".split(
        "|"
    )
)
_MIDDLE = "a|e|o|i|an|er|ol|in".split("|")
_LAST = (
    "den|mar|vik|ton|lin|sen|dar|rop|bek|nas|tov|wick|mund|gar|lis|pek|zin|hal|rum|fos|kel|stad|bor|net|lan|sko".split(
        "|"
    )
)
_COMPANIES = "Works|Brothers|Mills|Trading|House|Guild".split("|")
_LAWS = "Act|Order|Rule|Charter".split("|")
_BOOKS = "Lantern|Garden|Shadow|Winter|Letters|Bridge|Daughter|Silence|Keeper|Road|Song|Door".split("|")


def _stem(random_: random.Random) -> str:
    middle = random_.choice(_MIDDLE) if random_.random() < 0.6 else ""
    return random_.choice(_FIRST) + middle + random_.choice(_LAST)


def make_name(kind: str, random_: random.Random) -> str:
    """A name for an entity of a kind.

    >>> make_name("river", random.Random(1))
    'the Feneton'
    """
    stem = _stem(random_)
    match kind:
        case "person":
            return f"{random_.choice(_GIVEN)} {stem}"
        case "town":
            return stem
        case "river":
            return f"the {stem}"
        case "mountain":
            return f"Mount {stem}"
        case "company":
            return f"{stem} {random_.choice(_COMPANIES)}"
        case "law":
            return f"the {stem} {random_.choice(_LAWS)}"
        case "book":
            return f"The {random_.choice(_BOOKS)} of {stem}"
    raise ValueError(f"there is no kind {kind!r}")


_PLAIN = frozenset((*_GIVEN, *_COMPANIES, *_LAWS, *_BOOKS, "the", "The", "of", "Mount"))


def stem_of(name: str) -> str:
    """The made-up part of a name.

    >>> stem_of("the Belilin Act"), stem_of("Mira Kardov")
    ('Belilin', 'Kardov')
    """
    return next(word for word in name.split() if word not in _PLAIN)
