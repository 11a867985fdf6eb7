"""Attributes that a table does not have: taken from other domains, and checked to be nowhere in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from calibrant.builder.tables.cells import Kind, fold_key
from calibrant.builder.tables.names import words_of
from calibrant.builder.tables.profile import Column
from calibrant.builder.tables.scan import Scan

__all__ = ["absent_attributes", "foreign_label"]

_LANGUAGES = ("en", "de", "zh", "es")
_ATTRIBUTES = tuple(
    dict(zip(_LANGUAGES, (word.strip() for word in line.split("|")), strict=True))
    for line in """
    inventory number | Inventarnummer | 库存编号 | número de inventario
    insured value | Versicherungswert | 保险价值 | valor asegurado
    warranty period | Garantiezeit | 保修期 | periodo de garantía
    shelf life | Haltbarkeit | 保质期 | caducidad
    storage temperature | Lagertemperatur | 储存温度 | temperatura de almacenamiento
    maintenance interval | Wartungsintervall | 维护周期 | intervalo de mantenimiento
    customs tariff | Zolltarif | 关税税号 | arancel aduanero
    call sign | Rufzeichen | 呼号 | indicativo
    blood type | Blutgruppe | 血型 | grupo sanguíneo
    shoe size | Schuhgröße | 鞋码 | número de calzado
    page count | Seitenzahl | 页数 | cantidad de páginas
    fuel consumption | Kraftstoffverbrauch | 油耗 | consumo de combustible
    wingspan | Spannweite | 翼展 | envergadura
    locker number | Schließfachnummer | 储物柜编号 | número de taquilla
    melting point | Schmelzpunkt | 熔点 | punto de fusión
    noise level | Geräuschpegel | 噪音水平 | nivel de ruido
    licence plate | Kennzeichen | 车牌号 | matrícula
    dress code | Kleiderordnung | 着装要求 | código de vestimenta
    """.strip().splitlines()
)
_LABELS: Mapping[tuple[str, str], str] = {
    (fold_key(one["en"]), language): label for one in _ATTRIBUTES for language, label in one.items()
}
_NOT_TELLING = frozenset(
    ["number", "value", "period", "type", "size", "count", "point", "level", "code", "life", "de", "del", "la"]
)
"""Words that many attributes share: having one of them makes no column the attribute."""


def foreign_label(column: str, language: str) -> str | None:
    """What one of these attributes is called in a language; None for any other column.

    >>> foreign_label("blood type", "de"), foreign_label("mass", "de")
    ('Blutgruppe', None)
    """
    return _LABELS.get((fold_key(column), language))


def absent_attributes(found: Scan, languages: Sequence[str]) -> tuple[Column, ...]:
    """Attributes that no column is called like and no cell that was read names, in any language known.

    Args:
        found: the scan.
        languages: of the questions; without words of its own for one of them, no attribute is given.
    """
    if not set(languages) <= set(_LANGUAGES):
        return ()
    names = [" ".join(words_of(name)) for name in found.columns]
    words = {word for name in names for word in name.split()}
    left = [one for one in _ATTRIBUTES if not any(_alike(label, names, words) for label in one.values())]
    named = _named(found, [label for one in left for label in one.values()])
    return tuple(
        Column(name=one["en"], kind=Kind.TEXT, rows=found.count, filled=0, distinct=0)
        for one in left
        if not named & {label.casefold() for label in one.values()}
    )


def _alike(label: str, names: Sequence[str], words: set[str]) -> bool:
    """Whether a column is called so, in part or as a part."""
    telling = [word for word in words_of(label) if word not in _NOT_TELLING]
    return any(word in words for word in telling) or any(label.casefold() in name for name in names)


def _named(found: Scan, labels: Sequence[str]) -> set[str]:
    """Which labels stand in a cell of the rows kept."""
    if not labels:
        return set()
    anywhere = re.compile("|".join(re.escape(label) for label in labels), re.IGNORECASE)
    cells = (value for row in found.rows for value in row.values() if isinstance(value, str))
    return {one.casefold() for cell in cells for one in anywhere.findall(cell)}
