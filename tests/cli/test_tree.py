"""Every command: help with an example, JSON where it prints facts, quick to start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from edge.cli import COMMANDS, feverhub

# What these print is a log or a story, no facts that a program would read.
README = Path(__file__).parents[2] / "README.md"
TALK = {"run", "demo", "sounder", "record", "station"}


def commands(group, path=()):
    """Every command of the tree, with the words that lead to it; a group counts if it does something by itself."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        words = (*path, name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join(words), command
        if isinstance(command, click.Group):
            yield from commands(command, words)


TREE = dict(commands(feverhub))


def test_the_tree_is_what_is_documented():
    assert TREE.keys() >= {
        *("run", "demo", "replay", "analyze", "decode", "profiles", "profiles check"),
        *("test-alarm", "acknowledge", "dose", "note", "journal", "config check"),
    }


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("feverhub statu", "status"), ("feverhub status --te", "--technical"), ("feverhub config ch", "check")],
)
def test_the_tab_key_completes_as_the_readme_says(typed, completed):
    said = re.search(r'eval "\$\((_\w+)=bash_source feverhub\)"', README.read_text("utf-8"))
    assert said is not None
    known = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), said[1]: "bash_complete"}
    script = "import sys; sys.argv[0] = 'feverhub'; from edge.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | known, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == f"plain,{completed}\n"


@pytest.mark.parametrize("name", TREE)
def test_every_command_has_help_with_an_example_that_exists(name):
    command = TREE[name]
    shown = click.Context(command, info_name=f"feverhub {name}")
    text = " ".join(command.get_help(shown).split())
    assert f"Example: feverhub {name}" in text
    assert command.help, "says what it does"
    example = text.split("Example: ", 1)[1].split()[2:]
    known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    assert {word for word in example if word.startswith("--")} <= known | {"--help"} | set(text.split())


@pytest.mark.parametrize("name", TREE)
def test_every_option_says_what_it_is(name):
    silent = [p.opts for p in TREE[name].params if isinstance(p, click.Option) and not p.help]
    assert silent == []


@pytest.mark.parametrize("name", sorted(TREE.keys() - TALK))
def test_what_prints_facts_prints_json(name):
    options = [option for parameter in TREE[name].params for option in parameter.opts]
    assert "--json" in options


def test_the_help_of_all_names_every_command_and_exit_code(feverhub):
    done = feverhub("--help")
    assert done.code == 0
    assert all(name in done.out for name in COMMANDS)
    assert all(code in done.out for code in ("0 done", "1 failed", "2 usage", "3 conf", "4 hard", "5 alarm", "6", "70"))
    assert "Not a medical device" in done.out


@pytest.mark.parametrize("arguments", [["nonsense"], ["analyze"], ["replay"], ["replay", "--person", "mia"]])
def test_wrong_usage_is_a_sentence_and_exit_2(feverhub, arguments):
    done = feverhub(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


HEAVY = ["numpy", "bleak", "apprise", "influxdb_client", "apscheduler"]
HUBS_OWN = [
    *("edge.pipeline", "edge.analysis", "edge.alarms", "edge.decoding", "edge.delivery", "edge.radio", "edge.storage"),
    *(
        "edge.push",
        "edge.simulation",
        "edge.app.hub.session",
        "edge.app.hub.loop",
        "edge.app.load.profiles",
        "edge.mqtt.client",
    ),
    "sqlite3",
]


def _loaded(of: list[str], *arguments: str) -> list[str]:
    """Which of these modules a command has loaded when it ends."""
    code = (
        f"import sys; sys.argv = {['feverhub', *arguments]}\n"
        "from edge.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(*[name for name in {of} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.splitlines()[-1].split()


def test_help_imports_nothing_heavy():
    assert _loaded([*HEAVY, "paho", "msgspec", "structlog", "asyncio"], "--help") == []


@pytest.mark.parametrize(
    "command",
    [["status"], ["ready"], ["caregivers"], ["acknowledge"], ["test-alarm"], ["note", "asleep"]],
    ids=" ".join,
)
def test_what_only_speaks_to_a_running_hub_loads_nothing_of_the_hub(command, config):
    loaded = _loaded([*HEAVY, *HUBS_OWN, "edge.mqtt.link", "edge.config"], *command, "--config", str(config))
    assert loaded == ["edge.mqtt.link", "edge.config"], "it went as far as the broker"


def test_an_answer_can_be_given_while_a_sensor_is_written_wrongly_and_the_daemon_says_so(feverhub, config):
    config.write_text(config.read_text().replace("osd_watch", "osd_wach"))
    answered, checked = feverhub("acknowledge", "-c", config), feverhub("config", "check", "-c", config)
    assert (answered.code, checked.code) == (4, 3)
    assert "there is no profile 'osd_wach'" in checked.err
