"""What a phone shows of each episode over ntfy, and taking it off the screen once somebody has answered.

A message is named by its sequence id (ntfy's documentation, "Updating + deleting notifications", since 2.16), by which
it can be cleared. Every message has a name of its own, though one name for an episode would replace the last message
in place: ntfy's Android app plays no sound for a message that takes the place of one that is still shown
(`setOnlyAlertOnce` in its `NotificationService.kt`), and a repeat that nobody hears is none. So no clear, however late,
takes off anything but what it was meant for. A name is random: an episode's own id holds the child's, which is nothing
for other people's servers.

A server counts a clear as a message of the day (ntfy.sh: 250), so repeats are cleared with the answer, not one by one.
"""

import asyncio
import secrets
from collections import OrderedDict, deque

from edge.ports import Outcome, Sent
from edge.push.connections import Connections, during
from edge.push.stream import HTTP_OK, Server

HEADER = "X-Sequence-ID"
# ntfy allows 1 to 64 of A-Z a-z 0-9 - _ and refuses the whole message otherwise.
NAME_BYTES = 12
# Messages of one episode that are cleared at its answer, newest first: more would spend the day's messages.
NEWEST = 12
# ntfy takes 60 requests at once and then one in 5 s ("visitor-request-limit"): an alarm must find some left.
PACE_S = 10.0
EPISODES = 50
WAITING = 100
# A server that cannot be reached is asked again; what it has not cleared then, the family wipes away.
TRIES = 3
PAUSE_S = 20.0
# A server that takes no clear: an older one (404), or one that has had enough for now (429).
REST_S = 3600.0

CONNECT_S, READ_S = 5.0, 10.0


class Screen:
    """The messages of one phone. waiting: those to be cleared, each as its episode and its name, in that order."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[str, str]] = deque(maxlen=WAITING)
        self._stir = asyncio.Event()
        self._shown: OrderedDict[str, deque[str]] = OrderedDict()
        # An alarm and a test beside it may be on their way at one time.
        self._sending: set[str] = set()

    def begin(self, alarm_id: str) -> str:
        """The name of a message of this episode that is about to be sent; also of a further attempt at one."""
        name = secrets.token_urlsafe(NAME_BYTES)
        self._sending.add(name)
        self._shown.setdefault(alarm_id, deque(maxlen=NEWEST)).append(name)
        self._shown.move_to_end(alarm_id)
        if len(self._shown) > EPISODES:
            self._shown.popitem(last=False)
        return name

    def end(self, name: str) -> None:
        """The attempt is over, whatever became of it; only now may its message be cleared."""
        self._sending.discard(name)
        self._stir.set()

    def outdate(self, alarm_id: str) -> None:
        """All that was sent of this episode so far is to be cleared, also what is on its way."""
        self.waiting.extend((alarm_id, name) for name in reversed(self._shown.pop(alarm_id, ())))
        self._stir.set()

    async def next(self) -> tuple[str, str]:
        """What is to be cleared next, once there is something; it waits no more."""
        while True:
            self._stir.clear()
            for each in self.waiting:
                if each[1] not in self._sending:
                    self.waiting.remove(each)
                    return each
            await self._stir.wait()


def clear(server: Server, name: str, connections: Connections) -> Sent:
    """Take one message off the screen of every phone that has it. Blocks. Never raises."""
    import requests  # 7 MiB, of which a hub without phones over ntfy has no use

    from edge.push import bounded

    try:
        with during(connections):
            for topic in server.topics:
                url = f"{server.base}/{topic}/{name}/clear"
                answer = bounded.request(
                    "PUT", url, headers=server.headers(), timeout=(CONNECT_S, READ_S), verify=server.verify
                )
                if answer.status_code != HTTP_OK:
                    final = answer.status_code < 500
                    return Sent(Outcome.REFUSED if final else Outcome.RETRY, f"ntfy answered {answer.status_code}")
    except requests.RequestException:
        return Sent(Outcome.RETRY, "ntfy could not be reached")
    except Exception as error:  # noqa: BLE001 - whatever it is, only the clearing may suffer; its text may hold secrets
        return Sent(Outcome.RETRY, f"failed inside ({type(error).__name__})")
    return Sent(Outcome.DELIVERED, "cleared")
