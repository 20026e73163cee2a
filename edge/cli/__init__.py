"""The command line. One file a command group; each is loaded only when it is asked for, so that help is instant."""

import importlib

import click

from edge import __version__

# name: (module, attribute, help line)
COMMANDS = {
    "run": ("edge.cli.run", "run", "Watch: the daemon, in the foreground."),
    "demo": ("edge.cli.demo", "demo", "A simulated night at 60 times speed, as a caregiver's client sees it."),
    "replay": ("edge.cli.replay", "replay", "Send a recording through the configured broker and store."),
    "analyze": ("edge.cli.analyze", "analyze", "Judge recordings offline."),
    "bench": ("edge.cli.bench", "bench", "Measure the movement detector on a BIDS data set."),
    "cohort": ("edge.cli.cohort", "cohort", "Many nights at once: judge them, count what was found."),
    "decode": ("edge.cli.decode", "decode", "Decode one frame of a sensor."),
    "profiles": ("edge.cli.profiles", "profiles", "The sensors that are known."),
    "scan": ("edge.cli.scan", "scan", "Sensors near the hub, the nearest first."),
    "pair": ("edge.cli.pair", "pair", "Make the nearest sensor one of the house."),
    "capture": ("edge.cli.capture", "capture", "Record a sensor's frames for a device profile."),
    "test-alarm": ("edge.cli.commands", "test_alarm", "Ring every phone and the sounder, as a test."),
    "drill": ("edge.cli.commands", "drill", "The monthly drill: an alarm played through, by day."),
    "acknowledge": ("edge.cli.commands", "acknowledge", "Answer an alarm: I'm coming, or I'm with her."),
    "with-her": ("edge.cli.commands", "with_her", "I'm with her: quiets the room too."),
    "awake": ("edge.cli.commands", "awake", "She is awake: the movement is over."),
    "false-alarm": ("edge.cli.commands", "false_alarm", "It was a false alarm."),
    "snooze": ("edge.cli.commands", "snooze", "Quiet for a while."),
    "pause": ("edge.cli.commands", "pause", "Pause watching, for a bath or a change of sensors."),
    "on-watch": ("edge.cli.commands", "on_watch", "Who is woken first."),
    "phone-changed": ("edge.cli.commands", "phone_changed", "A phone is new or was updated: test it anew."),
    "sounder": ("edge.cli.sounder", "sounder", "A second sounder, in another room."),
    "record": ("edge.cli.ward", "record", "Of a ward: what its hubs tell, into a database."),
    "station": ("edge.cli.ward", "station", "Of a ward: one page of all beds."),
    "status": ("edge.cli.watch", "status", "What is watched, what stands, what is silent."),
    "ready": ("edge.cli.watch", "ready", "The bedtime check."),
    "doctor": ("edge.cli.doctor", "doctor", "The check-up: can this hub be left alone?"),
    "support": ("edge.cli.doctor", "support", "One file for a bug report, without names and secrets."),
    "good-night": ("edge.cli.commands", "good_night", "Good night: all that the night rests on, asked of the hub."),
    "caregivers": ("edge.cli.watch", "caregivers", "Who is notified, and whose phone was proven."),
    "caregiver": ("edge.cli.people", "caregiver", "Who is there: add, change or remove somebody."),
    "web": ("edge.cli.web", "web", "Who may see the caregivers' page: let a phone in, list them, end one."),
    "dose": ("edge.cli.care", "dose", "Write down a dose; says when your plan allows the next."),
    "note": ("edge.cli.care", "note", "Write down what you saw, measured or want to remember."),
    "illness": ("edge.cli.care", "illness", "She is ill: the hub is more watchful, and asks for temperatures."),
    "vaccination": ("edge.cli.care", "vaccination", "Write down a vaccination."),
    "journal": ("edge.cli.journal", "journal", "The diary: alarms, answers and what was written down."),
    "report": ("edge.cli.report", "report", "Write one page for the doctor."),
    "export": ("edge.cli.export", "export", "Write what was kept as CSV, Parquet, EDF+ or FHIR."),
    "import": ("edge.cli.imports", "import_", "Take what export wrote into the store."),
    "backup": ("edge.cli.backup", "backup", "Copy all that was kept and set up into a folder."),
    "restore": ("edge.cli.backup", "restore", "Put a backup in place of what the hub holds."),
    "forget": ("edge.cli.forget", "forget", "Remove a child everywhere, for good."),
    "contribute": ("edge.cli.contribute", "contribute", "Make a file without names that you may give to research."),
    "self-test": ("edge.cli.self_test", "self_test", "Can this release watch here? Asked before an update."),
    "config": ("edge.cli.config", "config", "Check the configuration."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name for one that there is not."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from edge.errors import did_you_mean

            ctx.fail(f"there is no command {args[0]!r}{did_you_mean(args[0], list(COMMANDS)) or '; --help lists them'}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Not a medical device. Exit codes: 0 done, 1 failed, 2 usage, 3 configuration invalid, "
    "4 hardware or service not reachable, 5 alarm sent but not confirmed, 6 not healthy, 70 restart me.",
)
@click.version_option(__version__, prog_name="feverhub")
def feverhub() -> None:
    """Watches a seizure-prone baby's temperature and movement, and tells the caregivers.

    Example: feverhub demo --once
    """
