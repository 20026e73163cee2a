"""What the page says of the doctor's report while it is made, and why there is none."""

from edge.model.language import N_

NOT_ALLOWED = N_("You may look, not answer. Ask who looks after the hub.")
UNKNOWN = N_("No child of that name is set up.")
NOT_HERE = N_("This hub makes no reports: it is a demo.")
BUSY = N_("Another report is being made. Try again in a minute.")
TOO_LONG = N_("The report took too long. Try a shorter time.")
FAILED = N_("The report could not be made.")
