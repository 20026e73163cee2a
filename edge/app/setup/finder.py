"""The search for a sensor, as the first run shows it: who is near, nearest first, and the chosen one's live value."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from edge.app.sensors import pair
from edge.app.sensors.pair import Ear, First
from edge.app.sensors.scan import Found, countdown, printable, recognised, value_in_words
from edge.decoding import Profile, key_bytes
from edge.delivery import sensor_texts
from edge.delivery import setup_texts as texts
from edge.errors import CommandRefused, EdgeError, FrameMalformed
from edge.model.language import Locale
from edge.model.people import Device, Limb, Site
from edge.radio.discovery import Air, Neighbours, look_around, specificity
from edge.web.setup_wire import Neighbour, Scan

WINDOW_S = 120.0
"""A thermometer is taken out, switched on and brought near within this; `feverhub pair` waits as long."""
MOST_SHOWN = 20
LOOK_S = 1.0
LISTENS_S = 300.0
"""A chosen sensor is listened to for so long until somebody takes it, so that a forgotten page holds no connection."""
STOPS_S = 10.0
PLACE: Mapping[str, Site | Limb] = {"thermometer": Site.AXILLA, "sensor": Limb.LEFT_ANKLE}
"""What is looked for. Where it is really worn is asked once its value is seen."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sensor that said something. first: what. device: as far as known. private: whether its address changes."""

    device: Device
    first: First
    private: bool


