"""Takes the texts of the program into the catalogues of edge/locale: `make messages`.

What is marked with `N_` is a text, and in a template what `_("...")` says. A catalogue keeps what is translated, gains
what is new, untranslated, and loses what the program no longer says. A new language begins as a copy of feverhub.pot
under its code, such as it.po; its code is then added to `Language` in edge/config/tables.py, its decimal sign to
edge/app/load/languages.py.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.extract import extract_from_dir

from edge.app.load.languages import FOLDER, entries

EDGE = Path(__file__).resolve().parents[1] / "edge"
TEMPLATES = {"web/templates/**.html": {"trimmed": "true", "silent": "false"}}
Texts = Mapping[str, tuple[list[str], list[str]]]
"""message -> (files that say it, remarks for translators), in the order of the files."""


def texts() -> Texts:
    """Every text of the program."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    method = [("**.py", "python"), ("web/templates/**.html", "jinja2.ext:babel_extract")]
    keywords = {"N_": None, "_": None}
    extracted = extract_from_dir(
        EDGE, method, TEMPLATES, keywords=keywords, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _, message, remarks, _ in sorted(extracted, key=lambda each: (each[0], each[1])):
        files, notes = found.setdefault(str(message), ([], []))
        files += [] if f"edge/{file}" in files else [f"edge/{file}"]
        notes += [each for each in remarks if each not in notes]
    return found


def catalogue(head: str, known: Texts, translated: Mapping[str, str]) -> Iterator[str]:
    """The lines of a .po file. head: its remarks and header, as they are."""
    yield head.rstrip("\n")
    for message, (files, remarks) in known.items():
        yield ""
        yield from (f"#. {each}" for each in remarks)
        yield f"#: {' '.join(files)}"
        yield from ["#, python-brace-format"] if "{" in message else []
        yield f"msgid {json.dumps(message, ensure_ascii=False)}"
        yield f"msgstr {json.dumps(translated.get(message, ''), ensure_ascii=False)}"


def updated(file: Path, known: Texts) -> str:
    """What a catalogue should hold."""
    text = file.read_text(encoding="utf-8")
    translated = {message: said for message, said, fuzzy in entries(text) if message and not fuzzy}
    return "\n".join(catalogue(text.partition("\n\n")[0], known, translated)) + "\n"


def main() -> None:
    known = texts()
    for file in sorted([*FOLDER.glob("*.po"), FOLDER / "feverhub.pot"]):
        file.write_text(updated(file, known), encoding="utf-8")


if __name__ == "__main__":
    main()
