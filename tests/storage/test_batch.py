"""Which points of a batch a server never takes, and when it is the server that is at fault."""

import json
import math

import pytest

from edge.storage.batch import FEW_ROWS, MOST_REQUESTS, Batches, Row
from edge.storage.influx_server import Answer, ServerRefused

NOW_S = 1_800_000_000.0
DAY_S = 86_400.0
BEYOND = "failure writing points to database: partial write: points beyond retention policy dropped=%d"


def rows(count, *, step_s=60.0, end_s=NOW_S):
    times_s = [end_s - step_s * (count - 1 - n) for n in range(count)]
    return [Row(n + 1, (f"temperature value={n} {round(at_s * 1e6)}",)) for n, at_s in enumerate(times_s)]


class Server:
    """Answers each write as `answer(lines)` says."""

    url = "http://db"

    def __init__(self, answer):
        self.answer, self.requests, self.taken = answer, 0, set()

    def write(self, lines):
        self.requests += 1
        status, text = self.answer(list(lines))
        if status == 204:
            self.taken |= set(lines)
        return Answer(status, text)


def refusing(*bad, status=400):
    def answer(lines):
        return (status, "unable to parse") if any(f"value={n} " in line for n in bad for line in lines) else (204, "")

    return answer


def batches(server):
    return Batches(server, lambda: 0.0, lambda: NOW_S)


@pytest.mark.parametrize("bad", [(0,), (999,), (500,), (3, 700)])
def test_the_points_that_are_refused_are_found_and_all_others_are_in(bad):
    server = Server(refusing(*bad))
    done = batches(server).deliver(rows(1000), math.inf)
    assert (done.count, done.refused, done.refused_points) == (1000, {n + 1 for n in bad}, len(bad))
    assert len(server.taken) == 1000 - len(bad)
    assert server.requests <= MOST_REQUESTS + 5


def test_many_bad_points_are_found_over_several_calls_each_bounded():
    server = Server(refusing(*range(0, 200, 2)))
    left, refused = rows(200), set()
    sender = batches(server)
    for _ in range(20):
        before = server.requests
        done = sender.deliver(left, math.inf)
        assert server.requests - before <= MOST_REQUESTS + 5
        assert done.count > 0, "each call gets on"
        refused |= done.refused
        left = left[done.count :]
        if not left:
            break
    assert left == []
    assert refused == {n + 1 for n in range(0, 200, 2)}


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize("count", [1, FEW_ROWS - 1, 1000])
def test_a_server_that_takes_nothing_is_at_fault_and_soon_found_out(status, count):
    server = Server(lambda _lines: (status, "<html>The plain HTTP request was sent to HTTPS port</html>"))
    sender = batches(server)
    with pytest.raises(ServerRefused, match="plain HTTP request") as caught:
        sender.deliver(rows(count), math.inf)
    assert caught.value.at_fault
    assert server.requests <= 9
    before = server.requests
    with pytest.raises(ServerRefused):
        sender.deliver(rows(count), math.inf)
    assert server.requests == before + 1, "not searched again at each call"


def test_few_bad_rows_are_left_out_once_the_server_takes_again_what_it_took():
    server = Server(refusing(77))
    sender = batches(server)
    assert sender.deliver(rows(70), math.inf).count == 70
    bad = Row(78, (f"temperature value=77 {round(NOW_S * 1e6)}",))
    assert sender.deliver([bad], math.inf).refused == {78}
    server.answer = lambda _lines: (400, "wrong port")
    with pytest.raises(ServerRefused):
        sender.deliver([Row(79, bad.lines)], math.inf)


def test_a_partial_refusal_costs_one_request():
    text = json.dumps({"code": "unprocessable entity", "message": BEYOND % 12})
    server = Server(lambda _lines: (422, text))
    done = batches(server).deliver(rows(1000), math.inf)
    assert (server.requests, done.count, done.refused_points) == (1, 1000, 12)


@pytest.mark.parametrize("status", [500, 422])
def test_a_server_that_keeps_less_than_the_history_is_passed_by_with_what_it_keeps(status):
    """It takes nothing of a batch with an old point in it, and does not stick there for ever."""
    kept_s = NOW_S - 2 * DAY_S

    def answer(lines):
        old = sum(int(line.rpartition(" ")[2]) / 1e6 < kept_s for line in lines)
        return (status, BEYOND.replace("partial write: ", "") % old) if old else (204, "")

    server = Server(answer)
    sender = batches(server)
    history = rows(10_000)  # a week
    refused = 0
    for start in range(0, 10_000, 1000):
        done = sender.deliver(history[start : start + 1000], math.inf)
        assert done.count == 1000
        refused += done.refused_points
    assert len(server.taken) == 2 * 1440 + 1
    assert refused == 10_000 - len(server.taken)
    assert server.requests < 10 * 13
    assert "older than the server keeps" in sender.reason


def test_fresh_points_are_never_too_old_whatever_the_server_says():
    server = Server(lambda lines: (500, BEYOND % len(lines)))
    with pytest.raises(ServerRefused, match="points of the last hour too old") as caught:
        batches(server).deliver(rows(100, step_s=1.0), math.inf)
    assert caught.value.at_fault


def test_rows_without_a_point_are_passed_by():
    server = Server(lambda _lines: (204, ""))
    assert batches(server).deliver([Row(1, ()), Row(2, ())], math.inf).count == 2
    assert server.requests == 0
