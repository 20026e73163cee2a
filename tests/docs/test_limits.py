"""What the documents say of limits is what the model declares."""

import re
import tomllib
from pathlib import Path

from edge.config import Source, parse
from edge.model.limits import BOUNDS, FEVER_C
from edge.model.people import Site

ROOT = Path(__file__).parent.parent.parent
LINE = re.compile(r"^# (\w+) = ([\d.]+) +# ([\d.]+) to ([\d.]+)$", re.MULTILINE)


def test_the_configuration_that_is_shipped_names_every_limit_with_its_range():
    table = (ROOT / "deploy" / "feverhub.toml").read_text().split("\n[limits]\n")[1].split("\n\n")[0]
    lines = LINE.findall(table)
    assert len(lines) == len(table.splitlines())
    assert {name: (float(low), float(high)) for name, _, low, high in lines} == {
        name: (safe.low, safe.high) for name, safe in BOUNDS.items()
    }
    text = "[limits]\n" + "\n".join(f"{name} = {value}" for name, value, _, _ in lines)
    limits = parse([Source(text, "test")]).limits
    assert {name: getattr(limits, name) for name in BOUNDS} == tomllib.loads(text)["limits"]


def test_the_readme_says_where_a_fever_begins_at_every_site():
    said = re.search(r"The default limit follows the site: (.*?)\(NICE\)", (ROOT / "README.md").read_text(), re.DOTALL)
    assert said is not None
    words = {
        "armpit": Site.AXILLA,
        "patch": Site.PATCH,
        "mouth": Site.ORAL,
        "ear": Site.EAR,
        "forehead": Site.FOREHEAD,
        "rectum": Site.RECTAL,
    }
    found = {}
    for sites, limit_c in re.findall(r"([a-z, ]+?) (\d\d\.\d) °C", said[1]):
        found |= {words[site]: float(limit_c) for site in re.findall(r"[a-z]+", sites) if site in words}
    assert found == FEVER_C
