"""The walks of edge/README.md: which files something passes, stage by stage."""

import re
from pathlib import Path

import edge

PACKAGE = Path(edge.__file__).parent


def walk(name: str) -> list[list[str]]:
    """The files of each stage of the list between two marks `<!-- name -->`, in its order."""
    text = (PACKAGE / "README.md").read_text().split(f"<!-- {name} -->")[1]
    stages = re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]
    return [re.findall(r"`([\w/]+\.py)`", stage) for stage in stages]
