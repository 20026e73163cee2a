"""The words of the check-up on the page, beside those of the checks themselves (`edge.host.checkup`)."""

from collections.abc import Mapping

from edge.model.language import N_

SUBJECTS: Mapping[str, str] = {
    "computer": N_("Computer"),
    "adapter": N_("Bluetooth adapter"),
    "bluez": N_("Bluetooth service"),
    "clock": N_("Clock"),
    "disk": N_("Disk"),
    "card": N_("Memory card"),
    "power": N_("Power supply"),
    "heat": N_("Heat"),
    "permissions": N_("Files"),
    "persistence": N_("Broker"),
    "ear": N_("Ear"),
    "certificate": N_("Certificate"),
    "heartbeat": N_("Outward heartbeat"),
    "way": N_("Way of alarms"),
    "backup": N_("Backup"),
}
LEVELS: Mapping[str, str] = {"OK": N_("OK"), "WARN": N_("WARN"), "FAIL": N_("FAIL")}
