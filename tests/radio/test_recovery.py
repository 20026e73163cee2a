"""Which rung comes next, and which never while a sensor streams."""

from dataclasses import replace

import pytest

from edge.radio import recovery
from edge.radio.recovery import ADAPTER, FORGET_EVERY, Rung, Trouble, Use

IDLE, NEEDED = Use(missing=True), Use(streaming=True, here=True)
DISRUPTIVE = {Rung.POWER_CYCLE, Rung.ASK_HELPER, Rung.RESTART_PROCESS}


def rungs(trouble, tries=30, *, once_worked=True, use=IDLE):
    return [recovery.for_adapter(trouble, n, once_worked=once_worked, use=use).rung for n in range(tries)]


def test_every_trouble_has_a_ladder_that_begins_mildly_where_mildness_can_help():
    assert set(ADAPTER) == set(Trouble)
    for trouble in (Trouble.QUIET, Trouble.REFUSED, Trouble.ABSENT):
        assert rungs(trouble)[0] is Rung.RESTART_SCAN
    assert rungs(Trouble.STUCK)[0] is Rung.POWER_CYCLE  # bleak: "until the adapter is power cycled"
    assert rungs(Trouble.OFF)[0] is Rung.POWER_CYCLE


@pytest.mark.parametrize("trouble", [Trouble.QUIET, Trouble.REFUSED, Trouble.STUCK])
def test_the_rungs_come_in_the_order_of_what_they_cost(trouble):
    first = {rung: rungs(trouble).index(rung) for rung in DISRUPTIVE}
    assert first[Rung.POWER_CYCLE] < first[Rung.ASK_HELPER] < first[Rung.RESTART_PROCESS]


@pytest.mark.parametrize("trouble", sorted(set(Trouble) - {Trouble.FROZEN}))
def test_live_connections_are_not_taken_away(trouble):
    assert set(rungs(trouble, use=NEEDED)) == {Rung.RESTART_SCAN}


def test_a_frozen_bluetoothd_carries_no_data_whatever_is_still_believed():
    assert rungs(Trouble.FROZEN, use=NEEDED)[0] is Rung.ASK_HELPER


@pytest.mark.parametrize("trouble", sorted(set(Trouble) - {Trouble.FROZEN, Trouble.ABSENT}))
def test_while_another_adapter_hears_only_this_one_is_mended(trouble):
    spare = Use(streaming=True, missing=True, elsewhere=True)
    assert set(rungs(trouble, use=spare)) == {Rung.RESTART_SCAN, Rung.POWER_CYCLE}
    assert set(rungs(trouble, use=replace(spare, here=True))) == {Rung.RESTART_SCAN}


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_process_that_never_heard_anyone_never_asks_for_a_restart(trouble):
    assert Rung.RESTART_PROCESS not in rungs(trouble, 200, once_worked=False)


def test_what_is_worth_more():
    def protects(trouble, streaming, missing):
        return recovery.protects(trouble, Rung.POWER_CYCLE, Use(streaming=streaming, missing=missing))

    assert protects(Trouble.QUIET, streaming=True, missing=True)
    assert protects(Trouble.QUIET, streaming=False, missing=False)  # nobody to be found
    assert not protects(Trouble.QUIET, streaming=False, missing=True)
    assert protects(Trouble.STUCK, streaming=True, missing=False)
    assert not protects(Trouble.STUCK, streaming=True, missing=True)  # a short gap for a sensor found again
    assert not protects(Trouble.REFUSED, streaming=False, missing=True)


def test_waits_grow_to_a_minute_and_quiet_air_is_not_waited_for_twice():
    waits = [recovery.for_adapter(Trouble.ABSENT, n, once_worked=False, use=IDLE).wait_s for n in range(8)]
    assert waits == [2, 4, 8, 2, 32, 60, 60, 60]  # the fourth asks the helper, after which there is something to see
    assert recovery.for_adapter(Trouble.QUIET, 50, once_worked=True, use=NEEDED).wait_s == 2


def test_each_step_has_a_reason():
    assert recovery.for_adapter(Trouble.QUIET, 2, once_worked=True, use=NEEDED).reason == (
        "quiet, try 3: no power_cycle while a sensor streams"
    )


def test_a_sensor_is_forgotten_now_and_then_but_first_just_connected_again():
    assert [recovery.for_device(n) for n in range(1, FORGET_EVERY)] == [Rung.RECONNECT] * (FORGET_EVERY - 1)
    assert recovery.for_device(FORGET_EVERY) is Rung.FORGET_DEVICE
    assert recovery.for_device(FORGET_EVERY + 1) is Rung.RECONNECT
