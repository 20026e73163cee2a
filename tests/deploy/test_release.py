"""release.sh: a new release takes over only once it watches; else the old one is back by itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.units import SYSTEMD, analyze

DEPLOY = Path(__file__).parents[2] / "deploy"

# systemd with one service. What that does stands in the release that `current` leads to when it is started: it watches,
# goes on starting (a first run), dies again and again, or stands still without ever being ready.
SYSTEMCTL = """#!/bin/sh
echo "$*" >>"$STATE/calls"
pid() { cat "$STATE/pid" 2>/dev/null || echo 0; }
case $1 in
is-enabled) exit 1 ;;
restart)
    cat "$TREE/current/does" >"$STATE/does"
    echo "$(($(pid) + 1))" >"$STATE/pid" ;;
start) if [ ! -e "$STATE/cut" ]; then sh "$TREE/deploy/release.sh" watch; fi ;;
show)
    [ "$(cat "$STATE/does")" != dies ] || echo "$(($(pid) + 1))" >"$STATE/pid"
    case $3-$(cat "$STATE/does") in
    MainPID-*) pid ;;
    ActiveState-watches) echo active ;;
    ActiveState-off) echo inactive ;;
    *) echo activating ;;
    esac ;;
esac
"""

# The tool with which the time is read, on a computer where each start of a program may take a second.
CUT = """#!/bin/sh
[ ! -e "$STATE/slow" ] || sleep 1.1
exec /usr/bin/cut "$@"
"""


class Computer:
    """A tree of releases, and that systemd."""

    def __init__(self, folder: Path) -> None:
        self.tree, self.state, bin_ = folder / "tree", folder / "state", folder / "bin"
        for each in (self.tree / "deploy", self.state, bin_):
            each.mkdir(parents=True)
        shutil.copy(DEPLOY / "release.sh", self.tree / "deploy")
        for name, text in (("systemctl", SYSTEMCTL), ("cut", CUT)):
            (bin_ / name).write_text(text)
            (bin_ / name).chmod(0o755)
        (self.state / "does").write_text("off")
        self.environment = {
            **os.environ,
            "PATH": f"{bin_}:{os.environ['PATH']}",
            "STATE": str(self.state),
            "TREE": str(self.tree),
            "FEVERHUB_TREE": str(self.tree),
            "FEVERHUB_SYSTEMD": str(self.state),
            "FEVERHUB_LONGEST_S": "3",
            "FEVERHUB_STEADY_S": "1",
        }

    def asked(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = ["sh", str(self.tree / "deploy" / "release.sh"), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)

    def unpack(self, does: str, self_test: str = "true") -> None:
        """What dpkg does: the files of the one before are replaced, each by a new one."""
        shutil.rmtree(self.tree / "package", ignore_errors=True)
        (self.tree / "package" / "bin").mkdir(parents=True)
        program = self.tree / "package" / "bin" / "feverhub"
        program.write_text(f'#!/bin/sh\necho "$@" >>"{self.state}/tested"\n{self_test}\n')
        program.chmod(0o755)
        (self.tree / "package" / "does").write_text(does)

    def update(self, version: str, does: str, self_test: str = "true") -> "subprocess.CompletedProcess[str]":
        self.unpack(does, self_test)
        assert self.asked("add", version).returncode == 0
        return self.asked("take", version)

    @property
    def current(self) -> str:
        return (self.tree / "current").readlink().name

    @property
    def does(self) -> str:
        return (self.state / "does").read_text().strip()

    def releases(self) -> set[str]:
        return {each.name for each in (self.tree / "releases").iterdir()}


@pytest.fixture
def computer(tmp_path) -> Computer:
    return Computer(tmp_path)


def test_shellcheck_finds_nothing():
    scripts = [
        DEPLOY / "release.sh",
        *(DEPLOY / "package" / name for name in ("preinst", "postinst", "prerm", "postrm")),
    ]
    done = subprocess.run(["shellcheck", *map(str, scripts)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_unit_of_the_trial_is_sound_and_may_do_little():
    unit = SYSTEMD / "feverhub-trial.service"
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = analyze("security", "--offline=true", "--threshold=20", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout.splitlines()[-1]
    assert "ReadWritePaths=/opt/feverhub\n" in unit.read_text("utf-8")


def test_the_first_release_has_nothing_to_go_back_to_and_is_started(computer):
    assert computer.update("1", "starts").returncode == 0
    assert computer.current == "1"
    assert computer.does == "starts"
    assert not (computer.tree / "trial").exists()


def test_one_that_watches_takes_over_and_the_one_before_is_kept(computer):
    computer.update("1", "watches")
    done = computer.update("2", "watches")
    assert done.returncode == 0, done.stderr
    assert computer.current == "2"
    assert computer.releases() == {"1", "2"}
    assert computer.update("3", "watches").returncode == 0
    assert computer.releases() == {"2", "3"}
    assert "1" not in computer.asked("list").stdout.split()


@pytest.mark.parametrize("broken", ["dies", "starts"])
def test_one_that_never_watches_goes_again_by_itself(computer, broken):
    computer.update("1", "watches")
    done = computer.update("2", broken)
    assert done.returncode == 1
    assert computer.current == "1"
    assert computer.does == "watches", "the old one was started again"
    assert not (computer.tree / "trial").exists()
    assert "2 not taken: the hub did not watch" in computer.asked("list").stdout
    assert computer.update("3", "watches").returncode == 0, "and the next update is no worse for it"
    assert computer.current == "3"


def test_a_failed_self_test_leaves_the_running_hub_alone(computer):
    computer.update("1", "watches")
    (computer.state / "calls").write_text("")
    assert computer.update("2", "watches", self_test="exit 6").returncode == 1
    assert computer.current == "1"
    assert "restart" not in (computer.state / "calls").read_text()
    assert "2 not taken: its self-test failed" in computer.asked("list").stdout


def test_the_configuration_is_part_of_the_self_test_only_where_the_hub_watches_with_it(computer):
    computer.update("1", "starts")
    computer.update("2", "watches")
    assert (computer.state / "tested").read_text().splitlines() == ["self-test", "self-test"]
    computer.update("3", "watches")
    assert (computer.state / "tested").read_text().splitlines()[-1] == "self-test --config /etc/feverhub/feverhub.toml"


def test_a_hub_that_is_not_set_up_yet_takes_a_release_that_stays(computer):
    computer.update("1", "starts")
    assert computer.update("2", "starts").returncode == 0
    assert computer.current == "2"
    assert computer.update("3", "dies").returncode == 1
    assert computer.current == "2"


def test_a_power_cut_in_the_midst_of_the_trial_does_not_leave_the_new_one_untried(computer):
    computer.update("1", "watches")
    (computer.state / "cut").touch()
    computer.update("2", "starts")
    assert computer.current == "2"
    assert (computer.tree / "trial").exists(), "it stands there for the next boot"
    (computer.state / "cut").unlink()
    (computer.state / "pid").write_text("7")
    assert computer.asked("watch").returncode == 0
    assert computer.current == "1"
    assert computer.does == "watches"


def test_a_computer_that_takes_seconds_for_one_look_does_not_take_a_release_that_never_watches(computer):
    computer.update("1", "watches")
    (computer.state / "slow").touch()
    assert computer.update("2", "starts").returncode == 1
    assert computer.current == "1"
    computer.environment["FEVERHUB_LONGEST_S"] = "20"
    assert computer.update("3", "watches").returncode == 0, "a control"
    assert computer.current == "3"


def test_the_same_version_again_is_tried_like_any_other(computer):
    computer.update("1", "watches")
    assert computer.update("1", "dies").returncode == 1
    assert computer.current == "1.old"
    assert computer.does == "watches"
    assert computer.update("1", "watches").returncode == 0
    assert computer.current == "1"


def test_what_runs_survives_that_its_package_is_replaced(computer):
    """apt has unpacked the new one long before anything is tried; a crash of the hub meanwhile starts the old one."""
    computer.update("1", "watches")
    computer.unpack("dies")
    assert (computer.tree / "current" / "does").read_text() == "watches"
    assert computer.asked("add", "2").returncode == 0
    assert (computer.tree / "current" / "does").read_text() == "watches"


def test_back_by_hand(computer):
    computer.update("1", "watches")
    computer.update("2", "watches")
    assert computer.asked("back").returncode == 0
    assert computer.current == "1"
    assert computer.asked("back").returncode == 0
    assert computer.current == "2"


def test_an_image_that_is_being_filled_has_no_systemd_and_gets_the_release_at_once(computer):
    computer.environment["FEVERHUB_SYSTEMD"] = "/nowhere"
    assert computer.update("1", "starts").returncode == 0
    assert computer.current == "1"
    assert not (computer.state / "calls").exists() or "restart" not in (computer.state / "calls").read_text()
