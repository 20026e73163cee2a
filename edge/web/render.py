"""The page as HTML: the whole of it, and its parts for the stream, by the same templates.

Parts hold no text that moves with time: a script counts ages and alarms up, from the moments that stand in them.
"""

import secrets
from dataclasses import dataclass

import jinja2
from markupsafe import Markup

from edge.delivery import page_forms, page_words
from edge.web import wire
from edge.web.languages import NAMES, Languages
from edge.web.reader import IN_ENGLISH, Reader

LANES = (("child", False), ("hub", True))
MOST_VIEWS = 200
"""Kept rendered: two of each phone's caregiver, in the house and outside."""
MOST_READERS = 20


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, and may do what. answers: whether more than look. local: whether in the house. night: at the bed.

    reader: in which words. owner: whether the hub is theirs to look after.
    """

    caregiver: str
    answers: bool
    local: bool
    night: bool = False
    reader: Reader = IN_ENGLISH
    owner: bool = False


class Templates:
    """Renders each in the words of its reader: what a person wrote is escaped, what nobody gave is an error.

    A template says a text of its own by `_("...", field=...)`, and one of `page_words` by `w.name`.
    """

    def __init__(self, languages: Languages, **known: object) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("edge.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= known
        self._environment.filters |= {"fill": _filled}
        self._languages = languages
        self._words: dict[Reader, dict[str, object]] = {}

    def __call__(self, template: str, reader: Reader, /, **known: object) -> str:
        """The template of that name."""
        return self._environment.get_template(template).render(**self._of(reader), **known)

    def _of(self, reader: Reader) -> dict[str, object]:
        """What every template knows of its reader."""
        if reader not in self._words:
            words = self._languages.locale(reader)
            if len(self._words) >= MOST_READERS:
                self._words.clear()
            self._words[reader] = {
                "w": page_words.said(words),
                "script_words": page_words.said_by_script(words),
                "_": words.say,
                "words": words,
                "reader": reader,
                "languages": [(code, NAMES.get(code, code)) for code in self._languages.whole],
            }
        return self._words[reader]


class Pages:
    """Renders; what many phones are shown alike is rendered once."""

    def __init__(self, languages: Languages) -> None:
        self._templates = Templates(languages)
        self._rendered: dict[View, tuple[wire.Snapshot, dict[str, str]]] = {}

    def whole(self, shown: wire.Snapshot | None, view: View, name: str, *, lost: bool, light: int = 2) -> str:
        """The page. lost: no number is shown, since nobody knows whether it still holds. light: at the bed, 1 to 3."""
        parts = {} if shown is None or lost else self._parts(shown, view, moving=True)
        return self._templates(
            "bedside.html" if view.night else "page.html",
            view.reader,
            parts={key: Markup(part) for key, part in parts.items()},  # noqa: S704  rendered here, with escapes
            shown=shown,
            view=view,
            name=name,
            forms=page_forms.FORMS,
            light=light,
            fresh=_fresh,
        )

    def parts(self, shown: wire.Snapshot, view: View) -> dict[str, str]:
        """Each part by its id in the page."""
        known = self._rendered.get(view)
        if known is None or known[0] is not shown:
            if len(self._rendered) >= MOST_VIEWS:
                self._rendered.clear()
            self._rendered[view] = known = (shown, self._parts(shown, view))
        return known[1]

    def page(self, template: str, reader: Reader, **known: object) -> str:
        """A page that does not move."""
        return self._templates(template, reader, **known)

    def enter(self, code: str, name: str, reader: Reader) -> str:
        """Where an invitation leads."""
        return self._templates("enter.html", reader, code=code, name=name)

    def sentence(self, text: str, reader: Reader, *, good: bool, stranger: bool = False) -> str:
        """An answer, or why there is none. stranger: to a phone that may choose its language here."""
        return self._templates("sentence.html", reader, text=text, good=good, stranger=stranger)

    def _parts(self, shown: wire.Snapshot, view: View, *, moving: bool = False) -> dict[str, str]:
        # A form that writes something down is sent once: a script names each sending, without one each page does.
        known = {"shown": shown, "view": view, "moving": moving, "fresh": _fresh() if moving else ""}
        urgent = _urgent(shown)
        others = [each for each in shown.alarms if each is not urgent]

        def part(name: str, **more: object) -> str:
            return self._templates(f"{name}.html", view.reader, **known, **more)

        now = part("now", urgent=urgent, others=others)
        if view.night:
            return {"now": now, "night": part("night")}
        lanes = {
            lane: part(
                "lane", alarms=[each for each in shown.alarms if each.technical == technical], technical=technical
            )
            for lane, technical in LANES
        }
        return {"now": now, "children": part("children"), **lanes, "watch": part("watch"), "foot": part("foot")}


def _urgent(shown: wire.Snapshot) -> wire.Standing | None:
    """What fills the screen: the worst alarm that nobody has answered, about a child before about the hub."""
    ringing = [each for each in shown.alarms if each.level == "high" and each.rings]
    return min(ringing, key=lambda each: each.technical, default=None)


def _fresh() -> str:
    """A request id."""
    return secrets.token_urlsafe(12)


def _filled(sentence: str, **values: object) -> str:
    return sentence.format(**values)
