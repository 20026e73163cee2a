"""The page as HTML: the whole of it, and its parts for the stream, by the same templates.

Parts hold no text that moves with time: a script counts ages and alarms up, from the moments that stand in them.
"""

import secrets
from dataclasses import dataclass

import jinja2
from markupsafe import Markup

from edge.delivery import page_forms, page_words
from edge.web import wire

LANES = (("child", False), ("hub", True))


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, and may do what. answers: whether more than look. local: whether in the house. night: at the bed."""

    caregiver: str
    answers: bool
    local: bool
    night: bool = False


def environment() -> jinja2.Environment:
    """Of every template: what a person wrote is escaped, what nobody gave is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("edge.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"w": page_words.WORDS, "script_words": page_words.SCRIPT}
    made.filters |= {"fill": _filled}
    return made


class Pages:
    """Renders; what many phones are shown alike is rendered once."""

    def __init__(self) -> None:
        self._templates = environment()
        self._rendered: dict[View, dict[str, str]] = {}
        self._rendered_of: wire.Snapshot | None = None

    def whole(self, shown: wire.Snapshot | None, view: View, name: str, *, lost: bool, light: int = 2) -> str:
        """The page. lost: no number is shown, since nobody knows whether it still holds. light: at the bed, 1 to 3."""
        parts = {} if shown is None or lost else self._parts(shown, view, moving=True)
        return self._templates.get_template("bedside.html" if view.night else "page.html").render(
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
        if shown is not self._rendered_of:
            self._rendered, self._rendered_of = {}, shown
        if view not in self._rendered:
            self._rendered[view] = self._parts(shown, view)
        return self._rendered[view]

    def page(self, template: str, **known: object) -> str:
        """A page that does not move."""
        return self._templates.get_template(template).render(**known)

    def enter(self, code: str, name: str) -> str:
        """Where an invitation leads."""
        return self._templates.get_template("enter.html").render(code=code, name=name)

    def sentence(self, text: str, *, good: bool) -> str:
        """An answer, or why there is none."""
        return self._templates.get_template("sentence.html").render(text=text, good=good)

    def _parts(self, shown: wire.Snapshot, view: View, *, moving: bool = False) -> dict[str, str]:
        # A form that writes something down is sent once: a script names each sending, without one each page does.
        known = {"shown": shown, "view": view, "moving": moving, "fresh": _fresh() if moving else ""}
        urgent = _urgent(shown)
        others = [each for each in shown.alarms if each is not urgent]
        now = self._templates.get_template("now.html").render(urgent=urgent, others=others, **known)
        if view.night:
            return {"now": now, "night": self._templates.get_template("night.html").render(**known)}
        lanes = {
            lane: self._templates.get_template("lane.html").render(
                alarms=[each for each in shown.alarms if each.technical == technical], technical=technical, **known
            )
            for lane, technical in LANES
        }
        return {
            "now": now,
            "children": self._templates.get_template("children.html").render(**known),
            **lanes,
            "watch": self._templates.get_template("watch.html").render(**known),
            "foot": self._templates.get_template("foot.html").render(**known),
        }


def _urgent(shown: wire.Snapshot) -> wire.Standing | None:
    """What fills the screen: the worst alarm that nobody has answered, about a child before about the hub."""
    ringing = [each for each in shown.alarms if each.level == "high" and each.rings]
    return min(ringing, key=lambda each: each.technical, default=None)


def _fresh() -> str:
    """A request id."""
    return secrets.token_urlsafe(12)


def _filled(sentence: str, **values: object) -> str:
    return sentence.format(**values)
