"""Which action comes next, and which never while a sensor streams."""

from dataclasses import replace

import pytest

from edge.radio import recovery
from edge.radio.recovery import ADAPTER, FORGET_EVERY, Action, Trouble, Use

IDLE, NEEDED = Use(missing=True), Use(streaming=True, here=True)
DISRUPTIVE = {Action.POWER_CYCLE, Action.ASK_HELPER, Action.RESTART_PROCESS}


def actions(trouble, tries=30, *, once_worked=True, use=IDLE):
    return [recovery.for_adapter(trouble, n, once_worked=once_worked, use=use).action for n in range(tries)]


def test_every_trouble_has_a_ladder_that_begins_mildly_where_mildness_can_help():
    assert set(ADAPTER) == set(Trouble)
    for trouble in (Trouble.QUIET, Trouble.REFUSED, Trouble.UNAVAILABLE):
        assert actions(trouble)[0] is Action.RESTART_SCAN
    assert actions(Trouble.STUCK)[0] is Action.POWER_CYCLE  # bleak: "until the adapter is power cycled"
    assert actions(Trouble.OFF)[0] is Action.POWER_CYCLE


@pytest.mark.parametrize("trouble", [Trouble.QUIET, Trouble.REFUSED, Trouble.STUCK])
def test_the_rungs_come_in_the_order_of_what_they_cost(trouble):
    first = {action: actions(trouble).index(action) for action in DISRUPTIVE}
    assert first[Action.POWER_CYCLE] < first[Action.ASK_HELPER] < first[Action.RESTART_PROCESS]


@pytest.mark.parametrize("trouble", sorted(set(Trouble) - {Trouble.FROZEN}))
def test_live_connections_are_not_taken_away(trouble):
    assert set(actions(trouble, use=NEEDED)) == {Action.RESTART_SCAN}


def test_a_frozen_bluetoothd_carries_no_data_whatever_is_still_believed():
    assert actions(Trouble.FROZEN, use=NEEDED)[0] is Action.ASK_HELPER


@pytest.mark.parametrize("trouble", sorted(set(Trouble) - {Trouble.FROZEN, Trouble.UNAVAILABLE}))
def test_while_another_adapter_hears_only_this_one_is_mended(trouble):
    spare = Use(streaming=True, missing=True, elsewhere=True)
    assert set(actions(trouble, use=spare)) == {Action.RESTART_SCAN, Action.POWER_CYCLE}
    assert set(actions(trouble, use=replace(spare, here=True))) == {Action.RESTART_SCAN}


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_process_that_never_received_anything_never_asks_for_a_restart(trouble):
    assert Action.RESTART_PROCESS not in actions(trouble, 200, once_worked=False)


def test_what_is_worth_more():
    def protects(trouble, streaming, missing):
        return recovery.protects(trouble, Action.POWER_CYCLE, Use(streaming=streaming, missing=missing))

    assert protects(Trouble.QUIET, streaming=True, missing=True)
    assert protects(Trouble.QUIET, streaming=False, missing=False)  # nobody to be found
    assert not protects(Trouble.QUIET, streaming=False, missing=True)
    assert protects(Trouble.STUCK, streaming=True, missing=False)
    assert not protects(Trouble.STUCK, streaming=True, missing=True)  # a short gap for a sensor found again
    assert not protects(Trouble.REFUSED, streaming=False, missing=True)


def test_waits_grow_to_a_minute_and_quiet_air_is_not_waited_for_twice():
    waits = [recovery.for_adapter(Trouble.UNAVAILABLE, n, once_worked=False, use=IDLE).wait_s for n in range(8)]
    assert waits == [2, 4, 8, 2, 32, 60, 60, 60]  # the fourth asks the helper, after which there is something to see
    assert recovery.for_adapter(Trouble.QUIET, 50, once_worked=True, use=NEEDED).wait_s == 2


def test_each_step_has_a_reason():
    assert recovery.for_adapter(Trouble.QUIET, 2, once_worked=True, use=NEEDED).reason == (
        "quiet, try 3: no power_cycle while a sensor streams"
    )


def test_a_sensor_is_forgotten_now_and_then_but_first_just_connected_again():
    assert [recovery.for_device(n) for n in range(1, FORGET_EVERY)] == [Action.RECONNECT] * (FORGET_EVERY - 1)
    assert recovery.for_device(FORGET_EVERY) is Action.FORGET_DEVICE
    assert recovery.for_device(FORGET_EVERY + 1) is Action.RECONNECT
