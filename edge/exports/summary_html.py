"""The doctor's page as one HTML file that prints well: no script, nothing from elsewhere."""

from pathlib import Path

from markupsafe import Markup

from edge.exports import drawing
from edge.exports.rendering import template
from edge.exports.summary import Summary


def html(page: Summary) -> str:
    """The whole file."""
    return template("summary.html").render(
        page=page,
        curve=Markup(drawing.temperature(page)) if page.curves else "",  # noqa: S704  drawn here, with escapes
        traces={
            episode.number: [
                (movement, Markup(drawing.trace(episode, movement, page.decimal)))  # noqa: S704
                for movement in episode.movement
            ]
            for episode in page.episodes
        },
    )


def write(page: Summary, file: Path) -> None:
    """Raises OSError."""
    file.write_text(html(page), "utf-8")
