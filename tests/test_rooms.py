"""Rooms have one door each: what stands outside imports from it, and it offers what somebody outside uses."""

import ast
import importlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = ("alarms", "analysis", "care", "commands", "config", "decoding", "delivery", "pipeline")
ROOMS = (
    *(f"edge.{name}" for name in CORE),
    *(f"edge.analysis.{name}" for name in ("arrival", "episode", "mimics", "motion", "temperature")),
)
# What does I/O has no door: whoever needs one module of it loads that one alone.
WITHOUT_DOOR = ("app", "cli", "exports", "host", "mqtt", "push", "radio", "recordings", "sounder", "storage", "web")
# `model`: the values that all rooms share, each file by its name. `simulation`: its tests take the infant to pieces.
OPEN = ("model", "simulation")


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product and of its tests, by its dotted name."""
    for path in sorted([*(ROOT / "edge").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def inside(name: str, room: str) -> bool:
    """Whether a module belongs to a room: its own, or one of the tests that mirror it."""
    return any(f"{name}.".startswith(f"{home}.") for home in (room, room.replace("edge.", "tests.", 1)))


def imported(tree: ast.AST) -> list[tuple[str, str, str]]:
    """Each import as the module, the name taken from it (empty: the module itself) and what it is called here."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(each.name, "", each.asname or each.name) for each in node.names]
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.module, each.name, each.asname or each.name) for each in node.names]
    return found


class Module:
    """One file: its imports, and what it reads of names that it imported whole."""

    def __init__(self, tree: ast.AST) -> None:
        self.imports = imported(tree)
        self._attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]

    def past(self, room: str, offered: Collection[str] = ()) -> list[str]:
        """What is imported from behind the door, as written. offered: what the door has, modules that it offers too.

        Behind a door stands another room's door, as in `analysis`: that one has a row of its own.
        """
        rooms = [other for other in ROOMS if other.startswith(f"{room}.")]
        behind = {name for name in NAMES if name.startswith(f"{room}.")}
        behind -= {name for name in behind for other in rooms if f"{name}.".startswith(f"{other}.")}
        return [
            f"{module}.{name}".rstrip(".")
            for module, name, _ in self.imports
            if module in behind or (f"{module}.{name}" in behind and not (module == room and name in offered))
        ]

    def taken(self, room: str) -> set[str]:
        """The names that are taken at the door: imported from it, or read from it where it was imported whole."""
        names = {name for module, name, _ in self.imports if module == room}
        doors = {called for module, name, called in self.imports if f"{module}.{name}".rstrip(".") == room}
        read = {node.attr for node in self._attributes if ast.unparse(node.value) in doors} if doors else set()
        return names | read


def door(room: str) -> Sequence[str]:
    """What a room offers."""
    return importlib.import_module(room).__all__


FILES = dict(modules())
NAMES = set(FILES)
MODULES = {name: Module(ast.parse(path.read_text())) for name, path in FILES.items()}


def outside(room: str) -> dict[str, Module]:
    return {name: module for name, module in MODULES.items() if not inside(name, room)}


@pytest.mark.parametrize("room", ROOMS)
def test_what_stands_outside_a_room_imports_from_its_door(room):
    offered = door(room)
    assert {name: found for name, module in outside(room).items() if (found := module.past(room, offered))} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_offers_what_somebody_outside_uses(room):
    used = set().union(*(m.taken(room) for name, m in MODULES.items() if not f"{name}.".startswith(f"{room}.")))
    assert set(door(room)) - used == set()


def test_every_room_has_a_door_or_is_known_to_need_none():
    rooms = {path.name for path in (ROOT / "edge").iterdir() if (path / "__init__.py").is_file()}
    assert rooms == {*CORE, *WITHOUT_DOOR, *OPEN}
    assert {room for room in WITHOUT_DOOR if hasattr(importlib.import_module(f"edge.{room}"), "__all__")} == set()


def test_every_way_past_a_door_is_seen():
    """The positive control: each form of an import that goes behind a door, and what a door gives."""
    module = Module(
        ast.parse(
            "import edge.analysis.motion.succession\n"
            "from edge.analysis.motion import succession, start\n"
            "from edge.analysis.motion.succession import Succession\n"
            "from edge.analysis import motion as door\n"
            "door.advance(door.Step)\n"
        )
    )
    assert module.past("edge.analysis.motion") == [
        "edge.analysis.motion.succession",
        "edge.analysis.motion.succession",
        "edge.analysis.motion.succession.Succession",
    ]
    assert module.taken("edge.analysis.motion") == {"succession", "start", "advance", "Step"}
    whole = Module(ast.parse("from edge.delivery import roster, texts\nfrom edge.delivery.roster import Roster\n"))
    assert whole.past("edge.delivery", ["roster"]) == ["edge.delivery.texts", "edge.delivery.roster.Roster"]


def rooms_of_app(module: Module) -> set[str]:
    """The rooms of `app` that a file imports from, without `load`, which lies below them."""
    parts = (f"{name}.{each}".rstrip(".").split(".") for name, each, _ in module.imports)
    return {part[2] for part in parts if part[:2] == ["edge", "app"] and len(part) > 2} - {"load"}


COMMANDS = sorted(name for name in NAMES if name.startswith("edge.cli."))


@pytest.mark.parametrize("file", COMMANDS)
def test_a_file_of_the_command_line_touches_one_room_of_app_beside_load(file):
    assert len(rooms_of_app(MODULES[file])) <= 1


def test_each_way_of_the_command_line_into_app_is_seen():
    source = (
        "from edge.app.hub import demo\nfrom edge.app import client\nimport edge.app.load.process\nimport edge.config\n"
    )
    assert rooms_of_app(Module(ast.parse(source))) == {"hub", "client"}
    assert set().union(*(rooms_of_app(MODULES[file]) for file in COMMANDS)) == {
        "hub",
        "client",
        "cohort",
        "sensors",
        "reports",
        "setup",
        "ward",
    }
