"""NtfyPhone against a server that stands for ntfy: buttons out, taps back, and all that can be wrong with them."""

import asyncio
import contextlib
import io
import itertools
import logging
import socket
import threading
import time

import pytest

from edge.errors import CommandRefused
from edge.model.effect import Notify
from edge.model.event import Verb
from edge.ports import Outcome
from edge.push import ntfy as module
from edge.push import stream
from edge.push.ntfy import NtfyPhone, is_ntfy, server_of
from edge.push.stream import Server, Stream
from edge.push.tokens import LATE, LATE_S, LIFE_S, MOST, OLD, UNKNOWN, USED, Button, Tokens
from tests.support.fakes.ntfy_server import ntfy_server
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

BOTH = (Verb.ACKNOWLEDGE, Verb.SNOOZE)
ALARM = Notify("anna", "a1", "ALARM", "look at your child", urgent=True, verbs=BOTH)
OVER = Notify("anna", "a1", "ALARM", "an alarm is over", urgent=False)


@pytest.fixture
def ntfy(monkeypatch):
    monkeypatch.setattr(stream, "FIRST_PAUSE_S", 0.05)
    with ntfy_server() as state:
        yield state


class Listening:
    """A phone whose answers are heard; `tapped` holds the texts, `lay_s` for how long they lay at the server."""

    def __init__(self, url: str) -> None:
        self.phone = NtfyPhone(url, time_out_s=5.0)
        self.tapped: list[str] = []
        self.lay_s: list[float] = []

    async def __aenter__(self) -> "Listening":
        async def take(text: str, lay_s: float) -> None:
            self.tapped.append(text)
            self.lay_s.append(lay_s)

        self.task = asyncio.ensure_future(self.phone.run(take))
        return self

    async def heard(self) -> None:
        await until(lambda: self.phone.words == "heard")

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


async def test_an_alarm_has_buttons_whose_tap_comes_back_as_a_word_that_counts_once(ntfy):
    async with Listening(ntfy.url()) as each:
        await each.heard()
        assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
        [message] = ntfy.under("sleepless-owls")
        assert [action["label"] for action in message["actions"]] == ["I'm coming", "Quiet for 30 min"]
        assert not any(action["clear"] for action in message["actions"]), "it stays until the hub has said `taken`"
        assert await asyncio.to_thread(ntfy.tap, message, "Quiet for 30 min") == 200
        await until(lambda: bool(each.tapped))
        assert each.phone.tokens.take(each.tapped[0], 0.0) == Button("a1", Verb.SNOOZE)
        with pytest.raises(CommandRefused, match=USED):
            each.phone.tokens.take(each.tapped[0], 0.0)


async def test_what_is_no_question_has_no_button_and_a_test_has_its_own(ntfy):
    async with Listening(ntfy.url()) as each:
        await each.heard()
        await each.phone.send(OVER)
        await each.phone.send(Notify("anna", "test", "TEST", "TEST", urgent=True, verbs=(Verb.ACKNOWLEDGE,)))
    over, test = ntfy.under("sleepless-owls")
    assert "actions" not in over
    assert [action["label"] for action in test["actions"]] == ["It rang"]


async def test_nothing_of_the_home_and_no_name_is_in_a_button(ntfy):
    async with Listening(ntfy.url("owls?token=tk_s3cret")) as each:
        await each.heard()
        await each.phone.send(ALARM)
    [message] = ntfy.under("owls")
    for action in message["actions"]:
        assert action["url"].startswith(f"{ntfy.base}/feverhub-answers-")
        assert "owls" not in str(action)
        assert "s3cret" not in str(action)
        assert set(action["headers"]) == {"Firebase"}
    assert ntfy.authorizations[0] == "Bearer tk_s3cret", "the hub itself reads with its own key"


async def test_without_anybody_who_hears_the_answer_there_is_no_button(ntfy):
    ntfy.read_status = 403
    async with Listening(ntfy.url()) as each:
        await until(lambda: each.phone.words == "not heard: the server answered 403")
        assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
    assert "actions" not in ntfy.under("sleepless-owls")[0]


async def test_a_server_that_takes_no_buttons_still_gets_the_alarm(ntfy):
    ntfy.refuses_actions = True
    async with Listening(ntfy.url()) as each:
        await each.heard()
        assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
    assert len(ntfy.under("sleepless-owls")) == 1


async def test_the_familys_own_buttons_win(ntfy):
    url = ntfy.url("owls?actions=view,Open,http://home.arpa")
    phone = NtfyPhone(url)
    await phone.run(lambda *_: asyncio.sleep(0))
    assert phone.words == "no buttons: the address brings buttons of its own"


