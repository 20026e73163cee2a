"""What of ntfy's documentation the fake server stands for, held against the real server too; each test names the page
and section.

docs.ntfy.sh/publish: "Publish as JSON", "Message priority", "Action buttons", "Updating + deleting notifications".
docs.ntfy.sh/subscribe/api: "Subscribe as JSON stream", "JSON message format", "Fetching cached messages".
docs.ntfy.sh/config: "Message limits".
"""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.fakes.ntfy_server import ntfy_server
from tests.support.ntfy import real_ntfy

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@dataclass
class Server:
    base: str
    port: int


@pytest.fixture(params=["fake", "real"])
def ntfy(request, tmp_path):
    if request.param == "real":
        with real_ntfy(tmp_path, 'keepalive-interval: "5s"') as server:
            yield Server(server.base, server.port)
    else:
        with ntfy_server() as state:
            state.keepalive_s = 0.1
            yield Server(state.base, state.port)


def ask(ntfy: Server, method: str, path: str, body: bytes = b"", **headers: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{ntfy.base}/{path}", data=body, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return dict(json.loads(answer.read()))


def post(ntfy: Server, path: str, body: bytes, **headers: str) -> dict[str, Any]:
    return ask(ntfy, "POST", path, body, **headers)


def subscribed(ntfy: Server, topic: str, query: str = "") -> tuple[http.client.HTTPConnection, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", ntfy.port, timeout=10)
    connection.request("GET", f"/{topic}/json{query}")
    return connection, connection.getresponse()


def test_publish_as_json_names_the_topic_in_the_body_and_takes_headers_beside_it(ntfy):
    actions = [{"action": "http", "label": "I'm coming", "url": f"{ntfy.base}/answers", "body": "word"}]
    headers = {"X-Priority": "max", "X-Actions": json.dumps(actions), "X-Sequence-ID": "a-name_1"}
    body = json.dumps({"topic": "owls", "title": "ALARM", "message": "Mia"}).encode()
    said = post(ntfy, "", body, **headers)
    assert (said["topic"], said["event"], said["priority"]) == ("owls", "message", 5)
    assert [actions[0].items() <= action.items() for action in said["actions"]] == [True]
    assert said["sequence_id"] == "a-name_1"


def test_at_most_three_action_buttons(ntfy):
    actions = [{"action": "http", "label": str(i), "url": "http://x"} for i in range(4)]
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        post(ntfy, "", b'{"topic": "owls", "message": "Mia"}', **{"X-Actions": json.dumps(actions)})
    refused.value.close()


def test_a_sequence_id_that_is_none_costs_the_whole_message(ntfy):
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        post(ntfy, "", b'{"topic": "owls", "message": "Mia"}', **{"X-Sequence-ID": "mia: fever"})
    refused.value.close()


def test_a_clear_names_topic_and_sequence_id_and_reaches_who_listens(ntfy):
    connection, answer = subscribed(ntfy, "owls")
    assert json.loads(answer.readline())["event"] == "open"
    cleared = ask(ntfy, "PUT", "owls/a-name_1/clear")
    assert (cleared["event"], cleared["sequence_id"]) == ("message_clear", "a-name_1")
    heard = json.loads(answer.readline())
    while heard["event"] == "keepalive":
        heard = json.loads(answer.readline())
    assert (heard["event"], heard["sequence_id"]) == ("message_clear", "a-name_1")
    answer.close()
    connection.close()


def test_the_json_stream_opens_keeps_alive_and_gives_one_message_a_line(ntfy):
    connection, answer = subscribed(ntfy, "answers")
    try:
        assert answer.headers["Content-Type"].startswith("application/x-ndjson")
        assert json.loads(answer.readline())["event"] == "open"
        assert json.loads(answer.readline())["event"] == "keepalive"
        posted = post(ntfy, "answers", b"word")
        lines = [json.loads(answer.readline()) for _ in range(2)]
        [message] = [each for each in lines if each["event"] == "message"]
        assert (message["id"], message["message"], message["topic"]) == (posted["id"], "word", "answers")
    finally:
        answer.close()
        connection.close()


def test_since_a_duration_gives_what_was_cached_and_without_it_only_what_comes_now(ntfy):
    post(ntfy, "answers", b"early")
    for query, first in (("?since=60s", "early"), ("", "late")):
        connection, answer = subscribed(ntfy, "answers", query)
        assert json.loads(answer.readline())["event"] == "open"
        post(ntfy, "answers", b"late")
        assert json.loads(answer.readline())["message"] == first
        answer.close()
        connection.close()


def test_the_fake_alone_has_no_attachments_so_a_message_has_at_most_4096_bytes():
    """The real server makes a file of a longer one, where it may keep files."""
    with ntfy_server() as state, pytest.raises(urllib.error.HTTPError, match="400") as refused:
        post(Server(state.base, state.port), "owls", b"x" * 5000)
    refused.value.close()
