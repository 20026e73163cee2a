"""The helper's two units, judged by systemd's own tools."""

from tests.support.units import SYSTEMD, analyze

PATH, SERVICE = SYSTEMD / "feverhub-bluetooth.path", SYSTEMD / "feverhub-bluetooth.service"


def test_verify_finds_nothing_wrong():
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(PATH), str(SERVICE))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_exposure_is_low():
    done = analyze("security", "--offline=true", "--threshold=30", "--no-pager", str(SERVICE))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_restarts_bluetooth_and_nothing_else():
    starts = [line for line in SERVICE.read_text().splitlines() if line.startswith("Exec")]
    assert starts == ["ExecStart=systemctl restart bluetooth.service", "ExecStartPost=sleep 30"]
