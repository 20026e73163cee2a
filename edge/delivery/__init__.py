"""Who is notified, when, over which channel, in which words; what a topic is worth showing. Pure.

The door offers its values by name and its subjects whole: `roster.watch` says more than `watch`.
"""

from edge.delivery import (
    bedtime,
    care_plan,
    care_texts,
    dispatch,
    drill,
    escalation,
    illness_texts,
    latest,
    messages,
    night,
    notices,
    page_curve_texts,
    page_forms,
    page_report_texts,
    page_texts,
    page_why_texts,
    page_words,
    phone_buttons,
    private_texts,
    roster,
    setup_texts,
    summary,
    texts,
)
from edge.delivery.dispatch import Dispatch
from edge.delivery.drill import Drill
from edge.delivery.roster import Offer, Proof, Roster

__all__ = [
    "Dispatch",
    "Drill",
    "Offer",
    "Proof",
    "Roster",
    "bedtime",
    "care_plan",
    "care_texts",
    "dispatch",
    "drill",
    "escalation",
    "illness_texts",
    "latest",
    "messages",
    "night",
    "notices",
    "page_curve_texts",
    "page_forms",
    "page_report_texts",
    "page_texts",
    "page_why_texts",
    "page_words",
    "phone_buttons",
    "private_texts",
    "roster",
    "setup_texts",
    "summary",
    "texts",
]
