"""The words about a sensor's key, and about several children, in the first run."""

from edge.model.language import N_

KEY_WANTED = N_("This sensor encrypts what it sends. Type its key, as its app or its maker gives it.")
KEY_WRONG = N_("This key does not open what this sensor sends. Is it really its own?")
KEY_FORMS = {
    "hex16": N_("32 digits and letters from a to f."),
    "text8": N_("The 8 characters on the sensor."),
}
KEY = N_("Key of the sensor")
KEY_TRY = N_("Try this key")
KEY_OPENS = N_("✓ The key opens what it sends")
NO_KEY = N_("That is no key: {form}")
NO_KEY_ASKED = N_("No sensor asks for a key just now. Look again.")

WORN = N_("{name} wears this sensor already: take another one.")

ANOTHER = N_("Another child is watched too")
NO_OTHER = N_("No other child")
CHILDREN = N_("Watched so far: {names}")
