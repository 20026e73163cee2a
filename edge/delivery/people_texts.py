"""The words of setting caregivers up, changing and ending them."""

from collections.abc import Mapping

from edge.model.language import N_
from edge.model.people import Role

NOBODY = N_("There is no caregiver {name} on this hub.")
WHO = N_("Say a name, at most 40 letters.")
BY_HAND = N_("{name} stands in {place}, written by hand, which wins: change it there, and restart the hub.")
MEANWHILE = N_("{name} was changed by somebody else meanwhile. Look again.")
LAST_OWNER = N_("{name} is the last owner: make somebody else an owner first.")
OWNER_ENDS = N_("An owner's access does not end by itself: choose another role, or no end.")
NO_TIME = N_("{text} is no time: write it as 2026-03-14 08:00.")
PAST = N_("{text} is over already. Is the date right?")
NOT_HERE = N_("Nothing can be set up here: this hub only plays a recording.")
BUSY = N_("Too many changes at once. Wait a moment.")
SET_UP = N_("{name} is set up. Let their phone in with its code.")
CHANGED = N_("{name} is changed.")
REMOVED = N_("{name} is gone: no phone, no push and no user of the broker of theirs is let in any more.")
BROKER_USER = N_("User {user}, password {password}. It is shown this once.")

TITLE = N_("Who is there")
ROLES: Mapping[Role, str] = {
    Role.OWNER: N_("owner: answers alarms, and sets the hub up"),
    Role.CAREGIVER: N_("answers alarms"),
    Role.VIEWER: N_("may only look"),
}
UNTIL = N_("until {time}")
ADD = N_("Somebody else")
CHANGE = N_("Change {name}")
NAME = N_("Name")
ROLE = N_("What may they do?")
ENDS = N_("A sitter: access ends by itself")
ENDS_HELP = N_("Empty: it stays. Else the date and the time, such as 2026-03-14 08:00.")
LANGUAGE = N_("Language of their messages")
HUBS = N_("the hub's")
UNIT = N_("Temperatures in")
RINGS = N_("Their phone rings by")
KEEP = N_("as it is now")
NTFY = N_("ntfy (Android)")
PUSHOVER = N_("Pushover (iPhone, Android)")
OTHER = N_("another service")
NONE = N_("nothing: they look at the page")
SERVER = N_("ntfy: the name of the server")
USER_KEY = N_("Pushover: their user key")
TOKEN = N_("Pushover: the token of an application")
URL = N_("Another service: its Apprise address")
DETAILS = N_("Messages may say name and value, which the service's servers can read.")
SAVE = N_("Keep it")
CODE = N_("A code for {name}'s phone")
REMOVE = N_("Remove {name}")
REMOVE_SURE = N_("Yes, end all access of {name}")
REMOVE_WHAT = N_(
    "Their phones are shut out, no message goes to them any more, and their user of the broker is gone. At once."
)
MQTT = N_("A password for an app over MQTT")
MQTT_HOUSE = N_("A password for a thing that stays in the house")
MQTT_HOW = N_(
    "An app over MQTT connects to this hub's port 8883 with TLS and the certificate of the broker's authority, ca.crt."
)
