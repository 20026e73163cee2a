"""The pages that prove who would be woken, as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.delivery import people_texts
from edge.delivery import setup_texts as texts
from edge.web.drawing import drawn
from edge.web.languages import Languages
from edge.web.reader import Reader
from edge.web.render import Templates
from edge.web.setup_wire import TITLES
from edge.web.visitor import Visitor
from edge.web.wire import Rung, Snapshot


@dataclass(slots=True)
class Test:
    """One test of one caregiver's phone. running: it rings soon, or is ringing; rings_s: from when on, monotonic.

    sent: every way has taken it or given up. failed: none has. words: what became of each. silent: nobody heard it.
    """

    running: bool = False
    rings_s: float = 0.0
    sent: bool = False
    failed: bool = False
    words: str = ""
    silent: bool = False


class PagesOfProof:
    """Renders; every text that a person wrote is escaped."""

    def __init__(self, languages: Languages) -> None:
        self._templates = Templates(languages, t=texts, titles=TITLES, people=people_texts.TITLE, stranger=False)

    def test(self, visitor: Visitor, rung: Rung, test: Test, now_s: float, why: str = "") -> str:
        """Ring this phone. now_s: monotonic."""
        left_s = max(0, round(test.rings_s - now_s)) if test.running else 0
        said = {"words_of": visitor.words.reason(test.words), "why": visitor.words.say(why)}
        return self._page("test", visitor.reader, rung=rung, test=test, left_s=left_s, **said)

    def sounder(self, reader: Reader, shown: Snapshot, *, silent: bool) -> str:
        """Was the loudspeaker heard?"""
        return self._page("sounder", reader, ready=shown.readiness, silent=silent)

    def done(
        self, reader: Reader, shown: Snapshot, rung: Rung | None, others: Mapping[str, bool], *, owner: bool
    ) -> str:
        """The last page. others: each further caregiver, and whether a phone of theirs was let in. owner: who looks."""
        ready = shown.readiness
        level = "high"
        if any(each.proven and each.channels for each in ready.phones):
            level = "blind" if ready.unwatched or not ready.watched else "ok"
        elif ready.room_proven:
            level = "room"
        known = {"shown": shown, "ready": ready, "rung": rung, "others": others, "level": level, "owner": owner}
        return self._page("done", reader, **known)

    def good_night(self, reader: Reader, shown: Snapshot, *, said: bool, why: str, answers: bool) -> str:
        """The bedtime check. said: the hub was told that it was asked. why: why it was not."""
        return self._templates("good_night.html", reader, night=shown.bedtime, said=said, why=why, answers=answers)

    def invite(self, reader: Reader, name: str, url: str, rings: str) -> str:
        """A code for a phone of that caregiver.

        rings: where its app listens, empty if it has none of ntfy.
        """
        address, link = texts.links(rings)
        codes = {"code": drawn(url), "app": drawn(link)}
        return self._page("invite", reader, who=name, url=url, address=address, **codes)

    def starting(self, reader: Reader, back: str = "/setup/test") -> str:
        """Until the hub has said something. back: what is loaded then."""
        return self._page("starting", reader, back=back)

    def _page(self, name: str, reader: Reader, **known: object) -> str:
        return self._templates(f"setup/{name}.html", reader, **known)
