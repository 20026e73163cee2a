"""AppriseNotifier against a real HTTP server in place of ntfy."""

import asyncio
import io
import logging
import socket
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from edge.model.effect import Notify
from edge.ports import Outcome
from edge.push.apprise import AppriseNotifier
from edge.push.attempts import _THREADS
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

ALARM = Notify("anna", "a1", "ALARM", "Mia: rhythmic movement since 02:14. Look at her.", urgent=True)
BACK = Notify("anna", "a3", "Check", "ankle of Mia is heard again.", urgent=False, quiet=True)
CALM = Notify("anna", "a2", "Check", "Mia: 38.1 °C since 02:14.", urgent=False)


async def test_delivers_title_and_text_and_adds_nothing(service):
    sent = await AppriseNotifier([service.url()]).send(CALM)
    assert (sent.outcome, sent.detail) == (Outcome.DELIVERED, "ntfy: delivered")
    [(path, headers, body)] = service.arrived
    assert path == "/"
    assert body == {"topic": "sleepless-owls", "title": "Check", "message": "Mia: 38.1 °C since 02:14."}
    assert headers["User-Agent"] == "feverhub"
    assert not [name for name in headers if name.startswith("X-")]


async def test_urgent_asks_for_the_top_priority_and_the_familys_own_choice_wins(service):
    await AppriseNotifier([service.url()]).send(ALARM)
    await AppriseNotifier([service.url("sleepless-owls?priority=low")]).send(ALARM)
    assert [headers["X-Priority"] for _, headers, _ in service.arrived] == ["max", "low"]


async def test_a_quiet_word_asks_for_no_sound_and_the_familys_own_choice_wins(service):
    await AppriseNotifier([service.url()]).send(BACK)
    await AppriseNotifier([service.url("sleepless-owls?priority=high")]).send(BACK)
    await AppriseNotifier([service.url()]).send(CALM)
    assert [headers.get("X-Priority") for _, headers, _ in service.arrived] == ["low", "high", None]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (500, Outcome.RETRY),
        (503, Outcome.RETRY),
        (429, Outcome.RETRY),
        (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (404, Outcome.REFUSED),
    ],
)
async def test_sorts_what_passes_by_itself_from_what_does_not(service, status, outcome):
    service.status = status
    sent = await AppriseNotifier([service.url()]).send(ALARM)
    assert (sent.outcome, sent.detail) == (outcome, f"ntfy: the service answered {status}")


async def test_a_service_marked_optional_is_not_called_delivered_when_it_failed(service):
    service.status = 500
    sent = await AppriseNotifier([service.url("sleepless-owls?optional=yes")]).send(ALARM)
    assert sent.outcome is Outcome.RETRY


async def test_a_service_that_hangs_ends_in_time_and_is_worth_a_retry(service):
    service.hang = True
    began = time.monotonic()
    sent = await AppriseNotifier([service.url()], time_out_s=0.5).send(ALARM)
    assert (sent.outcome, sent.detail) == (Outcome.RETRY, "no answer within 0.5 s")
    assert time.monotonic() - began < 2.0


async def test_attempts_that_hang_end_with_their_time_and_keep_nothing_busy(service):
    service.hang = True
    notifier = AppriseNotifier([service.url()], time_out_s=0.5)
    for _ in range(2):
        sent = await asyncio.gather(*(notifier.send(ALARM) for _ in range(7)))
        assert {it.detail for it in sent} == {"no answer within 0.5 s"}
    await until(lambda: not [it for it in threading.enumerate() if it.name == "push"])
    service.hang = False
    assert (await notifier.send(ALARM)).outcome is Outcome.DELIVERED


async def test_threads_of_one_channel_are_bounded(service):
    service.hang = True
    notifier = AppriseNotifier([service.url()], time_out_s=0.5)
    sent = await asyncio.gather(*(notifier.send(ALARM) for _ in range(_THREADS + 1)))
    assert Counter(it.detail for it in sent) == {
        "no answer within 0.5 s": _THREADS,
        "too many earlier attempts still hang": 1,
    }


