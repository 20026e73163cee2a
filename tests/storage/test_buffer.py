from edge.model.effect import KeepMotion, KeepReading
from edge.storage.buffer import Waiting


def test_the_oldest_readings_go_first_and_are_counted(make_reading) -> None:
    waiting = Waiting(max_readings=3)
    waiting.add([make_reading(float(at)) for at in range(5)])
    assert [item.wall_s for item in waiting.readings] == [2.0, 3.0, 4.0]
    assert (waiting.lost_readings, waiting.lost_samples) == (2, 0)


def test_the_oldest_movement_goes_first_and_readings_stay(make_reading, make_motion) -> None:
    waiting = Waiting(max_bytes=2 * (300 + 200))
    at_s = (0.0, 5.0, 10.0, 15.0, 20.0)
    items: list[KeepReading | KeepMotion] = [make_reading(0.0), *(make_motion(each) for each in at_s)]
    waiting.add(items)
    waiting.pack()
    assert [block.start_s for _, _, block in waiting.blocks] == [15.0, 20.0]
    assert (waiting.lost_readings, waiting.lost_samples, len(waiting.readings)) == (0, 150, 1)


def test_memory_is_bounded_without_a_commit(make_motion) -> None:
    waiting = Waiting(max_bytes=100_000)
    for at in range(0, 2000, 10):
        waiting.add([make_motion(float(at), 10.0)])
    kept = sum(len(block.data) for _, _, block in waiting.blocks)
    assert kept < 100_000
    assert waiting.lost_samples > 50_000


def test_packets_of_five_seconds_become_one_block(make_motion) -> None:
    waiting = Waiting()
    whole = make_motion(100.0, 10.0)
    for at in range(0, 500, 7):
        part = slice(at, at + 7)
        waiting.add([KeepMotion("ada", "ankle", "left_ankle", whole.wall_s[part], whole.values[part], True)])
    waiting.pack()
    assert [block.n for _, _, block in waiting.blocks] == [250, 250]
