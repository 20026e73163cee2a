"""What of ntfy's documentation the fake server stands for; each test names the page and section. The real server is no
package of this machine: against one of your own, put its address in place of the fixture's.

docs.ntfy.sh/publish: "Publish as JSON", "Message priority", "Action buttons". docs.ntfy.sh/subscribe/api: "Subscribe as
JSON stream", "JSON message format", "Fetching cached messages". docs.ntfy.sh/config: "Message limits".
"""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.support.fakes.ntfy_server import FakeNtfy, ntfy_server

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def ntfy():
    with ntfy_server() as state:
        yield state


def post(ntfy: FakeNtfy, path: str, body: bytes, **headers: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{ntfy.base}/{path}", data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        return dict(json.loads(answer.read()))


def subscribed(ntfy: FakeNtfy, topic: str, query: str = "") -> tuple[http.client.HTTPConnection, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", ntfy.port, timeout=5)
    connection.request("GET", f"/{topic}/json{query}")
    return connection, connection.getresponse()


def test_publish_as_json_names_the_topic_in_the_body_and_takes_headers_beside_it(ntfy):
    actions = [{"action": "http", "label": "I'm coming", "url": f"{ntfy.base}/answers", "body": "word"}]
    headers = {"X-Priority": "max", "X-Actions": json.dumps(actions)}
    body = json.dumps({"topic": "owls", "title": "ALARM", "message": "Mia"}).encode()
    said = post(ntfy, "", body, **headers)
    assert (said["topic"], said["event"], said["priority"]) == ("owls", "message", 5)
    assert said["actions"] == actions


def test_at_most_three_action_buttons(ntfy):
    actions = [{"action": "http", "label": str(i), "url": "http://x"} for i in range(4)]
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        post(ntfy, "", b'{"topic": "owls", "message": "Mia"}', **{"X-Actions": json.dumps(actions)})
    refused.value.close()


def test_a_message_has_at_most_4096_bytes(ntfy):
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        post(ntfy, "owls", b"x" * 5000)
    refused.value.close()


def test_the_json_stream_opens_keeps_alive_and_gives_one_message_a_line(ntfy):
    ntfy.keepalive_s = 0.1
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
