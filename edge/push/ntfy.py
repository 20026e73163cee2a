"""Notifications over ntfy, with buttons whose answers reach the hub from wherever the phone is, and that are cleared.

A tap is an HTTP POST of the phone to an answer topic of the same ntfy server (ntfy's documentation, "Action buttons");
the hub reads that topic over a connection of its own ("Subscribe as JSON stream"). So no port of the home is open, no
address of the home is in the message, and it works behind any router. What is posted is one word that counts once.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping

from edge.delivery import phone_buttons
from edge.model.effect import Notify
from edge.model.language import IN_ENGLISH, Locale
from edge.ports import Outcome, Sent
from edge.push.apprise import AppriseNotifier
from edge.push.attempts import Attempts
from edge.push.screen import HEADER, PACE_S, PAUSE_S, REST_S, TRIES, Screen, clear
from edge.push.service import opened
from edge.push.stream import Server, Stream, Take
from edge.push.tokens import Button, Tokens

ANSWERS = "feverhub-answers-"
ROUNDS = 200_000
# After a lost connection the server still has what came meanwhile; for longer no button is offered.
GRACE_S = 120.0
# ntfy itself allows three.
MOST_BUTTONS = 3

SCHEMES = ("ntfy://", "ntfys://")


def is_ntfy(url: str) -> bool:
    return url.strip().lower().startswith(SCHEMES)


def server_of(url: str, who: str = "") -> Server | str:
    """The server of an ntfy address; else why it cannot be used. Loads Apprise, and takes a while.

    who: distinguishes those who share one address: the hub and the caregiver.
    """
    try:
        return _server(url, who)
    except Exception as error:  # noqa: BLE001 - a service's code may raise anything; its text may hold the address
        return f"the address cannot be used ({type(error).__name__})"


def _server(url: str, who: str) -> Server | str:
    service = opened(url)
    if isinstance(service, Sent):
        return service.detail
    if not service.topics:
        return "the address names no topic"
    # The topic stands under each alarm, and the address may hold a password: so it is made slowly.
    made = hashlib.pbkdf2_hmac("sha256", url.strip().encode(), f"answers of {who}".encode(), ROUNDS)
    answers = ANSWERS + made.hex()[:32]
    topics = tuple(service.topics)
    if service.mode == "cloud":  # Apprise sends no password there, so none is needed
        return Server(service.cloud_notify_url, answers, topics)
    base = f"{'https' if service.secure else 'http'}://{service.host}"
    base += f":{service.port}" if isinstance(service.port, int) else ""
    by_token = service.auth == "token"
    return Server(
        base,
        answers,
        topics,
        bool(service.verify_certificate),
        user="" if by_token else service.user or "",
        password="" if by_token else service.password or "",
        token=(service.token or "") if by_token else "",
    )


class NtfyPhone:
    """One ntfy address of one caregiver: a notifier whose messages can be answered, while the hub listens, and leave
    the screen once they were.

    who: as in `server_of`. buttons: whether its messages carry any. clears: whether they are taken off the screen.
    words_of: how its owner reads, for the buttons.
    """

    def __init__(
        self,
        url: str,
        time_out_s: float = 20.0,
        who: str = "",
        *,
        buttons: bool = True,
        clears: bool = True,
        words_of: Locale = IN_ENGLISH,
    ) -> None:
        self.tokens = Tokens()
        self.refused = 0
        self.buttons = buttons
        self.words_of = words_of
        self.screen = Screen() if clears else None
        self._url = url
        self._who = who
        self._notifier = AppriseNotifier([url], time_out_s)
        self._clears = Attempts(time_out_s)
        self._found: Server | str | None = None
        self._server: Server | None = None
        self._stream: Stream | None = None
        self._why = "not connected yet"

    def __repr__(self) -> str:
        return f"NtfyPhone({self.words})"

    @property
    def words(self) -> str:
        """Whether answers arrive, for a person."""
        if self._stream is None:
            return self._why
        return "heard" if self._stream.connected else f"not heard: {self._stream.why}"

    @property
    def malformed(self) -> int:
        """Lines on the answer topic that made no sense, or were too many to wait."""
        return self._stream.malformed + self._stream.dropped if self._stream is not None else 0

    async def send(self, message: Notify) -> Sent:
        """Deliver it, with buttons where an answer would arrive. Never raises."""
        actions, screen = self._actions(message), self.screen
        if screen is None:
            return await self._sent(message, actions, {})
        name = screen.begin(message.alarm_id)
        try:
            return await self._sent(message, actions, {HEADER: name})
        finally:
            screen.end(name)

    async def _sent(self, message: Notify, actions: str, headers: Mapping[str, str]) -> Sent:
        sent = await self._notifier.send(message, actions, headers)
        if (actions or headers) and sent.outcome is Outcome.REFUSED:
            # A server that takes no buttons, or no name of a message, must not cost the alarm.
            return await self._notifier.send(message)
        return sent

    async def run(self, tapped: Take) -> None:
        """Hand each posted text to `tapped`, until cancelled; returns only if no answer can ever come."""
        server = await self._find()
        if "actions=" in self._url.partition("?")[2]:
            server = "the address brings buttons of its own"
        if isinstance(server, str):
            self._why = f"no buttons: {server}"
            return
        self._server = server
        self._stream = Stream(server)
        await self._stream.run(tapped)

    async def run_clears(self, cleared: Callable[[str, Sent], None]) -> None:
        """Take off the screen what is outdated, beside the alarms, until cancelled; returns if that is never possible.

        cleared: gets the episode and what became of it, once for each message.
        """
        server = await self._find()
        if self.screen is None or isinstance(server, str):
            return
        while True:
            alarm_id, name = await self.screen.next()
            sent = await self._clear(server, name)
            cleared(alarm_id, sent)
            refused = sent.outcome is Outcome.REFUSED
            if refused:
                self.screen.waiting.clear()
            await asyncio.sleep(REST_S if refused else PACE_S)

    async def _clear(self, server: Server, name: str) -> Sent:
        for tries in range(1, TRIES + 1):
            sent = await self._clears.make(lambda connections: clear(server, name, connections))
            if sent.outcome is not Outcome.RETRY or tries == TRIES:
                break
            await asyncio.sleep(PAUSE_S)
        return sent

    async def _find(self) -> Server | str:
        if self._found is None:
            self._found = await asyncio.to_thread(server_of, self._url, self._who)
        return self._found

    def _actions(self, message: Notify) -> str:
        stream, server, now_s = self._stream, self._server, asyncio.get_running_loop().time()
        if not self.buttons or stream is None or server is None or now_s - stream.alive_s > GRACE_S:
            return ""
        buttons = [Button(message.alarm_id, verb) for verb in message.verbs[:MOST_BUTTONS]]
        labels = [phone_buttons.label(it.verb, it.alarm, self.words_of) for it in buttons]
        given = [self.tokens.give(it, now_s) for it in buttons]
        made = [action(server, label, word) for label, word in zip(labels, given, strict=True)]
        return json.dumps(made) if made else ""


def action(server: Server, label: str, word: str) -> dict[str, object]:
    """One button. `clear` is off: the alarm stays on the lock screen until the hub itself has said that it was taken.

    `Firebase: no`, since no phone hears the answer topic.
    """
    return {
        "action": "http",
        "label": label,
        "url": f"{server.base}/{server.answers}",
        "method": "POST",
        "headers": {"Firebase": "no"},
        "body": word,
        "clear": False,
    }
