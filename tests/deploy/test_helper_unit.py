"""The helpers' units, judged by systemd's own tools."""

import pytest

from tests.support.units import SYSTEMD, analyze

DOES = {
    "bluetooth": ["ExecStart=systemctl restart bluetooth.service", "ExecStartPost=sleep 30"],
    "broker": ["ExecStart=systemctl reload mosquitto.service"],
}


@pytest.fixture(params=DOES)
def helper(request):
    return request.param


def test_verify_finds_nothing_wrong(helper):
    units = (str(SYSTEMD / f"feverhub-{helper}.{kind}") for kind in ("path", "service"))
    done = analyze("verify", "--man=no", "--recursive-errors=no", *units)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_exposure_is_low(helper):
    service = SYSTEMD / f"feverhub-{helper}.service"
    done = analyze("security", "--offline=true", "--threshold=30", "--no-pager", str(service))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_does_one_thing_and_nothing_else(helper):
    text = (SYSTEMD / f"feverhub-{helper}.service").read_text()
    assert [line for line in text.splitlines() if line.startswith("Exec")] == DOES[helper]


def test_mosquitto_puts_its_users_together_before_it_starts_and_before_it_reads_them_again():
    """Debian's own ExecReload is replaced, not added to: it would read the users of before."""
    text = (SYSTEMD / "mosquitto.service.d" / "feverhub.conf").read_text()
    together = "/usr/local/lib/feverhub/broker-users.sh"
    assert [line for line in text.splitlines() if line.startswith("Exec")] == [
        f"ExecStartPre=-{together}",
        "ExecReload=",
        f"ExecReload=-{together}",
        "ExecReload=/bin/kill -HUP $MAINPID",
    ]
    assert f"usr/local/lib/feverhub/{'broker-users.sh'}" in (SYSTEMD.parent / "install.sh").read_text()
