"""Pictures as small SVGs that take their colours from the page, so that light, dark and print need one picture.

Altair draws the pictures of single files (`calibrant.reports.pictures`). Here there may be a hundred in one page: an
SVG of vl-convert takes 60 to 100 ms and 12 kB, one of these 1 ms and 3 kB, and carries classes instead of colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

__all__ = ["Axis", "Drawing", "glyph", "log_axis", "share_axis", "whisker"]

WIDTH, HEIGHT = 400, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 44
_PLUS, _DIAGONAL = 4.6, 3.6

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis: its range, where it is marked, and what it says."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    title: str
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where a value lies between the ends, 0 to 1."""
        low, high = (math.log10(end) if self.logarithmic else end for end in (self.low, self.high))
        at = math.log10(value) if self.logarithmic else value
        return min(1.0, max(0.0, (at - low) / (high - low)))


def share_axis(title: str) -> Axis:
    """0 to 100 per cent."""
    return Axis(low=0.0, high=1.0, ticks=[(step / 4, f"{25 * step}%") for step in range(5)], title=title)


def log_axis(values: Sequence[float], title: str, unit: str = "$") -> Axis:
    """Powers of ten around positive values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    step = max(1, (high - low) // 4)
    ticks = [(10.0**power, f"{unit}{10.0**power:,.10g}") for power in range(low, high + 1, step)]
    return Axis(low=10.0**low, high=10.0**high, ticks=ticks, title=title, logarithmic=True)


def whisker(value: float, interval: Sequence[float] | None, scale: tuple[float, float]) -> Markup:
    """A dot with its interval on a scale, for a table's cell; hidden from readers, who have the numbers."""
    low, high = scale
    width, middle = 92, 7

    def at(one: float) -> float:
        return round(3 + (width - 6) * min(1.0, max(0.0, (one - low) / (high - low))), 1)

    parts = [f'<path class="axis" d="M3 {middle}H{width - 3}"/>']
    if low < 0 < high:
        parts.append(f'<path class="zero" d="M{at(0)} 1V13"/>')
    if interval is not None:
        a, b = at(interval[0]), at(interval[1])
        parts.append(f'<path class="span" d="M{a} {middle}H{b}M{a} 3V11M{b} 3V11"/>')
    parts.append(f'<circle class="dot" cx="{at(value)}" cy="{middle}" r="3"/>')
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="whisker" viewBox="0 0 {width} 14" width="{width}" height="14" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def glyph(style: int, x: float, y: float) -> str:
    """The mark of a style at a place: eight shapes, then a small ring."""
    x, y = round(x, 1), round(y, 1)
    p, d = _PLUS, _DIAGONAL
    shapes = (
        f"M{x - 4} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
        f"M{x - 3.6} {y - 3.6}h7.2v7.2h-7.2Z",
        f"M{x} {y - 5}l4.8 8.4h-9.6Z",
        f"M{x} {y - 5.2}l5.2 5.2l-5.2 5.2l-5.2-5.2Z",
        f"M{x - 4.8} {y - 3.4}h9.6l-4.8 8.4Z",
        f"M{x - p} {y}h{2 * p}M{x} {y - p}v{2 * p}",
        f"M{x - d} {y - d}l{2 * d} {2 * d}M{x - d} {y + d}l{2 * d}-{2 * d}",
        f"M{x - p} {y}h{2 * p}M{x} {y - p}v{2 * p}M{x - d} {y - d}l{2 * d} {2 * d}M{x - d} {y + d}l{2 * d}-{2 * d}",
        f"M{x - 3} {y}a3 3 0 1 0 6 0a3 3 0 1 0-6 0Z",
    )
    return f'<path class="glyph g{style} m{style}" d="{shapes[style]}"/>'


