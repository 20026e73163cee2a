"""The family of the tests as its configuration file says it: Mia, what she wears, who answers."""

PERSON = """
[[person]]
id = "mia"
name = "Mia"
born = 2025-08-01
"""
PATCH = """
[[device]]
id = "patch"
profile = "health_thermometer"
person = "mia"
site = "axilla"
"""
ANKLE = """
[[device]]
id = "ankle"
profile = "{profile}"
person = "mia"
limb = "left_ankle"
"""
ANNA = """
[[caregiver]]
id = "anna"
name = "Anna"
mqtt_user = "mother"
"""
IBUPROFEN = """
[[person.medicine]]
name = "Ibuprofen"
amount = 5.0
unit = "ml"
min_interval_h = 6
max_per_day = 3
"""
COT = '[hub]\nname = "cot"\n'


def caregiver(name: str, *lines: str) -> str:
    """One more, whose id is the name in small letters. lines: what else is said, such as `role = "viewer"`."""
    return "\n".join(("", "[[caregiver]]", f'id = "{name.lower()}"', f'name = "{name}"', *lines, ""))


def family(head: str = COT, *, person: str = "", ankle: str = "", anna: str = "", more: str = "") -> str:
    """head: the tables of the hub. person, anna: further lines of theirs. ankle: the profile of what she wears there,
    nothing if empty. more: what stands at the end.
    """
    band = ANKLE.format(profile=ankle) if ankle else ""
    return f"{head}{PERSON}{person}{PATCH}{band}{ANNA}{anna}{more}"


def without_sensors(folder: object) -> str:
    """Of a family that has just unpacked the hub, whose state lies in that folder."""
    return f'[hub]\nstate_dir = "{folder}/state"\nsounder = ""\n{PERSON}'
