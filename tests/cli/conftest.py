"""The command line in this process, and files to give it."""

import sys
from dataclasses import dataclass

import numpy as np
import pytest

from edge.__main__ import main
from edge.model.people import Limb
from edge.simulation import clip, clonic
from edge.simulation.sensor import Sensor
from tests.support.family import COT, family

CONFIG = family(
    COT + 'credentials_dir = "{folder}/credentials"\nsounder = ""\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\n',
    ankle="osd_watch",
)


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def feverhub(monkeypatch, capsys):
    """Run a command as a shell would, in this process."""

    # Loggers that were used once keep how they were set up, for every test after this one.
    monkeypatch.setattr("edge.app.load.process.set_up_logs", lambda **_: None)

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["feverhub", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Done(code, said.out, said.err)

    return run


@pytest.fixture
def config(tmp_path):
    """A configuration that is good, for a broker that nobody runs."""
    (tmp_path / "credentials").mkdir()
    file = tmp_path / "feverhub.toml"
    file.write_text(CONFIG.format(folder=tmp_path, port=9))
    return file


def write(file, header, *columns, fmt="%.4f"):
    np.savetxt(file, np.column_stack(columns), fmt=fmt, delimiter=",", header=header, comments="")
    return file


@pytest.fixture(scope="session")
def bout():
    """t_s (n,) from 0, acc_g (n, 3), and the truth of the clonic movement in it, of a simulated clip at 50 Hz."""
    track = clip(clonic(5, 75.0), Sensor(50.0).on(Limb.ANKLE), 5)
    [event] = [row for row in track.truth if row.seizure]
    return track.t_s - track.t_s[0], track.acc_g, event.shifted(-float(track.t_s[0]))


@pytest.fixture
def motion_file(tmp_path, bout):
    """Make a motion file of the clonic bout, its `t` beginning at `start_s`."""

    def make(name="motion.csv", start_s=0.0):
        t_s, acc_g, _ = bout
        return write(tmp_path / name, "t,x,y,z", t_s + start_s, acc_g)

    return make


@pytest.fixture
def fever_file(tmp_path):
    """A patch put on at `start_s` that settles and then measures a fever, every 10 s."""

    def make(name="temperature.csv", start_s=0.0, last_s=2400.0, peak_c=38.8):
        t_s = np.arange(0.0, last_s, 10.0)
        settled = 36.9 + np.clip((t_s - 500.0) / 1000.0, 0.0, 1.0) * (peak_c - 36.9)
        celsius = settled - 3.0 * np.exp(-t_s / 150.0)
        return write(tmp_path / name, "t,celsius", t_s + start_s, celsius, fmt="%.2f")

    return make
