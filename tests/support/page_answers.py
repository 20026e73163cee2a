"""What the hub of a test finds on its disk: a night with a fever and a convulsion."""

from edge.web import lookup
from tests.support.page import series


def day() -> lookup.Day:
    rang = "Mia: seizure-like rhythmic movement, since 02:14"
    return lookup.Day(
        title="Monday, 21 September 2026",
        before="2026-09-20",
        after="2026-09-22",
        items=[
            lookup.Item(at="02:31", kind="dose", text="Ibuprofen 5 ml, by Anna"),
            lookup.Item(at="02:20", kind="over", text="Mia: the movement has stopped.", alarm="mia-seizure-1"),
            lookup.Item(at="02:16", kind="answer", text="Anna: I'm with her", alarm="mia-seizure-1"),
            lookup.Item(at="02:15", kind="high", text=rang, alarm="mia-seizure-1"),
            lookup.Item(at="01:02", kind="medium", text="Mia: 38.9 °C (limit 38.5 °C)", alarm="mia-fever-1"),
            lookup.Item(at="23:40", kind="low", text="The battery of patch is low", alarm="mia-battery-1"),
            lookup.Item(at="22:00", kind="watch", text="Anna is on watch"),
            lookup.Item(at="21:50", kind="note", text="drank 60 ml, tea, by Tom"),
        ],
        left_out=3,
    )


def why() -> lookup.Why:
    return lookup.Why(
        title="Mia: seizure-like rhythmic movement, since 02:14",
        evidence=[
            "Jerks a second: 2.6 at first, 1.4 at last.",
            "What decided: rhythm, strength.",
            "Seen at: left ankle.",
        ],
        steps=[
            lookup.Item(at="02:15", kind="high", text="The sensors show it: rings"),
            lookup.Item(at="02:16", kind="high", text="Somebody is coming or there: answered, by Anna"),
            lookup.Item(at="02:20", kind="over", text="The sensors show that it is over: over"),
        ],
        messages=[
            lookup.Fate(at="02:15", to="Anna", text="ALARM: Mia: seizure-like movement", fate="delivered: after 0.4 s"),
            lookup.Fate(at="02:15", to="the sounder in the room", text="high", fate="delivered"),
            lookup.Fate(at="02:15", to="Tom", text="", fate="not sent: not on watch"),
        ],
        written=[lookup.Item(at="02:25", kind="note", text="during: not regular, side: whole body, by Anna")],
        asks=True,
        person="mia",
    )


def checkup() -> lookup.Doctor:
    rows = [
        ("FAIL", "Power supply", "the voltage is too low at this moment", "use the power supply of this model"),
        ("WARN", "Ear", "proxy nursery hears nothing: nursery.local does not answer", "see its power and connection"),
        ("OK", "Clock", "the clock is set by a time server", ""),
        ("OK", "Disk", "12.4 of 29.8 GB are free", ""),
    ]
    return lookup.Doctor([lookup.Checked(level=a, subject=b, sentence=c, todo=d) for a, b, c, d in rows])


def finds(question: lookup.Question) -> lookup.Found:
    """For `PageProcess.finds`."""
    match question:
        case lookup.SeriesAsked():
            return series()
        case lookup.DayAsked():
            return day()
        case lookup.WhyAsked():
            return why()
        case lookup.RecordsAsked():
            own = [
                ("since 2026-03-14", "throat infection; highest 39.2 °C; doses: 3"),
                ("2026-01-20 to 2026-01-24", "three-day fever; highest 40.1 °C; episodes of movement: 1"),
                ("2025-11-03", "vaccination: measles, mumps, rubella"),
            ]
            return lookup.Records([lookup.RecordsOf("Mia", own)])
        case lookup.DoctorAsked():
            return checkup()
        case lookup.QuietAsked():
            return lookup.Quiet(
                sensors=["patch watches", "ankle does not watch: not worn: it is cold"],
                below=["fever: seen for 3 min, it rings after 5 min"],
                silenced=[],
            )
