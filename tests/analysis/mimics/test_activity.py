from edge.analysis.mimics.activity import Activity, Sleep, add

EMPTY, RESTLESS, BUSY = 0, 10, 60  # of 125 values in five seconds


def run(parts, carried=False):
    activity, epochs = Activity(), []
    for index, moved in enumerate(parts):
        activity, epoch = add(activity, 5.0 * (index + 1), moved, 125, carried=carried)
        epochs += [epoch] if epoch else []
    return activity, epochs


def test_an_epoch_is_thirty_seconds_and_counts_how_long_it_moved():
    _, epochs = run([1, 2, 3, 4, 5, 6, 7])
    assert [(epoch.t_s, epoch.count) for epoch in epochs] == [(30.0, 21)]


def test_calm_is_asleep_and_a_little_movement_restless():
    _, epochs = run([EMPTY] * 12 + [RESTLESS] * 6 + [EMPTY] * 6)
    assert [epoch.sleep for epoch in epochs] == [Sleep.ASLEEP, Sleep.ASLEEP, Sleep.RESTLESS, Sleep.ASLEEP]


def test_up_after_two_busy_minutes_and_asleep_after_five_calm_ones():
    activity, epochs = run([BUSY] * 24 + [EMPTY] * 72)
    names = [epoch.sleep for epoch in epochs]
    assert names[3] is Sleep.UP
    assert names[4:13] == [Sleep.UP] * 9
    assert names[13] is Sleep.ASLEEP, "no movement in five minutes (van Hees 2015)"
    assert sum(activity.tally_s.values()) == 30.0 * len(epochs)


def test_who_is_carried_is_up():
    assert [epoch.sleep for epoch in run([EMPTY] * 6, carried=True)[1]] == [Sleep.UP]