@pytest.mark.parametrize("url", ["ntfy://", "ntfys://:", "ntfy://?to="])
async def test_a_wrong_address_is_one_sentence_and_no_button(url):
    phone = NtfyPhone(url)
    await phone.run(lambda *_: asyncio.sleep(0))
    assert phone.words.startswith("no buttons: ")
    assert "\n" not in phone.words


async def test_a_server_that_goes_is_reached_again_and_what_was_tapped_meanwhile_is_not_lost(ntfy):
    async with Listening(ntfy.url()) as each:
        await each.heard()
        await each.phone.send(ALARM)
        [message] = ntfy.under("sleepless-owls")
        ntfy.read_status = 503
        ntfy.drop_streams()
        await until(lambda: "503" in each.phone.words)
        await asyncio.to_thread(ntfy.tap, message, "I'm coming")
        ntfy.read_status = 200
        await until(lambda: len(each.tapped) == 1)
        ntfy.drop_streams()  # and what it has heard already is not heard again
        await until(lambda: len(ntfy.asked) >= 4 and each.phone.words == "heard")
        await asyncio.sleep(0.1)
        assert len(each.tapped) == 1
    assert ntfy.asked[0] == ""
    assert all(query.startswith("since=") for query in ntfy.asked[1:])


async def test_the_pauses_between_vain_attempts_grow(ntfy, monkeypatch):
    paused: list[float] = []
    sleep = asyncio.sleep

    async def short(seconds: float) -> None:
        if seconds:
            paused.append(seconds)
        await sleep(0.001)

    ntfy.read_status = 500
    monkeypatch.setattr(stream, "LONGEST_PAUSE_S", 0.3)
    async with Listening(ntfy.url()) as each:
        monkeypatch.setattr(stream.asyncio, "sleep", short)
        await until(lambda: len([it for it in paused if it >= 0.05]) >= 5)
        monkeypatch.setattr(stream.asyncio, "sleep", sleep)
        assert each.phone.words == "not heard: the server answered 500"
    assert [it for it in paused if it >= 0.05][:5] == [0.05, 0.1, 0.2, 0.3, 0.3]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"nonsense\n",
        b"[1]\n",
        b"5\n",
        b'{"event": "message"}\n',
        b"\xff\xfe\n",
        b"[" * 9000 + b"\n",
        b"x" * 50_000,
    ],
)
async def test_nonsense_is_counted_and_the_next_tap_is_heard(ntfy, line):
    async with Listening(ntfy.url()) as each:
        await each.heard()
        await each.phone.send(ALARM)
        server = server_of(ntfy.url())
        assert isinstance(server, Server)
        ntfy.raw(server.answers, line)
        ntfy.raw(server.answers, b"\n")
        await asyncio.to_thread(ntfy.tap, ntfy.under("sleepless-owls")[0], "I'm coming")
        await until(lambda: len(each.tapped) == 1)
        assert each.phone.malformed >= 1


async def test_a_flood_is_bounded_and_an_alarm_goes_out_beside_it(ntfy):
    async with Listening(ntfy.url()) as each:
        await each.heard()
        server = server_of(ntfy.url())
        assert isinstance(server, Server)
        for number in range(5000):
            ntfy.raw(server.answers, b'{"event": "message", "id": "f%d", "message": "x"}\n' % number)
        async with asyncio.timeout(5):
            assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
        await until(lambda: len(each.tapped) > 100)
        assert each.phone.words == "heard"


async def test_the_words_of_buttons_and_the_answer_topic_appear_nowhere(ntfy, capfd):
    root, logged = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(logged), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    async with Listening(ntfy.url()) as each:
        await each.heard()
        sent = await each.phone.send(ALARM)
        words = [action["body"] for action in ntfy.under("sleepless-owls")[0]["actions"]]
        ntfy.read_status = 500
        ntfy.drop_streams()
        await until(lambda: "500" in each.phone.words)
        server = server_of(ntfy.url())
        said = [sent.detail, repr(each.phone), each.phone.words, repr(each.phone.tokens), repr(server)]
    root.removeHandler(handler)
    root.setLevel(level)
    for text in (*said, logged.getvalue(), "".join(capfd.readouterr())):
        assert "feverhub-answers" not in text
        assert "owls" not in text
        assert not any(word in text for word in words)


def test_the_answer_topic_is_of_the_address_alone_and_ntfy_allows_it():
    one, same, other = (server_of(f"ntfys://ntfy.sh/{name}") for name in ("owls", "owls", "other"))
    assert isinstance(one, Server)
    assert isinstance(other, Server)
    assert one == same
    assert one.answers != other.answers
    assert len(one.answers) <= 64
    assert one.base == "https://ntfy.sh"
    assert [is_ntfy(url) for url in ("ntfy://x/y", " NTFYS://x/y", "pover://u@t")] == [True, True, False]


