"""The doctor's page as a browser prints it: the same words on paper, an episode with its raw trace on one sheet."""

import base64
import re
import subprocess

import pytest

from tests.exports.test_summary import page, texts, write
from tests.support.browser import chromium

pytestmark = pytest.mark.system


SAID = ("Mia, 14 months", "39.1 °C", "Fri 13 Mar 23:00", "changed later", "about 95 s", "What was not there.")


def printed(folder, **changes):
    """The words on paper, and how many sheets."""
    out, paper = folder / f"mia{len(changes)}.html", folder / f"mia{len(changes)}.pdf"
    write(page(**changes), out)
    with chromium() as browser:
        browser.get(out.as_uri())
        paper.write_bytes(base64.b64decode(browser.print_page()))
        assert [line["message"] for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
    facts = subprocess.run(["pdfinfo", str(paper)], capture_output=True, text=True, check=True).stdout
    return texts(paper), int(re.search(r"Pages:\s+(\d+)", facts)[1])


def test_a_browser_prints_what_the_page_says_on_few_sheets(tmp_path):
    words, sheets = printed(tmp_path)
    assert [each for each in SAID if each not in words] == []
    assert sheets <= 2
    less, _ = printed(tmp_path, figures=(), doses=())
    assert {"39.1 °C", "changed later"} & {each for each in SAID if each in less} == set()
