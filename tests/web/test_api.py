"""The JSON API against its own description: schemathesis asks all that it allows, and much that it does not."""

import json
import subprocess
import sys
import threading
import time

import pytest
import requests

from edge.web import wire
from tests.support.page import page_process, snapshot

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page whose hub says yes to every command."""
    over = threading.Event()

    def speaks() -> None:
        while not over.wait(2.0):
            made.show()

    with page_process(tmp_path_factory.mktemp("page")) as made:
        made.answers = lambda said: wire.Answer(said.number, ok=said.verb != "test", reason="taken")
        speaking = threading.Thread(target=speaks)
        speaking.start()
        yield made
        over.set()
        speaking.join()


@pytest.fixture
def token(site):
    invited = site.phones.invite("anna", time.time())
    return site.phones.let_in(invited, time.time())


def get(site, path, token=""):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"{site.url}{path}", headers=headers, timeout=10)


def test_the_description_is_for_those_who_were_let_in_and_names_every_verb(site, token):
    assert get(site, "/api/openapi.json").status_code == 401
    site.show(snapshot())
    document = get(site, "/api/openapi.json", token).json()
    assert document["openapi"] == "3.1.0"
    assert {"/api/state", "/api/series", "/api/events", "/api/commands/acknowledge", "/api/commands/dose"} <= set(
        document["paths"]
    )
    dose = document["paths"]["/api/commands/dose"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert dose["properties"]["amount"]["exclusiveMinimum"] == 0
    assert "Only who is in the house" in document["paths"]["/api/commands/awake"]["post"]["summary"]


def looked(site, token, folder, document):
    """What schemathesis says of the API under that description."""
    schema = folder / "openapi.json"
    schema.write_text(json.dumps(document))
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(schema), "--url", site.url),
            *("--header", f"Authorization: Bearer {token}", "--max-examples", "12", "--max-time", "40"),
            *("--seed", "1", "--workers", "1", "--checks", CHECKS, "--rate-limit", "15/s"),
            *("--phases", "coverage,fuzzing", "--no-color", "--max-failures", "5"),
        ],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        cwd=folder,
    )


def test_schemathesis_finds_no_fault_and_no_answer_that_is_not_described(site, token, tmp_path):
    document = get(site, "/api/openapi.json", token).json()
    del document["paths"]["/api/events"]  # a stream without an end
    done = looked(site, token, tmp_path, document)
    assert done.returncode == 0, done.stdout[-4000:]
    assert get(site, "/api/state", token).status_code == 200, "and the page lives"


def test_it_would_find_what_is_not_as_described(site, token, tmp_path):
    document = get(site, "/api/openapi.json", token).json()
    document["paths"] = {"/api/state": document["paths"]["/api/state"]}
    document["components"]["schemas"]["Snapshot"]["required"].append("moon")
    done = looked(site, token, tmp_path, document)
    assert done.returncode == 1
    assert "moon" in done.stdout