def test_words_are_random_one_for_each_button_and_the_same_until_used():
    tokens = Tokens()
    first = tokens.give(Button("a1", Verb.ACKNOWLEDGE), 0.0)
    assert len(first) >= 22, "128 bits"
    assert tokens.give(Button("a1", Verb.ACKNOWLEDGE), 5.0) == first
    assert (
        len({first, tokens.give(Button("a1", Verb.SNOOZE), 0.0), tokens.give(Button("a2", Verb.ACKNOWLEDGE), 0.0)}) == 3
    )
    assert tokens.take(first, 1.0) == Button("a1", Verb.ACKNOWLEDGE)
    assert tokens.give(Button("a1", Verb.ACKNOWLEDGE), 2.0) != first


@pytest.mark.parametrize(("word", "at_s", "why"), [("", 0.0, UNKNOWN), ("guess", 0.0, UNKNOWN), (None, LIFE_S, OLD)])
def test_what_is_not_known_or_too_old_is_refused_with_the_reason(word, at_s, why):
    tokens = Tokens()
    given = tokens.give(Button("a1", Verb.SNOOZE), 0.0)
    with pytest.raises(CommandRefused) as refused:
        tokens.take(given if word is None else word, at_s)
    assert str(refused.value) == why


def test_another_phones_word_is_no_word_here():
    mother, father = Tokens(), Tokens()
    with pytest.raises(CommandRefused, match="not known here"):
        father.take(mother.give(Button("a1", Verb.SNOOZE), 0.0), 0.0)


def test_words_are_bounded():
    tokens = Tokens()
    first = tokens.give(Button("first", Verb.SNOOZE), 0.0)
    for number in range(MOST):
        tokens.give(Button(f"a{number}", Verb.SNOOZE), 0.0)
    with pytest.raises(CommandRefused, match="not known here"):
        tokens.take(first, 0.0)


def test_ntfy_allows_no_more_buttons_than_are_offered():
    assert len(BOTH) <= module.MOST_BUTTONS == 3


async def test_what_a_cut_off_hub_gets_late_is_told_apart_by_the_servers_own_clock(ntfy):
    async with Listening(ntfy.url()) as each:
        await each.heard()
        server = server_of(ntfy.url())
        assert isinstance(server, Server)
        ntfy.read_status = 503
        ntfy.drop_streams()
        await until(lambda: "503" in each.phone.words)
        each.phone._stream._since_s -= 3 * 3600.0  # the connection was lost for that long
        each.phone._stream.alive_s -= 3 * 3600.0
        for age_s in (7200, 0):
            ntfy.publish(server.answers, {"message": f"{age_s}", "time": int(time.time()) - age_s})
        ntfy.read_status = 200
        await until(lambda: len(each.tapped) == 2)
        assert each.lay_s[0] == pytest.approx(7200.0, abs=5.0)
        assert each.lay_s[1] < 5.0


async def test_a_server_that_sends_faster_than_the_hub_reads_holds_up_nothing_else(ntfy):
    async def slow(_text: str, _lay_s: float) -> None:
        time.sleep(0.003)  # noqa: ASYNC251 - a small computer at work

    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=_flood, args=(listening,), daemon=True).start()
        task = asyncio.ensure_future(Stream(Server(f"http://127.0.0.1:{listening.getsockname()[1]}", "t")).run(slow))
        async with asyncio.timeout(10.0):
            for _ in range(50):
                await asyncio.sleep(0.01)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _flood(listening: socket.socket) -> None:
    """As many messages as somebody takes, for five seconds at most."""
    connection, _ = listening.accept()
    lines = (b'{"event": "message", "id": "%d", "message": "x"}\n' % number for number in itertools.count())
    end_s = time.monotonic() + 5.0
    with connection, contextlib.suppress(OSError):
        connection.settimeout(5.0)
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while time.monotonic() < end_s:
            connection.sendall(b"".join(itertools.islice(lines, 200)))


def test_a_late_tap_does_nothing_and_the_newest_message_still_has_its_word():
    tokens = Tokens()
    word = tokens.give(Button("a1", Verb.SNOOZE), 0.0)
    with pytest.raises(CommandRefused) as refused:
        tokens.take(word, 400.0, LATE_S + 1.0)
    assert str(refused.value) == LATE
    assert tokens.take(word, 410.0, LATE_S) == Button("a1", Verb.SNOOZE)


def test_two_who_share_an_address_have_each_their_own_answers():
    topics = {server_of("ntfys://ntfy.sh/owls", who).answers for who in ("anna at cot", "ben at cot", "anna at gran")}
    assert len(topics) == 3


async def test_an_address_that_breaks_the_service_costs_the_buttons_alone(monkeypatch):
    monkeypatch.setattr(module, "opened", lambda _url: object())
    phone = NtfyPhone("ntfys://ntfy.sh/owls")
    await phone.run(lambda *_: asyncio.sleep(0))
    assert phone.words == "no buttons: the address cannot be used (AttributeError)"
