"""What the answers of real servers say, from their documentation and from InfluxDB's and VictoriaMetrics' issues."""

import json

import pytest

from edge.storage.refusals import LONGEST_REASON, Fate, Verdict, judge

DROPPED = "failure writing points to database: partial write: points beyond retention policy dropped=%d"
CONFLICT = (
    'failure writing points to database: partial write: field type conflict: input field "value" on measurement '
    '"temperature" is type float, already exists as type integer dropped=%d'
)


def influx2(message, code="unprocessable entity"):
    return json.dumps({"code": code, "message": message})


def influx3(error, *lines):
    told = [{"original_line": "x", "line_number": n, "error_message": "invalid field value"} for n in lines]
    return json.dumps({"error": error, "data": told if len(told) != 1 or "partial" in error else told[0]})


@pytest.mark.parametrize(
    ("status", "text", "fate", "refused"),
    [
        (204, "", Fate.TAKEN, 0),
        (200, "<html>Welcome to Hotel WiFi</html>", Fate.ELSEWHERE, 0),
        (302, "", Fate.ELSEWHERE, 0),
        (401, influx2("unauthorized access", "unauthorized"), Fate.ELSEWHERE, 0),
        (404, influx2('bucket "hub" not found', "not found"), Fate.ELSEWHERE, 0),
        (429, "", Fate.ELSEWHERE, 0),
        (503, "", Fate.LOST, 0),
        (502, "Bad Gateway, retention policy not found", Fate.LOST, 0),
        # InfluxDB 2
        (422, influx2(DROPPED % 3), Fate.TAKEN, 3),
        (422, influx2(DROPPED % 10), Fate.TAKEN, 10),
        (422, influx2(CONFLICT % 4), Fate.TAKEN, 4),
        (422, influx2(CONFLICT % 10), Fate.UNCLEAR, 0),
        (400, influx2("unable to parse 'temperature value=': missing field value", "invalid"), Fate.UNCLEAR, 0),
        (500, influx2(DROPPED % 3, "internal error"), Fate.BEYOND, 0),
        # InfluxDB 3
        (400, influx3("partial write of line protocol occurred", 2, 5), Fate.TAKEN, 2),
        (400, influx3("parsing failed for write_lp endpoint", 1), Fate.UNCLEAR, 0),
        # VictoriaMetrics, proxies
        (400, 'remoteAddr: "127.0.0.1:5000"; cannot parse precision "us"', Fate.UNCLEAR, 0),
        (400, "<html><h1>400 The plain HTTP request was sent to HTTPS port</h1></html>", Fate.UNCLEAR, 0),
        (413, "", Fate.UNCLEAR, 0),
    ],
)
def test_an_answer_is_read_as_its_server_means_it(status, text, fate, refused):
    verdict = judge(status, text, 10)
    assert (verdict.fate, verdict.refused) == (fate, refused)


def test_the_reason_is_in_the_servers_own_words_and_short():
    assert judge(422, influx2(DROPPED % 3), 10).reason == DROPPED % 3
    assert judge(400, "<html><h1>400 Bad <b>Request</b></h1></html>", 1).reason == "400 Bad Request"
    assert judge(400, influx3("partial write of line protocol occurred", 2), 9).reason.endswith(": invalid field value")
    assert len(judge(502, "\x00\x1b[31m" + "x" * 100_000, 1).reason) == LONGEST_REASON


@pytest.mark.parametrize(
    "text",
    [
        "[" * 16_000,
        '{"a":' * 3_000,
        '{"message": 7, "error": [], "data": [[]]}',
        '{"error":"partial write","data":[7]}',
        "null",
    ],
)
def test_what_makes_no_sense_is_unclear_and_never_an_exception(text):
    verdict = judge(400, text, 10)
    assert isinstance(verdict, Verdict)
    assert verdict.fate in (Fate.UNCLEAR, Fate.TAKEN)
    assert judge(503, text, 10).fate is Fate.LOST
