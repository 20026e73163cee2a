"""Who is notified, when, over which channel, in which words; what a topic is worth showing. Pure.

The door offers its values by name and its subjects whole: `roster.watch` says more than `watch`.
"""

from edge.delivery import (
    care_plan,
    care_texts,
    dispatch,
    escalation,
    latest,
    messages,
    night,
    notices,
    page_curve_texts,
    page_forms,
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
from edge.delivery.roster import Offer, Proof, Roster

__all__ = [
    "Dispatch",
    "Offer",
    "Proof",
    "Roster",
    "care_plan",
    "care_texts",
    "dispatch",
    "escalation",
    "latest",
    "messages",
    "night",
    "notices",
    "page_curve_texts",
    "page_forms",
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
