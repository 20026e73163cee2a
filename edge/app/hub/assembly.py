"""How a hub is put together, in the order of the flow: queue, publisher, executors, sources of commands, loop."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from edge import pipeline
from edge.app.hub.broker_state import BrokerState
from edge.app.hub.command_intake import CommandIntake
from edge.app.hub.command_mailbox import CommandMailbox
from edge.app.hub.counters import Counters
from edge.app.hub.disk import Disk
from edge.app.hub.effects.executor import Executor
from edge.app.hub.effects.heard_frames import HeardFrames
from edge.app.hub.event_queue import EventQueue
from edge.app.hub.health import Facts, Health, Sources
from edge.app.hub.loop import Executors, Hub
from edge.app.hub.parts import Base, Outputs, Recording, make_executors, make_outputs, make_recording
from edge.app.hub.phone_buttons import PhoneButtons
from edge.app.hub.replication import Replication
from edge.app.hub.supervisor import Supervisor
from edge.model.alarm import Alarm
from edge.model.effect import ChangeCaregivers
from edge.mqtt.inbound import Incoming
from edge.ports import Clock, Filmer, Notifier, Publisher, Sounder


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What a publisher is given; each only enqueues.

    state: (connected, why not), at each change. problem: what is wrong although the broker may be there, empty: over.
    command: one message under `cmd/`. home_assistant: the word of its birth or will message.
    """

    state: Callable[[bool, str], None]
    problem: Callable[[str], None]
    command: Callable[[Incoming], Awaitable[None]]
    home_assistant: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outside:
    """What a hub is put around; tests give fakes.

    disk: journal and store, opened. connect: makes the publisher. notifiers: channels of each caregiver, in their
    order. sounder, filmer: None where there is none. radio, and more by name: facts for the health topic; machine: what
    is not well with the computer. on_alarm: called with each change of an alarm. influx_token: for replication, empty
    if it needs none. household: changes who is there; None where nobody may.
    """

    disk: Disk
    connect: Callable[[Callbacks], Publisher]
    notifiers: Mapping[str, Sequence[Notifier]]
    sounder: Sounder | None = None
    filmer: Filmer | None = None
    radio: Facts = dict
    more: Mapping[str, Facts] = field(default_factory=dict)
    machine: Sequence[Mapping[str, object]] = ()
    on_alarm: Callable[[Alarm], None] = lambda _alarm: None
    influx_token: str = ""
    household: Executor[ChangeCaregivers] | None = None


@dataclass(frozen=True, slots=True)
class Assembly:
    """A hub, put together and not yet running."""

    setup: pipeline.Setup
    """The configuration and the device profiles, for the core."""
    clock: Clock
    """Real, or virtual in replay."""
    disk: Disk
    """Journal and store."""
    queue: EventQueue
    """The only way in."""
    counters: Counters
    """What is counted for the health topic."""
    supervisor: Supervisor
    """Keeps side tasks going."""
    publisher: Publisher
    """The broker connection; a side task."""
    commands: CommandMailbox
    """Between the publisher and the intake; its `run` is a side task."""
    recording: Recording
    """What puts things on disk."""
    outputs: Outputs
    """What caregivers hear and see."""
    phone_buttons: PhoneButtons
    """What is tapped on phones; a side task."""
    intake: CommandIntake
    """Lets commands in, whichever surface they come from."""
    heard: HeardFrames
    """What the radio has heard lately; a side task."""
    replication: Replication
    """To InfluxDB, where that is configured; a side task."""
    executors: Executors
    """Who carries out what."""
    hub: Hub
    """The loop."""

    async def begin(self) -> None:
        """Take up what the journal says of before a restart, and step once."""
        history = await self.recording.journal_writer.history()
        self.recording.alarms.restore(history.latest)
        await self.hub.begin(history)
        await self.intake.recall()


def assemble(setup: pipeline.Setup, clock: Clock, outside: Outside) -> Assembly:
    """Put a hub together. Nothing runs and nothing is connected yet."""
    queue, counters, commands = EventQueue(), Counters(), CommandMailbox()
    supervisor, disk = Supervisor(queue.report), outside.disk
    broker = BrokerState(queue)
    publisher = outside.connect(Callbacks(broker.connection, broker.problem, commands.put, broker.home_assistant))

    base = Base(setup, clock, queue, publisher)
    recording = make_recording(base, disk, outside.on_alarm, supervisor.failed)
    journal_writer = recording.journal_writer
    outputs = make_outputs(
        base, journal_writer, outside.notifiers, outside.sounder, outside.filmer, keep=supervisor.keep
    )
    intake = CommandIntake(
        setup, clock, queue, journal_writer=journal_writer, replies=outputs.replies, counters=counters
    )
    phone_buttons = PhoneButtons(intake, outputs.notifications, outside.notifiers, supervisor.keep)
    replication = Replication(
        setup.config,
        outside.influx_token,
        disk.stored,
        disk.journalled,
        queue.report,
        now=lambda: health.moment,
    )

    sources = Sources(
        journal_writer,
        recording.reading_writer,
        outputs.notifications,
        outputs.room_sounder,
        phone_buttons.facts,
        outside.radio,
        outside.more,
        outside.machine,
        lambda: replication.status,
    )
    health = Health(setup, clock, publisher, counters, sources)
    heard = HeardFrames(clock, disk.folder, outputs.replies.answer)
    executors = make_executors(base, recording, outputs, counters, health, household=outside.household, heard=heard)
    return Assembly(
        setup=setup,
        clock=clock,
        disk=disk,
        queue=queue,
        counters=counters,
        supervisor=supervisor,
        publisher=publisher,
        commands=commands,
        recording=recording,
        outputs=outputs,
        phone_buttons=phone_buttons,
        intake=intake,
        heard=heard,
        replication=replication,
        executors=executors,
        hub=Hub(setup, clock, queue, executors, counters=counters, supervisor=supervisor),
    )
