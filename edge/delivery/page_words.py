"""Every fixed sentence of the caregivers' page; what depends on a moment or a value stands in `page_texts`.

A name in braces is filled in where the sentence is shown. Never "normal" or "healthy".
"""

from collections.abc import Mapping

from edge.model.language import IN_ENGLISH, N_, Locale

WORDS: Mapping[str, str] = {
    # Of what a phone sends.
    "upload_too_large": "This file is larger than the room on this hub.",
    "upload_no_file": "Choose a file first: one ZIP file of a backup.",
    "upload_cut_off": "The file did not arrive whole. Send it again.",
    "upload_one": "Another phone is sending a backup just now.",
    # Of every page.
    "product": "feverhub",
    "lost": N_("This page lost the hub"),
    "demo": N_("DEMO: a simulated child"),
    "hub": N_("{caregiver} · hub {hub}"),
    "not_a_device": N_("Not a medical device. Look at the child, not only at the number."),
    "back": N_("Back to the page"),
    "done": N_("Done"),
    "not_done": N_("Not done"),
    # Number.
    "no_digits": "–.–",
    "age": N_("{seconds} s ago"),
    "no_thermometer": N_("No thermometer is set up."),
    # Alarms.
    "child_lane": N_("What stands"),
    "hub_lane": N_("The watch itself"),
    "call": N_("Call {number}"),
    "rescue_given": N_("{medicine} given"),
    "also": N_("Also: {texts}"),
    "more_answers": N_("More answers"),
    # Curve.
    "curve": N_("Course of {name}"),
    "curve_hours": N_("{hours} h"),
    "as_table": N_("As a table"),
    "table_title": N_("{name}: the last {hours} h by the hour"),
    "column_hour": N_("From"),
    "column_lowest": N_("Lowest"),
    "column_median": N_("Median"),
    "column_highest": N_("Highest"),
    "column_sleep": N_("Sleep"),
    "column_doses": N_("Doses"),
    "column_missing": N_("Gaps"),
    # What happened, and why.
    "timeline": N_("What happened"),
    "day_before": N_("The day before"),
    "day_after": N_("The day after"),
    "empty_day": N_("Nothing happened on this day."),
    "left_out": N_("{count} more are left out."),
    "why": N_("Why"),
    "why_rang": N_("What it rests on"),
    "why_steps": N_("What became of it"),
    "why_messages": N_("Who was told, and what became of each message"),
    "no_messages": N_("No message was sent or withheld."),
    "why_written": N_("What was seen"),
    "quiet": N_("Why it is quiet"),
    "quiet_sensors": N_("What watches"),
    "quiet_below": N_("What was seen and does not ring"),
    "quiet_silenced": N_("What is quiet for a while"),
    "quiet_nothing": N_("Nothing."),
    "more": N_("More"),
    # The doctor's report.
    "doctor": N_("Check-up of the hub"),
    "doctor_what": N_(
        "The computer and what the watch rests on: what is not well comes first, with what to do about it."
    ),
    "doctor_not_yet": N_("It has not looked yet; load this page again in a few seconds."),
    "doctor_one": N_("One part of the hub is not well"),
    "doctor_minded": N_("{count} parts of the hub are not well"),
    "report": N_("Report for the doctor"),
    "report_what": N_("One page: temperature, medicine, each episode with what is known of it and what is not."),
    "report_since": N_("The last"),
    "report_day": N_("day"),
    "report_days": N_("{count} days"),
    "report_pdf": N_("As PDF"),
    "report_html": N_("As a web page"),
    "report_making": N_("It is being made: {percent} %"),
    "report_ready": N_("It is ready."),
    "report_download": N_("Download"),
    "report_private": N_("It has the child's name and health in it: who gets it can read all of that."),
    # What is written down.
    "write_down": N_("Write down"),
    "write_down_of": N_("Write down of {name}"),
    "write": N_("Write it down"),
    "whose": N_("Whose"),
    "yes": N_("yes"),
    "no": N_("no"),
    "unsaid": N_("not said"),
    "no_number": N_("{label}: {text} is no number. Write it as 5 or {example}."),
    "no_fahrenheit": N_("{label}: {text} °F cannot be. It must lie between {least} and {most} °F."),
    "celsius_not_fahrenheit": N_("{label}: {text} looks like °C. In °F that is {fahrenheit}."),
    "two_ways": N_("{label}: {text} can be read in two ways. Write it without a comma, as 5 or 5000."),
    "counted_once": N_("This was written down already; it counts once."),
    "unknown_form": N_("There is no such form."),
    "change_time": N_("Change the time"),
    "take_back": N_("Take it back"),
    "also_seen": N_("Also say what was seen {stage}"),
    "questions": N_("Questions about this episode"),
    # An illness, and what is kept for years.
    "illness_proposed": N_("{name} has a fever. Is it an illness? The hub is then more watchful, and asks to measure."),
    "illness_begin": N_("She is ill"),
    "illness_over": N_("The illness is over"),
    "records": N_("Illnesses and vaccinations"),
    "records_none": N_("Nothing is written down yet."),
    "records_how": N_("An illness that stands makes the hub more watchful. A vaccination is only listed."),
    # The monthly drill.
    "drill": N_("Monthly drill"),
    "drill_how": N_("Every phone and the sounder ring as for an alarm, marked as a drill. Everybody answers."),
    "drill_begin": N_("Play the drill now"),
    "drill_later": N_("Put it off for a week"),
    "drill_due": N_("The monthly drill is due: play an alarm through"),
    "drill_answer": N_("I hear the drill"),
    # Bedtime.
    "good_night": N_("Good night"),
    "good_night_kept": N_("The hub keeps that you asked tonight."),
    "not_covered": N_("Not covered"),
    # Encryption.
    "tls": N_("Encryption of this page"),
    "tls_here": N_("What this phone reads and says here is encrypted."),
    "tls_not_here": N_("What this phone reads and says here is NOT encrypted: whoever is in this network can read it."),
    "tls_lost": N_("What a phone does not have without it"),
    "tls_lost_install": N_("The page cannot be installed like an app."),
    "tls_lost_notify": N_("The browser shows no notifications, and lets the screen go dark."),
    "tls_lost_camera": N_("The page cannot use the camera."),
    "tls_lost_read": N_("Others in the network can read along, and use what lets this phone in."),
    "tls_kept": N_("Alarms do not depend on it: they come over the phone's app and the sounder, as set up."),
    "tls_off": N_(
        "Encryption is off. The owner turns it on at the hub: sudo feverhub web certificate, then tls = true in [web]."
    ),
    "tls_only": N_("This hub takes nothing without encryption. Open the page at its https address."),
    "tls_take": N_("Once on each phone: the hub's certificate"),
    "tls_file": N_("Load {name}"),
    "tls_for_android": "Android",
    "tls_for_iphone": "iPhone, iPad",
    "tls_for_computer": "Windows, Mac, Linux",
    "tls_android": N_(
        "Load the file. Settings, Security, More, Encryption and credentials, Install a certificate, CA certificate: "
        "choose the file. Android then says that the network may be monitored; it means this certificate."
    ),
    "tls_iphone": N_(
        "Load the file in Safari and allow it. Settings, Profile Downloaded: install. Then Settings, General, About, "
        "Certificate Trust Settings: switch it on for feverhub."
    ),
    "tls_computer": N_(
        "Windows and Mac: open the file and put it among the trusted root certificates. Chromium and Firefox on Linux: "
        "Settings, Certificates, Authorities, Import."
    ),
    "tls_then": N_("Then open the page here:"),
    "tls_check": N_("Is it the right one? Compare with what sudo feverhub web certificate shows"),
    "tls_safe": N_("It can vouch for this hub in this house alone, and for no other site."),
    "tls_other_phone": N_("For another phone"),
    # Watch.
    "watch": N_("Who is on watch"),
    "on_watch": N_("I'm on watch"),
    "hand_over": N_("Hand over the watch"),
    "hand_over_to": N_("Ask {name}"),
    "hand_over_how": N_("You keep it until the other has confirmed."),
    "everyone": N_("Everyone"),
    "pause_end": N_("Watch again now"),
    "pause_question": N_("Pause watching {name} for {minutes} min?"),
    "pause_yes": N_("Pause for {minutes} min"),
    "pause_no": N_("No, go on watching"),
    "bedside": N_("Bedside"),
    "darker": N_("Darker"),
    "brighter": N_("Brighter"),
    "keep_on": N_("Keep the screen on in this device's settings."),
    "pause": N_("Pause watching"),
    "pause_why": N_(
        "For a bath or a change of sensors. Alarms about a sensor are silent meanwhile; it ends by itself."
    ),
    "pause_still": N_("Whatever her sensors still show of her rings as always."),
    "pause_for": N_("{name}: {minutes} min"),
    "unproven": N_("Nobody knows whether your phone rings: test it"),
    "readiness": N_("What is watched, and who is told"),
    # A phone is let in.
    "enter_title": N_("feverhub: let this phone in"),
    "enter_whose": N_("This phone for {name}"),
    "enter_what": N_("From now on it shows what the hub sees, and answers alarms as {name}."),
    "enter_button": N_("Let this phone in"),
    "not_let_in": N_("This phone is not let in. Ask who looks after the hub for a new code: feverhub web token"),
    "bad_code": N_("This code is used, wrong or older than 15 minutes. Ask for a new one: feverhub web token"),
    "too_many_wrong": N_("Too many wrong codes came from here. Wait a minute."),
    # A hub that is set up by phone.
    "setup_away": N_("This hub is set up from the family's own network alone. Join the same Wi-Fi as the hub."),
    "setup_no_hub": N_("The hub does not answer. Wait a few seconds and load this page again."),
    "setup_not_yet": N_("This hub does not watch yet: it is being set up."),
    "setup_bad_code": N_(
        "This code is wrong, older than 15 minutes, or another phone has used it. The hub's screen shows "
        "a new one after a while; at once with: sudo feverhub web setup"
    ),
    "owner_sees": N_("Only the hub's owner sees this."),
    "owner_only": N_("Only the hub's owner lets phones in."),
    "no_caregiver": N_("There is no such caregiver."),
    # What cannot be done.
    "elsewhere": N_("This came from another page, so it was not done. Open the hub's own page and press there."),
    "not_read": N_("This form cannot be read. Load the page again."),
    "too_long": N_("This is longer than anything that can be said here."),
    "viewer": N_("You may look, not answer. Ask who looks after the hub."),
    "too_many_pages": N_("Too many pages are open. Close one and load this one again."),
    "too_many_requests": N_("Too many requests came from here. Wait a few seconds."),
    "no_answer": N_("The hub has not answered. It may not have heard you: try again."),
    "busy": N_("Too much is asked of the hub at once. Wait a moment and try again."),
}

SCRIPT: Mapping[str, str] = {
    "seconds_ago": N_("{n} s ago"),
    "minutes_ago": N_("{n} min ago"),
    "hours_ago": N_("{n} h ago"),
    "saying": "{what} …",
    "said": "{what}: {answer}",
    "taken": N_("the hub has it"),
    "refused": N_("Not done: {why}"),
    "no_curve": N_("The curve cannot be shown: {why}"),
    "sleep_legend": N_(
        "{name}: movement above, below it asleep ▁ restless ▄ up █ (from movement alone, not validated)"
    ),
    "unreachable": N_("Not done: the hub cannot be reached from this phone. Try again."),
}
"""What the page's script says by itself."""


def said(words: Locale) -> Mapping[str, str]:
    """WORDS in that language; their braces are still to be filled."""
    return {name: words.say(text) for name, text in WORDS.items()}


def said_by_script(words: Locale) -> Mapping[str, str]:
    """SCRIPT in that language."""
    return {name: words.say(text) for name, text in SCRIPT.items()}


def fill(word: str, words: Locale = IN_ENGLISH, **values: str | int) -> str:
    """A sentence of WORDS with its values."""
    return words.say(WORDS[word], **values)