@dataclass(slots=True, kw_only=True)
class Drawing:
    """A plane with two axes, on which marks are put one after the other."""

    x: Axis
    y: Axis
    width: int = WIDTH
    height: int = HEIGHT
    parts: list[str] = field(default_factory=list)
    taken: list[tuple[float, float]] = field(default_factory=list)

    def place(self, point: Point) -> Point:
        """A point of the plane in pixels; beyond an axis it lies on its end."""
        across = _LEFT + self.x.share(point[0]) * (self.width - _LEFT - _RIGHT)
        down = self.height - _BOTTOM - self.y.share(point[1]) * (self.height - _TOP - _BOTTOM)
        return round(across, 1), round(down, 1)

    def line(self, points: Sequence[Point], style: int, *, step: bool = False) -> None:
        """A line through points in order; with ``step``, a value holds from the point before up to its own."""
        placed = [self.place(point) for point in points]
        path = f"M{placed[0][0]} {placed[0][1]}"
        for x, y in placed[1:]:
            path += f"V{y}H{x}" if step else f"L{x} {y}"
        self.parts.append(f'<path class="line m{style}" d="{path}"/>')

    def band(self, points: Sequence[tuple[float, float, float]], style: int) -> None:
        """The area between two values over x."""
        upper = [self.place((x, high)) for x, _, high in points]
        lower = [self.place((x, low)) for x, low, _ in reversed(points)]
        self.parts.append(f'<path class="band m{style}" d="M{"L".join(f"{x} {y}" for x, y in upper + lower)}Z"/>')

    def rule(self, start: Point, end: Point, kind: str = "rule") -> None:
        """A straight line of reference."""
        (a, b), (c, d) = self.place(start), self.place(end)
        self.parts.append(f'<path class="{kind}" d="M{a} {b}L{c} {d}"/>')

    def dot(self, point: Point, style: int, *, text: str = "") -> None:
        """A mark, with its number beside it where there is room."""
        x, y = self.place(point)
        self.parts.append(glyph(style, x, y))
        if text:
            self._label(x, y, text)

    def words(self, point: Point, text: str, *, anchor: str = "start") -> None:
        """A text at a place."""
        x, y = self.place(point)
        self.parts.append(f'<text class="note" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>')

    def _label(self, x: float, y: float, text: str) -> None:
        for right, up in ((8, 4), (8, -7), (-8, 4), (8, 15), (-8, -7), (-8, 15), (8, 26), (8, -18)):
            spot = x + right, y + up
            if all(abs(spot[0] - a) > 11 or abs(spot[1] - b) > 10 for a, b in self.taken):
                break
        self.taken.append(spot)
        anchor = "start" if right > 0 else "end"
        self.parts.append(
            f'<text class="tag" x="{spot[0]:.1f}" y="{spot[1]:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def svg(self, name: str, title: str, description: str) -> Markup:
        """The finished picture.

        Args:
            name: unique in the page.
            title: what it shows.
            description: what is to be seen, for those who do not see it.
        """
        bottom, right = self.height - _BOTTOM, self.width - _RIGHT
        frame = []
        for value, text in self.x.ticks:
            x, _ = self.place((value, self.y.low))
            frame.append(f'<path class="grid" d="M{x} {_TOP}V{bottom}"/>')
            frame.append(f'<text class="tick" x="{x}" y="{bottom + 15}" text-anchor="middle">{escape(text)}</text>')
        for value, text in self.y.ticks:
            _, y = self.place((self.x.low, value))
            frame.append(f'<path class="grid" d="M{_LEFT} {y}H{right}"/>')
            frame.append(f'<text class="tick" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(text)}</text>')
        frame.append(
            f'<text class="title" x="{(_LEFT + right) / 2}" y="{self.height - 8}" '
            f'text-anchor="middle">{escape(self.x.title)}</text>'
        )
        middle = (_TOP + bottom) / 2
        frame.append(
            f'<text class="title" x="11" y="{middle}" text-anchor="middle" '
            f'transform="rotate(-90 11 {middle})">{escape(self.y.title)}</text>'
        )
        return Markup(  # noqa: S704 - every text in it was escaped
            f'<svg class="plot" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
            f'<desc id="{name}-d">{escape(description)}</desc>{"".join(frame)}{"".join(self.parts)}</svg>'
        )
