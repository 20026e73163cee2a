"""A FHIR bundle of the hub's, in front of two validators that others wrote. Both must refuse what is wrong, too."""

import copy
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exports.test_exports import export, feverhub, home

__all__ = ["feverhub", "home"]

CHECK = Path(__file__).with_name("fhir_check.mjs")
PACKAGES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feverhub-tools" / "fhir"


@pytest.fixture
def bundle(feverhub, home):
    out, _ = export(feverhub, home, "fhir", "mia.json")
    return json.loads(out.read_text("utf-8"))


def faults(folder: Path, bundle: dict) -> list[str]:
    file = folder / "bundle.json"
    file.write_text(json.dumps(bundle))
    done = subprocess.run(
        ["node", str(CHECK), str(PACKAGES), str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:] or "run `make servers` first"
    said = json.loads(done.stdout)
    assert said["resources"] == len(bundle["entry"])
    return said["faults"]


def warm(bundle: dict) -> dict:
    return next(each["resource"] for each in bundle["entry"] if "valueQuantity" in each["resource"])


def test_two_validators_find_nothing_wrong_and_the_unit_is_celsius(bundle, tmp_path):
    assert faults(tmp_path, bundle) == []
    units = {
        (each["resource"]["valueQuantity"]["system"], each["resource"]["valueQuantity"]["code"])
        for each in bundle["entry"]
        if each["resource"].get("meta", {}).get("profile") and "valueQuantity" in each["resource"]
    }
    assert units == {("http://unitsofmeasure.org", "Cel")}, "neither validator minds degrees Fahrenheit"


@pytest.mark.parametrize(
    ("harm", "part"),
    [
        (lambda resource: resource.update(status="finnal"), "status"),
        (lambda resource: resource.pop("code"), "code"),
        (lambda resource: resource.update(foo=1), "foo"),
        (lambda resource: resource.pop("category"), "category"),
        (lambda resource: resource.pop("subject"), "subject"),
        (lambda resource: resource.pop("valueQuantity"), "value"),
    ],
)
def test_the_validators_refuse_what_is_wrong(bundle, tmp_path, harm: Callable[[dict], object], part):
    wrong = copy.deepcopy(bundle)
    harm(warm(wrong))
    found = faults(tmp_path, wrong)
    assert found
    assert any(part in each for each in found), found
