"""Every fixed sentence of the caregivers' page; what depends on a moment or a value stands in `page_texts`.

A name in braces is filled in where the sentence is shown. Never "normal" or "healthy".
"""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # Of every page.
    "product": "feverhub",
    "lost": "This page lost the hub",
    "demo": "DEMO: a simulated child",
    "hub": "{caregiver} · hub {hub}",
    "not_a_device": "Not a medical device. Look at the child, not only at the number.",
    "back": "Back to the page",
    "done": "Done",
    "not_done": "Not done",
    # Number.
    "no_digits": "–.–",
    "age": "{seconds} s ago",
    "no_thermometer": "No thermometer is set up.",
    # Alarms.
    "child_lane": "What stands",
    "hub_lane": "The watch itself",
    "call": "Call {number}",
    "rescue_given": "{medicine} given",
    "also": "Also: {texts}",
    "more_answers": "More answers",
    # Curve.
    "curve": "Course of {name}",
    "curve_hours": "{hours} h",
    "as_table": "As a table",
    "table_title": "{name}: the last {hours} h by the hour",
    "column_hour": "From",
    "column_lowest": "Lowest",
    "column_median": "Median",
    "column_highest": "Highest",
    "column_sleep": "Sleep",
    "column_doses": "Doses",
    "column_missing": "Gaps",
    # What happened, and why.
    "timeline": "What happened",
    "day_before": "The day before",
    "day_after": "The day after",
    "empty_day": "Nothing happened on this day.",
    "left_out": "{count} more are left out.",
    "why": "Why",
    "why_rang": "What it rests on",
    "why_steps": "What became of it",
    "why_messages": "Who was told, and what became of each message",
    "no_messages": "No message was sent or withheld.",
    "why_written": "What was seen",
    "quiet": "Why it is quiet",
    "quiet_sensors": "What watches",
    "quiet_below": "What was seen and does not ring",
    "quiet_silenced": "What is quiet for a while",
    "quiet_nothing": "Nothing.",
    "more": "More",
    # What is written down.
    "write_down": "Write down",
    "write_down_of": "Write down of {name}",
    "write": "Write it down",
    "whose": "Whose",
    "yes": "yes",
    "no": "no",
    "unsaid": "not said",
    "no_number": "{label}: {text} is no number. Write it as 5 or 38.4.",
    "two_ways": "{label}: {text} can be read in two ways. Write it without a comma, as 5 or 5000.",
    "counted_once": "This was written down already; it counts once.",
    "unknown_form": "There is no such form.",
    "change_time": "Change the time",
    "take_back": "Take it back",
    "also_seen": "Also say what was seen {stage}",
    "questions": "Questions about this episode",
    # Watch.
    "watch": "Who is on watch",
    "on_watch": "I'm on watch",
    "hand_over": "Hand over the watch",
    "hand_over_to": "Ask {name}",
    "hand_over_how": "You keep it until the other has confirmed.",
    "everyone": "Everyone",
    "pause_end": "Watch again now",
    "pause_question": "Pause watching {name} for {minutes} min?",
    "pause_yes": "Pause for {minutes} min",
    "pause_no": "No, go on watching",
    "bedside": "Bedside",
    "darker": "Darker",
    "brighter": "Brighter",
    "keep_on": "Keep the screen on in this device's settings.",
    "pause": "Pause watching",
    "pause_why": "For a bath or a change of sensors. Alarms about a sensor are silent meanwhile; it ends by itself.",
    "pause_still": "Whatever her sensors still show of her rings as always.",
    "pause_for": "{name}: {minutes} min",
    "unproven": "Nobody knows whether your phone rings: test it",
    "readiness": "What is watched, and who is told",
    # A phone is let in.
    "enter_title": "feverhub: let this phone in",
    "enter_whose": "This phone for {name}",
    "enter_what": "From now on it shows what the hub sees, and answers alarms as {name}.",
    "enter_button": "Let this phone in",
    "not_let_in": "This phone is not let in. Ask who looks after the hub for a new code: feverhub web token",
    "bad_code": "This code is used, wrong or older than 15 minutes. Ask for a new one: feverhub web token",
    "too_many_wrong": "Too many wrong codes came from here. Wait a minute.",
    # A hub that is set up by phone.
    "setup_away": "This hub is set up from the family's own network alone. Join the same Wi-Fi as the hub.",
    "setup_no_hub": "The hub does not answer. Wait a few seconds and load this page again.",
    "setup_not_yet": "This hub does not watch yet: it is being set up.",
    "setup_bad_code": "This code is wrong, older than 15 minutes, or another phone has used it. The hub's screen shows "
    "a new one after a while; at once with: sudo feverhub web setup",
    "owner_only": "Only the hub's owner lets phones in.",
    "no_caregiver": "There is no such caregiver.",
    # What cannot be done.
    "elsewhere": "This came from another page, so it was not done. Open the hub's own page and press there.",
    "not_read": "This form cannot be read. Load the page again.",
    "too_long": "This is longer than anything that can be said here.",
    "viewer": "You may look, not answer. Ask who looks after the hub.",
    "too_many_pages": "Too many pages are open. Close one and load this one again.",
    "too_many_requests": "Too many requests came from here. Wait a few seconds.",
    "no_answer": "The hub has not answered. It may not have heard you: try again.",
    "busy": "Too much is asked of the hub at once. Wait a moment and try again.",
}

SCRIPT: Mapping[str, str] = {
    "seconds_ago": "{n} s ago",
    "minutes_ago": "{n} min ago",
    "hours_ago": "{n} h ago",
    "saying": "{what} …",
    "said": "{what}: {answer}",
    "taken": "the hub has it",
    "refused": "Not done: {why}",
    "no_curve": "The curve cannot be shown: {why}",
    "moved": "movement",
    "sleep_legend": "{name}: movement above, below it asleep ▁ restless ▄ up █ (from movement alone, not validated)",
    "unreachable": "Not done: the hub cannot be reached from this phone. Try again.",
}
"""What the page's script says by itself."""


def fill(word: str, **values: object) -> str:
    """A sentence of WORDS with its values."""
    return WORDS[word].format(**values)
