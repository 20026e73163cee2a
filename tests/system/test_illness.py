"""Three simulated days of illness through a real broker and real files; diary and report, line by line, from the truth.

Each kind of line is expected by one function below that takes the truth and gives rows; a new condition is a new
function in `EXPECTED`.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
import pytest

from edge.model.event import Verb
from edge.simulation import Illness, illness
from tests.support.family import IBUPROFEN, caregiver
from tests.support.kept import write_events

pytestmark = pytest.mark.system

MORE = IBUPROFEN + caregiver("Tom", 'mqtt_user = "grandmother"')
HOUR_S = 3600.0
NO_MARK = "no mark of a complex one; whether it was one side alone is not known from one sensor"


@dataclass(frozen=True)
class Row:
    """One line that must be there. at_s: when, on the simulation's time, and how far off it may be.

    near: further moments and durations in s, and temperatures in degrees: (path in the line, value, how far off).
    """

    name: str
    at_s: float
    off_s: float
    same: dict[str, object] = field(default_factory=dict)
    near: tuple[tuple[str, float, float], ...] = ()


def site_c(ill: Illness, t_s: float) -> float:
    """What a perfect patch would have shown."""
    return float(np.interp(t_s, ill.temperature.t_s, ill.temperature.core_celsius)) - ill.offset_c


def lowest_c(ill: Illness, t_s: float) -> float:
    inside = (ill.temperature.t_s >= t_s) & (ill.temperature.t_s <= t_s + 4 * HOUR_S)
    return float(ill.temperature.core_celsius[inside].min()) - ill.offset_c


def settling(ill: Illness) -> Iterator[Row]:
    """The patch was put on at 0."""
    yield Row("alarm settling", 0.0, 300.0, near=(("duration_s", 600.0, 400.0),))


def fevers(ill: Illness) -> Iterator[Row]:
    for truth in ill.fevers:
        near = (
            ("duration_s", truth.duration_s, 1.2 * HOUR_S),
            ("highest.celsius", truth.params["peak_c"] - ill.offset_c, 0.15),
        )
        yield Row("alarm fever", truth.start_s, 1200.0, {"sensors": ["patch"], "limit": 37.5}, near)


def notices(ill: Illness) -> Iterator[Row]:
    """Before each fever: it rises, and measuring by hand is worth it."""
    for truth in ill.fevers:
        yield Row("alarm temperature_rising", truth.start_s - 1800.0, 1500.0, {"priority": "low"})


def movements(ill: Illness) -> Iterator[Row]:
    """Every bout rings by itself."""
    for truth in ill.motion.truth:
        if truth.seizure:
            same = {"places": ["left_ankle"], "priority": "high", "temperature_then.device": "patch"}
            episode = next(each for each in ill.episodes if each.start_s <= truth.start_s <= each.end_s)
            # One sensor never knows whether it was one limb alone; what else makes an episode complex, the diary says.
            again = "again within 24 h" in episode.complex_because and episode.start_s > CLUSTER_AWAKE_S
            same["evidence.course"] = "complex: again within 24 h" if again else NO_MARK
            early = any(0 <= truth.start_s - fever.start_s <= 2 * HOUR_S for fever in ill.fevers)
            same["evidence.first_two_hours_of_fever"] = early
            near = (
                ("duration_s", truth.duration_s, 30.0),
                ("temperature_then.celsius", site_c(ill, truth.start_s), 0.25),
            )
            yield Row("alarm seizure_like_movement", truth.start_s, 15.0, same, near)


def prolonged(ill: Illness) -> Iterator[Row]:
    """The bouts of the cluster are one episode; five minutes after its onset nobody had said that she is awake."""
    bouts = [truth for truth in ill.motion.truth if truth.seizure and truth.start_s >= CLUSTER_AWAKE_S - 720.0]
    bouts = [truth for truth in bouts if truth.start_s < CLUSTER_AWAKE_S]
    start_s, end_s = bouts[0].start_s, bouts[-1].end_s
    near = (("duration_s", end_s - start_s, 30.0), ("raised", start_s + 300.0, 5.0))
    same = {"priority": "high", "evidence.bouts": 3, "evidence.awake_by": "anna"}
    yield Row("alarm prolonged_movement", start_s, 5.0, same, near)


def answers(ill: Illness) -> Iterator[Row]:
    """Who said what about which alarm that stood then."""
    for t_s, command in ill.commands:
        if command.verb not in (Verb.WITH_HER, Verb.AWAKE):
            continue
        same = {"by": command.caregiver, "answer": str(command.verb)}
        yield Row("answer fever", t_s, 1.0, same)
        if t_s == CLUSTER_AWAKE_S:
            yield Row("answer prolonged_movement", t_s, 1.0, same)
        yield Row("answer seizure_like_movement", t_s, 1.0, same)


# The cluster's clock had rung by then; to both others "she is awake" was said in time.
CLUSTER_AWAKE_S = 46 * HOUR_S + 12 * 60.0

# Of each dose on the simulation's time: who gave what, what the plan says, when the next is allowed.
DOSES = {
    5.75: ("anna", "Ibuprofen", 5.0, "", 11.75),
    12.25: ("tom", "Ibuprofen", 5.0, "", 18.25),
    18.5: ("anna", "Ibuprofen", 4.0, "", 12.25 + 24),  # changed when the next one had been given
    19.25: ("tom", "ibuprofen syrup", 5.0, "EARLIER than your plan: 45 min from the dose of ", 12.25 + 24),
    46 + 5.5 / 60: ("anna", "Diazepam rectal", 5.0, "", None),
    46.5: ("anna", "Ibuprofen", 5.0, "", 52.5),
    53.0: ("tom", "Ibuprofen", 5.0, "", 59.0),
}


def doses(ill: Illness) -> Iterator[Row]:
    for at_h, (who, drug, amount, against, next_h) in DOSES.items():
        same = {"by": who, "content.drug": drug, "content.amount": amount, "withdrawn": False}
        near = [
            ("temperature_then.celsius", site_c(ill, at_h * HOUR_S), 0.25),
            ("lowest_in_4_h.celsius", lowest_c(ill, at_h * HOUR_S), 0.2),
        ]
        if next_h is not None:
            near.append(("next_allowed", next_h * HOUR_S, 1.0))
        yield Row("dose", at_h * HOUR_S, 1.0, {**same, "against_plan": against}, tuple(near))


def notes(ill: Illness) -> Iterator[Row]:
    ear_c = next(c.arguments["celsius"] for _, c in ill.commands if "celsius" in c.arguments)
    at = 5.5 * HOUR_S
    yield Row("symptoms", at + 60, 1.0, {"by": "anna", "content.film": "Anna's phone", "content.eyes": "rolled up"})
    yield Row("symptoms", at + 480, 1.0, {"by": "tom", "content.crying": True, "content.wetting": False})
    yield Row("temperature", 6 * HOUR_S, 1.0, {"by": "anna", "content.celsius": ear_c, "content.site": "ear"})
    yield Row("remark", 8 * HOUR_S, 1.0, {"content.text": "drank 120 ml", "withdrawn": False})
    yield Row("remark", 20 * HOUR_S, 1.0, {"content.text": "wrong child", "withdrawn": True})
    yield Row("symptoms", 46 * HOUR_S + 120, 1.0, {"by": "anna", "content.side": "left leg"})


EXPECTED = (settling, notices, fevers, movements, prolonged, answers, doses, notes)


@pytest.fixture
def ill() -> Illness:
    return illness(7)


def save(folder: Path, ill: Illness) -> list[str]:
    """The recordings as files, and the options that name them."""
    x, y, z = ill.motion.acc_g.T
    np.savez(folder / "motion.npz", t=ill.motion.t_s, x=x, y=y, z=z)
    np.savez(folder / "temperature.npz", t=ill.temperature.t_s, celsius=ill.temperature.celsius)
    write_events(folder / "said.jsonl", ill.commands)
    files = {"--motion": "motion.npz", "--temperature": "temperature.npz", "--events": "said.jsonl"}
    return [part for option, name in files.items() for part in (option, str(folder / name))]


def name_of(line: dict) -> str:
    return f"{line['line']} {line['condition']}" if "condition" in line else line["line"]


def value_of(line: dict, path: str) -> object:
    value = line
    for word in path.split("."):
        value = value[word]
    return value


def differences(row: Row, line: dict, began_s: float) -> Iterable[str]:
    def seconds(text: str) -> float:
        return dt.datetime.fromisoformat(text).timestamp() - began_s

    if abs(seconds(line["time"]) - row.at_s) > row.off_s:
        yield f"at {seconds(line['time']):.0f} s, expected {row.at_s:.0f}"
    for path, wanted in row.same.items():
        found = value_of(line, path)
        begins = path == "against_plan" and bool(wanted)
        if not (str(found).startswith(str(wanted)) if begins else found == wanted):
            yield f"{path} {found!r}, expected {wanted!r}"
    for path, wanted, off in row.near:
        found = value_of(line, path)
        number = seconds(found) if isinstance(found, str) else found
        if abs(number - wanted) > off:
            yield f"{path} {number:.2f}, expected {wanted:.2f}"


@pytest.mark.timeout(180)
async def test_the_diary_and_the_report_of_three_days_line_by_line(home, ill):
    home.config.write_text(home.config.read_text().replace('sounder = "null"', 'sounder = ""') + MORE)
    hers = ("--person", "mia")  # the hub's own troubles on a busy machine are not hers
    state = home.folder / "state"
    options = ["--config", str(home.config), "--state-dir", str(state)]
    async with home.phone("feverhub/cot/mia/care") as phone:
        pace = ("--speed", "100000", "--tick", "20")
        played = home.feverhub("replay", *options, "--person", "mia", *save(home.folder, ill), *pace, timeout_s=150.0)
        assert played.returncode == 0, played.stderr
        versions = [json.loads((await phone.next(30.0)).payload) for _ in range(15)]
    diary = home.feverhub("journal", *options, *hers, "--json")
    assert (diary.returncode, diary.stderr) == (0, "")
    lines = [json.loads(line) for line in diary.stdout.splitlines()]
    rows = sorted((row for expect in EXPECTED for row in expect(ill)), key=lambda row: row.at_s)
    first_dose = next(line for line in lines if line["line"] == "dose")
    began_s = dt.datetime.fromisoformat(first_dose["time"]).timestamp() - 5.75 * HOUR_S
    times = [dt.datetime.fromisoformat(line["time"]).timestamp() for line in lines]
    assert times == sorted(times)
    assert [name_of(line) for line in lines] == [row.name for row in rows]
    wrong = {
        f"{row.name} at {row.at_s / HOUR_S:.2f} h": found
        for row, line in zip(rows, lines, strict=True)
        if (found := list(differences(row, line, began_s)))
    }
    assert wrong == {}

    edited = next(line for line in lines if line["line"] == "dose" and line["content"]["amount"] == 4.0)
    assert [(each["version"], each["content"]["amount"]) for each in edited["versions"]] == [(1, 5.0), (2, 4.0)]
    assert {each["id"] for each in versions} == {line["id"] for line in lines if "content" in line}
    early = next(each for each in versions if each["against_plan"])
    assert early["by"] == "tom"
    words = home.feverhub("journal", *options, *hers, "--technical")
    assert len(words.stdout.splitlines()) == len(lines)
    assert "dose: Ibuprofen 5 ml, by Tom, EARLIER than your plan: 45 min" in words.stdout

    page = home.folder / "mia.html"
    written = home.feverhub("report", *options, "--since", "9d", "--out", str(page), "--json")
    assert (written.returncode, written.stderr) == (0, "")
    report = json.loads(written.stdout)
    analysed = home.feverhub("analyze", "--from-store", *options, "--since", "27h", "--json")
    check_figures(ill, {each["what"]: each["value"] for each in report["figures"]})
    check_episodes(ill, report["episodes"], began_s)
    check_against_analysis(report["episodes"], json.loads(analysed.stdout))
    check_page(page.read_text("utf-8"), report)


def check_figures(ill: Illness, figures: dict[str, str]) -> None:
    """Against the truth at the site: what a perfect patch and the ear would have shown."""
    ear_c = next(c.arguments["celsius"] for _, c in ill.commands if "celsius" in c.arguments)
    assert figures["Episodes of rhythmic movement"] == "3"
    assert figures["Highest temperature"] == f"{ear_c:.1f} °C"
    longest_s = max(each.end_s - each.start_s for each in ill.episodes)
    minutes, seconds = re.fullmatch(r"about (\d+) min (\d+) s", figures["Longest of them"]).groups()
    assert int(minutes) * 60 + int(seconds) == pytest.approx(longest_s, abs=20.0)
    at_site = ill.temperature.core_celsius - ill.offset_c
    hours = dict(re.findall(r"([\d.]+) h from ([\d.]+)", figures["Time at or above, °C"]))
    for said_h, level in hours.items():
        true_h = float(np.diff(ill.temperature.t_s)[at_site[:-1] >= float(level)].sum()) / HOUR_S
        assert float(said_h) == pytest.approx(true_h, abs=max(0.6, 0.25 * true_h)), level
    assert figures["Temperature watched"] == "100 %"


def check_episodes(ill: Illness, episodes: list[dict], began_s: float) -> None:
    """Each question of the pediatrician has its answer, or is named as not known."""
    assert len(episodes) == len(ill.episodes)
    for told, truth in zip(episodes, ill.episodes, strict=True):
        assert told["onset_s"] - began_s == pytest.approx(truth.start_s, abs=15.0)
        assert told["length_s"] == pytest.approx(truth.end_s - truth.start_s, abs=30.0)
        said = told["answers"]
        faster, slower = map(float, re.search(r"([\d.]+) slowing to ([\d.]+) jerks", said["Regular or not"]).groups())
        assert (faster, slower) == pytest.approx((2.3, 1.4), abs=0.5), "from 2.5-2.7 to 1.2-1.4 jerks a second"
        assert said["Which parts"].startswith("left ankle moved")
        assert "Whole body or one side" in told["not_known"], "there is one sensor"
        then_c = float(re.match(r"([\d.]+) °C \(armpit", said["Temperature then"])[1])
        assert then_c == pytest.approx(site_c(ill, truth.start_s), abs=0.25)
    first, cluster, again = (each["answers"] for each in episodes)
    assert "3 bouts" in cluster["How long"]
    assert (first["How often"], again["How often"]) == ("none other in the 24 h before", "1 more in the 24 h before")
    assert again["Simple or complex (AAP 2011)"] == "complex: again within 24 h"
    assert first["Wetting, crying, absence"] == "wetting: no; crying: yes; absence: nobody wrote it down"
    assert first["Film"] == "Anna's phone"
    assert "left leg" in cluster["What else was seen"]
    assert "Diazepam rectal 5 mg (rescue medicine)" in cluster["Medicine from 6 h before"]


def check_against_analysis(episodes: list[dict], analysis: dict) -> None:
    """The same samples from the store, judged anew from a cold start, have the last two episodes there."""
    found = [each for each in analysis["conditions"] if each["condition"] == "seizure_like_movement"]
    onsets = [each["onset_s"] for each in found if each["evidence"].get("bout", 1) == 1]
    assert onsets == pytest.approx([each["onset_s"] for each in episodes[1:]], abs=2.0)


def check_page(html: str, report: dict) -> None:
    """The file says what the facts say, draws every episode, and asks nothing from anywhere."""
    for episode in report["episodes"]:
        for answer in episode["answers"].values():
            assert escape(answer, quote=False).replace("'", "&#39;") in html
    assert html.count('aria-label="Movement, left ankle') == 3
    assert html.count('aria-label="Temperature over time') == 1
    assert not re.search(r"<script|<link|(src|href)=", html)
    for dose in report["doses"]:
        assert escape(dose["what"]) in html
    assert "no medical device" in html
