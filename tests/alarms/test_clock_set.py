"""The wall clock is set by an hour while alarms stand: delays, silences and answers go on as if nothing had been."""

import pytest

HOUR = 3600
# At which second what comes, `clock` where it is set; and what must come of it, so that no row is empty.
SCENARIOS = {
    "nobody answers: the others, the room": (["0 patch + fever", "10 clock", "400"], {"!ben", "room"}),
    "a snooze ends in its time": (
        ["0 patch + fever", "10 anna snooze 15", "20 clock", "909", "910", "1200"],
        {"fever:on", "room"},
    ),
    "an answer lasts four hours": (
        ["0 patch + no_data", "10 anna with_her", "20 clock", f"{4 * HOUR}", f"{4 * HOUR + 10}"],
        {"no_data:ack", "no_data:on"},
    ),
    "an answer from away does not": (["0 ankle + seizure", "5 anna~ acknowledge", "7 clock", "300"], {"room"}),
    "a pause ends in its time": (
        ["0 anna pause 10", "10 clock", "20 ankle + no_data", "599", "600", "700"],
        {"no_data:on", "!anna"},
    ),
    "an alarm ends": (["0 ankle + seizure", "5 anna with_her", "7 clock", "90 ankle - seizure"], {"seizure:off"}),
    "one that nobody answered stays": (["0 ankle + seizure", "7 clock", "90 ankle - seizure"], {"seizure:latch"}),
    "a new onset rings again": (
        ["0 ankle + seizure", "5 anna with_her", "7 clock", "600 ankle + seizure @600", "700"],
        {"seizure:ack", "seizure:on", "!ben"},
    ),
    "a restart in the new hour": (
        ["0 ankle + seizure", "5 anna with_her", "7 clock", "20 restart", "30 ankle + seizure", "90 ankle - seizure"],
        {"seizure:off"},
    ),
}


def played(night, script: list[str], jump_s: float) -> list[tuple[str, list[str]]]:
    found = []
    for at, _, what in (line.partition(" ") for line in script):
        night.go(float(at))
        if what == "clock":
            night.wall_jump_s = jump_s
        else:
            night.do(what)
        found.append((f"{at} {what}", sorted(night.happened)))
        night.happened = []
    return found


@pytest.mark.parametrize("jump_s", [-HOUR, HOUR])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_clock_set_during_an_alarm_changes_nothing(night, name: str, jump_s: float) -> None:
    script, wanted = SCENARIOS[name]
    undisturbed = played(type(night)(), script, 0.0)
    assert wanted <= {word for _, words in undisturbed for word in words}
    assert played(night, script, jump_s) == undisturbed
