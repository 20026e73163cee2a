"""Which push goes where: `what happens -> what follows`, and what holds whatever happens."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.delivery import dispatch
from edge.delivery.dispatch import DEAD_AFTER, FATES, FOLLOWED, QUEUE, TRIES, Fate
from edge.model.effect import Notify, PushNotSent, SendPush, StartTimer
from edge.model.event import Outcome, PushReported, TimerExpired


def message(alarm="fever", text="", *, who="anna", reach=1, stage=0, urgent=False):
    return Notify(who, alarm, "Check", text, urgent, stage, reach)


class Phones:
    """The machine with what it asked for: `phones.under_way` by channel, timers that run."""

    def __init__(self, *, broker=True, **channels):
        self.state = dispatch.linked(dispatch.start(channels), connected=broker)
        self.under_way, self.timers, self.sent, self.dropped = {}, {}, [], []
        self.unreached, self.nobody, self.delivered = [], [], []

    def take(self, decision):
        self.state = decision.dispatch
        self.unreached += decision.unreached
        self.nobody += [] if decision.nobody is None else [decision.nobody]
        for effect in decision.effects:
            match effect:
                case SendPush():
                    way = (effect.caregiver, effect.channel)
                    assert way not in self.under_way, "a channel gets a second message before it has reported"
                    self.under_way[way] = effect
                    self.sent.append(effect)
                case StartTimer():
                    assert effect.number not in self.timers
                    self.timers[effect.number] = effect.after_s
                case PushNotSent():
                    self.dropped.append((effect.message, effect.reason))
        return self

    def notify(self, each):
        return self.take(dispatch.notify(self.state, each))

    def outdate(self, alarm="fever", who="anna"):
        return self.take(dispatch.outdate(self.state, who, alarm))

    def answer(self, outcome, channel=0, who="anna"):
        order = self.under_way.pop((who, channel))
        self.delivered += [(who, channel, order.message.text)] if outcome is Outcome.DELIVERED else []
        return self.take(dispatch.reported(self.state, PushReported(who, channel, order.number, outcome)))

    def expire(self, after_s=None):
        """The timers that run, or those of this length, are over."""
        for number, length_s in list(self.timers.items()):
            if after_s in (None, length_s):
                del self.timers[number]
                self.take(dispatch.expired(self.state, TimerExpired(number)))
        return self

    def words(self):
        """What was sent so far: channel and text."""
        return [f"{each.caregiver}{each.channel}:{each.message.text or each.message.alarm_id}" for each in self.sent]


D, RETRY, REFUSED = Outcome.DELIVERED, Outcome.RETRY, Outcome.REFUSED


# ------------------------------------------------------------------------------------------ which channel


@pytest.mark.parametrize(("reach", "used"), [(1, [0]), (2, [0, 1]), (0, [0, 1, 2]), (7, [0, 1, 2])])
def test_each_notification_reaches_its_channels(reach, used):
    phones = Phones(anna=3).notify(message(reach=reach))
    assert [each.channel for each in phones.sent] == used


def test_what_a_channel_does_not_take_goes_to_the_next_at_once_and_to_each_once():
    phones = Phones(anna=3).notify(message()).answer(RETRY).answer(REFUSED, 1)
    assert phones.words() == ["anna0:fever", "anna1:fever", "anna2:fever"]
    phones.answer(D, 2).expire(dispatch.FIRST_PAUSE_S).answer(RETRY)
    assert phones.words() == ["anna0:fever", "anna1:fever", "anna2:fever", "anna0:fever"], "the first is tried again"


def test_what_the_next_channel_has_got_anyway_is_not_passed_on_to_it():
    phones = Phones(anna=3).notify(message(reach=2, stage=1)).answer(D, 1).answer(RETRY)
    assert phones.words() == ["anna0:fever", "anna1:fever"]
    phones = Phones(anna=3).notify(message(reach=0)).answer(RETRY).answer(RETRY, 1)
    assert len(phones.sent) == 3


def test_the_newest_that_is_known_is_passed_on_and_nothing_old_after_it():
    phones = Phones(anna=2).notify(message(text="38.0")).notify(message(text="38.6")).answer(RETRY)
    assert phones.words() == ["anna0:38.0", "anna1:38.6", "anna0:38.6"]
    phones.answer(RETRY).answer(D, 1)
    assert phones.words() == ["anna0:38.0", "anna1:38.6", "anna0:38.6"], "it is not passed on a second time"


def test_caregivers_do_not_wait_for_each_other():
    phones = Phones(anna=1, tom=1).notify(message("a")).notify(message("b")).notify(message("a", who="tom"))
    assert phones.words() == ["anna0:a", "tom0:a"]


def test_a_caregiver_without_a_channel_is_accounted_for():
    phones = Phones(anna=1).notify(message(who="tom"))
    assert phones.dropped == [(message(who="tom"), "no_channel")]


# ------------------------------------------------------------------------------------------ what goes first


def test_the_most_urgent_goes_first_and_of_one_alarm_only_the_newest():
    phones = Phones(anna=1).notify(message("first"))
    for text in ("38.0", "38.5", "39.0"):
        phones.notify(message("fever", text))
    phones.notify(message("seizure", urgent=True))
    phones.answer(D).answer(D).answer(D)
    assert phones.words() == ["anna0:first", "anna0:seizure", "anna0:39.0"]
    assert [(each.text, why) for each, why in phones.dropped] == [("38.0", "superseded"), ("38.5", "superseded")]


def test_an_urgent_message_overtakes_what_waits_for_its_next_try():
    phones = Phones(anna=1).notify(message("battery")).answer(RETRY).notify(message("seizure", urgent=True))
    assert phones.words() == ["anna0:battery", "anna0:seizure"]


def test_what_waits_is_bounded_and_the_oldest_of_the_least_urgent_goes():
    phones = Phones(anna=1).notify(message("under way"))
    for number in range(QUEUE):
        phones.notify(message(f"a{number}", urgent=number not in (7, 9)))
    phones.notify(message("newest", urgent=True))
    assert [(each.alarm_id, why) for each, why in phones.dropped] == [("a7", "dropped: too many wait")]
    phones.notify(message("calm")).notify(message("calmer"))
    assert [each.alarm_id for each, _ in phones.dropped] == ["a7", "a9", "calm"]


# ------------------------------------------------------------------------------------------ tried again


def test_a_failure_is_tried_again_with_growing_pauses_until_the_escalation_repeats_anyway():
    phones, pauses = Phones(anna=1).notify(message()).expire(), []
    for _ in range(TRIES - 1):
        phones.answer(RETRY)
        pauses += phones.timers.values()
        phones.expire()
    phones.answer(RETRY)
    assert pauses[:5] == [5.0, 10.0, 20.0, 30.0, 30.0]
    assert 240.0 < sum(pauses) < 300.0
    assert len(phones.sent) == TRIES
    assert (phones.timers, phones.state.idle) == ({}, True)


def test_a_pause_and_an_attempt_that_hangs_are_less_than_a_minute():
    assert dispatch.LONGEST_PAUSE_S + 20.0 < 60.0


def test_a_refusal_is_not_tried_again():
    phones = Phones(anna=1).notify(message()).expire().answer(REFUSED)
    assert (phones.timers, phones.state.idle) == ({}, True)


def test_a_newer_message_takes_the_place_of_one_that_pauses_and_of_one_that_has_just_failed():
    phones = Phones(anna=1).notify(message(text="old")).answer(RETRY).notify(message(text="new"))
    assert phones.words() == ["anna0:old", "anna0:new"]
    phones.notify(message(text="newest")).answer(RETRY).expire()
    assert phones.words() == ["anna0:old", "anna0:new", "anna0:newest"]
    assert [(each.text, why) for each, why in phones.dropped] == [("old", "superseded"), ("new", "superseded")]


# ------------------------------------------------------------------------------------------ somebody has answered


def test_what_waits_when_somebody_answers_goes_out_no_more():
    phones = Phones(anna=1).notify(message("battery")).notify(message(text="waits")).outdate()
    assert phones.dropped == [(message(text="waits"), "superseded")]
    phones.answer(D)
    assert phones.words() == ["anna0:battery"]
    assert phones.state.idle


def test_what_is_under_way_when_somebody_answers_is_neither_tried_again_nor_passed_on():
    phones = Phones(anna=2).notify(message(text="under way")).outdate().answer(RETRY).expire()
    assert phones.words() == ["anna0:under way"]
    assert phones.dropped == [(message(text="under way"), "superseded")]
    assert phones.state.idle


def test_the_word_about_the_answer_and_other_alarms_go_out_all_the_same():
    phones = Phones(anna=1).notify(message(text="alarm")).notify(message("battery")).outdate()
    phones.notify(message(text="tom is coming")).answer(RETRY).answer(D).answer(D)
    assert sorted(phones.words()) == ["anna0:alarm", "anna0:battery", "anna0:tom is coming"]
    assert phones.state.idle


def test_an_alarm_that_rings_again_after_the_answer_goes_the_whole_way():
    phones = Phones(anna=2).notify(message(text="first")).outdate().answer(D)
    phones.notify(message(text="again", stage=1)).answer(RETRY)
    assert phones.words() == ["anna0:first", "anna0:again", "anna1:again"]


def test_the_room_does_not_sound_for_a_push_of_what_was_answered():
    phones = Phones(broker=False, anna=1).notify(message()).outdate().answer(RETRY).expire()
    assert phones.unreached == []
    assert Phones(broker=False, anna=1).notify(message()).answer(RETRY).expire().unreached == ["fever"]


def test_reports_and_timers_that_mean_nothing_any_more_change_nothing():
    phones = Phones(anna=1).notify(message()).answer(D)
    for event, machine in (
        (PushReported("anna", 0, 1, RETRY), dispatch.reported),
        (PushReported("gone", 4, 1, RETRY), dispatch.reported),
        (TimerExpired(1), dispatch.expired),
        (TimerExpired(99), dispatch.expired),
    ):
        assert machine(phones.state, event) == dispatch.Decision(phones.state)


def test_every_fate_is_decided_for_every_case_and_each_row_of_the_table_is_reached():
    assert set(FATES) == set(itertools.product(Outcome, (False, True), (False, True)))
    for (outcome, newer, last), fate in FATES.items():
        phones = Phones(anna=1).notify(message(text="this")).expire()
        for _ in range(TRIES - 1 if last else 0):
            phones.answer(RETRY).expire()
        if newer:
            phones.notify(message(text="newer", stage=1))
        before = len(phones.dropped)
        phones.answer(outcome)
        pauses = bool(phones.timers)
        dropped = [why for _, why in phones.dropped[before:]]
        assert pauses == (fate is Fate.TRY_AGAIN), (outcome, newer, last)
        assert dropped == (["superseded"] if fate is Fate.SUPERSEDED else [])
        assert phones.state.idle == (fate in (Fate.DONE, Fate.GIVEN_UP) and not newer)


# ------------------------------------------------------------------------------------------ did anybody get it?


@pytest.mark.parametrize(
    ("channels", "answers", "broker", "room"),
    [
        (1, [D], False, False),
        (1, [RETRY], False, True),
        (1, [RETRY], True, True),
        (2, [REFUSED, D], False, False),
        (2, [REFUSED, RETRY], True, True),
        (2, [REFUSED], True, False),
        (2, [REFUSED], False, True),
        (1, [], False, True),
        (1, [], True, False),
        (0, [], False, True),
        (0, [], True, False),
    ],
    ids=[
        "arrived",
        "failed",
        "failed, broker up",
        "second took it",
        "both failed, broker up",
        "second hangs, broker up",
        "second hangs",
        "hangs",
        "hangs, broker up",
        "no channel",
        "no channel, broker up",
    ],
)
def test_the_room_sounds_when_nobody_took_it(channels, answers, broker, room):
    phones = Phones(broker=broker, anna=channels).notify(message())
    assert list(phones.timers.values()) == [1.5]
    for channel, outcome in enumerate(answers):
        phones.answer(outcome, channel)
    phones.expire(1.5)
    assert phones.unreached == (["fever"] if room else [])


def test_updates_that_overtake_each_other_do_not_keep_the_room_waiting():
    phones = Phones(anna=1).notify(message("first")).notify(message(text="38.0")).notify(message(text="38.6"))
    phones.answer(D).answer(RETRY)
    assert phones.unreached == ["fever"]


def test_what_too_many_others_pushed_out_was_not_taken():
    phones = Phones(anna=1).notify(message("under way", urgent=True))
    for number in range(QUEUE + 1):
        phones.notify(message(f"a{number}", urgent=number > 0))
    assert phones.unreached == ["a0"]


def test_alarms_that_are_followed_up_are_bounded():
    phones = Phones(anna=0)
    for number in range(1000):
        phones.notify(message(f"a{number}"))
    assert len(phones.state.follow_ups) == FOLLOWED


def test_nobody_is_reachable_once_every_channel_is_dead_and_somebody_with_the_first_delivery():
    phones = Phones(anna=1, tom=1).notify(message())
    for _ in range(DEAD_AFTER):
        assert phones.nobody == []
        phones.answer(RETRY).expire()
    assert phones.nobody == [], "tom was not tried yet"
    phones.notify(message(who="tom")).answer(REFUSED, who="tom")
    assert phones.nobody == [True]
    phones.answer(D)
    assert phones.nobody == [True, False]


def test_a_test_beside_the_queue_shows_that_a_channel_works_and_moves_nothing_else():
    phones = Phones(anna=1).notify(message()).expire().answer(REFUSED)
    assert phones.nobody == [True]
    phones.notify(message("a2"))
    phones.take(dispatch.reported(phones.state, PushReported("anna", 0, 0, D)))
    assert phones.nobody == [True, False]
    assert not phones.state.idle
    assert len(phones.sent) == 2


# ------------------------------------------------------------------------------------------ whatever happens


EVENTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("notify"),
            st.sampled_from(["anna", "tom", "nobody"]),
            st.sampled_from(["fever", "seizure", "battery"]),
            st.booleans(),
            st.integers(0, 3),
            st.integers(0, 1),
        ),
        st.tuples(
            st.just("answer"), st.sampled_from(["anna", "tom"]), st.integers(0, 2), st.sampled_from(list(Outcome))
        ),
        st.tuples(st.just("timer"), st.integers(0, 5)),
        st.tuples(st.just("broker"), st.booleans()),
        st.tuples(
            st.just("outdate"), st.sampled_from(["anna", "tom"]), st.sampled_from(["fever", "seizure", "battery"])
        ),
    ),
    max_size=80,
)


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_nothing_is_sent_twice_for_one_change_everything_is_accounted_for_and_the_most_urgent_goes_first(events):
    phones = Phones(anna=3, tom=1)
    changes = itertools.count()
    asked: list[Notify] = []
    answered: dict[tuple[str, str], int] = {}
    for kind, *what in events:
        waiting = {way: channel.waiting for way, channel in phones.state.channels.items()}
        before = len(phones.sent)
        if kind == "notify":
            who, alarm, urgent, reach, stage = what
            asked.append(message(alarm, f"{next(changes)}", who=who, reach=reach, stage=stage, urgent=urgent))
            phones.notify(asked[-1])
        elif kind == "answer" and (what[0], what[1]) in phones.under_way:
            phones.answer(what[2], what[1], what[0])
        elif kind == "timer" and phones.timers:
            number = sorted(phones.timers)[what[0] % len(phones.timers)]
            del phones.timers[number]
            phones.take(dispatch.expired(phones.state, TimerExpired(number)))
        elif kind == "broker":
            phones.state = dispatch.linked(phones.state, connected=what[0])
        elif kind == "outdate":
            phones.outdate(what[1], what[0])
            answered[what[0], what[1]] = len(asked)
        for each in phones.sent[before:]:
            left = phones.state.channels[each.caregiver, each.channel].waiting
            due = [job for job in left if not job.number and job in waiting[each.caregiver, each.channel]]
            assert each.message.urgent or not any(job.message.urgent for job in due)
            since = answered.get((each.caregiver, each.message.alarm_id), 0)
            assert int(each.message.text) >= since, "sent again although somebody has answered"
    for _ in range(40 * TRIES):  # every service is healthy again
        for who, channel in list(phones.under_way):
            phones.answer(D, channel, who)
        phones.expire()
    assert phones.state.idle
    assert phones.state.follow_ups == {} or not phones.timers

    tried = Counter((each.caregiver, each.channel, each.message.text) for each in phones.sent)
    assert all(times <= TRIES for times in tried.values())
    assert len(phones.delivered) == len(set(phones.delivered)), "a change was delivered twice on one channel"
    gone = {each.text for each in asked} - {each.message.text for each in phones.sent}
    assert gone <= {each.text for each, _ in phones.dropped}, "neither sent nor said not to be"


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_where_every_service_works_each_channel_gets_each_change_once_at_most_and_never_an_older_one_later(events):
    phones = Phones(anna=3, tom=1)
    changes = itertools.count()
    for kind, *what in events:
        if kind == "notify":
            who, alarm, urgent, reach, stage = what
            phones.notify(message(alarm, f"{next(changes)}", who=who, reach=reach, stage=stage, urgent=urgent))
        elif kind == "answer" and (what[0], what[1]) in phones.under_way:
            phones.answer(D, what[1], what[0])
    for alarm in ("fever", "seizure", "battery"):
        for way in phones.state.channels:
            order = [
                int(each.message.text)
                for each in phones.sent
                if (each.caregiver, each.channel) == way and each.message.alarm_id == alarm
            ]
            assert order == sorted(set(order))
