"""The doctor's page as a file, and its facts for a program."""

from dataclasses import asdict
from pathlib import Path

from edge.errors import EdgeError
from edge.exports import output, summary_html, summary_pdf
from edge.exports.summary import Summary

_WRITERS = {".html": summary_html.write, ".pdf": summary_pdf.write}


def write(page: Summary, out: Path) -> None:
    """A new file that its owner alone can read. Raises EdgeError for a name that says no format; StorageError."""
    check(out)
    with output.whole(out) as path:
        _WRITERS[out.suffix.lower()](page, path)


def check(out: Path) -> None:
    """Raises EdgeError for a name that says no format."""
    if out.suffix.lower() not in _WRITERS:
        raise EdgeError(f"{out}: a report is written as {' or '.join(_WRITERS)}")


def facts(page: Summary) -> dict[str, object]:
    """All that it says, without the curves."""
    episodes = [
        {
            "number": episode.number,
            "when": episode.when,
            "onset_s": episode.onset_s,
            "length_s": episode.length_s,
            "false_alarm": episode.false_alarm,
            "answers": {each.question: each.text for each in episode.answers},
            "not_known": [each.question for each in episode.answers if not each.known],
        }
        for episode in page.episodes
    ]
    return {
        "language": page.language,
        "title": page.title,
        "period": page.period,
        "sensors": list(page.sensors),
        "figures": [{"what": what, "value": value, "remark": remark} for what, value, remark in page.figures],
        "doses": [asdict(dose) for dose in page.doses],
        "episodes": episodes,
        "records": [list(record) for record in page.records],
        "notes": [asdict(note) for note in page.notes],
        "twitches": list(page.twitches),
        "unknown": list(page.unknown),
        "missing": page.missing,
    }
