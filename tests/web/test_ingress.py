"""The page within Home Assistant: a proxy strips the path and names it, as Home Assistant and its Supervisor do."""

import contextlib
import http.client
import http.server
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests
from selenium.webdriver.common.by import By

from tests.support.browser import Speaking, chromium, texts, waiting
from tests.support.page import begun, seizure, until_up
from tests.support.page_answers import finds
from tests.support.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]

PATH = "/api/hassio_ingress/cJ3x_k-Z0aN4bQ"
NOT_HANDED_ON = ("transfer-encoding", "content-length", "connection")


def proxied(target: int) -> http.server.ThreadingHTTPServer:
    """Home Assistant (`X-Ingress-Path`) and the Supervisor (`X-Forwarded-For`, the host as the browser said it)."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if not self.path.startswith(f"{PATH}/"):
                self.send_error(404, "outside of the ingress")
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            to = http.client.HTTPConnection("127.0.0.1", target, timeout=30)
            named = {"X-Ingress-Path": PATH, "X-Forwarded-For": "192.168.7.9, 172.30.32.1"}
            to.request(self.command, self.path.removeprefix(PATH), body or None, {**dict(self.headers), **named})
            answer = to.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in NOT_HANDED_ON:
                    self.send_header(name, value)
            self.send_header("connection", "close")
            self.end_headers()
            with contextlib.closing(to), contextlib.suppress(OSError, http.client.HTTPException):
                while part := answer.read1(65_536):
                    self.wfile.write(part)
                    self.wfile.flush()
            self.close_connection = True

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """url: of Home Assistant, with the path. ingress: the port that the Supervisor asks."""
    ingress = free_port()
    with begun(tmp_path_factory.mktemp("page"), free_port(), ingress_port=ingress) as made:
        made.finds = finds
        made.show()
        until_up(made.url)
        home_assistant = proxied(ingress)
        threading.Thread(target=home_assistant.serve_forever, daemon=True).start()
        made.ingress = ingress
        made.outside = f"http://127.0.0.1:{home_assistant.server_address[1]}"
        with Speaking(made) as speaks:
            made.speaks = speaks
            yield made
        home_assistant.shutdown()
        home_assistant.server_close()


LEADS = """return [...document.querySelectorAll("a, link, form, script")]
  .map((each) => each.href || each.action || each.src || "").filter((each) => each.startsWith("http"))"""


def leads(browser):
    """Where links, forms, style sheets and scripts of a page lead to, as the browser understands them."""
    return browser.execute_script(LEADS)


def test_a_browser_is_let_in_follows_links_hears_the_stream_and_answers_behind_the_path(site):
    with chromium() as browser:
        code = site.phones.invite("anna", time.time())
        browser.get(f"{site.outside}{PATH}/enter?code={code}")
        browser.find_element(By.CSS_SELECTOR, "button").click()
        waiting(browser).until(lambda b: texts(b, ".number"))
        assert urlsplit(browser.current_url).path == f"{PATH}/"
        [cookie] = [each for each in browser.get_cookies() if each["name"] == "feverhub"]
        assert cookie["path"] == f"{PATH}/"
        waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))  # asked for by a script
        site.speaks.now = {"alarms": [seizure()]}
        waiting(browser).until(lambda b: texts(b, ".urgent h1"))  # over the stream, no new page was loaded
        assert leads(browser)
        assert not [each for each in leads(browser) if not each.startswith(f"{site.outside}{PATH}/")]
        for path in ("/timeline", "/report", "/log?what=dose", "/good-night", "/setup/done", "/bedside"):
            browser.get(f"{site.outside}{PATH}{path}")
            assert not [each for each in leads(browser) if not each.startswith(f"{site.outside}{PATH}/")], path
        site.speaks.now = {}
        assert not [each for each in browser.get_log("browser") if "404" in each["message"]]


def test_a_frame_of_home_assistants_own_address_may_show_it_and_nothing_else(site):
    answer = requests.get(f"{site.outside}{PATH}/certificate", timeout=10)
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "content-encoding" not in answer.headers
    plain = requests.get(f"{site.url}/certificate", timeout=10)
    assert plain.headers["x-frame-options"] == "DENY"


def test_who_comes_through_is_not_in_the_house(site):
    with requests.Session() as phone:
        phone.headers["origin"] = site.outside
        code = site.phones.invite("anna", time.time())
        let_in = phone.post(f"{site.outside}{PATH}/enter", data={"code": code}, timeout=10, allow_redirects=False)
        assert let_in.headers["location"] == f"{PATH}/"

        def say() -> None:
            with contextlib.suppress(requests.RequestException):  # nobody answers it
                phone.post(f"{site.outside}{PATH}/say", data={"verb": "acknowledge"}, timeout=20)

        threading.Thread(target=say, daemon=True).start()
        said = site.said()
        while not hasattr(said, "verb"):
            said = site.said()
        assert (said.verb, said.local) == ("acknowledge", False)


@pytest.mark.parametrize("path", ["", "//evil.example", "/a b", '/x"><script>', "evil", "/" + "x" * 300])
def test_only_what_names_a_path_as_home_assistant_does_is_answered(site, path):
    headers = {"X-Ingress-Path": path} if path else {}
    answer = requests.get(f"http://127.0.0.1:{site.ingress}/", headers=headers, timeout=10)
    assert (answer.status_code, "feverhub" in answer.text) == (403, False)


def test_another_address_than_the_supervisors_is_refused_whatever_it_names(tmp_path, monkeypatch):
    ingress = free_port()
    with begun(tmp_path, free_port(), ingress_port=ingress, ingress_from="172.30.32.2") as made:
        made.show()
        until_up(made.url)
        answer = requests.get(f"http://127.0.0.1:{ingress}/", headers={"X-Ingress-Path": PATH}, timeout=10)
        assert answer.status_code == 403
        assert "Home Assistant alone" in answer.text
