"""A caregiver gets the doctor's report from the page of the real daemon, in her language; a viewer does not."""

import asyncio
import subprocess
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.support import homes, two_children
from tests.support.browser import chromium, picture, texts, waiting
from tests.support.family import caregiver
from tests.support.page import Phone, until_up
from tests.support.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]

OPA = caregiver("Opa", 'role = "viewer"')
FAMILY = two_children.SETUP.replace('name = "Anna"\n', 'name = "Anna"\nlanguage = "de"\n')


@pytest.fixture
def home(tmp_path):
    web = f'[web]\nhost = "127.0.0.1"\nport = {free_port()}\n'
    with homes.home(tmp_path, f"{web}{FAMILY}{OPA}") as made:
        two_children.write(made.state, float(int(time.time()) - 30_000))
        yield made


def code(home, who):
    done = home.feverhub("web", "token", who, "--config", str(home.config), "--state-dir", str(home.state))
    return done.stdout.splitlines()[-1]


def in_words(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def in_browser(url: str, folder: Path) -> list[str]:
    """The titles and sentences that were read on the way to the file."""
    seen = []
    with chromium() as browser:
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
        browser.get(url)
        browser.find_element(By.CSS_SELECTOR, "button.main, form button").click()
        waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, 'a[href="/report"]'))
        browser.find_element(By.CSS_SELECTOR, 'a[href="/report"]').click()
        seen += texts(browser, "h1")
        picture(browser, "report")
        browser.find_element(By.CSS_SELECTOR, 'input[name="person"][value="mia"]').click()
        browser.find_element(By.CSS_SELECTOR, 'button[value="pdf"]').click()
        waiting(browser, 60).until(lambda b: b.find_elements(By.ID, "report-file"))
        seen += texts(browser, "[role=status]")
        browser.find_element(By.ID, "report-file").click()
        waiting(browser, 20).until(lambda _: list(folder.glob("*.pdf")))
        blocked = [
            each["message"] for each in browser.get_log("browser") if "Content Security Policy" in each["message"]
        ]
        assert blocked == []
    return seen


async def test_a_caregiver_gets_a_pdf_in_her_language_and_a_viewer_nothing(home, tmp_path):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    with home.running():
        await home.online()
        url = await asyncio.to_thread(code, home, "anna")
        await asyncio.to_thread(until_up, url.partition("/enter")[0])
        seen = await asyncio.to_thread(in_browser, url, downloads)
        assert seen == ["Bericht für die Ärztin", "Er ist fertig."]
        [file] = downloads.glob("*.pdf")
        assert file.name == "feverhub-mia.pdf"
        said = await asyncio.to_thread(in_words, file)
        assert "Mirabella" in said
        assert "Höchste Temperatur" in said
        assert "Benedikt" not in said

        url, _, invited = (await asyncio.to_thread(code, home, "opa")).partition("/enter?code=")
        phone = Phone(url)
        assert phone.enter(invited).status_code == 200
        assert "/report" not in phone.get("/").text
        for path in ("/report", "/report?person=mia&days=7&form=pdf", "/report/file?person=mia&days=7&form=pdf"):
            assert phone.get(path).status_code == 403, path
        assert not list(downloads.glob("*.html"))
    assert not (home.state / "reports").exists()
