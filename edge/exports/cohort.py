"""The figures of a cohort as one HTML file: tables, and pictures drawn here. No script, nothing from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from edge.exports import svg
from edge.exports.rendering import template

LEFT, RIGHT, ROW, TOP, BOTTOM = 190.0, 20.0, 15.0, 8.0, 24.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a picture: a figure between two others. series: which colour."""

    label: str
    series: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Marks under each other, on an axis from 0. most: its end; None: the greatest mark. unit: of the axis."""

    title: str
    unit: str
    marks: tuple[Mark, ...]
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """said: what is to be known of it. head, rows: a table."""

    title: str
    said: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """said: what holds for all of it. series: what each colour stands for."""

    title: str
    said: tuple[str, ...]
    series: tuple[str, ...]
    sections: tuple[Section, ...]


def html(page: Page) -> str:
    """The whole file."""
    return template("cohort.html").render(
        page=page,
        colours=svg.COLOURS,
        drawn=lambda picture: Markup(draw(picture)),  # noqa: S704  drawn here, with escapes
    )


def write(page: Page, file: Path) -> None:
    """Raises OSError."""
    file.write_text(html(page), "utf-8")


def draw(picture: Picture) -> str:
    """One SVG."""
    greatest = max((mark.high for mark in picture.marks), default=0.0)
    x = svg.Scale(0.0, picture.most or greatest or 1.0, LEFT, svg.WIDTH - RIGHT)
    bottom = TOP + ROW * len(picture.marks)
    return svg.picture(bottom + BOTTOM, picture.title, [*_axis(picture, x, bottom), *_marks(picture.marks, x)])


def _axis(picture: Picture, x: svg.Scale, bottom: float) -> Iterator[str]:
    for step in range(5):
        value = x.high * step / 4
        yield svg.rule((x.at(value), TOP), (x.at(value), bottom), "#dddddd")
        last = f" {picture.unit}" if step == 4 else ""
        yield svg.text(x.at(value), bottom + 14.0, f"{value:.3g}{last}", "end" if last else "middle")


def _marks(marks: Sequence[Mark], x: svg.Scale) -> Iterator[str]:
    before = ""
    for number, mark in enumerate(marks):
        y, colour = TOP + ROW * (number + 0.5), svg.COLOURS[mark.series % len(svg.COLOURS)]
        if mark.label != before:
            yield svg.text(LEFT - 6.0, y + 3.5, mark.label, "end")
        before = mark.label
        high = min(mark.high, x.high)
        yield svg.rule((x.at(mark.low), y), (x.at(high), y), colour, 'stroke-width="2"')
        yield f'<circle cx="{x.at(min(mark.middle, x.high)):.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
