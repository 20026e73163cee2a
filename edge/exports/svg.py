"""What pictures are drawn of: shapes of SVG as text, the same for the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.model.reading import Array

WIDTH = 720.0
# Okabe & Ito 2008, told apart by colour-blind eyes and in grey.
COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#56b4e9")
RED, GREY = "#d55e00", "#666666"


@dataclass(frozen=True, slots=True)
class Scale:
    """From (low, high) of a quantity to (begin, end) in the picture."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)

    def each(self, values: Array) -> Array:
        return self.begin + (values - self.low) / (self.high - self.low) * (self.end - self.begin)


def rule(begin: tuple[float, float], end: tuple[float, float], colour: str, more: str = "") -> str:
    (x1, y1), (x2, y2) = begin, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def rectangle(left: float, top: float, right: float, bottom: float) -> str:
    size = f'width="{max(right - left, 1.0):.1f}" height="{bottom - top:.1f}"'
    return f'<rect x="{left:.1f}" y="{top:.1f}" {size} fill="{RED}" fill-opacity="0.15"/>'


def text(x: float, y: float, text: str, anchor: str, colour: str = GREY) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="10" font-family="sans-serif" fill="{colour}">{escaped(text)}</text>'


def picture(height: float, title: str, parts: Sequence[str]) -> str:
    box = f'viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escaped(title)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
