"""The words of going on with a backup instead of the first run's questions."""

from edge.model.language import N_

TITLE = N_("Restore a backup")
INSTEAD = N_("Restore a backup instead")
NOT_IN_IT = N_(
    "Passwords and keys are in no backup. Each phone has to prove again that it rings; where its address is gone, it "
    "gets a new one."
)
FOUND = N_("Found on this hub and its drives")
NONE = N_(
    "No backup was found: put the drive in, and look again. A backup is a folder such as feverhub-home-20260314-110000."
)
LOOK = N_("Look again")
BACK = N_("Back to the questions")
FROM_PHONE = N_("From this phone")
ZIP = N_("One ZIP file of the whole folder of the backup, as phones and computers make it.")
SEND = N_("Send it and restore it")
SENDING = N_("Sending: {percent} %")
READING = N_("The backup is read and checked: {percent} %")
PUTTING = N_("The backup is put in its place …")
DONE = N_("Restored: the backup of {made}. The hub goes on as it was.")
UNDER_WAY = N_("A backup is being restored. Wait until that is done.")
GONE = N_("This backup is not there any more. Look again.")
OTHER_HUB = N_("This backup is of the hub {theirs}, and this one is {ours}. Nothing was changed.")
OTHER_FAMILY = N_("This backup is of another family: {name} is not in it. Nothing was changed.")
NOBODY = N_("Nobody is set up in this backup: it is only a half of one. Nothing was changed.")
REFUSED = N_("{why}. Nothing was changed.")
UNUSABLE = N_("What was set up in this backup cannot be used: {why}. Nothing was changed.")
STOPPED = N_("The hub was stopped meanwhile")
THE_FILE = N_("The file that was sent")