async def test_nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        sent = await AppriseNotifier([f"ntfy://127.0.0.1:{port}/sleepless-owls"]).send(ALARM)
    assert (sent.outcome, sent.detail) == (Outcome.RETRY, "ntfy: could not be reached")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # one of Apprise's 180 services, loaded for a strange one
@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("", "the address is not one that Apprise understands"),
        ("s3cret-owls", "the address is not one that Apprise understands"),
        ("nosuchservice://s3cret-owls/x", "the address is not one that Apprise understands"),
        ("pover://s3cret-owls", "Pushover: the address is incomplete"),
        ("tgram://s3cret-owls", "Telegram: the address is incomplete"),
    ],
)
async def test_a_wrong_address_is_refused_in_one_sentence_that_does_not_quote_it(url, detail):
    notifier = AppriseNotifier([url])
    sent = await notifier.send(ALARM)
    assert (sent.outcome, sent.detail) == (Outcome.REFUSED, detail)
    assert await notifier.problems() == (detail,)


async def test_the_result_is_kept_for_each_channel_and_one_delivery_is_enough(service):
    notifier = AppriseNotifier([service.url(), "nonsense", service.url(scheme="json")])
    results = await notifier.send_each(ALARM)
    assert [it.outcome for it in results] == [Outcome.DELIVERED, Outcome.REFUSED, Outcome.DELIVERED], results
    sent = await notifier.send(ALARM)
    assert sent.outcome is Outcome.DELIVERED
    assert sent.detail == "ntfy: delivered; the address is not one that Apprise understands; JSON: delivered"
    assert await notifier.problems() == ("", "the address is not one that Apprise understands", "")


async def test_no_channel_is_refused_not_silently_fine():
    assert (await AppriseNotifier([]).send(ALARM)).outcome is Outcome.REFUSED


async def test_the_address_appears_nowhere(service, capfd):
    # Not caplog: it also listens to loggers that do not propagate, which is what keeps the address out of ours.
    root, logged = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(logged), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for status in (200, 500, 403):
        service.status = status
        notifier = AppriseNotifier(
            [
                service.url("sleepless-owls?token=tk_s3cret"),
                service.url("s3cret-path", scheme="json"),
                "tgram://sleepless-owls",
            ]
        )
        sent = await notifier.send(ALARM)
        written = "".join(capfd.readouterr())
        for text in (sent.detail, repr(notifier), logged.getvalue(), written):
            assert "owls" not in text
            assert "s3cret" not in text
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_hanging_service_does_not_hold_up_the_end_of_the_program(service):
    service.hang = True
    program = (
        "import asyncio\nfrom edge.push.apprise import AppriseNotifier\nfrom edge.model.effect import Notify\n"
        f"notifier = AppriseNotifier([{service.url()!r}], time_out_s=0.5)\n"
        "print(asyncio.run(notifier.send(Notify('anna', 'a', 't', 'b', True))).detail)\n"
    )
    with subprocess.Popen([sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "no answer within 0.5 s\n"
        began = time.monotonic()
        assert process.wait(30) == 0
    assert time.monotonic() - began < 5.0  # the service's own 10 s read time-out was not waited for


MEMORY = """
import resource, sys
import edge.push.apprise
assert "apprise" not in sys.modules, "imported before the first use"
from edge.push.service import _MODULES, _plugin, problem
def rss_kib(): return int(next(it for it in open("/proc/self/status") if it.startswith("VmRSS")).split()[1])
before = rss_kib()
assert problem("ntfy://127.0.0.1/topic") == ""
grown = rss_kib() - before
assert grown < 24 * 1024, f"{grown} KiB: all services were loaded"
from apprise.manager_plugins import NotificationManager
mine = {scheme: _plugin(module, scheme) for scheme, module in _MODULES.items()}
theirs = NotificationManager()
assert mine == {scheme: theirs[scheme] for scheme in _MODULES}
"""


def test_one_service_is_loaded_not_all_and_our_table_agrees_with_apprise():
    subprocess.run([sys.executable, "-c", MEMORY], check=True, timeout=60)
