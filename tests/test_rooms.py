"""Rooms have one door each: what stands outside imports from it, and it offers what somebody outside uses."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# To become every core room; each stands here once its outside keeps to its door.
ROOMS = (*(f"edge.analysis.{name}" for name in ("arrival", "episode", "mimics", "motion", "temperature")),)


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product and of its tests, by its dotted name."""
    for path in sorted([*(ROOT / "edge").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def inside(name: str, room: str) -> bool:
    """Whether a module belongs to a room: its own, or one of the tests that mirror it."""
    return any(f"{name}.".startswith(f"{home}.") for home in (room, room.replace("edge.", "tests.", 1)))


def imported(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """Each import as the module, the name taken from it (empty: the module itself) and what it is called here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.name, "", each.asname or each.name) for each in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, each.name, each.asname or each.name) for each in node.names)


def past(tree: ast.AST, room: str) -> list[str]:
    """What is imported from behind the door, as written."""
    behind = {name for name, _ in MODULES if name.startswith(f"{room}.")}
    return [
        f"{module}.{name}".rstrip(".")
        for module, name, _ in imported(tree)
        if module in behind or f"{module}.{name}" in behind
    ]


def taken(tree: ast.AST, room: str) -> set[str]:
    """The names that are taken at the door: imported from it, or read from it where it was imported whole."""
    names = {name for module, name, _ in imported(tree) if module == room}
    doors = {called for module, name, called in imported(tree) if f"{module}.{name}".rstrip(".") == room}
    read = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) in doors
    }
    return names | read


MODULES = list(modules())
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES}


@pytest.mark.parametrize("room", ROOMS)
def test_what_stands_outside_a_room_imports_from_its_door(room):
    assert {name: found for name, tree in TREES.items() if not inside(name, room) and (found := past(tree, room))} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_offers_what_somebody_outside_uses(room):
    used = set().union(*(taken(tree, room) for name, tree in TREES.items() if not inside(name, room)))
    assert set(importlib.import_module(room).__all__) - used == set()


def test_every_way_past_a_door_is_seen():
    """The positive control: each form of an import that goes behind a door, and what a door gives."""
    tree = ast.parse(
        "import edge.analysis.motion.train\n"
        "from edge.analysis.motion import train, start\n"
        "from edge.analysis.motion.train import Train\n"
        "from edge.analysis import motion as door\n"
        "door.advance(door.Step)\n"
    )
    assert past(tree, "edge.analysis.motion") == [
        "edge.analysis.motion.train",
        "edge.analysis.motion.train",
        "edge.analysis.motion.train.Train",
    ]
    assert taken(tree, "edge.analysis.motion") == {"train", "start", "advance", "Step"}
