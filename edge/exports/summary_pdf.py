"""The doctor's page as PDF, typeset by typst in this process from the same facts as the HTML."""

import json
import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

from edge.errors import EdgeError
from edge.exports import drawing
from edge.exports.summary import Episode, Summary

_INSTALL = 'the package typst is needed for a PDF: pip install "feverhub[export]"; an .html file needs nothing'


_AS_THEY_ARE = ("language", "labels", "title", "period", "missing", "sensors", "unknown", "method", "twitches")


def write(page: Summary, file: Path) -> None:
    """Raises EdgeError without typst; OSError."""
    try:
        import typst
    except ImportError as error:
        raise EdgeError(_INSTALL) from error
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        work = Path(folder)
        (work / "facts.json").write_text(json.dumps(_facts(page, work)), "utf-8")
        (work / "page.typ").write_text(files("edge.exports").joinpath("templates/summary.typ").read_text("utf-8"))
        try:
            typst.compile(work / "page.typ", output=file, root=work)
        except (RuntimeError, ValueError) as error:  # also a disk that is full comes as one of these
            raise OSError(str(error).splitlines()[0]) from error


def _facts(page: Summary, work: Path) -> dict[str, object]:
    """What the template reads; every drawing is a file beside it."""
    if page.curves:
        (work / "curve.svg").write_text(drawing.temperature(page), "utf-8")
    return {
        **{name: getattr(page, name) for name in _AS_THEY_ARE},
        "figures": [dict(zip(("what", "value", "remark"), row, strict=True)) for row in page.figures],
        "curve": "curve.svg" if page.curves else None,
        "curves": [curve.name for curve in page.curves],
        "doses": [asdict(dose) for dose in page.doses],
        "episodes": [_episode(episode, work, page.decimal) for episode in page.episodes],
        "records": [list(record) for record in page.records],
        "notes": [asdict(note) for note in page.notes],
    }


def _episode(episode: Episode, work: Path, decimal: str) -> dict[str, object]:
    drawn = []
    for number, movement in enumerate(episode.movement):
        name = f"episode-{episode.number}-{number}.svg"
        (work / name).write_text(drawing.trace(episode, movement, decimal), "utf-8")
        drawn.append({"file": name, "label": movement.label, "title": movement.title})
    return {
        "number": episode.number,
        "when": episode.when,
        "false_alarm": episode.false_alarm,
        "answers": [asdict(answer) for answer in episode.answers],
        "movement": drawn,
    }
