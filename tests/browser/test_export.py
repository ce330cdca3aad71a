"""What a list of incidents shows is taken along as a file: the button, the job, the download."""

import csv
import json
from pathlib import Path

import pytest

from tests import make

pytestmark = pytest.mark.once


@pytest.mark.parametrize("format", ["GeoJSON", "CSV"])
def test_a_filtered_list_is_downloaded(live_site, open_page, format):
    vera = live_site.make_user("vera")
    for number in range(26):
        make.incident(f"Fire {number}")
    make.incident("Flood")
    page = open_page("/tracker/incident/?q=fire&state=open", vera)
    page.get_by_role("button", name=format).click()
    page.wait_for_url("**/tracker/job/*/")
    page.locator(".job-message").get_by_text("26 rows in").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(f".{format.lower()}")
    text = Path(download.value.path()).read_text("utf-8-sig")
    if format == "CSV":
        names = [row["name"] for row in csv.DictReader(text.splitlines())]
    else:
        names = [feature["properties"]["name"] for feature in json.loads(text)["features"]]
    assert names == [f"Fire {number}" for number in range(26)]
