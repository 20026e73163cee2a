"""The loudspeaker and the buzzer of one room, as one sounder."""

import asyncio

import pytest

from edge import config as configuration
from edge.ports import Outcome, Sent
from edge.sounder.buzzer import GpioBuzzer
from edge.sounder.loudspeaker import AplaySounder
from edge.sounder.sounders import Sounders, sounders
from tests.support.fakes.notifier import FakeSounder

BROKEN = Sent(Outcome.RETRY, "the sound card failed")
MISSING = Sent(Outcome.REFUSED, "the buzzer needs what is not installed: pip install 'feverhub[gpio]'")


class Part(FakeSounder):
    async def run(self) -> None:
        await asyncio.Event().wait()


def parts_of(text):
    found = sounders(configuration.parse([configuration.Source(text, "test")]))
    return None if found is None else [type(each) for each in found._parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [AplaySounder]),
        ("[hub]\nbuzzer_pin = 18\n", [AplaySounder, GpioBuzzer]),
        ('[hub]\nsounder = ""\nbuzzer_pin = 18\n', [GpioBuzzer]),
        ('[hub]\nsounder = ""\n', None),
    ],
)
def test_what_is_set_up_sounds(text, expected):
    assert parts_of(text) == expected


async def test_each_must_sound_and_the_worst_is_said():
    speaker, buzzer = Part(), Part()
    both = Sounders([speaker, buzzer])
    assert (await both.play("high", 40)).outcome is Outcome.DELIVERED
    speaker.answer = BROKEN
    sent = await both.play("medium")
    assert (sent.outcome, sent.detail) == (Outcome.RETRY, "the sound card failed")
    assert buzzer.patterns == ["high", "medium"], "the other one sounds all the same"
    buzzer.answer = MISSING
    assert (await both.play("")).detail == f"{BROKEN.detail}; {MISSING.detail}"
