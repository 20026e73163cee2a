"""The page by TLS, in a real Chromium that trusts the hub's authority and in one that does not."""

import contextlib
import hashlib
import ssl
import subprocess
import time

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from selenium.common.exceptions import WebDriverException

from edge.host.authority import Authority, Names
from edge.web.encryption import NAME
from tests.support.browser import chromium, texts
from tests.support.page import encrypted_page, page_process, snapshot

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
NAMES = Names(("cot.local",), ("127.0.0.1",))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("authority") / "page-certificate")
    made.make("cot", ["cot.local"], time.time())
    made.keep_valid(NAMES, time.time(), synced=True)
    return made


@pytest.fixture(scope="module")
def site(authority, tmp_path_factory):
    with encrypted_page(tmp_path_factory.mktemp("page"), authority) as made:
        made.show(snapshot())
        yield made


@pytest.fixture
def root(authority, tmp_path):
    file = tmp_path / "authority.pem"
    file.write_bytes(x509.load_der_x509_certificate(authority.certificate()).public_bytes(Encoding.PEM))
    return file


def test_who_trusts_the_authority_gets_in_and_who_does_not_is_stopped(site, root):
    assert requests.get(f"{site.secret}/certificate", verify=root, timeout=5).status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{site.secret}/certificate", timeout=5)


def test_the_plain_port_has_the_certificate_and_leads_on_and_takes_nothing(site, authority):
    page = requests.get(f"{site.url}/certificate", timeout=5)
    assert "NOT encrypted" in page.text
    assert authority.fingerprint() in page.text
    file = requests.get(f"{site.url}/certificate/{NAME}", timeout=5)
    assert file.headers["content-type"] == "application/x-x509-ca-cert"
    assert hashlib.sha256(file.content).hexdigest().upper() == authority.fingerprint().replace(":", "")
    assert b"PRIVATE" not in file.content
    led = requests.get(f"{site.url}/timeline?day=2026-03-14", timeout=5, allow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (307, f"{site.secret}/timeline?day=2026-03-14")
    for path in ("/say", "/enter", "/log"):
        assert requests.post(f"{site.url}{path}", data={"verb": "awake"}, timeout=5).status_code == 403
    assert requests.get(f"{site.url}/api/state", timeout=5).status_code == 403
    assert requests.get(f"{site.url}/static/page.css", timeout=5).status_code == 200
    assert requests.get(f"{site.url}/static/../server.py", timeout=5, allow_redirects=False).status_code != 200


def test_a_phone_that_was_let_in_is_known_there_by_a_cookie_that_plain_requests_never_carry(site, root):
    phone, code = requests.Session(), site.phones.invite("anna", time.time())
    entered = phone.post(
        f"{site.secret}/enter", data={"code": code}, headers={"origin": site.secret}, verify=root, timeout=5
    )
    assert entered.status_code == 200, entered.text
    [cookie] = [each for each in phone.cookies if each.name == "feverhub"]
    assert cookie.secure
    again = requests.get(f"{site.secret}/", cookies={"feverhub": cookie.value}, verify=root, timeout=5)
    assert again.status_code == 200
    assert "Secure" in again.headers["set-cookie"], "also one that was let in before there was encryption"


def test_a_renewed_certificate_is_served_without_a_restart(site, authority, root):
    before = ssl.get_server_certificate(("127.0.0.1", site.tls_port))
    authority.page.unlink()
    authority.keep_valid(NAMES, time.time(), synced=True)
    until_s = time.monotonic() + 15.0
    while ssl.get_server_certificate(("127.0.0.1", site.tls_port)) == before:
        assert time.monotonic() < until_s
        time.sleep(0.5)
    assert requests.get(f"{site.secret}/certificate", verify=root, timeout=5).status_code == 200


def test_a_chromium_that_trusts_it_shows_the_page_as_secure(site, root, tmp_path):
    with chromium(home=trusting(tmp_path, root)) as browser:
        browser.get(f"{site.secret}/certificate")
        assert "encrypted" in texts(browser, "main")[0]
        assert browser.execute_script("return window.isSecureContext")


def test_a_chromium_that_does_not_is_stopped_before_the_page(site):
    with chromium() as browser:
        with contextlib.suppress(WebDriverException):
            browser.get(f"{site.secret}/certificate")
        assert "ERR_CERT_AUTHORITY_INVALID" in browser.page_source
        browser.get(f"{site.url}/certificate")
        assert "NOT encrypted" in texts(browser, "main")[0]


def trusting(folder, root):
    """A home whose Chromium trusts that authority, as after an import by hand."""
    database = folder / "home" / ".pki" / "nssdb"
    database.mkdir(parents=True)
    certutil = ["certutil", "-d", f"sql:{database}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True, capture_output=True)
    subprocess.run([*certutil, "-A", "-t", "C,,", "-n", "feverhub", "-i", str(root)], check=True, capture_output=True)
    return folder / "home"


def test_without_encryption_the_page_says_what_a_phone_loses_and_how_it_is_turned_on(plain_site):
    page = requests.get(f"{plain_site.url}/certificate", timeout=5).text
    assert "cannot be installed" in page
    assert "sudo feverhub web certificate" in page
    assert requests.get(f"{plain_site.url}/certificate/{NAME}", timeout=5).status_code == 404


@pytest.fixture(scope="module")
def plain_site(tmp_path_factory):
    with page_process(tmp_path_factory.mktemp("plain")) as made:
        yield made
