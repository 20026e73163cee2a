"""What the page says of the watch as a whole: who would be woken, how that was proven, what is watched and what not."""

from edge import pipeline
from edge.delivery import bedtime, drill, roster
from edge.delivery import setup_texts as texts
from edge.model.alarm import ROOM
from edge.model.language import Locale
from edge.model.moment import Now
from edge.pipeline import State
from edge.web.wire import Bedtime, Readiness, Rung


def of(state: State, now: Now, words: Locale) -> Readiness:
    """From the core's state alone."""
    config, proofs = state.setup.config, state.roster.proofs
    able = roster.notifiable(config.caregivers)
    why = {device: why for _, device, why in pipeline.watches(state, now)}
    names = {person.id: person.name or person.id for person in config.persons}
    worn = [
        (each.id, texts.watched(names.get(each.person, each.person), each.site or each.limb or "", words))
        for each in config.devices
    ]
    return Readiness(
        phones=[
            Rung(
                each.id,
                each.name or each.id,
                state.setup.channels.get(each.id, 0),
                texts.proof(proofs.get(each.id), now.wall_s, words),
                roster.proven_lately(state.roster, each.id, now.wall_s),
                each.id in state.roster.tests,
            )
            for each in able
        ],
        room=texts.room_proof(
            proofs.get(ROOM), now.wall_s, words, there=bool(config.hub.sounder) or config.hub.buzzer_pin is not None
        ),
        room_proven=roster.proven_lately(state.roster, ROOM, now.wall_s),
        watched=[what for device, what in worn if not why.get(device)],
        unwatched=[f"{what}: {words.reason(why[device])}" for device, what in worn if why.get(device)],
        moving=any(device.limb is not None for device in config.devices),
        drill=drill.lines(
            state.drill,
            {each.id: each.name or each.id for each in config.caregivers},
            now.wall_s,
            words,
            room=bool(config.hub.sounder) or config.hub.buzzer_pin is not None,
        ),
        drill_due=pipeline.drill_due(state, now),
        drill_runs=state.drill is not None and not state.drill.over,
        order=texts.order([each.name or each.id for each in able], words),
    )


def at_bedtime(state: State, now: Now, words: Locale) -> Bedtime:
    """What is said to a good night now."""
    found = pipeline.bedtime_check(state, now, words)
    return Bedtime(
        good=all(each.good for each in found),
        headline=bedtime.headline(found, words),
        lines=[(each.good, each.text) for each in found],
        uncovered=pipeline.bedtime_uncovered(state, words),
    )
