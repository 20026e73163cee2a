"""Episodes as tables: `seconds | what is heard or said | what the five-minute clock says`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analysis.episode import cluster, course
from edge.model.alarm import Condition
from edge.model.evidence import NO_EVIDENCE, Movement, MovementEvidence
from edge.model.sign import Sign

WORDS = {"goes": Movement.GOES_ON, "stopped": Movement.STOPPED, "silent": Movement.UNKNOWN}


class Episode:
    """Plays a table with a tick a second; a sensor that moves says so every second, like a real one."""

    def __init__(self):
        self.cluster, self.now_s = None, 0.0
        self.onsets, self.said, self.rung = {}, [], []

    def play(self, table):
        for line in filter(None, map(str.strip, table.splitlines())):
            at, what, expected = (part.strip() for part in line.split("|"))
            self.go(float(at))
            self.do(what.split())
            self.tick()
            assert self.said == [WORDS[word] for word in expected.split() if word in WORDS], line
            assert (self.cluster is None) is ("over" in expected), line
            self.said = []
        return self

    def go(self, until_s):
        while self.now_s + 1.0 < until_s:
            self.now_s += 1.0
            self.speak()
            self.tick()
        self.now_s = until_s
        self.speak()

    def do(self, words):
        match words:
            case [device, "+", *onset]:
                self.onsets[device] = float(onset[0].removeprefix("@")) if onset else self.now_s
                self.speak()
            case [device, "-"]:
                self.onsets.pop(device, None)
                self.hear(device, False)
            case [device, "silent"]:
                del self.onsets[device]
            case ["awake"]:
                self.cluster = cluster.awake(self.cluster, self.now_s)

    def speak(self):
        for device in list(self.onsets):
            self.hear(device, True)

    def hear(self, device, present, evidence=None):
        onset_s = self.onsets.get(device)
        known = NO_EVIDENCE if evidence is None else evidence
        sign = Sign(Condition.SEIZURE_LIKE_MOVEMENT, device, present, self.now_s, onset_s, evidence=known)
        self.cluster = cluster.advance(self.cluster, sign)

    def tick(self):
        if self.cluster is None:
            return
        self.cluster, sign = cluster.clock(self.cluster, self.now_s)
        if sign is not None:
            if not self.rung or self.rung[-1][0] != sign.onset_s:
                self.rung.append((sign.onset_s, self.now_s))
            self.said.append(Movement(sign.evidence.movement))
        if cluster.over(self.cluster, self.now_s):
            self.cluster = None


def test_movement_that_goes_on_rings_five_minutes_after_its_estimated_onset():
    episode = Episode().play("""
          8 | ankle + @0  |
        299 |             |
        300 |             | goes
        700 |             |
        720 | ankle -     | stopped
       1019 |             |
       1021 |             | over
    """)
    assert episode.rung == [(0.0, 300.0)]


def test_pauses_do_not_stop_the_clock_and_make_one_episode():
    episode = Episode().play("""
          8 | ankle + @0    |
         40 | ankle -       |
        150 | ankle + @142  |
        190 | ankle -       |
        280 | ankle + @272  |
        300 |               | goes
        310 | ankle -       | stopped
        400 | ankle + @392  | goes
        500 | ankle -       | stopped
        801 |               | over
    """)
    assert episode.rung == [(0.0, 300.0)]


def test_stillness_does_not_stop_the_clock_and_is_not_called_movement():
    Episode().play("""
          8 | ankle + @0  |
         28 | ankle -     |
        299 |             |
        300 |             | stopped
        330 |             | over
    """)


def test_a_sensor_that_falls_silent_or_is_torn_off_does_not_stop_the_clock():
    Episode().play("""
          8 | ankle + @0    |
         60 | ankle silent  |
        300 |               | silent
       9000 |               |
       9001 | ankle -       | stopped over
    """)


def test_only_she_is_awake_stops_it_also_while_it_moves():
    Episode().play("""
          8 | ankle + @0  |
         60 | awake       |
        900 |             |
        901 | ankle -     | over
    """)


@pytest.mark.parametrize("onset", ["@58", "@61", "@75"])
def test_awake_is_said_of_this_bout_and_not_of_the_next(onset):
    episode = Episode().play(f"""
          8 | ankle + @0      |
         50 | ankle -         |
         60 | awake           | over
         80 | ankle + {onset} |
    """)
    episode.go(400.0)
    assert [at_s - onset_s for onset_s, at_s in episode.rung] == [300.0]


def test_a_new_onset_while_the_old_movement_still_decays_starts_a_new_clock():
    episode = Episode().play("""
          8 | ankle + @0     |
         60 | awake          |
        100 | ankle + @95    |
        394 |                |
        395 |                | goes
    """)
    assert episode.rung == [(95.0, 395.0)]


def test_a_second_sensor_that_lags_behind_starts_no_clock_after_awake():
    Episode().play("""
          8 | ankle + @0    |
         60 | awake         |
         61 | wrist + @30   |
        400 |               |
        401 | ankle -       |
        402 | wrist -       | over
    """)


def test_two_sensors_are_one_episode_from_the_earlier_onset():
    episode = Episode().play("""
          8 | ankle + @2    |
          9 | wrist + @0    |
         50 | ankle -       |
        300 |               | goes
        310 | wrist -       | stopped
    """)
    assert episode.rung == [(0.0, 300.0)]


def test_a_bout_ended_with_the_sensor_that_ended_last_whichever_says_so_last():
    def said(device, present, t_s, ended_s=None):
        return Sign(Condition.SEIZURE_LIKE_MOVEMENT, device, present, t_s, 10.0 if present else None, ended_s=ended_s)

    joined = None
    for sign in (
        said("ankle", True, 20.0),
        said("wrist", True, 21.0),
        said("ankle", True, 60.0),
        said("ankle", False, 70.0, ended_s=59.0),
        said("wrist", False, 80.0, ended_s=22.0),
    ):
        joined = cluster.advance(joined, sign)
    assert (joined.moving, joined.moved_s, joined.length_s) == (frozenset(), 59.0, 49.0)
    assert joined.moved_in_all_s == 49.0


def test_five_minutes_of_stillness_part_two_episodes_and_each_rings():
    episode = Episode().play("""
          8 | ankle + @0    |
         30 | ankle -       |
        300 |               | stopped
        331 |               | over
        345 | ankle + @340  |
        640 |               | goes
    """)
    assert episode.rung == [(0.0, 300.0), (340.0, 640.0)]


def test_a_sensor_silent_since_an_old_episode_does_not_swallow_a_new_one():
    episode = Episode().play("""
          8 | ankle + @0    |
         60 | ankle silent  |
        300 |               | silent
        900 | wrist + @895  |
       1195 |               | goes
    """)
    assert episode.rung == [(0.0, 300.0), (895.0, 1195.0)]


def test_how_long_it_moved_leaves_the_pauses_out():
    episode = Episode().play("10 | ankle + @0 |\n 40 | ankle - |\n 100 | ankle + @92 |\n 122 | ankle - |")
    assert (episode.cluster.bouts, episode.cluster.moved_in_all_s, episode.cluster.length_s) == (2, 70.0, 122.0)


steps = st.lists(
    st.tuples(st.floats(0.5, 700.0), st.sampled_from(["+", "-", "silent"]), st.sampled_from(["ankle", "wrist"])),
    min_size=1,
    max_size=25,
)


@given(steps)
def test_no_silence_stops_the_clock_and_every_cluster_rings_once(walk):
    """Whatever sensors do, without a caregiver's word: each onset more than five minutes after the last movement
    begins a clock of its own, and every clock rings within a tick of five minutes after its onset.
    """
    episode = Episode()
    clocks = []
    for wait_s, what, device in walk:
        episode.go(episode.now_s + wait_s)
        episode.tick()
        if what == "+" and device not in episode.onsets:
            episode.do([device, "+"])
            if not clocks or clocks[-1] != episode.cluster.onset_s:
                clocks.append(episode.cluster.onset_s)
        elif what == "-" or device in episode.onsets:
            episode.do([device, what if what != "+" else "-"])
    episode.go(episode.now_s + 301.0)
    episode.tick()
    assert [onset_s for onset_s, _ in episode.rung] == clocks
    assert all(-1e-6 <= at_s - onset_s - 300.0 <= 1.0 for onset_s, at_s in episode.rung)


@pytest.mark.parametrize(
    ("minutes", "earlier", "focal", "words"),
    [
        (2, 0, None, "no mark of a complex one; whether it was one side alone is not known from one sensor"),
        (2, 0, False, "simple so far: both sides, under 15 min, once in 24 h"),
        (15, 0, False, "complex: 15 min or longer"),
        (2, 1, None, "complex: again within 24 h"),
        (2, 0, True, "complex: one limb alone"),
        (20, 2, True, "complex: 15 min or longer, again within 24 h, one limb alone"),
    ],
)
def test_simple_or_complex_in_the_words_of_the_source(minutes, earlier, focal, words):
    joined = cluster.Cluster(0.0, 0.0, 60.0 * minutes, focal=focal)
    assert course.course_of(joined, earlier).words == words


def test_one_limb_alone_is_so_only_as_long_as_no_other_took_part():
    episode = Episode()
    for said, known in ((None, None), (True, True), (None, True), (False, False), (True, False)):
        episode.hear("ankle", True, {} if said is None else MovementEvidence(focal=said))
        assert episode.cluster.focal is known
