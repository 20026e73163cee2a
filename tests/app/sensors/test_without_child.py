"""A child's tables are cut out of a configuration, and every other line stays as somebody wrote it."""

import tomllib

import pytest

from edge.app.sensors.without_child import SetUp, named, rewritten, without_child
from edge.errors import ConfigError
from tests.support import two_children

MIA = SetUp("mia", {"patch-mia", "band-mia"})
TEXT = f'# The house.\n[hub]\nname = "cot" # by the door\n{two_children.SETUP}'


def test_her_tables_go_with_what_is_said_above_them_and_nothing_else_moves():
    left = without_child(TEXT, MIA)
    assert "Mirabella" not in left
    assert [line for line in TEXT.splitlines() if line in left.splitlines()][:3] == [
        "# The house.",
        "[hub]",
        'name = "cot" # by the door',
    ]
    begin = TEXT.index("# What Benedikt")
    assert left.endswith(TEXT[begin:])
    tables = tomllib.loads(left)
    assert [row["id"] for row in tables["person"]] == ["mia2"]
    assert [row["id"] for row in tables["device"]] == ["patch-mia2", "band-mia2"]


def test_a_value_laid_over_a_sensor_of_hers_goes_too():
    overlay = '[[device]]\nid = "band-mia"\naddress = "00:11:22:33:44:55"\n'
    assert named(overlay, MIA)
    assert without_child(overlay, MIA) == ""


def test_a_text_without_her_is_the_same_text():
    text = without_child(TEXT, MIA)
    assert not named(text, MIA)
    assert without_child(text, MIA) is text


HEADER_IN_A_TEXT = '[[person]]\nid = "mia"\nguidance = """\n[hub]\nname = "x"\n"""\n[hub]\nname = "cot"\n'


@pytest.mark.parametrize(
    "text", ['person = [{ id = "mia" }, { id = "ben" }]\n', HEADER_IN_A_TEXT], ids=["one line", "a header in a text"]
)
def test_what_cannot_be_cut_out_is_left_to_the_owner_and_a_copy_is_written_anew(text):
    with pytest.raises(ConfigError, match="cannot be cut out"):
        without_child(text, MIA)
    left = tomllib.loads(rewritten(text, MIA))
    assert "mia" not in str(left)
    assert {"person": "ben", "hub": "cot"}.items() >= {
        name: (rows[0]["id"] if name == "person" else rows["name"]) for name, rows in left.items()
    }.items()


def test_what_is_no_toml_is_refused():
    with pytest.raises(ConfigError, match="not TOML"):
        without_child("[", MIA)