class Finder:
    """One search at a time. air: where to listen; profiles: all that are known. Texts are as catalogues have them."""

    def __init__(self, air: Air, profiles: Mapping[str, Profile]) -> None:
        self.scan = Scan()
        self._air = air
        self._profiles = profiles
        self._near: dict[str, tuple[Found, Profile]] = {}
        self._task: asyncio.Task[First | None] | None = None
        self._taken = asyncio.Event()
        self._trying: tuple[Device, bool] | None = None
        self._profile: Profile | None = None

    def shown(self, words: Locale) -> Scan:
        """How far it has come, in these words."""
        scan = self.scan
        found = [
            msgspec.structs.replace(
                each, badge=words.say(each.badge), signal=words.say(each.signal), value=words.reason(each.value)
            )
            for each in scan.found
        ]
        said = {"words": words.reason(scan.words), "value": words.reason(scan.value), "note": words.reason(scan.note)}
        said["form"] = words.say(scan.form)
        return msgspec.structs.replace(scan, found=found, **said)

    async def look(self, step: str) -> None:
        """Begin to look for what that step is for, from the start."""
        await self.stop()
        self.scan = Scan(what=step, state="looking", left_s=round(WINDOW_S), words=texts.LOOKING[step])
        self._near = {}
        self._task = asyncio.create_task(self._look(step))

    async def choose(self, key: str, ident: str, person: str) -> None:
        """Listen to that one. Raises CommandRefused if it is not among those that are shown."""
        if key not in self._near:
            raise CommandRefused(texts.NONE_CHOSEN)
        found, profile = self._near[key]
        step = self.scan.what
        await self.stop()
        place = PLACE[step]
        site, limb = (place, None) if isinstance(place, Site) else (None, place)
        device = Device(ident, profile.id, person, found.advert.address, site, limb)
        name = printable(found.advert.name) or profile.name
        self._profile = profile
        self._try(step, device, name, private=found.advert.private)

    async def unlock(self, text: str) -> None:
        """Listen to it again with that key. Raises CommandRefused unless it waits for one, and this may be one."""
        if self.scan.state != "locked" or self._trying is None or self._profile is None:
            raise CommandRefused(sensor_texts.NO_KEY_ASKED)
        device, private = self._trying
        key = "".join(text.split())
        try:
            fits = key_bytes(self._profile, key) is not None
        except FrameMalformed:
            fits = False
        if not fits:
            raise CommandRefused(sensor_texts.NO_KEY, form=self.scan.form)
        step, name = self.scan.what, self.scan.chosen
        await self.stop()
        self._try(step, replace(device, key=key), name, private=private)

    def _try(self, step: str, device: Device, name: str, *, private: bool) -> None:
        assert self._profile is not None
        self.scan = Scan(what=step, state="trying", chosen=name, words=texts.LISTENING)
        self._trying = device, private
        self._taken.clear()
        self._task = asyncio.create_task(self._listen(device, self._profile))

    async def take(self) -> Chosen:
        """The one that is being listened to, and listen no more. Raises CommandRefused unless it has said something."""
        if self.scan.state != "received" or self._task is None or self._trying is None:
            raise CommandRefused(texts.NOT_RECEIVED)
        device, private = self._trying
        self._taken.set()
        first = await self._task
        if first is None:
            raise CommandRefused(self.scan.words)
        self.scan = Scan()
        return Chosen(device, first, private)

    async def stop(self) -> None:
        """End what is going on."""
        task, self._task, self._trying = self._task, None, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task}, timeout=STOPS_S)  # a radio that hangs keeps nobody from going on
        self.scan = Scan()

    async def _look(self, step: str) -> None:
        wanted = pair.choice(self._profiles, "", PLACE[step])
        nearby, shown_s = Neighbours(), -LOOK_S

        def show(gone_s: float) -> None:
            nonlocal shown_s
            if gone_s - shown_s >= LOOK_S:
                shown_s = gone_s
                self._near = _near(nearby, wanted)
                self._show(found=_rows(self._near), left_s=max(0, round(WINDOW_S - gone_s)))

        try:
            await look_around(self._air, nearby.receive, lambda: countdown(self._air.clock, WINDOW_S, show))
        except EdgeError as error:
            self._show(state="over", left_s=0, words=str(error))
            return
        words = "" if self._near else texts.NONE_NEAR[step].format(a=f"{WINDOW_S:g}")
        self._show(state="over", left_s=0, words=words)

    async def _listen(self, device: Device, profile: Profile) -> First | None:
        async def linger(ear: Ear) -> None:
            assert ear.first is not None
            said = ear.first.sentence
            self._show(state="received", words=f"{sensor_texts.KEY_OPENS}: {said}" if device.key else said)
            until_s = self._air.clock.now().mono_s + LISTENS_S
            while not self._taken.is_set() and self._air.clock.now().mono_s < until_s:
                self._show(value=ear.latest)
                await self._air.clock.sleep(LOOK_S / 4)

        try:
            first = await pair.first_value(self._air, device, profile, linger)
        except pair.Locked:
            words = sensor_texts.KEY_WRONG if device.key else sensor_texts.KEY_WANTED
            form = sensor_texts.KEY_FORMS.get(profile.key_form, "")
            self._show(state="locked", words=words, form=form)
            return None
        except EdgeError as error:
            self._show(state="over", words=_told(error, device))
            return None
        if not self._taken.is_set():
            self._show(state="over", words=texts.NOT_TAKEN)
        return first

    def _show(self, **changes: object) -> None:
        self.scan = msgspec.structs.replace(self.scan, **changes)


def _near(nearby: Neighbours, wanted: Mapping[str, Profile]) -> dict[str, tuple[Found, Profile]]:
    """Each sensor that fits, by its key; one that two profiles fit equally well stands there twice."""
    near = {}
    for each in nearby.nearest_first():
        found = recognised(each, wanted)
        best = [it for it in found.profiles if specificity(it) == specificity(found.profiles[0])]
        for profile in best:
            near[f"{each.address} {profile.id}"] = (replace(found, profiles=(profile,)), profile)
        if len(near) >= MOST_SHOWN:
            break
    return near


def _rows(near: Mapping[str, tuple[Found, Profile]]) -> list[Neighbour]:
    return [
        Neighbour(
            key=key,
            name=printable(found.advert.name) or profile.name,
            badge=texts.BADGES[profile.proven],
            signal=texts.signal(found.advert.rssi_dbm),
            value=value_in_words(found.readings) or found.note,
        )
        for key, (found, profile) in near.items()
    ]


def _told(error: EdgeError, device: Device) -> str:
    """Why a sensor said nothing, without its address: its name stands above."""
    return str(error).removeprefix(f"{device.address} ").replace("; nothing was set up", "")
